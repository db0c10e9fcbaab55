"""Which build cache is used, why, and what cannot be done: from the config, the place of the run and the builder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cispeed_tasks.config_cache import NO_REGISTRY, caches
from cispeed_tasks.config_schema import CacheConfig, Config
from cispeed_tasks.model import Target
from cispeed_tasks.plan.cache_entries import LOCAL_DIRECTORY, TargetCaches, branch_name, slug, target_caches, texts
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

CACHE_ERROR = re.compile(
    r"cache (importer|exporter|import|export)|exporting cache|error writing (layer|config|manifest) blob"
    r"|unexpected (commit )?digest|failed to copy|content digest|rpc error: code = NotFound|context canceled"
)
"""What BuildKit says where a cache could not be read or written, or where a build was ended by another one's failure."""


@dataclass(frozen=True)
class CachePlan:
    """The build caches of a run: for each target what it reads and writes, and why."""

    type: str = "none"
    targets: Mapping[str, TargetCaches] = field(default_factory=dict)
    place: str = ""
    """Where the caches are, for a person."""
    cause: str = ""
    warnings: tuple[str, ...] = ()
    """What cannot be done, each with its remedy."""

    @property
    def reads(self) -> bool:
        """Whether anything is read."""
        return any(one.reads for one in self.targets.values())

    @property
    def writes(self) -> bool:
        """Whether anything is written."""
        return any(one.writes for one in self.targets.values())

    def exports(self, name: str) -> bool:
        """Whether a target writes a cache that is not a part of its image."""
        return any(entry.type != "inline" for entry in self.targets.get(name, TargetCaches()).writes)

    def __bool__(self) -> bool:
        """Whether a build has anything to do with a cache."""
        return self.reads or self.writes

    def __str__(self) -> str:
        """What was chosen and why, as a line of the printed plan."""
        return f"cache {self.type}{f' {self.place}' if self.place else ''}: {self.cause}"


def plan_cache(
    config: Config, word: str | None, runner: Runner, builder: Builder, targets: Iterable[Target], root: Path
) -> CachePlan:
    """Choose the build caches of a run.

    Args:
        config: the project's, which `caches(config)` has been checked for.
        word: the cache that the user names on the command line, which goes before the config's.
        runner: where the build runs.
        builder: what builds.
        targets: what is built.
        root: the project's directory.
    """
    targets = tuple(targets)
    cache, cause = _chosen(config, word, runner)
    cache, cause, warnings = _resolved(cache, cause, config, runner)
    if cache.type == "none":
        return CachePlan(cause=cause, warnings=warnings)
    unable = _unable(cache, runner, builder) or _in_the_way(cache, targets, root)
    if unable:
        return CachePlan(cause="it is not used", type=cache.type, warnings=(*warnings, unable))
    writes, said = _writes(cache, runner)
    if writes and builder.driver == "docker" and not builder.has_image_store and cache.type != "inline":
        writes, said, warnings = False, "only read", (*warnings, NO_STORE)
    found = {target.name: target_caches(cache, config.registry, target, runner, writes=writes) for target in targets}
    return CachePlan(cache.type, found, _place(cache, config, runner), f"{said}; {cause}", warnings)


def fault_of_word(config: Config, word: str) -> str | None:
    """Why the cache that a user names on the command line cannot be had; None where it can."""
    named = [one for one in caches(config).values() if one.type == word]
    if word in {"registry", "inline"} and not config.registry and not any(one.ref for one in named):
        return f"--cache {word} {NO_REGISTRY} into cispeed.yaml"
    return None


def with_caches(definition: Mapping[str, Any], plan: CachePlan) -> dict[str, Any]:
    """A bake definition whose targets read and write their caches."""
    found = {}
    for name, entry in definition["target"].items():
        own = plan.targets.get(name, TargetCaches())
        more = {"cache-from": texts(own.reads), "cache-to": texts(own.writes)}
        found[name] = {**entry, **{key: value for key, value in more.items() if value}}
    return {**definition, "target": found}


def _chosen(config: Config, word: str | None, runner: Runner) -> tuple[CacheConfig, str]:
    """The cache of the command line or the config, and where it was asked for."""
    named = caches(config)
    order = {"local": ("local",), "ci": ("ci",)}.get(runner.environment, (runner.environment, "ci"))
    own = next((named[key] for key in order if key in named), CacheConfig(type="none"))
    if word is None:
        return own, f"cispeed.yaml wants it {runner.where}" if own.type != "none" else f"none is wanted {runner.where}"
    if own.type == word:
        return own, "--cache names it"
    # What another environment says of this kind of cache holds, but not who writes it.
    alike = next((one for one in named.values() if one.type == word), None)
    chosen = CacheConfig.model_validate({"type": word}) if alike is None else alike.model_copy(update={"write": None})
    return chosen, "--cache names it"


def _resolved(
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


def _unable(cache: CacheConfig, runner: Runner, builder: Builder) -> str | None:
    """Why a cache can be neither read nor written here."""
    if cache.type == "gha" and not runner.is_github:
        return NOT_ON_GITHUB
    if cache.type == "gha" and not runner.has_github_cache:
        return NO_GITHUB_ACCESS
    return NO_S3 if cache.type == "s3" and builder.driver == "docker" else None


def _in_the_way(cache: CacheConfig, targets: Iterable[Target], root: Path) -> str | None:
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


def _writes(cache: CacheConfig, runner: Runner) -> tuple[bool, str]:
    """Whether a cache is written here, and the words for that."""
    rule = cache.write or ("always" if cache.type == "local" else "main")
    if rule == "never":
        return False, "only read, as `write: never` says"
    if rule == "always" and runner.branch is None and cache.type in {"registry", "gha", "s3"}:
        return False, "only read, since nobody says which branch this is"
    if rule == "always" or runner.environment == "main":
        return True, "read and written"
    return False, f"only read; CI writes it on {runner.main} (`write: always` lets others, too)"


def _place(cache: CacheConfig, config: Config, runner: Runner) -> str:
    """Where the caches of the targets are, the first one that is read."""
    branch = branch_name(runner) or slug(runner.main)
    if cache.type == "local":
        return f"{(cache.dest or LOCAL_DIRECTORY).rstrip('/')}/TARGET"
    if cache.type == "registry":
        return f"{(cache.ref or config.registry or '').rstrip('/')}/TARGET:cache-{branch}"
    if cache.type == "inline":
        return f"in the images of {config.registry}"
    return f"{f'{cache.bucket}/' if cache.bucket else ''}TARGET-{branch}"


def is_own_error(words: str) -> bool:
    """Whether a build failed by a step of its own: not by a cache, nor since another build of the same run failed."""
    return bool(words) and not CACHE_ERROR.search(words)


def without(plan: CachePlan, reads: frozenset[str], writes: frozenset[str] = frozenset()) -> CachePlan:
    """The plan without the entries whose places are named."""
    kept = {
        name: TargetCaches(
            tuple(entry for entry in one.reads if entry.place not in reads),
            tuple(entry for entry in one.writes if entry.place not in writes),
        )
        for name, one in plan.targets.items()
    }
    return replace(plan, targets=kept)
