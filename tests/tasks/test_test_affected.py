"""`inv test-affected`, typed in a small shop of services."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.git_repositories import Repository, environment, with_origin

FILES = {
    "tasks.py": "from cispeed_tasks import ns\n",
    "compose.yaml": (
        "name: shop\nservices:\n"
        "  api: {build: services/api, volumes: ['./services/api:/app']}\n"
        "  web: {build: web}\n  db: {image: postgres}\n"
    ),
    "cispeed.yaml": "services: {web: {test-command: sh test.sh}}\n",
    "services/api/Dockerfile": "FROM python:3.13\nCOPY app.py /app/\n",
    "services/api/app.py": "from shared import money\n",
    "services/api/tests/test_app.py": "from app import money\ndef test(): assert money.cents\n",
    "shared/money.py": "cents = 1\n",
    "tests/unit/test_api.py": "import app\ndef test(): pass\ndef test_more(): pass\n",
    "web/Dockerfile": "FROM node:20\nCOPY src /src\n",
    "web/src/main.js": "",
    "web/test.sh": "exit 3\n",
    "README.md": "",
    ".gitignore": "__pycache__/\n.pytest_cache/\n.cispeed/\n",
}


@pytest.fixture
def work(tmp_path: Path) -> Repository:
    made = with_origin(tmp_path)
    made.commit(**FILES)
    made.git("push", "--quiet", "origin", "main")
    return made


def inv(work: Repository, *words: str) -> tuple[int, str]:
    """The exit code and all that is printed."""
    done = subprocess.run(
        [sys.executable, "-m", "invoke", "test-affected", *words],
        cwd=work.path,
        env=environment(DOCKER_HOST="unix:///no/such.sock", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stdout
    return done.returncode, done.stdout


def suites(work: Repository, *words: str) -> dict[str, list[str]]:
    """What would be run: each suite's files by its name and directory."""
    code, said = inv(work, "--list", "--json", *words)
    assert code == 0, said
    return {f"{suite['name']} {suite['directory']}": suite["files"] for suite in json.loads(said)["suites"]}


def test_an_edit_runs_the_tests_of_its_service(work: Repository) -> None:
    work.write({"services/api/app.py": "from shared import money\nprice = 1\n"})
    code, said = inv(work, "--", "-k", "test_more")
    assert code == 0, said
    assert "test api by services/api/tests: services/api/app.py changed\n" in said
    assert "left out: web in web\n" in said
    assert "1 passed, 1 deselected" in said
    assert "· api in services/api: no test was found in it, " in said
    assert "✓ api: " in said


def test_all_tests_are_run_whatever_changed_each_suite_with_a_junit_file_of_its_own(work: Repository) -> None:
    work.write({"web/test.sh": "exit 0\n"})
    code, said = inv(work, "--all", "--junit", "reports")
    assert code == 0, said
    reports = sorted((work.path / "reports").iterdir())
    assert [path.name for path in reports] == ["01-api-in-services-api.xml", "02-api.xml"]
    assert ['tests="1"' in reports[0].read_text(), 'tests="2"' in reports[1].read_text()] == [True, True]
    assert "--all runs all tests, whatever changed since --base" in inv(work, "--all", "--base", "main")[1]


def test_a_green_run_is_reused(work: Repository) -> None:
    work.write({"services/api/app.py": "from shared import money\nprice = 1\n", "web/test.sh": "exit 0\n"})
    assert inv(work)[0] == 0
    work.write({"README.md": "x", "compose.yaml": FILES["compose.yaml"] + "# a comment\n"})
    code, said = inv(work, "--reuse")
    assert code == 0, said
    assert [
        line.split(": reused the green run of 20")[0] for line in said.splitlines() if line[:1] in {"✓", "✗", "·"}
    ] == [
        "· api in services/api",
        "· api",
        "· web in web",
    ]
    assert '"cause": ' in inv(work, "--list", "--json", "--reuse")[1]
    work.write({"compose.yaml": FILES["compose.yaml"].replace("/app']", "/app:ro']")})
    code, said = inv(work, "--reuse")
    assert "✓ api in services/api: " in said
    assert "✓ api: " in said
    assert "· web in web: reused " in said


def test_the_exit_code_is_the_tests_own(work: Repository) -> None:
    work.write({"web/src/main.js": "x"})
    code, said = inv(work)
    assert code == 3
    assert "✗ web in web: exit code 3, " in said
    assert said.endswith("1 of 1 suites failed: web in web\n")


def test_nothing_is_affected(work: Repository) -> None:
    work.write({"README.md": "x", "web/README.md": "x"})
    code, said = inv(work)
    assert code == 0
    assert "Nothing to test: no test is affected.\n" in said


def test_shared_code_and_single_tests(work: Repository) -> None:
    work.git("checkout", "--quiet", "-b", "topic")
    work.commit(**{"shared/money.py": "cents = 2\n"})
    assert suites(work) == {"api services/api": ["services/api/tests/test_app.py"], "api .": ["tests/unit/test_api.py"]}
    work.write({"services/api/tests/test_new.py": ""})
    assert suites(work, "--base", "HEAD") == {"api services/api": ["services/api/tests/test_new.py"]}


def test_a_change_of_the_config_is_one_of_the_service(work: Repository) -> None:
    work.write(
        {"cispeed.yaml": "services: {web: {test-command: sh test.sh}, api: {tests: [tests/unit/test_api.py]}}\n"}
    )
    assert suites(work)["api ."] == ["tests/unit/test_api.py"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--json",), "--json prints the plan, and tests print what they like; write --list --json"),
        (("--base", "mian"), "'mian' is no branch, tag or commit of this repository or of origin"),
    ],
)
def test_a_users_mistake_is_a_sentence(work: Repository, words: tuple[str, ...], sentence: str) -> None:
    assert inv(work, *words) == (2, f"{sentence}\n")


def test_tests_of_the_config_that_there_are_not(work: Repository) -> None:
    work.write({"cispeed.yaml": "services:\n  api:\n    tests: [tests, checks/*.py]\n"})
    assert inv(work, "--list") == (
        2,
        "cispeed.yaml:3:20: services.api.tests.1: 'checks/*.py': there is no such file in the checkout\n",
    )
