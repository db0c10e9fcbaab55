"""The payloads of events, as far as workflows look at them (docs.github.com, 'Webhook events and payloads')."""

from __future__ import annotations

from dataclasses import dataclass

from cispeed_tasks.plan.expression_values import Value

NUMBER = 1
"""The pull request's."""
NO_COMMIT = "0" * 40


@dataclass(frozen=True)
class History:
    """What the repository is like: branches by name, commits by id."""

    repository: str
    """OWNER/NAME."""
    default_branch: str
    base_branch: str
    base: str
    """The commit that a pull request goes to, and that was there before a push."""
    branch: str
    head: str
    merged: str
    """The merge of head into base, as GitHub makes one for a pull request; head itself for other events."""
    message: str
    time: str
    """When head was committed, as ISO 8601."""
    is_fork: bool = False
    """Whether head lies in a fork, which gets no secrets and no right to write."""


def common(history: History) -> dict[str, Value]:
    """Return what every payload says."""
    return {"repository": _repository(history), "sender": _user(), "organization": {"login": _owner(history)}}


def _owner(history: History) -> str:
    return history.repository.partition("/")[0]


def _user() -> dict[str, Value]:
    return {"login": "rehearsal", "type": "User", "id": 1}


def _repository(history: History) -> dict[str, Value]:
    address = f"https://github.com/{history.repository}"
    return {
        "name": history.repository.partition("/")[2],
        "full_name": history.repository,
        "owner": {"login": _owner(history), "name": _owner(history)},
        "default_branch": history.default_branch,
        "private": False,
        "fork": False,
        "visibility": "public",
        "html_url": address,
        "clone_url": f"{address}.git",
    }


def pull_request(history: History, action: str) -> dict[str, Value]:
    """Return what pull_request says besides the repository and the sender."""
    repository = _repository(history)
    address = f"{repository['html_url']}/pull/{NUMBER}"
    head = {"ref": history.branch, "sha": history.head, "label": f"{_owner(history)}:{history.branch}"}
    source = {**repository, "full_name": f"fork/{repository['name']}", "fork": True} if history.is_fork else repository
    base = {"ref": history.base_branch, "sha": history.base, "label": f"{_owner(history)}:{history.base_branch}"}
    request = {
        "number": NUMBER,
        "state": "open",
        "draft": action == "converted_to_draft",
        "merged": False,
        "title": history.message,
        "body": None,
        "labels": [],
        "user": _user(),
        "html_url": address,
        "author_association": "MEMBER",
        "merge_commit_sha": history.merged,
        "head": {**head, "repo": source, "user": {"login": _owner(history)}},
        "base": {**base, "repo": repository, "user": {"login": _owner(history)}},
    }
    return {"action": action, "number": NUMBER, "pull_request": request}


def merge_group(history: History, queue: str) -> dict[str, Value]:
    """Return what merge_group says."""
    group = {
        "head_sha": history.merged,
        "head_ref": queue,
        "base_sha": history.base,
        "base_ref": f"refs/heads/{history.base_branch}",
        "head_commit": _commit(history, history.merged),
    }
    return {"action": "checks_requested", "merge_group": group}


def push(history: History, ref: str) -> dict[str, Value]:
    """Return what push says."""
    commit = _commit(history, history.head)
    return {
        "ref": ref,
        "before": history.base or NO_COMMIT,
        "after": history.head,
        "created": not history.base,
        "deleted": False,
        "forced": False,
        "base_ref": None,
        "commits": [commit],
        "head_commit": commit,
        "pusher": {"name": "rehearsal", "email": "rehearsal@example.com"},
    }


def _commit(history: History, sha: str) -> dict[str, Value]:
    person = {"name": "rehearsal", "email": "rehearsal@example.com", "username": "rehearsal"}
    return {"id": sha, "message": history.message, "timestamp": history.time, "author": person, "committer": person}
