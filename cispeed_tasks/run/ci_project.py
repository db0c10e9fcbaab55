"""See what the CI workflows of a project follow from: the config, the linters' files, the images that there are to build."""

from __future__ import annotations

import os
from pathlib import Path

from cispeed_tasks.config import FILE_NAME, did_you_mean, find_config
from cispeed_tasks.config_cache import caches
from cispeed_tasks.errors import ConfigError, ToolError, UsageError
from cispeed_tasks.plan.cache_entries import LOCAL_DIRECTORY
from cispeed_tasks.plan.ci_project import CiProject, ci_caches
from cispeed_tasks.plan.linters import FILES, linters
from cispeed_tasks.plan.places import relative
from cispeed_tasks.plan.workflows import repositories
from cispeed_tasks.run.look import View, look
from cispeed_tasks.tools import checkout, git

PACKAGES = (
    "pyproject.toml",
    "uv.lock",
    "poetry.lock",
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-test.txt",
)


def repository(view: View) -> Path:
    """The repository's root, or without a repository the directory that the tasks are called in."""
    try:
        return git.find_root(view.root)
    except (UsageError, ToolError):
        return tasks_directory(view)


def tasks_directory(view: View) -> Path:
    """Where the tasks are called: where the first config file is, which may name another directory as the project's."""
    found = find_config(Path.cwd().resolve(), os.environ.get("CISPEED_CONFIG", FILE_NAME))
    return found.parent if found else view.root


def see_project(view: View | None = None) -> CiProject:
    """See the project that the working directory lies in.

    Raises:
        ConfigError: the registry is no name of one, or an action is pinned that no workflow uses.
    """
    view = view or look()
    top, start, config = repository(view), tasks_directory(view), view.loaded.config
    if config.registry and "/" not in config.registry:
        raise ConfigError(
            view.loaded.fault(("registry",), "has no path: write such as ghcr.io/ORGANISATION/REPOSITORY")
        )
    for name in config.ci.actions:
        if name not in repositories():
            message = f"is no action of the workflows{did_you_mean(name, repositories())}"
            raise ConfigError(view.loaded.fault(("ci", "actions", name), message))
    kinds, option = ci_caches(config)
    playwright, state = view.project.playwright, view.root / checkout.STATE
    return CiProject(
        ci=config.ci,
        directory=relative(str(start), top),
        state=relative(str(state), top),
        config_file=_config_file(view, start, top),
        linters=find_linters(view),
        package_files=tuple(relative(str(start / name), top) for name in PACKAGES if (start / name).is_file()),
        registry=config.registry,
        caches=kinds,
        local_cache=relative(str(view.root / _local_cache(view)), top),
        cache_option=option,
        has_bases=bool(config.bases),
        has_playwright=playwright is not None,
        has_playwright_image=playwright is not None and playwright.service is None,
    )


def find_linters(view: View) -> tuple[str, ...]:
    """The commands that lint: the config's, or those of the linters that are configured where the tasks are called."""
    start, named = tasks_directory(view), view.loaded.config.ci.linters
    if named is not None:
        return named
    return linters({name: text for name in FILES if (text := checkout.text(start / name)) is not None})


def _config_file(view: View, start: Path, top: Path) -> str:
    first = find_config(start, os.environ.get("CISPEED_CONFIG", FILE_NAME))
    path = first or view.root / view.compose.files[0]
    return relative(str(path), top)


def _local_cache(view: View) -> str:
    named = [one.dest for one in caches(view.loaded.config).values() if one.type == "local" and one.dest]
    return named[0] if named else LOCAL_DIRECTORY
