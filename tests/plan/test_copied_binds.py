"""What a Dockerfile copies, as bind mounts: text in, a line a mount or doubt out."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cispeed_tasks.plan.copied_binds import CopiedBinds
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile
from tests.builders import facts

CHECKOUT = (
    "package.json",
    "package-lock.json",
    "requirements.txt",
    "apps/api/main.js",
    "apps/web/main.js",
    "packages/shared/index.js",
    "shared/a.py",
    "src/a.py",
    "src/shared/b.py",
    "docker/settings.py",
    "docker/entry.sh",
    "texts/a.txt",
    "lib.tar.gz",
)


def binds(text: str, args: Mapping[str, str] | None = None, target: str | None = None) -> list[str]:
    """The mounts and doubts of the last stage, the checkout being the context."""
    dockerfile = read_dockerfile(text, args or {})
    folders = facts(dict.fromkeys(CHECKOUT, "")).folders
    reader = CopiedBinds(dockerfile, "/repo", {"texts": "/repo/texts"}, args or {}, folders)
    found = reader.of_stage(dockerfile.stage(target))
    return [f"{b.source.removeprefix('/repo')[1:] or '.'} → {b.target}" for b in found.binds] + [
        f"? {doubt}" for doubt in found.doubts
    ]


def test_a_monorepos_parts_each_get_their_place() -> None:
    text = """\
FROM node:20
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages/shared ./packages/shared
COPY apps/api ./apps/api
RUN npm ci
WORKDIR /app/apps/api
"""
    assert binds(text) == [
        "package-lock.json → /app/package-lock.json",
        "package.json → /app/package.json",
        "apps/api → /app/apps/api",
        "packages/shared → /app/packages/shared",
    ]


def test_what_a_later_copy_brings_as_well_needs_no_mount_of_its_own() -> None:
    assert binds("FROM x\nWORKDIR /app\nCOPY package*.json ./\nCOPY src src\nCOPY . .\n") == [". → /app"]
    assert binds("FROM x\nWORKDIR /app\nCOPY . .\nCOPY src src\nCOPY package.json .\n") == [". → /app"]


def test_variables_are_filled_in_where_they_are_known() -> None:
    text = "ARG NAME=web\nFROM x\nARG NAME\nENV HOME_OF=/srv\nWORKDIR $HOME_OF/app\nCOPY apps/${NAME} .\n"
    assert binds(text) == ["apps/web → /srv/app"]
    assert binds(text, {"NAME": "api"}) == ["apps/api → /srv/app"]
    assert binds("FROM x\nCOPY apps/$APP /app\n") == ["? line 2: COPY: the value of APP is not known"]


def test_a_file_goes_into_a_directory_or_becomes_the_destination() -> None:
    assert binds("FROM x\nWORKDIR /app\nCOPY src/a.py b.py\nCOPY src/a.py lib/\nCOPY src/a.py /app\n") == [
        "src/a.py → /app/a.py",
        "src/a.py → /app/b.py",
        "src/a.py → /app/lib/a.py",
    ]


def test_a_directory_from_elsewhere_is_mounted_in_the_source_where_that_has_none() -> None:
    assert binds("FROM x\nWORKDIR /app\nCOPY apps/api .\nCOPY shared shared\n") == [
        "apps/api → /app",
        "shared → /app/shared",
    ]
    # In either order.
    assert binds("FROM x\nWORKDIR /app\nCOPY shared shared\nCOPY apps/api .\n") == [
        "apps/api → /app",
        "shared → /app/shared",
    ]


@pytest.mark.parametrize(
    ("copies", "doubt"),
    [
        ("COPY src .\nCOPY shared .", "line 4: at /app, /repo/shared and /repo/src become one directory"),
        (
            "COPY src .\nCOPY shared shared",
            "line 4: at /app/shared, /repo/shared and /repo/src/shared become one directory",
        ),
        (
            "COPY shared shared\nCOPY src .",
            "line 3: at /app/shared, /repo/shared and /repo/src/shared become one directory",
        ),
        (
            "COPY src .\nCOPY docker/settings.py .",
            "line 4: mounting settings.py into /app would leave an empty file in /repo/src",
        ),
        ("COPY gone .", "line 3: COPY: what gone takes in the checkout is not certain"),
        ("COPY apps/* .", "line 3: COPY: what apps/* takes in the checkout is not certain"),
        ("COPY --from=build /app/dist dist", ""),
        ("ADD lib.tar.gz .", "line 3: ADD fetches or unpacks lib.tar.gz"),
    ],
)
def test_what_is_not_certain_is_a_doubt(copies: str, doubt: str) -> None:
    found = [line for line in binds(f"FROM x\nWORKDIR /app\n{copies}\n") if line.startswith("?")]
    assert found == ([f"? {doubt}"] if doubt else [])


def test_without_a_working_directory_a_relative_place_is_not_known() -> None:
    assert binds("FROM x\nCOPY src src\n") == [
        "? line 2: COPY: its working directory is that of the image below, which is not known"
    ]


def test_lock_files_of_python_that_have_no_place_lie_apart() -> None:
    assert binds(
        "FROM x\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY src .\n"
    ) == [
        "src → /app",
        "requirements.txt → /cispeed/manifests/requirements.txt",
    ]


def test_lock_files_that_only_a_run_sees_are_mounted_too() -> None:
    text = (
        "FROM x\nWORKDIR /app\nRUN --mount=type=bind,source=requirements.txt,target=requirements.txt pip install -r x\n"
    )
    assert binds(text + "COPY src src\n") == ["requirements.txt → /app/requirements.txt", "src → /app/src"]


STAGES = """\
FROM node:20 AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
FROM deps AS build
COPY src src
{work}
FROM node:20-slim
WORKDIR /srv
COPY --from=deps /app/node_modules ./node_modules
{copy}
"""


def test_what_comes_from_a_stage_unchanged_is_as_good_as_copied() -> None:
    whole = STAGES.format(work="RUN npm prune", copy="COPY --from=build /app ./")
    assert binds(whole) == [
        "package-lock.json → /srv/package-lock.json",
        "package.json → /srv/package.json",
        "src → /srv/src",
    ]
    part = STAGES.format(work="", copy="COPY --from=build /app/src/shared /srv/shared")
    assert binds(part) == ["src/shared → /srv/shared"]


def test_what_a_stage_builds_is_only_in_the_image() -> None:
    for copied in ("/app/dist", "/app"):
        text = STAGES.format(work="RUN npm run build", copy=f"COPY --from=build {copied} .")
        assert binds(text) == [f"? line 11: {copied} of the stage build is only in the image"]


def test_a_file_of_a_stage_that_builds_is_still_the_checkouts() -> None:
    text = STAGES.format(work="RUN npm run build", copy="COPY --from=build /app/package.json ./")
    assert binds(text) == ["package.json → /srv/package.json"]


def test_installed_packages_of_a_stage_are_no_source() -> None:
    text = """\
