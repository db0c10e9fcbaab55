"""The settings that a repository on GitHub needs for its workflows to decide about merges, as text and as calls of gh."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cispeed_tasks.plan.ci_jobs import WORKFLOWS
from cispeed_tasks.plan.ci_project import GHCR, CiProject
from cispeed_tasks.plan.workflows import pins

GITHUB_ACTIONS = 15368
"""The id of the app by which GitHub's own workflows report: no other one can give these checks."""
REPOSITORY = "repos/{owner}/{repo}"
"""gh itself fills in the repository that it is called in."""


@dataclass(frozen=True)
class Setting:
    """A setting: what it is for, and the command that makes it."""

    words: str
    command: tuple[str, ...]
    data: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        """The command as a person pastes it."""
        line = shlex.join(self.command)
        return line if self.data is None else f"{line} --input - <<'JSON'\n{json.dumps(self.data, indent=2)}\nJSON"


def repo_settings(project: CiProject) -> list[Setting]:
    """The settings, in the order in which they are made."""
    return [_ruleset(project), *_actions(), *_dispatch(), *_registry(project)]


def _ruleset(project: CiProject) -> Setting:
    required = [{"context": name, "integration_id": GITHUB_ACTIONS} for name in WORKFLOWS]
    checks = {"strict_required_status_checks_policy": False, "required_status_checks": required}
    rules: list[dict[str, Any]] = [
        {"type": "pull_request", "parameters": _reviews()},
        {"type": "required_status_checks", "parameters": checks},
    ]
    when = "full-ci runs for every push to a pull request that is no draft"
    if project.ci.merge_queue:
        rules.append({"type": "merge_queue", "parameters": _queue(project)})
        when = (
            "full-ci runs once a pull request is ready for review and in the merge queue, and reports at once otherwise "
            "(where there is no merge queue, write `ci: {merge-queue: false}` and make the workflows anew)"
        )
    branches = ", ".join(project.ci.branches)
    words = (
        f"Rule for {branches}: only by pull request, and only when {', '.join(WORKFLOWS)} have passed. Each of them is one "
        f"job that always reports; {when}."
    )
    data = {
        "name": "cispeed",
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": [f"refs/heads/{name}" for name in project.ci.branches], "exclude": []}},
        "rules": rules,
    }
    return Setting(words, ("gh", "api", "--method", "POST", f"{REPOSITORY}/rulesets"), data)


def _reviews() -> dict[str, Any]:
    return {
        "required_approving_review_count": 0,
        "dismiss_stale_reviews_on_push": False,
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_review_thread_resolution": False,
    }


def _queue(project: CiProject) -> dict[str, Any]:
    return {
        "check_response_timeout_minutes": min(360, project.ci.minutes.docker * 2 + project.ci.minutes.e2e),
        "grouping_strategy": "ALLGREEN",
        "max_entries_to_build": 5,
        "max_entries_to_merge": 5,
        "merge_method": "SQUASH",
        "min_entries_to_merge": 1,
        "min_entries_to_merge_wait_minutes": 1,
    }


def _actions() -> list[Setting]:
    put = ("gh", "api", "--method", "PUT")
    patterns = sorted({"/".join(name.split("/")[:2]) + "@*" for name in pins() if not name.startswith("actions/")})
    selected = {"github_owned_allowed": True, "verified_allowed": False, "patterns_allowed": patterns}
    rights = {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False}
    return [
        Setting(
            "Workflows may read, and nothing else unless a job says so.",
            (*put, f"{REPOSITORY}/actions/permissions/workflow"),
            rights,
        ),
        Setting(
            "Only chosen actions are run.",
            (*put, f"{REPOSITORY}/actions/permissions"),
            {"enabled": True, "allowed_actions": "selected"},
        ),
        Setting(
            "These are chosen: GitHub's own, and those that the workflows use.",
            (*put, f"{REPOSITORY}/actions/permissions/selected-actions"),
            selected,
        ),
    ]


def _dispatch() -> list[Setting]:
    return [
        Setting(
            "full-ci may be started by hand (`gh workflow run full-ci.yml`), by whoever may write to the repository.",
            ("gh", "api", "--method", "PUT", f"{REPOSITORY}/actions/workflows/full-ci.yml/enable"),
        )
    ]


def _registry(project: CiProject) -> list[Setting]:
    if not project.registry or project.registry_host == GHCR:
        return []
    return [
        Setting(f"Who pushes images to {project.registry_host}.", ("gh", "variable", "set", "REGISTRY_USERNAME")),
        Setting("The password for that; gh asks for it.", ("gh", "secret", "set", "REGISTRY_PASSWORD")),
    ]
