"""Which kind of build cache is wanted and possible in one place: the command line before the config, and what cannot be done."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cispeed_tasks.config_cache import NO_REGISTRY, caches
from cispeed_tasks.config_schema import CacheConfig, Config
from cispeed_tasks.model import Target
from cispeed_tasks.plan.cache_entries import LOCAL_DIRECTORY
from cispeed_tasks.plan.cache_runner import Builder, Runner
from cispeed_tasks.plan.places import in_directory, is_inside
from cispeed_tasks.plan.services import is_remote
from cispeed_tasks.plan.shield import STATE

NO_STORE = (
    "the engine's own builder writes no build cache, since its image store is not containerd's: write "
    '{"features": {"containerd-snapshotter": true}} into /etc/docker/daemon.json and restart the engine, or use another '
    "builder (`docker buildx create --driver docker-container --use`)"
)
NO_S3 = (
    "the engine's own builder knows no cache of type s3: use another one "
    "(`docker buildx create --driver docker-container --use`)"
)
NOT_ON_GITHUB = "a cache of type gha can only be reached from a GitHub workflow"
NO_GITHUB_ACCESS = (
    "GitHub's cache cannot be reached: a `run:` step is not given ACTIONS_RUNTIME_TOKEN and ACTIONS_RESULTS_URL; "
    "put `- uses: crazy-max/ghaction-github-runtime@v4` before it"
)


def chosen(config: Config, word: str | None, runner: Runner) -> tuple[CacheConfig, str]:
    """The cache of the command line or the config, and where it was asked for."""
    named = caches(config)
    order = {"local": ("local",), "ci": ("ci",)}.get(runner.environment, (runner.environment, "ci"))
    own = next((named[key] for key in order if key in named), CacheConfig(type="none"))
    if word is None:
        return own, f"cispeed.yaml wants it {runner.where}" if own.type != "none" else ""
    if own.type == word:
        return own, "--cache names it"
    # What another environment says of this kind of cache holds, but not who writes it.
    alike = next((one for one in named.values() if one.type == word), None)
    chosen = CacheConfig.model_validate({"type": word}) if alike is None else alike.model_copy(update={"write": None})
    return chosen, "--cache names it"


def resolved(
    cache: CacheConfig, cause: str, config: Config, runner: Runner
) -> tuple[CacheConfig, str, tuple[str, ...]]:
    """What `auto` comes to."""
    if cache.type != "auto":
        return cache, cause, ()
    if runner.environment == "local":
        return CacheConfig(type="none"), "the engine keeps a build cache of its own on this machine", ()
    if config.registry:
        return cache.model_copy(update={"type": "registry"}), "auto: `registry:` is configured", ()
    if runner.has_github_cache:
        return cache.model_copy(update={"type": "gha"}), "auto: this GitHub workflow gives access to its cache", ()
    remedy = (
        NO_GITHUB_ACCESS
        if runner.is_github
        else f"no cache outlives this run: `cache: auto` {NO_REGISTRY} into cispeed.yaml"
    )
    return CacheConfig(type="none"), "auto: there is no place for one", (remedy,)


def unable(cache: CacheConfig, runner: Runner, builder: Builder) -> str | None:
    """Why a cache can be neither read nor written here."""
    if cache.type == "gha" and not runner.is_github:
        return NOT_ON_GITHUB
    if cache.type == "gha" and not runner.has_github_cache:
        return NO_GITHUB_ACCESS
    return NO_S3 if cache.type == "s3" and builder.driver == "docker" else None


def in_the_way(cache: CacheConfig, targets: Iterable[Target], root: Path) -> str | None:
    """Why a directory cannot hold a cache: what is written into a build context changes what is built from it."""
    place = in_directory(root, cache.dest) if cache.type == "local" and cache.dest else None
    if place is None or is_inside(place, str(root / STATE)):
        return None
    names = [one.name for one in targets if not is_remote(one.context) and is_inside(place, one.context)]
    if not names:
        return None
    return (
        f"the build cache's directory {cache.dest} lies in the build context of {names[0]}, which would change with "
        f"every build: name one outside, or leave `dest:` out ({LOCAL_DIRECTORY} is kept out of every context)"
    )


def writes(cache: CacheConfig, runner: Runner) -> tuple[bool, str]:
    """Whether a cache is written here, and the words for that."""
    rule = cache.write or ("always" if cache.type == "local" else "main")
    if rule == "never":
        return False, "only read, as `write: never` says"
    if rule == "always" and runner.branch is None and cache.type in {"registry", "gha", "s3"}:
        return False, "only read, since nobody says which branch this is"
    if rule == "always" or runner.environment == "main":
        return True, "read and written"
    return False, f"only read; CI writes it on {runner.main} (`write: always` lets others, too)"
