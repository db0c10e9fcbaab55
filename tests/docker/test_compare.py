"""`inv compare` of a tiny repository, both sides on engines of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docker.repositories import Repository, engine_state

FILES = {
    "compose.yaml": "name: compared\nservices:\n"
    "  api: {build: api, init: true, command: sleep 600}\n"
    "  web: {build: web, init: true, command: sleep 600}\n",
    "api/Dockerfile": "FROM debian:trixie-slim\nWORKDIR /app\nCOPY . .\n"
    "RUN mkdir -p node_modules/left; echo left > node_modules/left/index.js\n"
    "RUN sleep 2; cat requirements.txt > /made\n",
    "api/main.py": "print('hello')\n",
    "api/requirements.txt": "six==1.17.0\n",
    "web/Dockerfile": "FROM debian:trixie-slim\nCOPY . /app\nRUN echo web > /made\n",
    "web/index.html": "<p>hello</p>\n",
    ".gitignore": "node_modules\n",
}


@pytest.fixture
def tiny(new_repository: Callable[..., Repository]) -> Repository:
    return new_repository("compared", FILES)


def files(path: Path) -> dict[str, str]:
    """The texts of a checkout, without what the tasks keep of it."""
    return {
        one.relative_to(path).as_posix(): one.read_text()
        for one in path.rglob("*")
        if one.is_file() and ".cispeed" not in one.parts
    }


def test_both_sides_of_a_tiny_repository(tiny: Repository, tmp_path: Path) -> None:
    before, engine = files(tiny.path), engine_state()
    scenarios = ["cold", "fresh-code", "same-code"]
    words = ["compare", "--json", "--scenarios", ",".join(scenarios), "--markdown", str(tmp_path / "table.md")]
    argv = [str(Path(sys.executable).parent / "inv"), *words]
    done = subprocess.run(argv, cwd=tiny.path, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    rows = {row["name"]: row for row in found["scenarios"]}
    assert [name for name, row in rows.items() if row["before"] and row["after"]] == scenarios, done.stderr
    assert {"api", "web"} <= set(rows["cold"]["services"])
    assert all(rows["cold"]["services"][name]["before"] > 0 for name in ("api", "web")), rows["cold"]
    assert rows["same-code"]["services"]["api"]["after"] > 0
    assert "web" not in {name for name, pair in rows["same-code"]["services"].items() if pair["after"]}
    assert next(step["step"] for step in rows["fresh-code"]["longest"]).endswith("cat requirements.txt > /made")
    assert found["images"]["api"]["before"] > 0
    assert found["contexts"]["web"]["files_before"] == 2
    assert found["contexts"]["api"]["files_before"] == 4, "the packages of the before image count as a checkout's"
    assert (tmp_path / "table.md").read_text().startswith(f"Before and after, measured on {found['machine']}")
    assert files(tiny.path) == before, "the checkout was written to"
    state = engine_state()
    assert {name: state[name] - engine[name] for name in state if state[name] - engine[name]} == {}


def test_the_plan_builds_nothing(tiny: Repository) -> None:
    output = tiny.inv("compare", "--dry-run", "--runs", "3", "--scenarios", "cold,same-dependency")
    assert "compare 2 scenarios, 3 times, before and after in turn" in output
    assert "edit, dependency: toolz 1.1.0 added (api/requirements.txt)" in output
    assert "✓" not in output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--scenarios", "warm"), "there is no scenario 'warm'"),
        (("--runs", "many"), "--runs many: not a number of runs; write for example --runs 3"),
        (("--before", "old.yml"), "--before: the Compose file 'old.yml' does not exist"),
        (("--service", "ap"), "there is no service 'ap'; did you mean 'api'?"),
    ],
)
def test_a_wrong_command_line_is_one_sentence(tiny: Repository, words: tuple[str, ...], message: str) -> None:
    assert message in tiny.inv("compare", *words, expect=2)