FROM python AS build
WORKDIR /app
COPY requirements.txt .
RUN python -m venv /opt/venv && /opt/venv/bin/pip install -r requirements.txt
FROM python
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build /usr/local/lib/python3.13/site-packages /usr/local/lib/python3.13/site-packages
COPY src ./
"""
    assert binds(text) == ["src → /app"]


def test_a_run_that_makes_something_of_the_source_is_a_doubt() -> None:
    text = "FROM x\nWORKDIR /app\nRUN make tool\nCOPY . .\nRUN pip install . && python manage.py collectstatic\n"
    assert binds(text) == [". → /app", "? line 5: what `python manage.py collectstatic` makes is only in the image"]
    harmless = "RUN chmod +x docker/entry.sh && useradd app; mkdir -p data\nRUN echo made > /made\n"
    assert binds(f"FROM x\nWORKDIR /app\nCOPY . .\n{harmless}") == [
        ". → /app",
        "? line 5: what `echo made > /made` makes is only in the image",
    ]


def test_outside_the_working_directory_directories_are_mounted_and_files_stay_in_the_image() -> None:
    text = """\
FROM x
WORKDIR /app
COPY src .
COPY shared /srv/shared
COPY docker/entry.sh /entry.sh
COPY docker /scripts
RUN chmod +x /entry.sh /scripts/entry.sh
COPY requirements.txt /tmp/requirements.txt
"""
    assert binds(text) == [
        "src → /app",
        "shared → /srv/shared",
        "requirements.txt → /tmp/requirements.txt",
    ]


def test_an_additional_context_that_is_a_directory_is_mounted() -> None:
    assert binds("FROM x\nWORKDIR /app\nCOPY src .\nCOPY --from=texts . /srv/texts\n") == [
        "src → /app",
        "texts → /srv/texts",
    ]


def test_a_file_written_in_the_dockerfile_needs_no_mount() -> None:
    assert binds("FROM x\nWORKDIR /app\nCOPY src .\nCOPY <<EOF /app/settings\nA=1\nEOF\n") == ["src → /app"]
