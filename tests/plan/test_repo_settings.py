"""The settings of a repository: the checks to require are jobs that the workflows have, and each command is whole."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from typing import Any

from cispeed_tasks.config_schema import CiConfig
from cispeed_tasks.plan.ci_jobs import WORKFLOWS
from cispeed_tasks.plan.ci_project import CiProject
from cispeed_tasks.plan.repo_settings import repo_settings
from tests.plan.test_workflows import TEXTS, parsed
from tests.plan.workflow_projects import PLAIN, SHAPES


def rules(project: CiProject) -> dict[str, Any]:
    data = repo_settings(project)[0].data or {}
    return {rule["type"]: rule["parameters"] for rule in data["rules"]}


def test_the_required_checks_are_the_jobs_that_always_report() -> None:
    required = rules(PLAIN)["required_status_checks"]["required_status_checks"]
    names = [check["context"] for check in required]
    assert names == list(WORKFLOWS)
    for (_, workflow), text in TEXTS.items():
        job = parsed(text)["jobs"][workflow]
        assert (job["name"], job["if"]) == (workflow, "always()")


def test_the_merge_queue_is_as_the_config_says() -> None:
    assert "merge_queue" in rules(PLAIN)
    without = replace(PLAIN, ci=CiConfig.model_validate({"merge-queue": False}))
    assert "merge_queue" not in rules(without)
    assert "for every push to a pull request that is no draft" in repo_settings(without)[0].words


def test_every_action_of_others_that_is_used_is_allowed() -> None:
    allowed = {
        pattern.removesuffix("@*")
        for setting in repo_settings(SHAPES["ghcr"])
        for pattern in (setting.data or {}).get("patterns_allowed", ())
    }
    used = {
        step["uses"].split("@")[0]
        for text in TEXTS.values()
        for job in parsed(text)["jobs"].values()
        for step in job["steps"]
        if "uses" in step
    }
    assert allowed == {name for name in used if not name.startswith("actions/")}


def test_each_command_is_one_that_a_shell_takes() -> None:
    for setting in repo_settings(SHAPES["other registry"]):
        line, *data = str(setting).split("\n", 1)
        assert shlex.split(line)[0] == "gh"
        if data:
            assert json.loads(data[0].removesuffix("\nJSON")) == setting.data


def test_a_registry_that_is_not_githubs_wants_a_name_and_a_password() -> None:
    commands = [shlex.join(setting.command) for setting in repo_settings(SHAPES["other registry"])]
    assert commands[-2:] == ["gh variable set REGISTRY_USERNAME", "gh secret set REGISTRY_PASSWORD"]
    assert not any("REGISTRY" in " ".join(setting.command) for setting in repo_settings(SHAPES["ghcr"]))
