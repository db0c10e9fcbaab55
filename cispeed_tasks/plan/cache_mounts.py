"""Where each package manager keeps what it downloaded, so that a cache mount can hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cispeed_tasks.plan.dockerfile_words import Uncertain


@dataclass(frozen=True)
class PackageCache:
    """A manager's cache; `directories` is where root's is, `shared` whether several builds may use it at once."""

    directories: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    """The variables that name another directory, and what is below it."""
    switches: tuple[str, ...] = ()
    """The variables that turn it off."""
    flags: tuple[str, ...] = ()
    """The options that turn it off."""
    cleaning: tuple[tuple[str, ...], ...] = ()
    """The commands that empty it."""
    shared: bool = True

    def mounts(self, values: Mapping[str, str | None]) -> tuple[str, ...]:
        """The directories to mount, with the variables that a Dockerfile has set.

        Raises:
            Uncertain: where it is cannot be told, or it is turned off.
        """
        off = next((name for name in self.switches if values.get(name) not in {None, "", "0", "false", "off"}), None)
        if off:
            raise Uncertain(f"ENV {off} turns the cache off")
        movers = [name for name in (*self.variables, *ELSEWHERE) if name in values] if self.variables else []
        if not movers:
            return self.directories
        directory = values[movers[0]] or ""
        if movers[0] not in self.variables or not directory.startswith("/"):
            raise Uncertain(f"ENV {movers[0]} moves the cache to where it is not looked for here")
        return (directory.rstrip("/") + self.variables[movers[0]],)


ELSEWHERE = ("HOME", "XDG_CACHE_HOME")
"""The variables that move the caches of all managers but apt's."""

CACHES = {
    "pip": PackageCache(
        ("/root/.cache/pip",), {"PIP_CACHE_DIR": ""}, ("PIP_NO_CACHE_DIR",), ("--no-cache-dir",), (("cache", "purge"),)
    ),
    "poetry": PackageCache(
        ("/root/.cache/pypoetry",),
        {"POETRY_CACHE_DIR": ""},
        ("POETRY_NO_CACHE",),
        ("--no-cache",),
        (("cache", "clear"),),
    ),
    "uv": PackageCache(
        ("/root/.cache/uv",), {"UV_CACHE_DIR": ""}, ("UV_NO_CACHE",), ("--no-cache",), (("cache", "clean"), ("clean",))
    ),
    "npm": PackageCache(
        ("/root/.npm",), {"npm_config_cache": "", "NPM_CONFIG_CACHE": ""}, (), (), (("cache", "clean"), ("cache", "rm"))
    ),
    "pnpm": PackageCache(
        ("/root/.local/share/pnpm/store",),
        {"npm_config_store_dir": "", "PNPM_HOME": "/store"},
        (),
        (),
        (("store", "prune"),),
    ),
    "yarn": PackageCache(
        ("/usr/local/share/.cache/yarn",), {"YARN_CACHE_FOLDER": ""}, (), (), (("cache", "clean"),), shared=False
    ),
    "apt": PackageCache(
        ("/var/cache/apt", "/var/lib/apt/lists"),
        cleaning=(("clean",), ("autoclean",), ("dist-clean",), ("distclean",)),
        shared=False,
    ),
}
"""Of apt only the lists are mounted, not all of /var/lib/apt: what was installed automatically is remembered beside
them, and belongs to the image."""

CACHE_VARIABLES = frozenset(
    {*ELSEWHERE, *(name for cache in CACHES.values() for name in (*cache.variables, *cache.switches))}
)
