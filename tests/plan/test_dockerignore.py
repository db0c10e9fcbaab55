"""Dockerfiles and what lies in their context, and what of it is left out, stays, and why."""

from __future__ import annotations

import pytest

from cispeed_tasks.plan.context_entries import Amount
from cispeed_tasks.plan.dockerignore import NEEDLESS
from tests.plan.littered_contexts import proposed

INSTALL = "COPY . .\nRUN npm ci"
BUILD = "COPY . .\nRUN npm ci && npm run build"


def left_out(dockerfile: str, tree: str, **more: object) -> list[str]:
    return sorted(one.path for one in proposed(dockerfile, tree, **more).needless)  # type: ignore[arg-type]


def why(dockerfile: str, tree: str, path: str, **more: object) -> str:
    found = proposed(dockerfile, tree, **more)  # type: ignore[arg-type]
    assert path not in [one.path for one in found.needless]
    return next(one.why for one in found.kept if one.path == path)


@pytest.mark.parametrize(
    ("dockerfile", "tree", "expected"),
    [
        (INSTALL, "src/a.js node_modules/x/a.js web/node_modules/b", ["node_modules", "web/node_modules"]),
        ("COPY lib lib", "lib/a.js lib/node_modules/x", ["lib/node_modules"]),
        ("COPY . .", "src/a.py .venv/a venv/pyvenv.cfg src/__pycache__/a.pyc", [".venv", "src/__pycache__", "venv"]),
        ("COPY . .", "src/a .git/HEAD .github/x .vscode/y .cispeed/z", [".cispeed", ".git", ".github", ".vscode"]),
        ("COPY . .", "src/a .env lib/.env.local", [".env", "lib/.env.local"]),
        ("COPY . .", "lib/a.py lib/a.pyc", ["lib/a.pyc"]),
        (BUILD, "src/a.js dist/a.js", ["dist"]),
        (f"{BUILD}\nFROM scratch\nCOPY --from=0 /dist /", "src/a.js dist/a.js", ["dist"]),
        ("COPY src src", "src/a tests/b docs/c README.md LICENSE", ["LICENSE", "README.md", "docs", "tests"]),
        ("COPY . .", "src/a.py Dockerfile compose.yaml", ["Dockerfile", "compose.yaml"]),
        ("COPY . .\nENV PATH=/app/.venv/bin:$PATH\nRUN uv sync", "src/a.py .venv/x", [".venv"]),
        (f"{INSTALL}\nFROM scratch\nCOPY --from=0 /app/node_modules /x", "src/a.js node_modules/x", ["node_modules"]),
    ],
)
def test_litter_by_well_known_names_is_left_out(dockerfile: str, tree: str, expected: list[str]) -> None:
    assert left_out(dockerfile, tree, tracked="Dockerfile compose.yaml .github/x .vscode/y") == expected


@pytest.mark.parametrize(
    ("dockerfile", "tree", "path", "reason"),
    [
        ("COPY dist/ /app", "src/a dist/a", "dist", "Dockerfile:2 (COPY) takes dist by name"),
        ("COPY dist/* /app/", "src/a dist/a", "dist", "Dockerfile:2 (COPY) takes dist by name"),
        ("COPY . .\nCOPY node_modules/x /y", "node_modules/x/a", "node_modules", "Dockerfile:3 (COPY) takes"),
        ("COPY dist /app", "dist/node_modules/a", "dist/node_modules", "Dockerfile:2 (COPY) takes dist by name"),
        ("COPY tests ./tests", "src/a tests/b", "tests", "Dockerfile:2 (COPY) takes tests by name"),
        ("COPY . .\nCOPY .env.example .env", ".env.example", ".env.example", "takes .env.example by name"),
        ("COPY *.pem /certs/", "a.pem", "a.pem", "takes a.pem by name"),
        ("RUN --mount=type=bind,source=.git,target=.git true", ".git/HEAD", ".git", "(RUN) takes .git by name"),
        ("COPY . .\nRUN --mount=source=.venv,target=/v true", ".venv/x", ".venv", "(RUN) takes .venv by name"),
        ("COPY . .\nRUN git rev-parse HEAD > v", ".git/HEAD", ".git", "reads the history (git rev-parse"),
        ("COPY . .\nRUN git -C . describe", ".git/HEAD", ".git", "reads the history (git -C . describe)"),
        ("COPY . .\nRUN <<EOF\ngit log\nEOF", ".git/HEAD", ".git", "reads the history (git log)"),
        ("COPY . .\nRUN ls .git", ".git/HEAD", ".git", "Dockerfile:3 (RUN) names it"),
        ("COPY . .\nRUN pytest tests", "tests/a", "tests", "the image may need it"),
        ("COPY . .", "README.md", "README.md", "the image may need it"),
        ("COPY . .", "src/a dist/b", "dist", "no RUN makes it anew"),
        ("COPY . .\nRUN apt-get install build-essential", "build/b", "build", "no RUN makes it anew"),
        (f"{BUILD}\nCMD node dist/a.js", "dist/a.js", "dist", "Dockerfile:4 (CMD) names it"),
        ("COPY . .\nCMD node src/a.js", "src/a.js node_modules/x", "node_modules", "no RUN installs the packages"),
        ("COPY . .\nRUN npm install -g pm2", "node_modules/x", "node_modules", "no RUN installs the packages"),
        ("COPY . .\nENV PATH=/app/.venv/bin", ".venv/x", ".venv", "Dockerfile:3 (ENV) names it"),
        ("COPY . .", "venv/a.py", "venv", "it is no virtual environment"),
        ("COPY . .", "certs/ca.pem", "certs/ca.pem", "it holds no private key"),
        ("COPY . .", "src/a.pyc", "src/a.pyc", "git tracks it"),
        ("COPY . .", "lib/a.pyc", "lib/a.pyc", "its source is not beside it"),
        (BUILD, "src/coverage/a.js", "src/coverage", "git tracks it"),
        ("COPY . .", "src/.env", "src/.env", "git tracks it"),
        ("COPY . .", "src/compose.yaml", "src/compose.yaml", "it is no file of this project's own builds"),
        ("FROM scratch AS unused\nCOPY tests /t\nFROM scratch\nCOPY src /s", "src/a tests/b", "tests", "by name"),
    ],
)
def test_what_stays_is_said_with_its_reason(dockerfile: str, tree: str, path: str, reason: str) -> None:
    assert reason in why(dockerfile, tree, path)


