"""The generated workflows of many projects: valid, safe, the same for the same, and with the user's lines kept."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from cispeed_tasks.config_schema import CiConfig
from cispeed_tasks.plan.ci_jobs import WORKFLOWS, workflow_jobs
from cispeed_tasks.plan.workflows import own_lines, pins, repositories, workflow_text, yaml_text
from tests.plan.workflow_projects import PLAIN, SHAPES, projects

EVERY = [(name, workflow, project) for name, project in projects().items() for workflow in WORKFLOWS]
TEXTS = {(name, workflow): workflow_text(workflow, project) for name, workflow, project in EVERY}


@cache
def parsed(text: str) -> dict[str, Any]:
    # YAML 1.1 reads the key `on` as true.
    loaded = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe
    return {"on" if key is True else str(key): value for key, value in loaded.items()}


def steps(text: str) -> list[dict[str, Any]]:
    return [step for job in parsed(text)["jobs"].values() for step in job["steps"]]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the workflows of every project, each under a name of its own."""
    root = tmp_path_factory.mktemp("repository")
    (root / ".git").mkdir()
    directory = root / ".github" / "workflows"
    directory.mkdir(parents=True)
    for text, (name, workflow) in {text: key for key, text in TEXTS.items()}.items():
        (directory / f"{name}-{workflow}.yml").write_text(text)
    return root


def tool(name: str, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    path = Path(sys.executable).with_name(name)
    program = str(path) if path.exists() else str(shutil.which(name))
    files = sorted(str(one.relative_to(cwd)) for one in cwd.glob(".github/workflows/*.yml"))
    return subprocess.run([program, *words, *files], cwd=cwd, capture_output=True, text=True, check=False)


def test_there_are_enough_of_them() -> None:
    assert len(projects()) >= 30
    assert len(set(TEXTS.values())) >= 60


def test_githubs_schema_takes_them(repository: Path) -> None:
    done = tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", cwd=repository)
    assert (done.returncode, done.stdout.strip()) == (0, "ok -- validation done")


def test_actionlint_with_shellcheck_finds_nothing(repository: Path) -> None:
    shellcheck = Path(sys.executable).with_name("shellcheck")
    done = tool("actionlint", "-shellcheck", str(shellcheck if shellcheck.exists() else "shellcheck"), cwd=repository)
    assert (done.returncode, done.stdout) == (0, "")


def test_actionlint_would_find_something(repository: Path) -> None:
    broken = repository.parent / "broken"
    (broken / ".github/workflows").mkdir(parents=True)
    (broken / ".git").mkdir()
    text = workflow_text("docker-ci", SHAPES["ghcr"]).replace("needs.plan.outputs.matrix", "needs.plans.outputs.matrix")
    (broken / ".github/workflows/docker-ci.yml").write_text(text.replace('"$SERVICES"', "$SERVICES"))
    found = tool("actionlint", cwd=broken).stdout
    assert 'property "plans" is not defined' in found
    assert "SC2086" in found


def test_zizmor_finds_nothing_however_pedantic(repository: Path) -> None:
    done = tool("zizmor", "--offline", "--pedantic", "--no-progress", cwd=repository)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("name", "workflow"), TEXTS)
def test_what_every_workflow_holds(name: str, workflow: str) -> None:
    text, project = TEXTS[name, workflow], projects()[name]
    data = parsed(text)
    assert text == workflow_text(workflow, project)
    assert text.startswith("# Made by cispeed")
    assert text.endswith("\n")
    assert not re.search(r"\n\n\n|[ \t]$|\0|\[\[|\[%", text, re.MULTILINE)
    assert data["permissions"] == {}
    assert "pull_request_target" not in data["on"]
    assert all("paths" not in (event or {}) for event in data["on"].values())
    assert data["concurrency"]["cancel-in-progress"]
    assert all("timeout-minutes" in job and "permissions" in job for job in data["jobs"].values())
    assert all("${{" not in step.get("run", "") for step in steps(text))


@pytest.mark.parametrize(("name", "workflow"), TEXTS)
def test_one_job_always_reports_on_all_others(name: str, workflow: str) -> None:
    jobs = parsed(TEXTS[name, workflow])["jobs"]
    last = jobs[workflow]
    assert last["if"] == "always()"
    assert [*last["needs"], workflow] == list(jobs)
    assert last["needs"] == list(workflow_jobs(workflow, projects()[name]))


