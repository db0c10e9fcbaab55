"""What the CI workflows of a project follow from."""

from __future__ import annotations

from dataclasses import dataclass

from cispeed_tasks.config_cache import caches
from cispeed_tasks.config_schema import CiConfig, Config
from cispeed_tasks.plan.linters import programs

GHCR = "ghcr.io"


@dataclass(frozen=True)
class CiProject:
    """A project as its workflows see it."""

    ci: CiConfig
    directory: str = "."
    """Where the tasks are called, relative to the repository's root."""
    state: str = ".cispeed"
    """The directory of the state, relative to the repository's root."""
    config_file: str = "cispeed.yaml"
    """What the workflows are made from, relative to the repository's root."""
    linters: tuple[str, ...] = ()
    package_files: tuple[str, ...] = ()
    """Files that say which packages are installed, relative to the repository's root."""
    registry: str | None = None
    caches: frozenset[str] = frozenset()
    """The kinds of build cache that CI may have."""
    local_cache: str = ".cispeed/cache"
    """Where a build cache of kind local is, relative to the repository's root."""
    cache_option: str = ""
    """What a build's command says of the cache; nothing where the config says it."""
    has_bases: bool = False
    has_playwright: bool = False
    has_playwright_image: bool = False

    @property
    def install(self) -> tuple[str, ...]:
        """The commands that install the tasks and what they call."""
        words = " ".join(["cispeed-tasks", *programs(self.linters), "pytest"])
        return self.ci.install or (f"python -m pip install {words}",)

    @property
    def uses_uv(self) -> bool:
        """Whether uv is to be there, which brings Python."""
        return any(line.split()[0] == "uv" for line in (*self.install, self.ci.invoke))

    @property
    def registry_host(self) -> str:
        """The host of the registry, as docker login takes it; empty where there is none."""
        return self.registry.split("/", 1)[0] if self.registry else ""

    @property
    def wants_image_store(self) -> bool:
        """Whether the engine's builder has to write a cache, which containerd's image store alone can."""
        return bool(self.caches - {"none", "inline"})

    @property
    def wants_github_cache(self) -> bool:
        """Whether a build may use GitHub's cache."""
        return "gha" in self.caches or ("auto" in self.caches and not self.registry)


def ci_caches(config: Config) -> tuple[frozenset[str], str]:
    """The kinds of build cache that a project's CI may have, and the option by which its commands name one."""
    named = caches(config)
    word = config.ci.cache or ("auto" if all(one.type == "none" for one in named.values()) else None)
    if word is not None:
        return frozenset({word}), "" if word == "none" else f" --cache {word}"
    return frozenset(cache.type for environment, cache in named.items() if environment != "local"), ""
