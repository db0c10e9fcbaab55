"""Where a build runs, as its caches see it: whose machine it is, which branch it builds, what its builder can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cispeed_tasks.plan.ci_event import Event

Environment = Literal["local", "ci", "main", "pull-request"]
WORDS: Mapping[Environment, str] = {
    "local": "on this machine",
    "ci": "in CI",
    "main": "in CI on the default branch",
    "pull-request": "in CI for a pull request",
}


@dataclass(frozen=True)
class Runner:
    """Where a build runs."""

    environment: Environment
    branch: str | None
    """The branch that is built, or that a pull request would merge; None where nobody says it."""
    main: str = "main"
    """The default branch."""
    is_github: bool = False
    has_github_cache: bool = False
    """Whether GitHub's cache can be reached: a `run:` step is not told how, unless an action hands it on."""

    @property
    def where(self) -> str:
        """The environment in words."""
        return WORDS[self.environment]


@dataclass(frozen=True)
class Builder:
    """What builds: buildx's driver (empty where nobody says it), and whether the engine has containerd's image store."""

    driver: str
    has_image_store: bool


def read_runner(
    environment: Mapping[str, str], event: Event | None, local_branch: str | None, local_main: str | None
) -> Runner:
    """Say where a build runs.

    Args:
        environment: the process's variables.
        event: what CI says of its run; None on a person's machine.
        local_branch: the branch that is checked out; None where that is none.
        local_main: the branch that others start from, as git names it here.
    """
    is_github = environment.get("GITHUB_ACTIONS") == "true"
    known = (local_main or "main").removeprefix("origin/")
    if event is None:
        return Runner("local", local_branch, known)
    main = event.default_branch or known
    address = environment.get("ACTIONS_RESULTS_URL") or environment.get("ACTIONS_CACHE_URL")
    has_cache = bool(environment.get("ACTIONS_RUNTIME_TOKEN") and address)
    if event.name.startswith(("pull_request", "merge_request")):
        branch = environment.get("GITHUB_HEAD_REF") or environment.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME")
        branch = branch or event.branch
        return Runner("pull-request", branch, main, is_github, has_cache)
    is_main = event.branch is not None and event.branch == main
    return Runner("main" if is_main else "ci", event.branch, main, is_github, has_cache)
