"""A Dockerfile's text in, the mended text out, or why it stays as it is."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cispeed_tasks.plan.dockerfile import Dockerfile
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile
from cispeed_tasks.plan.optimize import Optimized, optimize
from tests.plan.seen_builds import NODE, PACKAGE, POETRY, PYTHON, UV, seen

SLIM = "FROM python:3.13-slim\n"
APT_MOUNTS = """\
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\
    rm -f /etc/apt/apt.conf.d/docker-clean \\
 && """


def mended(text: str, files: Mapping[str, str] = PYTHON, head: str = SLIM, **more: str) -> str | None:
    """The mended text without its first line and the head that it begins with."""
    found = optimize(seen(f"{head}{text}", files, **more))
    if found.text is None:
        return None
    mark, rest = found.text.split("\n", 1)
    assert mark.startswith("# Made by cispeed of web/Dockerfile (`inv optimize --write`)")
    assert rest.startswith(head)
    return rest.removeprefix(head)


def left(text: str, files: Mapping[str, str] = PYTHON, **more: str) -> list[str]:
    return [f"{note.line}: {note.text}" for note in optimize(seen(f"{SLIM}{text}", files, **more)).left]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "RUN pip install --no-cache-dir -r r.txt\n",
            "RUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install -r r.txt\n",
        ),
        (
            "RUN --network=host pip install \\\n  # why\n  --no-cache-dir \\\n  flask # end\n",
            "RUN --network=host --mount=type=cache,target=/root/.cache/pip \\\n    pip install \\\n  flask # end\n",
        ),
        (
            "RUN apt-get update && apt-get install -y git \\\n    && rm -rf /var/lib/apt/lists/*\n",
            f"{APT_MOUNTS}apt-get update && apt-get install -y git\n",
        ),
        (
            "RUN apt-get update; \\\n    apt-get install -y git; \\\n    apt-get clean; \\\n    rm -rf /tmp/* /var/lib/apt/lists/*\n",
            f"{APT_MOUNTS}apt-get update; \\\n    apt-get install -y git; \\\n    rm -rf /tmp/*\n",
        ),
        (
            "RUN rm -rf /var/lib/apt/lists/* && apt-get update && apt-get install -y git && echo done\n",
            f"{APT_MOUNTS}apt-get update && apt-get install -y git && echo done\n",
        ),
        (
            "RUN if true; then pip install flask; fi\n",
            "RUN --mount=type=cache,target=/root/.cache/pip \\\n    if true; then pip install flask; fi\n",
        ),
        (
            "RUN pip install flask && pip cache purge && rm -rf ~/.cache /root/.cache/pip && echo 'a  b'\n",
            "RUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install flask && echo 'a  b'\n",
        ),
        (
            "ENV POETRY_CACHE_DIR=/c\nRUN poetry install --no-root && yarn && pnpm i\n",
            (
                "ENV POETRY_CACHE_DIR=/c\nRUN --mount=type=cache,target=/c \\\n"
                "    --mount=type=cache,target=/usr/local/share/.cache/yarn,sharing=locked \\\n"
                "    --mount=type=cache,target=/root/.local/share/pnpm/store \\\n"
                "    poetry install --no-root && yarn && pnpm i\n"
            ),
        ),
        (
            "ENV PNPM_HOME=/pnpm\nRUN pnpm i\n",
            "ENV PNPM_HOME=/pnpm\nRUN --mount=type=cache,target=/pnpm/store \\\n    pnpm i\n",
        ),
        (
            "USER app\nUSER root\nRUN uv sync --no-cache\n",
            "USER app\nUSER root\nRUN --mount=type=cache,target=/root/.cache/uv \\\n    uv sync\n",
        ),
    ],
)
def test_cache_mounts(before: str, after: str) -> None:
    assert mended(before) == after


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("RUN pip install flask && rm -rf /root\n", "2: `/root` would remove what is mounted at /root/.cache/pip"),
        ("RUN pip install flask && rm -rf /ro*\n", "2: `/ro*` would remove what is mounted at /root/.cache/pip"),
        ("RUN pip install flask && rm -rf $X\n", "2: what `$X` removes is not known"),
        ("RUN pip install flask && find /root/.cache -delete\n", "2: `find /root/.cache -delete` touches the cache"),
        ("RUN pip install x || rm -rf /root/.cache\n", "2: `rm -rf /root/.cache` is part of a condition"),
        ("RUN if a; then pip install x; pip cache purge; fi\n", "2: `pip cache purge` is part of a condition"),
        ("RUN pip install --cache-dir /c flask\n", "2: it says itself where the cache is"),
        ("RUN PIP_NO_CACHE_DIR=1 pip install x\n", "2: PIP_NO_CACHE_DIR in front of the install"),
        ("ENV PIP_NO_CACHE_DIR=1\nRUN pip install x\n", "3: ENV PIP_NO_CACHE_DIR turns the cache off"),
        ("ENV HOME=/h\nRUN pip install x\n", "3: ENV HOME moves the cache"),
        ("USER app\nRUN pip install x\n", "3: it runs as the user app"),
        ("RUN apt-get update\nRUN apt-get install -y git\n", "3: line 3 installs without `apt-get update`"),
        (
            "RUN apt-get update && apt-get install -y git\nRUN ./setup.sh\n",
            "2: line 3 may use the lists that are left in the image",
        ),
    ],
)
def test_a_run_that_stays_as_it_is(text: str, reason: str) -> None:
    assert mended(text) is None
    assert left(text)[0].startswith(reason)


@pytest.mark.parametrize(
    "text",
    [
        "RUN --mount=type=cache,target=/c pip install flask\n",
        "RUN make\n",
        'RUN ["pip", "install", "flask"]\n',
        "RUN <<EOF\npip install flask\nEOF\n",
        "RUN (pip install flask)\n",
        "RUN apk add --no-cache git\n",
    ],
)
def test_a_run_that_is_not_touched(text: str) -> None:
    assert mended(text) is None
    assert left(text) == []


PIP_RUN = "RUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install "
NPM_RUN = "RUN --mount=type=cache,target=/root/.npm \\\n    npm ci\n"


@pytest.mark.parametrize(
    ("before", "files", "after"),
    [
        (
            "WORKDIR /a\n\n# all\nCOPY . .\n# packages\nRUN pip install -r requirements.txt\n\nRUN make\n",
            PYTHON,
            f"WORKDIR /a\n\nCOPY requirements.txt ./\n# packages\n{PIP_RUN}-r requirements.txt\n# all\nCOPY . .\n\nRUN make\n",
        ),
        (
            "ADD --chown=1:1 . /a\nWORKDIR /a\nRUN pip install -r requirements.txt\n",
            PYTHON,
            f"ADD --chown=1:1 . /a\nWORKDIR /a\n{PIP_RUN}-r requirements.txt\n",
        ),
        (
            (
                "WORKDIR /a\nCOPY --chown=1:1 --link . /a/\nENV A=1\nRUN set -eux; apt-get update; apt-get install -y git\n"
                "RUN pip install -r requirements.txt && pip install gunicorn\nCMD x\n"
            ),
            PYTHON,
            (
                "WORKDIR /a\nCOPY --chown=1:1 --link requirements.txt /a/\nENV A=1\n"
                f"{APT_MOUNTS}set -eux; apt-get update; apt-get install -y git\n"
                f"{PIP_RUN}-r requirements.txt && pip install gunicorn\nCOPY --chown=1:1 --link . /a/\nCMD x\n"
            ),
        ),
        (
            "WORKDIR /a\nCOPY r/ r/\nCOPY pkg pkg\nRUN pip install -r r/p.txt\n",
            {"r/p.txt": "-r b.txt", "r/b.txt": "", "pkg/x.py": ""},
            f"WORKDIR /a\nCOPY r/ r/\n{PIP_RUN}-r r/p.txt\nCOPY pkg pkg\n",
        ),
        (
            "WORKDIR /a\nCOPY back .\nRUN pip install -r r/p.txt\n",
            {"back/r/p.txt": "-r ../b.txt", "back/b.txt": "", "back/x.py": ""},
            f"WORKDIR /a\nCOPY back/r/p.txt ./r/\nCOPY back/b.txt ./\n{PIP_RUN}-r r/p.txt\nCOPY back .\n",
        ),
        (
            "WORKDIR /a\nCOPY . .\nCOPY start /start\nRUN npm install\nRUN npm run build\n",
            NODE,
            f"WORKDIR /a\nCOPY package-lock.json package.json ./\nCOPY start /start\n{NPM_RUN}COPY . .\nRUN npm run build\n",
        ),
        ("COPY . .\nRUN npm ci\n", NODE, f"COPY package-lock.json package.json ./\n{NPM_RUN}COPY . .\n"),
        (
            "WORKDIR /a\nCOPY . .\nRUN pip install poetry && poetry config virtualenvs.create false && poetry install --no-dev # x\n",
            POETRY,
            (
                "WORKDIR /a\nCOPY pyproject.toml poetry.lock ./\nRUN --mount=type=cache,target=/root/.cache/pip \\\n"
                "    --mount=type=cache,target=/root/.cache/pypoetry \\\n"
                "    pip install poetry && poetry config virtualenvs.create false && poetry install --no-dev --no-root # x\n"
                "COPY . .\nRUN --mount=type=cache,target=/root/.cache/pip \\\n    --mount=type=cache,target=/root/.cache/pypoetry \\\n"
                "    poetry install --no-dev\n"
            ),
        ),
        (
            "WORKDIR /a\nCOPY . .\nRUN uv sync --frozen\n",
            UV,
            (
                "WORKDIR /a\nCOPY pyproject.toml uv.lock ./\nRUN --mount=type=cache,target=/root/.cache/uv \\\n"
                "    uv sync --frozen --no-install-project\nCOPY . .\nRUN --mount=type=cache,target=/root/.cache/uv \\\n"
                "    uv sync --frozen\n"
            ),
        ),
    ],
)
def test_installs_come_before_the_sources(before: str, files: Mapping[str, str], after: str) -> None:
    assert mended(before, files) == after


@pytest.mark.parametrize(
    ("text", "files", "reason"),
    [
        ("COPY . .\nRUN make\nRUN pip install flask\n", PYTHON, "line 3: `make` may need the sources"),
        (
            "COPY . .\nRUN npm ci\n",
            {**NODE, "package.json": PACKAGE[:-1] + ', "scripts": {"prepare": "x"}}'},
            "line 3: `npm ci`",
        ),
        ("COPY . .\nRUN pip install .\n", PYTHON, "line 3: `pip install .`: it installs ., which is a part of"),
        (
            "COPY . .\nRUN poetry install && make\n",
            POETRY,
            "line 3: `poetry install` installs the project itself, and more",
        ),
        ("COPY . $A\nENV A=1\nRUN pip install flask\n", PYTHON, "line 3: ENV may change what"),
        ("COPY . .\nUSER app\nRUN pip install flask\n", PYTHON, "line 3: USER app may need the sources"),
        ("USER app\nCOPY . .\nRUN pip install flask\n", PYTHON, "line 4: it runs as the user app"),
        (
            "WORKDIR /a\nCOPY . .\nCOPY x y\nRUN pip install flask\n",
            PYTHON,
            "line 4: COPY x y may write to the same place",
        ),
        ("COPY . /a\nCOPY x y\nRUN pip install flask\n", PYTHON, "line 3: COPY x y may write to the same place"),
        ("COPY . .\nRUN --mount=target=/s pip install flask\n", PYTHON, "line 3: it mounts a part of the context"),
        ("COPY . .\nRUN pip install -r 'a b.txt'\n", {"a b.txt": "", "x.py": ""}, "line 3: the name a b.txt would"),
        ("WORKDIR /a\nCOPY . .\nRUN cd x && pip install flask\n", PYTHON, "line 4: `cd x` may need the sources"),
        ("COPY . .\nENV PIP_CONSTRAINT=c\nRUN pip install x\n", PYTHON, "line 4: ENV PIP_CONSTRAINT may name a file"),
        (
            "COPY . .\nRUN pip install x\n",
            {"etc/pip.conf": "", "x.py": ""},
            "it brings /etc/pip.conf, which installs may use",
        ),
        ("COPY . /root\nRUN pip install x\n", {".netrc": "", "x.py": ""}, "it brings /root/.netrc, which installs"),
        ("COPY . .\nRUN pip install x || true\n", PYTHON, "line 3: `pip install x` may need the sources"),
    ],
)
def test_sources_that_stay_where_they_are(text: str, files: Mapping[str, str], reason: str) -> None:
    found = [line.partition("stays where it is: ")[2] for line in left(text, files)]
    assert any(line.startswith(reason) for line in found), found
    assert "COPY . " in (mended(text, files) or "COPY . ").split("RUN")[0]


def test_an_ignore_file_that_brings_packages_back_keeps_the_order() -> None:
    text = "WORKDIR /a\nCOPY . .\nRUN npm ci\n"
    assert "brings node_modules back" in left(text, NODE, ignore="!node_modules\n")[0]
    assert (
        mended(text, NODE, ignore="*.log\n")
        == f"WORKDIR /a\nCOPY package-lock.json package.json ./\n{NPM_RUN}COPY . .\n"
    )


def test_npm_in_another_directory_keeps_its_words() -> None:
    assert "npm install" in (mended("WORKDIR /a\nCOPY . .\nRUN cd web && npm install\n", NODE) or "")


def test_directives_stay_in_front() -> None:
    head = "# syntax=docker/dockerfile:1\n# escape=`\n"
    text = optimize(seen(f"{head}{SLIM}RUN pip install `\n  flask\n")).text or ""
    assert text.startswith(f"{head}# Made by cispeed of")
    assert text.endswith(f"{SLIM}RUN --mount=type=cache,target=/root/.cache/pip `\n    pip install `\n  flask\n")


def test_carriage_returns_are_left_alone() -> None:
    found = optimize(seen("FROM x\r\nRUN pip install flask\r\n"))
    assert (found.text, found.left[0].text) == (None, "its lines end in carriage returns")


def ignore(text: str, files: Mapping[str, str] = PYTHON, own: str = "") -> list[str]:
    found: Optimized = optimize(seen(f"{text}\nRUN pip install flask\n", files, ignore=own))
    return found.ignore.splitlines()


def test_the_ignore_file_leaves_out_litter_and_keeps_the_users_lines_last() -> None:
    lines = ignore("FROM python:3.13-slim", own="# mine\ndocs\n!docs/a\n")
    assert {"**/node_modules", "**/.venv", "**/__pycache__", "**/.git", ".cispeed"} <= set(lines)
    assert lines[-3:] == ["# mine", "docs", "!docs/a"]
    assert lines[0] == "# Made by cispeed: the ignore file of web/Dockerfile.optimized, by reason."


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("FROM python:3.13", PYTHON),
        ("FROM python:3.13-slim\nRUN apt-get install -y git", PYTHON),
        ("FROM python:3.13-slim\nCOPY .git .git", PYTHON),
        ("FROM python:3.13-slim\nRUN git describe", PYTHON),
        ("FROM python:3.13-slim", {**PYTHON, "pyproject.toml": "requires = ['setuptools-scm']"}),
    ],
)
def test_version_control_stays_where_it_may_be_asked(text: str, files: Mapping[str, str]) -> None:
    assert "**/.git" not in ignore(text, files)


def test_what_a_copy_names_is_not_ignored() -> None:
    assert "**/node_modules" not in ignore("FROM python:3.13-slim\nCOPY web/node_modules /n")
    assert "**/.venv" not in ignore("FROM python:3.13-slim\nRUN --mount=source=.venv,target=/v x")


def test_no_change_makes_no_file() -> None:
    assert optimize(seen("FROM x\nCOPY . .\n")) == Optimized(seen("FROM x\nCOPY . .\n"), None)


LINES = [
    "COPY . .", "COPY pkg pkg", "COPY requirements.txt ./", "RUN pip install -r requirements.txt", "RUN make", "CMD x",
    "RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*", 'ENTRYPOINT ["x"]', "ENV A=1 B=$A",
    "USER app", "USER root", "WORKDIR /a", "WORKDIR b", "EXPOSE 80", "ARG C=2", "HEALTHCHECK CMD x", "# a comment", "",
    "FROM python:3.13-slim AS two", "RUN pip install --no-cache-dir \\\n  # why\n  flask", "VOLUME /v", "LABEL a=b",
    "COPY --from=two /x /x", 'SHELL ["bash", "-c"]', "RUN npm install && npm cache clean --force",
]  # fmt: skip


def state(dockerfile: Dockerfile) -> dict[str, object]:
    kept = ("ENTRYPOINT", "CMD", "USER", "HEALTHCHECK", "SHELL", "VOLUME")
    found: dict[str, object] = {key: (i.flags, i.rest) if (i := dockerfile.last(key)) else None for key in kept}
    found["workdir"] = dockerfile.workdir(None)
    found["env"] = [
        i.rest for s in dockerfile.stages for i in s.instructions if i.keyword in {"ENV", "ARG", "EXPOSE", "LABEL"}
    ]
    found["copies"] = [
        sorted({i.rest for i in s.instructions if i.keyword == "COPY" and i.rest in {". .", "pkg pkg"}})
        for s in dockerfile.stages
    ]
    return found


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_the_image_is_started_as_before_whatever_the_dockerfile_is(lines: list[str]) -> None:
    text = "\n".join(["FROM node:20-slim AS two", *lines, ""])
    found = optimize(seen(text, {**PYTHON, **NODE}))
    if found.text is not None:
        assert state(read_dockerfile(found.text)) == state(read_dockerfile(text))
        again = optimize(seen(found.text, {**PYTHON, **NODE}))
        assert [note.text for note in again.changes if "cache mount" in note.text] == []
