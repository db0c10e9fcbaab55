"""The first cispeed.yaml of a repository: what cannot be inferred as keys, what is inferred as comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cispeed_tasks.plan.init_services import Suggestion, remarks, service_lines, service_suggestions
from cispeed_tasks.plan.migrations import prepare_suggestions
from cispeed_tasks.plan.targets import Project
from cispeed_tasks.plan.templates import render
from cispeed_tasks.plan.yaml_words import listed, scalar, sequence, shown

GITHUB = re.compile(
    r"(?:(?:https?|ssh|git)://(?:[^@/]*@)?|(?:[^@/]+@)?)github\.com(?::\d+/|[:/])/?"
    r"(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?/?"
)
DEPTH = 2
"""How many directories deep tests are found by themselves."""
FOR_TESTS = re.compile(r"ci|test|e2e")


@dataclass(frozen=True)
class Seen:
    """What the first config is made of; paths are relative to the repository's directory."""

    project: Project
    raw: Mapping[str, Any] = field(repr=False)
    """The Compose model with its variables as they are written; empty where Compose cannot say it."""
    files: tuple[str, ...]
    """The Compose files that are in force."""
    by_variable: bool = False
    """Whether COMPOSE_FILE names them."""
    other_files: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    """All profiles of the Compose files."""
    playwright: tuple[str, ...] = ()
    """All directories with a Playwright config, also those that are too deep to be found by themselves."""
    remote: str | None = field(default=None, repr=False)
    """The address of the remote `origin`, which may hold a password."""


def config_text(seen: Seen) -> str:
    """The text of the first cispeed.yaml; the same repository gives the same bytes."""
    config = seen.project.config
    found = service_suggestions(seen.project)
    return render(
        "cispeed.yaml.j2",
        compose=sequence(config.compose),
        compose_directory=config.compose_directory,
        by_variable=seen.by_variable,
        files=listed(seen.files),
        others=listed(seen.other_files),
        compose_suggestion=_compose_suggestion(seen),
        profiles=sequence(config.profiles),
        profile_suggestion=sequence(seen.profiles),
        registry=registry_name(seen.remote),
        services=service_lines(seen.project, seen.raw),
        remarks=remarks(seen.project),
        suggestions=[(scalar(name), _written(found[name])) for name in sorted(found)],
        prepare=_written(prepare_suggestions(seen.project)),
        **_playwright(seen),
    )


def registry_name(remote: str | None) -> str | None:
    """The name at GitHub's container registry that belongs to a remote's address, or None for another host's."""
    match = GITHUB.fullmatch(remote or "")
    return f"ghcr.io/{match['owner']}/{match['name']}".lower() if match else None


def _written(suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    return [
        one._replace(key=scalar(one.key), value=one.value if one.is_list else scalar(one.value)) for one in suggestions
    ]


def _compose_suggestion(seen: Seen) -> str:
    """The files in force with one of the others on top, one for tests rather than one for production."""
    beside = [name for name in seen.other_files if "/" not in name]
    if not beside or seen.by_variable:
        return ""
    return sequence([*seen.files, min(beside, key=lambda name: (not FOR_TESTS.search(name), name))])


def _playwright(seen: Seen) -> dict[str, str]:
    """The tests' directory is a key only where it is the one there is and too deep to be found by itself."""
    source = seen.project.playwright
    found = source.directory if source else None
    deep = [name for name in seen.playwright if name.count("/") >= DEPTH]
    live = found if found in deep else deep[0] if source is None and len(deep) == 1 else None
    others = [name for name in seen.playwright if name not in {found, live}]
    text = f"tests in {shown(found)}" if found else f"the service {source.service}" if source else ""
    return {
        "playwright_directory": scalar(live) if live else "",
        "playwright": text,
        "playwright_others": listed(others),
        "playwright_suggestion": scalar(others[0]) if others else "",
    }
