"""An install and the files beside it in, what it reads out, or why that cannot be told."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from cispeed_tasks.model import ContextFile
from cispeed_tasks.plan.dockerfile_words import Uncertain
from cispeed_tasks.plan.install_needs import installs_project, lock_is_current, needed_files, worth_reading
from cispeed_tasks.plan.installs import Install, find_installs
from cispeed_tasks.plan.shell_commands import read_commands
from tests.plan.seen_builds import LOCK, NODE, PACKAGE, POETRY, UV


def install(line: str) -> Install:
    return find_installs(read_commands(line) or ())[0]


def needs(line: str, files: Mapping[str, str]) -> list[str]:
    return list(needed_files(install(line), files.get))


PIP = {
    "requirements.txt": "flask\n# -e .\nx @ https://example.org/x.whl\n",
    "r/prod.txt": "-r base.txt\n--constraint ../c.txt\ngunicorn \\\n  --hash=sha256:0\n",
    "r/base.txt": "-i https://example.org/simple\nflask\n",
    "c.txt": "flask<4\n",
    "bad.txt": "flask\n-e ./lib\n",
    "file.txt": "x @ file:///app/x\n",
    "links.txt": "--find-links wheels\n",
}


@pytest.mark.parametrize(
    ("line", "files"),
    [
        ("pip install flask gunicorn==1.0 'x[a,b]>=2,<3'", []),
        ("pip install git+https://example.org/x.git", []),
        ("pip install poetry==$POETRY_VERSION", []),
        ("pip install --no-cache-dir -r requirements.txt", ["requirements.txt"]),
        ("python3 -m pip install -rrequirements.txt --constraint=c.txt", ["requirements.txt", "c.txt"]),
        ("/opt/venv/bin/pip3.13 install -r r/prod.txt", ["r/prod.txt", "r/base.txt", "c.txt"]),
        ("pip install --index-url https://example.org/simple -r requirements.txt", ["requirements.txt"]),
        ("uv pip install --system -r requirements.txt", ["requirements.txt"]),
    ],
)
def test_pip_reads_its_requirements(line: str, files: list[str]) -> None:
    assert needs(line, PIP) == files


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("pip install .", "it installs ., which is a part of the sources"),
        ("pip install './lib[x]'", "it installs ./lib[x]"),
        ("pip install -e .", "what its option -e reads is not known"),
        ("pip install dist/x.whl", "it installs dist/x.whl"),
        ("pip install -r bad.txt", "bad.txt installs something from the sources: -e ./lib"),
        ("pip install -r file.txt", "file.txt installs something"),
        ("pip install -r links.txt", "links.txt installs something"),
        ("pip install -r none.txt", "none.txt is not in the build context"),
        ("pip install -r $FILE", "its words are not all known"),
        ("pip install $(cat list)", "its words are not all known"),
        ("PIP_CONSTRAINT=c.txt pip install flask", "its words are not all known"),
        ("pip install --target lib flask", "what its option --target reads is not known"),
    ],
)
def test_pip_may_need_the_sources(line: str, reason: str) -> None:
    with pytest.raises(Uncertain) as caught:
        needs(line, PIP)
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize(
    ("line", "files", "expected"),
    [
        ("npm ci", NODE, ["package-lock.json", "package.json"]),
        ("npm install --omit=dev", NODE, ["package-lock.json", "package.json"]),
        ("npm install -g pnpm@9", {}, []),
        ("npm ci", {**NODE, ".npmrc": "x"}, ["package-lock.json", "package.json", ".npmrc"]),
        ("yarn install --frozen-lockfile", {"package.json": PACKAGE, "yarn.lock": ""}, ["yarn.lock", "package.json"]),
        (
            "pnpm i --frozen-lockfile",
            {"package.json": PACKAGE, "pnpm-lock.yaml": ""},
            ["pnpm-lock.yaml", "package.json"],
        ),
        ("poetry install", POETRY, ["pyproject.toml", "poetry.lock"]),
        ("uv sync --frozen", UV, ["pyproject.toml", "uv.lock"]),
        ("DEBIAN_FRONTEND=noninteractive apt-get install -y git", {}, []),
        ("apk add --no-cache git", {}, []),
    ],
)
def test_others_read_their_manifests(line: str, files: Mapping[str, str], expected: list[str]) -> None:
    assert needs(line, files) == expected


def package(**more: object) -> dict[str, str]:
    return {**NODE, "package.json": json.dumps({**json.loads(PACKAGE), **more})}


@pytest.mark.parametrize(
    ("line", "files", "reason"),
    [
        ("npm ci", package(scripts={"postinstall": "node x.js"}), "package.json has the script postinstall"),
        ("npm ci", package(scripts={"prepare": "husky"}), "package.json has the script prepare"),
        ("npm ci", package(workspaces=["a"]), "workspaces may make it need the sources"),
        ("npm ci", package(dependencies={"a": "file:a"}), "package.json depends on something in the sources"),
        ("npm ci", {**NODE, "binding.gyp": ""}, "binding.gyp may make it need the sources"),
        ("npm ci", {"package.json": PACKAGE}, "there is no lock file"),
        ("npm ci --prefix web", NODE, "what its option --prefix reads is not known"),
        ("npm install", package(dependencies={"ms": "2.0.0"}), "it may write another lock file"),
        ("npm install express", NODE, "it changes package.json"),
        ("npm install -g .", NODE, "it installs something from the sources"),
        ("yarn install", {"package.json": PACKAGE, "yarn.lock": ""}, "it may write another lock file"),
        ("yarn", {"package.json": PACKAGE, "yarn.lock": "", ".yarnrc.yml": ""}, ".yarnrc.yml may make it"),
        ("poetry install", {"pyproject.toml": ""}, "there is no poetry.lock in the build context"),
        ("poetry install", {**POETRY, "pyproject.toml": 'a = {path = "../a"}'}, "pyproject.toml depends on something"),
        ("poetry install", {**POETRY, "poetry.lock": 'type = "directory"'}, "pyproject.toml depends on something"),
        ("poetry install", {**POETRY, "pyproject.toml": "poetry-dynamic-versioning"}, "the project's version"),
        ("uv sync", {**UV, "uv.lock": 'source = { editable = "lib" }'}, "pyproject.toml depends on something"),
        ("uv sync", {**UV, "pyproject.toml": "dynamic = ['version']"}, "what pyproject.toml calls dynamic"),
        ("apt-get install -y ./x.deb", {}, "it installs a file"),
    ],
)
def test_others_may_need_the_sources(line: str, files: Mapping[str, str], reason: str) -> None:
    with pytest.raises(Uncertain) as caught:
        needs(line, files)
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize(
    ("line", "files", "expected"),
    [
        ("poetry install", POETRY, True),
        ("poetry install --no-root", POETRY, False),
        ("poetry install", {**POETRY, "pyproject.toml": "package-mode = false"}, False),
        ("uv sync", UV, True),
        ("uv sync --no-install-project", UV, False),
        ("uv pip install flask", UV, False),
        ("pip install flask", POETRY, False),
    ],
)
def test_whether_the_project_itself_is_installed(line: str, files: Mapping[str, str], expected: bool) -> None:
    assert installs_project(install(line), files.get) is expected


@pytest.mark.parametrize(
    "line",
    [
        "pip --version",
        "npm run build",
        "yarn build",
        "yarn --version",
        "uv run x",
        "apt-get update",
        "poetry export",
        "npx x",
    ],
)
def test_what_installs_nothing(line: str) -> None:
    assert find_installs(read_commands(line) or ()) == ()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("apt-get install -y --no-install-recommends gcc=4:12 git > /dev/null", ("gcc", "git")),
        ("apt-get -qq install -t trixie-backports -y git", ("git",)),
        ("apk add --no-cache --virtual .deps gcc", ("gcc",)),
    ],
)
def test_names_of_system_packages(line: str, names: tuple[str, ...]) -> None:
    assert install(line).packages == names


def test_a_lock_file_that_is_older_than_its_manifest() -> None:
    assert lock_is_current(NODE.get)
    assert not lock_is_current({"package.json": PACKAGE, "package-lock.json": '{"lockfileVersion": 1}'}.get)
    assert not lock_is_current({"package.json": '{"dependencies": {"ms": "1"}}', "package-lock.json": LOCK}.get)
    assert not lock_is_current({"package.json": "{", "package-lock.json": "["}.get)


def test_only_what_may_be_a_manifest_is_read() -> None:
    names = ["a/requirements-dev.txt", "deps.txt", "notes.txt", "x/package.json", "app.py", "bun.lockb"]
    files = {name: ContextFile(name, "file") for name in names} | {
        "uv.lock": ContextFile("uv.lock", "file", size=10**9)
    }
    assert worth_reading(files, "RUN pip install -r deps.txt") == (
        "a/requirements-dev.txt",
        "deps.txt",
        "x/package.json",
    )
