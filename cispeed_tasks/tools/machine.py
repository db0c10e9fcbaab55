"""The machine that a task runs on, and the CI run that it belongs to."""

from __future__ import annotations

import hashlib
import os
from typing import Any

CI_SYSTEMS = (
    ("GITHUB_ACTIONS", "GitHub", ("GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT")),
    ("GITLAB_CI", "GitLab", ("CI_PROJECT_PATH", "CI_PIPELINE_ID")),
    ("BUILDKITE", "Buildkite", ("BUILDKITE_BUILD_ID",)),
    ("CIRCLECI", "CircleCI", ("CIRCLE_WORKFLOW_ID",)),
)
"""The variable by which a CI system is known, its name, and what tells one run of it from another."""
_OWN_RUN = os.urandom(16).hex()


def facts() -> dict[str, Any]:
    """Return what is kept of a machine: `name`, `system`, `cpus`, `memory` in bytes, and `ci`."""
    return {"name": name(), "system": system(), "cpus": cpus(), "memory": memory(), "ci": ci()}


def system() -> str:
    """Return the system and the processor, such as Linux x86_64."""
    if not hasattr(os, "uname"):
        return f"Windows {os.environ.get('PROCESSOR_ARCHITECTURE', '')}".strip()
    return f"{os.uname().sysname} {os.uname().machine}"


def name() -> str:
    """Return a digest that is the same for the same machine and does not tell its host name."""
    host = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    return hashlib.sha256(host.encode()).hexdigest()[:8]


def new_id() -> str:
    """Return 32 hexadecimal digits that no other machine comes upon."""
    return os.urandom(16).hex()


def cpus() -> int:
    """Return how many processors there are."""
    return os.cpu_count() or 0


def memory() -> int:
    """Return the bytes of memory; 0 where the system does not say it."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0


def ci() -> str:
    """Return the CI system's name, CI for one that is not known, or nothing on a person's machine."""
    for variable, called, _ in CI_SYSTEMS:
        if os.environ.get(variable):
            return called
    return "CI" if os.environ.get("CI", "").lower() not in {"", "0", "false"} else ""


def run() -> str:
    """Return what is the same for all jobs of one CI run; on a person's machine, for all that one command does."""
    for variable, called, parts in CI_SYSTEMS:
        values = [os.environ[part] for part in parts if os.environ.get(part)]
        if os.environ.get(variable) and values:
            return " ".join([called, *values])
    return _OWN_RUN