MEASURED = "Write down what was measured"
AROUND = {"Install", MEASURED}
"""What is run around the commands of a job."""


@pytest.mark.parametrize(("name", "workflow"), TEXTS)
def test_the_commands_are_those_of_the_list_in_its_order(name: str, workflow: str) -> None:
    jobs = parsed(TEXTS[name, workflow])["jobs"]
    for job in workflow_jobs(workflow, projects()[name]).values():
        steps = [step for step in jobs[job.name]["steps"] if "run" in step and step["name"] not in AROUND]
        assert [step["run"] for step in steps] == [step.run for step in job.steps]
        assert [step.get("env", {}) for step in steps] == [dict(step.env) for step in job.steps]


@pytest.mark.parametrize(("name", "workflow"), TEXTS)
def test_every_machine_that_builds_starts_or_tests_keeps_what_it_measured(name: str, workflow: str) -> None:
    jobs = parsed(TEXTS[name, workflow])["jobs"]
    keeping = [job for job in jobs if any(step["name"] == MEASURED for step in jobs[job]["steps"])]
    assert keeping == [job for job in jobs if job not in {"lint", "plan", "report", "cluster", workflow}]


def test_actions_are_those_of_the_one_file_of_pins_by_their_commits() -> None:
    used = {match for text in TEXTS.values() for match in re.findall(r"uses: (\S+)@(\S+) # (\S+)", text)}
    assert {(action, *pin) for action, pin in pins().items()} == used
    assert all(re.fullmatch(r"[0-9a-f]{40}", commit) for _, commit, _ in used)
    assert all("@" in line and "#" in line for text in TEXTS.values() for line in text.splitlines() if "uses:" in line)


def test_a_pin_of_the_users_goes_before_ours() -> None:
    ci = CiConfig.model_validate({"actions": {"actions/cache": f"{'a' * 40} v99.0"}})
    text = workflow_text("quick-ci", replace(PLAIN, ci=ci))
    assert f"uses: actions/cache/restore@{'a' * 40} # v99.0" in text
    assert f"uses: actions/cache/save@{'a' * 40} # v99.0" in text
    assert f"uses: actions/checkout@{pins()['actions/checkout'][0]} # " in text
    assert "actions/cache" in repositories()


def test_only_jobs_that_push_may_write_packages_and_log_in() -> None:
    for workflow in WORKFLOWS:
        for job in parsed(workflow_text(workflow, SHAPES["ghcr"]))["jobs"].values():
            pushes = any("images-push" in step.get("run", "") for step in job["steps"])
            assert (job["permissions"].get("packages") == "write") == pushes
            assert any("login-action" in step.get("uses", "") for step in job["steps"]) == pushes


def test_forks_get_no_secret_and_write_no_cache() -> None:
    for text in TEXTS.values():
        for step in steps(text):
            if "login-action" in step.get("uses", ""):
                assert step["if"] == "env.MAY_PUSH == 'true'"
            if "cache/save" in step.get("uses", ""):
                assert step["if"].startswith(("github.event_name == 'push'", "github.event_name == 'schedule'"))
            assert not re.search(r"setup-(python|node|uv)", step.get("uses", "")) or not step["with"].get("cache")


def test_lines_of_the_users_stay_as_they_are() -> None:
    before = workflow_text("quick-ci", PLAIN)
    own = "      - run: sudo apt-get install -y libpq-dev   \n\n      # mine: too\n"
    mark = "      # cispeed: yours tests\n"
    edited = before.replace(mark, mark + own)
    assert own_lines(edited) == {"tests": own}
    assert workflow_text("quick-ci", PLAIN, own_lines(edited)) == edited
    assert own_lines(before) == {}


@pytest.mark.parametrize(
    "text", ["main", "release/*", "yes", "a: b", "x # y", "- z", "'q'", "3.10", "!x", "", "a\tb", "é"]
)
def test_yaml_reads_back_what_was_written(text: str) -> None:
    assert yaml.safe_load(f"key: {yaml_text(text)}") == {"key": text}
