"""`inv workflows` and the runs of workflows on this machine, in real repositories and without an engine."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cispeed_tasks
from tests.git_repositories import Repository, environment, repository

PROJECT = Path(cispeed_tasks.__file__).parent.parent
COMPOSE = "name: shop\nservices:\n  api: {build: api}\n"
FILES = {
    ".gitignore": ".cispeed/\n",
    "tasks.py": "from cispeed_tasks import ns\n",
    "compose.yaml": COMPOSE,
    "cispeed.yaml": "ci: {linters: ['echo linted', 'exit 4'], quick-tests: ['echo tested']}\n",
    "api/Dockerfile": "FROM python:3.13\nCOPY . .\n",
    "api/tests/test_api.py": "def test():\n    pass\n",
}
WORKFLOWS = ".github/workflows"


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    made = repository(tmp_path / "shop")
    made.commit(**FILES)
    return made


def inv(directory: Path, *words: str, **env: str) -> tuple[int, str]:
    variables = environment(DOCKER_HOST="unix:///no/such.sock", PYTHONDONTWRITEBYTECODE="1", NO_COLOR="1", **env)
    program = str(Path(sys.executable).with_name("inv"))
    done = subprocess.run([program, *words], cwd=directory, env=variables, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout + done.stderr


def test_this_projects_own_workflows_are_as_its_config_says() -> None:
    assert inv(PROJECT, "workflows", "--check") == (
        0,
        "✓ the workflows are as the config says: quick-ci, docker-ci, full-ci\n",
    )


def test_workflows_are_shown_then_written_then_found_current(shop: Repository) -> None:
    code, shown = inv(shop.path, "workflows")
    assert (code, shown.count("+++ b/.github/workflows/")) == (0, 3)
    assert not (shop.path / ".github").exists()
    assert inv(shop.path, "workflows", "--write")[0] == 0
    assert inv(shop.path, "workflows")[1] == "Nothing would be written: the workflows are as the config says.\n"
    assert "is as the config says already" in inv(shop.path, "workflows", "--write")[1]


def test_a_drift_fails_with_a_diff_and_is_mended(shop: Repository) -> None:
    inv(shop.path, "workflows", "--write")
    path = shop.path / WORKFLOWS / "quick-ci.yml"
    written = path.read_text()
    path.write_text(written.replace("timeout-minutes: 15", "timeout-minutes: 90"))
    code, said = inv(shop.path, "workflows", "--check")
    assert code == 1
    assert "-    timeout-minutes: 90\n+    timeout-minutes: 15\n" in said
    assert "not as the config says: .github/workflows/quick-ci.yml; `inv workflows --write` writes them anew" in said
    inv(shop.path, "workflows", "--write")
    assert path.read_text() == written


def test_a_changed_config_is_a_drift(shop: Repository) -> None:
    inv(shop.path, "workflows", "--write")
    shop.write({"cispeed.yaml": "ci: {runner: ubuntu-22.04}\n"})
    assert "+    runs-on: ubuntu-22.04" in inv(shop.path, "workflows", "--check")[1]


def test_own_lines_stay_and_line_ends_of_windows_are_no_drift(shop: Repository) -> None:
    inv(shop.path, "workflows", "--write")
    path = shop.path / WORKFLOWS / "quick-ci.yml"
    mark = "      # cispeed: yours lint\n"
    path.write_text(path.read_text().replace(mark, f"{mark}      - run: echo mine\n"))
    assert inv(shop.path, "workflows", "--check")[0] == 0
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert inv(shop.path, "workflows", "--check")[0] == 0
    shop.write({"cispeed.yaml": "ci: {runner: ubuntu-22.04}\n"})
    inv(shop.path, "workflows", "--write")
    assert f"{mark}      - run: echo mine\n" in path.read_text()


def test_own_lines_of_a_job_that_is_gone_are_not_lost(shop: Repository) -> None:
    shop.write({"cispeed.yaml": "ci: {cluster: true}\n"})
    inv(shop.path, "workflows", "--write")
    path = shop.path / WORKFLOWS / "full-ci.yml"
    mark = "      # cispeed: yours cluster\n"
    path.write_text(path.read_text().replace(mark, f"{mark}      - run: echo mine\n"))
    shop.write({"cispeed.yaml": ""})
    code, said = inv(shop.path, "workflows", "--write")
    assert code == 2
    assert "full-ci.yml: there is no job 'cluster' any more, and it holds lines of yours" in said
    assert "echo mine" in path.read_text()


def test_a_workflow_of_the_users_is_never_overwritten(shop: Repository) -> None:
    shop.write({f"{WORKFLOWS}/docker-ci.yml": "on: push\n"})
    code, said = inv(shop.path, "workflows", "--write")
    assert code == 2
    assert ".github/workflows/docker-ci.yml exists and was not made by this task; it is left as it is" in said
    assert not (shop.path / WORKFLOWS / "quick-ci.yml").exists()
    assert (shop.path / WORKFLOWS / "docker-ci.yml").read_text() == "on: push\n"


def test_tasks_below_the_root_are_called_there(shop: Repository) -> None:
    (shop.path / "shop").mkdir()
    for name in ("tasks.py", "compose.yaml", "cispeed.yaml", "api"):
        shutil.move(shop.path / name, shop.path / "shop" / name)
    assert inv(shop.path / "shop", "workflows", "--write")[0] == 0
    text = (shop.path / WORKFLOWS / "docker-ci.yml").read_text()
    assert "        working-directory: shop\n" in text
    assert "path: shop/.cispeed/images/given/" in text
    assert inv(shop.path / "shop" / "api", "workflows", "--check")[0] == 0


REGISTRY = "cispeed.yaml:1:1: registry: has no path: write such as ghcr.io/ORGANISATION/REPOSITORY"
ACTION = "cispeed.yaml:1:16: ci.actions.actions/cach: is no action of the workflows; did you mean 'actions/cache'?"
PIN = "cispeed.yaml:1:16: ci.actions.actions/cache: 'v6' is no pin: the 40 digits of a commit and its version are"


@pytest.mark.parametrize(
    ("config", "fault"),
    [
        ("registry: ghcr.io\n", REGISTRY),
        (f"ci: {{actions: {{actions/cach: {'a' * 40} v6}}}}\n", ACTION),
        ("ci: {actions: {actions/cache: v6}}\n", PIN),
        (
            "ci: {nightly: daily}\n",
            "cispeed.yaml:1:6: ci.nightly: 'daily' is no cron line: five fields are, such as 17 3 * * *",
        ),
    ],
)
def test_a_fault_of_the_config_has_its_place(shop: Repository, config: str, fault: str) -> None:
    shop.write({"cispeed.yaml": config})
    assert inv(shop.path, "workflows") == (2, fault + "\n")


def test_both_options_are_a_mistake(shop: Repository) -> None:
    assert inv(shop.path, "workflows", "--write", "--check")[0] == 2


def test_lint_runs_every_linter_and_ends_with_the_first_failure(shop: Repository) -> None:
    shop.write({"cispeed.yaml": "ci: {linters: ['exit 4', 'echo linted', 'exit 5']}\n"})
    code, said = inv(shop.path, "lint")
    assert code == 4
    assert "\nlinted\n" in said
    assert "2 of 3 linters failed: exit 4; exit 5" in said
    assert inv(shop.path, "lint", "--list") == (0, "exit 4\necho linted\nexit 5\n")


@pytest.mark.parametrize("system", ["GITLAB_CI", "BUILDKITE", "JENKINS_URL", "NOTHING"])
def test_outside_github_the_log_is_plain_and_the_exit_code_says_it(shop: Repository, system: str) -> None:
    code, said = inv(shop.path, "lint", CI="true", FORCE_COLOR="", **{system: "true"})
    assert code == 4
    assert "::" not in said
    assert "\x1b" not in said
    assert "✗ exit 4: exit code 4" in said


def test_quick_ci_goes_on_after_a_failure_and_ends_with_its_exit_code(shop: Repository) -> None:
    inv(shop.path, "workflows", "--write")
    shop.commit()
    shop.write({"api/tests/test_api.py": "def test():\n    assert False\n"})
    code, said = inv(shop.path, "quick-ci", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert code == 4
    lines = [line.partition(", ")[0] for line in said.partition("\nquick-ci\n")[2].splitlines()[:-1]]
    assert lines[0] == "✗ lint: Lint: exit code 4"
    assert lines[1].startswith("✓ lint: Compare the workflows with what makes them: ")
    assert lines[2] == "✗ tests: Test what is affected: exit code 1"
    assert lines[3].startswith("✓ tests: echo tested: ")
    assert "✗ quick-ci: 2 failed in" in said
    assert said.rstrip().endswith("quick-ci failed: lint: Lint; tests: Test what is affected")


def test_a_dry_run_only_says_the_commands(shop: Repository) -> None:
    assert inv(shop.path, "quick-ci", "--dry-run") == (
        0,
        "lint:\n  $ inv lint\n  $ inv workflows --check\ntests:\n  $ inv test-affected -- -m 'not e2e'\n  $ echo tested\n",
    )


def test_repo_settings_are_printed_in_words_and_as_commands(shop: Repository) -> None:
    code, said = inv(shop.path, "repo-settings")
    assert code == 0
    assert "only when quick-ci, docker-ci, full-ci have passed" in said
    code, script = inv(shop.path, "repo-settings", "--gh")
    assert code == 0
    checked = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
