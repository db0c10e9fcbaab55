"""Where package managers keep what they downloaded, and the variables that say another place."""

from __future__ import annotations

from collections.abc import Collection

from cispeed_tasks.plan.packages import Packages

PLACES = {
    "pip": {"PIP_CACHE_DIR": "pip"},
    "poetry": {"POETRY_CACHE_DIR": "poetry"},
    "uv": {"UV_CACHE_DIR": "uv"},
    "npm": {"npm_config_cache": "npm"},
    "pnpm": {"npm_config_store_dir": "pnpm"},
    "yarn": {"YARN_CACHE_FOLDER": "yarn"},
    "berry": {"YARN_GLOBAL_FOLDER": "yarn"},
    "bun": {"BUN_INSTALL_CACHE_DIR": "bun"},
}
"""The variable of each manager; `berry` is Yarn from version 2 on, whose cache folder may be a part of the repository."""
BESIDE = {
    # Without it Poetry would look for its environments, too, in the new place, and install all anew.
    "poetry": {"POETRY_VIRTUALENVS_PATH": "~/.cache/pypoetry/virtualenvs"},
    # Links from a volume into the container's own file system cannot be made.
    "uv": {"UV_LINK_MODE": "copy"},
}
USUAL = {
    "pip": (".cache", ".cache/pip"),
    "poetry": (".cache", ".cache/pypoetry"),
    "uv": (".cache", ".cache/uv"),
    "npm": (".npm",),
    "pnpm": (".local/share/pnpm/store", ".pnpm-store", "pnpm/store"),
    "yarn": (".cache", ".cache/yarn", "share/.cache/yarn/v6", ".yarn/berry", ".yarn/berry/cache"),
    "bun": (".bun/install/cache", ".bun"),
}
"""The ends of the directories in which they keep it by themselves."""
SWITCHED_OFF = "PIP_NO_CACHE_DIR"
"""Any value but an empty one turns pip's cache off."""


def cache_variables(packages: Packages, place: str, known: Collection[str]) -> dict[str, str]:
    """The variables that put a manager's cache below `place`; none where one of `known` says its place already.

    Args:
        packages: the manager and its files.
        place: a directory in the container.
        known: the names of the variables that the service has, from its image or from Compose.
    """
    names = {name.lower() for name in known}
    manager = "berry" if packages.manager == "yarn" and ".yarnrc.yml" in packages.manifests else packages.manager
    found = {name: f"{place}/{directory}" for name, directory in PLACES[manager].items() if name.lower() not in names}
    if not found:
        return {}
    found |= {name: value for name, value in BESIDE.get(manager, {}).items() if name.lower() not in names}
    if manager == "poetry":
        found |= cache_variables(Packages("pip", ()), place, known)
    if manager == "pip" and SWITCHED_OFF.lower() in names:
        found[SWITCHED_OFF] = ""
    return found


def has_cache(manager: str, targets: Collection[str]) -> str | None:
    """The mount among `targets` that is the manager's cache already."""
    ends = tuple(f"/{end}" for end in USUAL[manager])
    return next((target for target in sorted(targets) if target.endswith(ends)), None)
