"""Every rule: a Dockerfile that it has to find, and others close by that it must not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cispeed_tasks.plan.findings import find_all
from cispeed_tasks.plan.findings_compose import installs_in_commands
from cispeed_tasks.plan.findings_model import SeenBuild
from tests.plan.seen_builds import LOCK, NODE, PACKAGE, POETRY, PYTHON, seen

SLIM = "FROM python:3.13-slim\n"
NODE_SLIM = "FROM node:20-slim\n"


def lines(code: str, *builds: SeenBuild) -> list[int | None]:
    return [finding.line for finding in find_all(builds) if finding.code == code]


@pytest.mark.parametrize(
    ("text", "files", "found"),
    [
        ("COPY . .\nRUN pip install -r requirements.txt", PYTHON, [2]),
        ("ADD . /app\nRUN apt-get install -y git", PYTHON, [2]),
        ("WORKDIR /a\nCOPY --chown=1 . /a\nENV A=1\nRUN poetry install", POETRY, [3]),
        ("COPY requirements.txt .\nCOPY pkg pkg\nRUN pip install -r requirements.txt", PYTHON, [3]),
        ("COPY ./ ./\nRUN npm ci && npm run build", NODE, [2]),
        ("COPY . .\nRUN ./build.sh\nRUN pip install gunicorn", PYTHON, [2]),
        # near by
        ("COPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .", PYTHON, []),
        ("COPY . .\nRUN pip install .", PYTHON, []),
        ("COPY . .\nRUN pip install -r requirements.txt", {**PYTHON, "requirements.txt": "-e ."}, []),
        (
            "COPY . .\nRUN npm ci",
            {**NODE, "package.json": PACKAGE.replace("{", '{"scripts": {"prepare": "x"},', 1)},
            [],
        ),
        ("COPY requirements requirements\nRUN pip install -r requirements/a.txt", {"requirements/a.txt": "a"}, []),
        ("COPY certificates /usr/share/c\nRUN apt-get install -y git", {"certificates/ca.crt": ""}, []),
        ("COPY --from=x . .\nRUN pip install flask", PYTHON, []),
        ("COPY app.py .\nRUN pip install flask", PYTHON, []),
        ("COPY . .\nRUN python setup.py", PYTHON, []),
        ("COPY rootfs /\nRUN apt-get install -y git", {"rootfs/etc/apt/x": "", "rootfs/x.py": ""}, []),
        ("WORKDIR /a\nCOPY etc /a/etc\nRUN apt-get install -y git", {"etc/x.py": ""}, [3]),
        ("COPY . .\nRUN cd x && pip install -r requirements.txt", PYTHON, []),
        ("COPY . .\nFROM python:3.12\nRUN pip install flask", PYTHON, []),
    ],
)
def test_sources_before_the_install(text: str, files: Mapping[str, str], found: list[int]) -> None:
    assert lines("sources-before-install", seen(f"{SLIM}{text}\n", files)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RUN pip install flask", [2]),
        ("RUN set -e; if true; then poetry install; fi", [2]),
        ("RUN npm ci\nRUN yarn", [2, 3]),
        ("RUN pnpm i", [2]),
        ("RUN uv sync", [2]),
        ('RUN ["pip", "install", "flask"]', [2]),
        ("RUN <<EOF\nset -e\napt-get update\napt-get install -y git\nEOF", [2]),
        # near by
        ("RUN --mount=type=cache,target=/root/.cache/pip pip install flask", []),
        ("RUN apk add --no-cache git", []),
        ("RUN echo pip install flask", []),
        ("RUN npm run install", []),
        ("RUN pip --version # pip install", []),
        ("RUN python <<EOF\npip install\nEOF", []),
        ("FROM x AS unused\nRUN pip install flask\nFROM scratch", []),
    ],
)
def test_installs_without_a_cache_mount(text: str, found: list[int]) -> None:
    assert lines("no-cache-mount", seen(f"{SLIM}{text}\n")) == found


def advice(code: str, text: str) -> str:
    return next(finding.advice for finding in find_all([seen(text)]) if finding.code == code)


def test_the_advice_names_the_mount_or_what_is_in_its_way() -> None:
    pip = "RUN pip install flask\n"
    assert advice("no-cache-mount", SLIM + pip) == "RUN --mount=type=cache,target=/root/.cache/pip …"
    assert "PIP_NO_CACHE_DIR turns the cache off" in advice("no-cache-mount", f"{SLIM}ENV PIP_NO_CACHE_DIR=1\n{pip}")
    assert "target=/c" in advice("no-cache-mount", f"{SLIM}ENV PIP_CACHE_DIR=/c\n{pip}")
    assert "where the user app keeps" in advice("no-cache-mount", f"{SLIM}USER app\n{pip}")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RUN apt-get update && apt-get install -y git", [2]),
        ("RUN apt-get update\nRUN apt-get install -y git && rm -rf /var/lib/apt/lists/*", [2]),
        # near by
        ("RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*", []),
        ("RUN apt-get update && apt-get install -y git && rm -rf /tmp/* /var/lib/apt/lists", []),
        ("RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y git", []),
        ("RUN apt-get update && apt-get install -y git\nFROM debian:13", []),
        ("RUN apt-get install -y git", []),
    ],
)
def test_lists_of_packages_in_the_image(text: str, found: list[int]) -> None:
    assert lines("apt-lists-in-image", seen(f"{SLIM}{text}\n")) == found


@pytest.mark.parametrize(
    ("text", "files", "found"),
    [
        ("COPY . .\nRUN npm install", NODE, [3]),
        ("COPY package*.json ./\nRUN npm i --omit=dev", NODE, [3]),
        # near by
        ("COPY . .\nRUN npm ci", NODE, []),
        ("COPY . .\nRUN npm install", {"package.json": PACKAGE}, []),
        ("COPY package.json ./\nRUN npm install", NODE, []),
        ("COPY . .\nRUN npm install -g pnpm", NODE, []),
        ("COPY . .\nRUN npm install express", NODE, []),
        ("COPY . .\nRUN cd web && npm install", NODE, []),
    ],
)
def test_npm_install_where_a_lock_file_lies(text: str, files: Mapping[str, str], found: list[int]) -> None:
    assert lines("npm-install", seen(f"{NODE_SLIM}{text}\n", files)) == found


def test_a_lock_file_that_is_out_of_date_has_to_be_mended_first() -> None:
    old = {"package.json": PACKAGE.replace("2.1.3", "2.1.2"), "package-lock.json": LOCK}
    found = find_all([seen(f"{NODE_SLIM}COPY . .\nRUN npm install\n", old)])
    assert "npm ci, after `npm install` brought package-lock.json up to package.json" in [one.advice for one in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RUN apt-get install -y gcc libpq-dev git", [2]),
        ("RUN pip install poetry==2.5.1", [2]),
        ("RUN apt-get install -y g++\nRUN apt-get purge -y make", [2]),
        # near by
        ("RUN apt-get install -y git curl libpq5", []),
        ("RUN apt-get install -y gcc && pip install x && apt-get purge -y gcc", []),
        ("RUN apk add --virtual .deps gcc && apk del .deps", []),
        ('RUN pip install poetry\nCMD ["poetry", "run", "x"]', []),
        ("RUN pip install uv\nENTRYPOINT uv run x", []),
        ('RUN pip install poetry\nCMD ["./start.sh"]', []),
        ("RUN apt-get install -y gcc\nFROM python:3.13-slim\nCOPY --from=0 /opt/venv /opt/venv", []),
        ("RUN pip install flask", []),
    ],
)
def test_build_tools_in_the_image(text: str, found: list[int]) -> None:
    assert lines("build-tools-in-image", seen(f"{SLIM}{text}\n")) == found


def test_what_compose_starts_counts_as_the_command() -> None:
    text = f"{SLIM}RUN pip install poetry\n"
    assert lines("build-tools-in-image", seen(text)) == [2]
    assert lines("build-tools-in-image", seen(text, command=("poetry", "run", "x"))) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FROM node", [1]),
        ("FROM example.org:5000/node:latest", [1]),
        ("FROM node:20\nCOPY --from=ghcr.io/astral-sh/uv /uv /bin/", [2]),
        ("FROM node:20\nRUN --mount=from=tools:latest,target=/t x", [2]),
        # near by
        ("FROM node:20", []),
        ("FROM node:latest@sha256:0a", []),
        ("FROM scratch", []),
        ("FROM node:20 AS a\nFROM a\nCOPY --from=a /x /x\nCOPY --from=0 /x /x", []),
        ("ARG B\nFROM $B", []),
        ("FROM shop-api:latest", []),
        ("FROM node:20\nFROM node AS unused\nFROM debian:13", []),
    ],
)
def test_a_base_that_moves(text: str, found: list[int]) -> None:
    own = frozenset({"shop-api:latest"})
    assert lines("latest", seen(f"{text}\n", own_images=own)) == found


APT = "RUN apt-get update && apt-get install -y {}\n"


def test_what_several_services_install_for_themselves() -> None:
    one = seen(f"{SLIM}{APT.format('gcc git')}RUN pip install poetry==2.5.1\n", file="one/Dockerfile")
    two = seen(f"{SLIM}{APT.format('git curl')}RUN pip install 'poetry'\n", file="two/Dockerfile")
    found = [str(finding) for finding in find_all([one, two]) if finding.code == "repeated-in-services"]
    assert [text.splitlines()[0] for text in found] == [
        "one/Dockerfile:2: git: installed here, and again by two/Dockerfile [repeated-in-services]",
        "one/Dockerfile:3: poetry: installed here, and again by two/Dockerfile [repeated-in-services]",
        "two/Dockerfile:2: git: installed here, and again by one/Dockerfile [repeated-in-services]",
        "two/Dockerfile:3: poetry: installed here, and again by one/Dockerfile [repeated-in-services]",
    ]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (f"{SLIM}{APT.format('git')}", f"{SLIM}{APT.format('curl')}"),
        (f"{SLIM}{APT.format('git')}", f"FROM debian:13\n{APT.format('git')}"),
        (f"{SLIM}RUN pip install flask\n", f"{SLIM}RUN pip install flask\n"),
    ],
)
def test_what_only_one_service_installs_is_not_repeated(one: str, two: str) -> None:
    assert lines("repeated-in-services", seen(one, file="one/Dockerfile"), seen(two, file="two/Dockerfile")) == []
    assert lines("repeated-in-services", seen(one), seen(one, service="worker")) == []


def test_only_chosen_files_are_spoken_of() -> None:
    builds = [seen("FROM node\n", file="one/Dockerfile"), seen("FROM node\n", file="two/Dockerfile")]
    assert [finding.file for finding in find_all(builds, ["two/Dockerfile"])] == ["two/Dockerfile"]


def in_commands(section: Mapping[str, object]) -> list[tuple[int | None, str]]:
    places = {
        ("services", "web", "command"): 4,
        ("services", "web", "command", 0): 6,
        ("services", "web", "command", 2): 7,
        ("services", "web", "entrypoint"): 9,
    }
    found = installs_in_commands("compose.yaml", {"services": {"web": section, "other": None}}, places)
    return [(finding.line, finding.text) for finding in found]


END = "at every start of the container"


@pytest.mark.parametrize(
    ("section", "found"),
    [
        (
            {"command": "sh -c 'npm install && npm run dev'"},
            [(4, f"services.web.command runs `npm install` {END}")],
        ),
        (
            {"command": ["bash", "-ec", "pip install -r requirements.txt; exec flask run"]},
            [(7, f"services.web.command runs `pip install -r requirements.txt` {END}")],
        ),
        ({"command": ["npm", "ci"]}, [(6, f"services.web.command runs `npm ci` {END}")]),
        ({"entrypoint": "sh -c 'echo $$HOME && yarn'"}, [(9, f"services.web.entrypoint runs `yarn` {END}")]),
        # near by
        ({"command": "npm run dev"}, []),
        ({"command": ["echo", "npm install"]}, []),
        ({"command": "sh -c 'npm run install'"}, []),
        ({"command": None, "entrypoint": ["tini", "--"]}, []),
        ({"image": "npm install"}, []),
    ],
)
def test_installs_in_a_command(section: Mapping[str, object], found: list[tuple[int, str]]) -> None:
    assert in_commands(section) == found


@pytest.mark.parametrize("data", [None, [], {"services": None}, {"services": {"web": []}}, {"version": "3"}])
def test_other_data_is_no_compose_file(data: object) -> None:
    assert list(installs_in_commands("x.yml", data, {})) == []


def test_services_that_were_not_chosen_are_left_out() -> None:
    data = {"services": {"web": {"command": "npm ci"}}}
    assert list(installs_in_commands("x.yml", data, {}, ["api"])) == []