@pytest.mark.parametrize(
    "text", ['requires = ["setuptools-scm>=8"]', 'requires = ["hatch-vcs"]', '[tool.pdm.version]\nsource = "scm"']
)
def test_a_version_that_follows_from_the_history_keeps_it(text: str) -> None:
    texts = {"pyproject.toml": text}
    assert why("COPY . .", "pyproject.toml .git/HEAD", ".git", texts=texts).startswith("pyproject.toml reads")
    assert left_out("COPY src src", "pyproject.toml src/a .git/HEAD", texts=texts) == [".git"]


def test_documents_that_a_manifest_names_stay() -> None:
    texts = {"pyproject.toml": 'readme = "README.md"\nlicense-files = ["LICENSE"]'}
    tree = "src/a README.md LICENSE CHANGELOG.md pyproject.toml"
    assert left_out("COPY src src", tree, texts=texts) == ["CHANGELOG.md"]
    assert why("COPY src src", tree, "LICENSE", texts=texts) == "pyproject.toml names it"


def test_without_git_only_what_its_name_makes_certain_is_left_out() -> None:
    tree = "src/a.js dist/b .env .env.production .env.local node_modules/c"
    assert left_out(BUILD, tree, tracked=None) == [".env", ".env.local", "node_modules"]


def test_what_may_yet_become_source_stays() -> None:
    assert left_out(BUILD, "src/a.js dist/b", fresh=["dist/b"]) == []
    assert "git does not ignore it" in why(BUILD, "src/a.js dist/b", "dist", fresh=["dist/b"])
    assert left_out(INSTALL, "src/a.js node_modules/b .env", fresh=["node_modules/b", ".env"]) == [
        ".env",
        "node_modules",
    ]


def test_what_lies_in_a_submodule_is_tracked() -> None:
    assert left_out(BUILD, "src/a.js lib/coverage/b lib/venv/pyvenv.cfg", tracked="lib") == []


def test_a_private_key_is_left_out_beside_a_certificate() -> None:
    assert left_out("COPY . .", "certs/ca.pem certs/dev.pem", keys=["certs/dev.pem"]) == ["certs/dev.pem"]


def test_the_largest_directories_that_nothing_takes_get_a_line_each() -> None:
    tree = "src/a data/dump.sql media/x/y small/z notes.bin"
    sizes = {"data/dump.sql": 5_000_000, "media/x/y": 9_000_000, "notes.bin": 200_000}
    found = proposed("COPY src src", tree, sizes=sizes)
    assert found.groups[NEEDLESS] == ("data", "media", "notes.bin")
    assert [(one.path, one.amount.bytes) for one in found.needless[:2]] == [("media", 9_000_000), ("data", 5_000_000)]
    assert (found.today, found.after, found.inputs) == (Amount(5, 14_202_000), Amount(2, 2_000), Amount(1, 1000))


@pytest.mark.parametrize("line", ["COPY . .", "COPY data/sub /x", "COPY d* /x/", "RUN --mount=target=/m true"])
def test_a_large_directory_that_is_taken_gets_none(line: str) -> None:
    found = proposed(f"COPY src src\n{line}", "src/a data/sub/b", sizes={"data/sub/b": 5_000_000})
    assert NEEDLESS not in found.groups


def test_a_source_that_is_not_there_today_keeps_its_place_free() -> None:
    found = proposed("COPY src src\nCOPY data/new dist/ /x/", "src/a.js data/old", sizes={"data/old": 5_000_000})
    lines = found.text.splitlines()
    assert "data" not in lines
    assert "dist" not in lines


def test_what_all_dockerfiles_of_a_context_take_counts() -> None:
    one, other = "COPY src src", "COPY tests tests\nCOPY data /data"
    sizes = {"data/a": 5_000_000}
    assert [n.path for n in proposed([one, other], "src/a tests/b data/a docs/c", sizes=sizes).needless] == ["docs"]


def test_where_nothing_is_certain_everything_counts_and_it_says_why() -> None:
    found = proposed("COPY $UNKNOWN /x\nONBUILD COPY . .", "src/a data/b tests/c .git/d", sizes={"data/b": 5_000_000})
    assert found.whole is not None
    assert [one.path for one in found.needless] == [".git"]


def test_a_user_s_exception_wins_and_it_is_said() -> None:
    found = proposed(INSTALL, "lib/a.js lib/node_modules/x .git/y", "*\n!lib\n!.git\n")
    assert found.text.endswith("# <<< cispeed <<<\n*\n!lib\n!.git\n")
    assert [(one.path, one.why.partition(" (")[0]) for one in found.kept] == [
        (".git", "an exception of yours"),
        ("lib/node_modules", "an exception of yours"),
    ]


def test_an_ignore_file_that_leaves_nothing_to_add_stays_as_it_is() -> None:
    text = "**/node_modules\n.git\n"
    assert proposed(INSTALL, "src/a.js node_modules/x .git/y", text).text == text
    assert proposed("COPY src src", "src/a Dockerfile").text == ""
