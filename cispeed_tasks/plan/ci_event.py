"""What a CI system says of the run that it started: which state to compare with, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Why CI runs, in words that GitHub and GitLab share."""

    name: str
    """As the CI system calls it: push, pull_request, schedule …"""
    base: str | None = None
    """The commit to compare with, where the event names one."""
    head: str = "HEAD"
    """The commit that the event is about; HEAD is what CI checked out."""
    cause: str = ""
    """What `base` is."""
    from_merge_base: bool = False
    """Whether only what `head` adds counts, not what `base` has gained meanwhile."""
    branch: str | None = None
    default_branch: str | None = None
    is_branch_new: bool = False
    is_tag: bool = False


def read_event(environment: Mapping[str, str], payload: object) -> Event | None:
    """Return what CI says, or None where no CI system runs this.

    Args:
        environment: the process's variables.
        payload: the data of GitHub's event file (GITHUB_EVENT_PATH), or nothing.
    """
    if environment.get("GITHUB_EVENT_NAME"):
        return _github(environment, payload)
    if environment.get("GITLAB_CI"):
        return _gitlab(environment)
    if environment.get("BUILDKITE") == "true":
        return _buildkite(environment)
    if environment.get("JENKINS_URL"):
        return _jenkins(environment)
    if environment.get("CI", "").lower() not in {"", "0", "false"}:
        return Event("a run of this CI system")
    return None


def _github(environment: Mapping[str, str], payload: object) -> Event:
    """Read docs.github.com, 'Webhook events and payloads' and 'Variables reference'."""
    name, reference = environment["GITHUB_EVENT_NAME"], environment.get("GITHUB_REF", "")
    branch = reference.removeprefix("refs/heads/") if reference.startswith("refs/heads/") else None
    default = _text(payload, "repository", "default_branch")
    if base := _text(payload, "pull_request", "base", "sha"):
        head = _text(payload, "pull_request", "head", "sha") or "HEAD"
        return Event(name, base, head, "what the pull request adds to its base", True, default_branch=default)
    if name == "merge_group":
        base, head = _text(payload, "merge_group", "base_sha"), _text(payload, "merge_group", "head_sha") or "HEAD"
        return Event(name, base, head, "what the merge queue adds", default_branch=default)
    if name != "push":
        return Event(name, branch=branch, default_branch=default)
    is_forced = isinstance(payload, Mapping) and payload.get("forced") is True
    before = _text(payload, "before")
    return _push(name, before, branch, default, is_tag=reference.startswith("refs/tags/"), is_forced=is_forced)


def _gitlab(environment: Mapping[str, str]) -> Event:
    """Read docs.gitlab.com, 'Predefined CI/CD variables reference'."""
    name = environment.get("CI_PIPELINE_SOURCE", "push")
    default, branch = environment.get("CI_DEFAULT_BRANCH"), environment.get("CI_COMMIT_BRANCH")
    # This one is the merge base already, and the pipeline may run on a merge of both sides.
    if base := environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        head = environment.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or "HEAD"
        return Event(name, base, head, "what the merge request adds to its target", default_branch=default)
    if name != "push":
        return Event(name, branch=branch, default_branch=default)
    is_tag = bool(environment.get("CI_COMMIT_TAG"))
    return _push(name, environment.get("CI_COMMIT_BEFORE_SHA"), branch, default, is_tag=is_tag, is_forced=False)


def _buildkite(environment: Mapping[str, str]) -> Event:
    """Read buildkite.com/docs/pipelines, 'Environment variables'."""
    branch, default = environment.get("BUILDKITE_BRANCH"), environment.get("BUILDKITE_PIPELINE_DEFAULT_BRANCH")
    target = environment.get("BUILDKITE_PULL_REQUEST_BASE_BRANCH")
    if target and environment.get("BUILDKITE_PULL_REQUEST", "false") != "false":
        return _of_branches("pull_request", target, branch, default)
    name = "schedule" if environment.get("BUILDKITE_SOURCE") == "schedule" else "push"
    return _push(name, None, branch, default, is_tag=bool(environment.get("BUILDKITE_TAG")), is_forced=False)


def _jenkins(environment: Mapping[str, str]) -> Event:
    """Read jenkins.io/doc, 'Using environment variables', as multibranch pipelines have them."""
    branch, target = environment.get("BRANCH_NAME"), environment.get("CHANGE_TARGET")
    if target:
        return _of_branches("pull_request", target, environment.get("CHANGE_BRANCH") or branch, None)
    is_tag = bool(environment.get("TAG_NAME"))
    return _push(
        "push", environment.get("GIT_PREVIOUS_SUCCESSFUL_COMMIT"), branch, None, is_tag=is_tag, is_forced=False
    )


def _of_branches(name: str, target: str, branch: str | None, default: str | None) -> Event:
    cause = "what the pull request adds to its target"
    return Event(name, f"origin/{target}", "HEAD", cause, True, branch, default)


def _push(
    name: str, before: str | None, branch: str | None, default: str | None, *, is_tag: bool, is_forced: bool
) -> Event:
    """Read a push; its `before` is all zeros where there was none."""
    cause = "the state that the force push replaced" if is_forced else "the state before the push"
    is_new = before is not None and not before.strip("0")
    base = None if is_new else before
    return Event(name, base, "HEAD", cause, False, branch, default, is_branch_new=is_new, is_tag=is_tag)


def _text(data: object, *keys: str) -> str | None:
    """Return the text at a place of the payload, or None where there is none."""
    for key in keys:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data if isinstance(data, str) and data else None
