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
from cispeed_tasks.plan.cache_choice import NO_STORE, chosen, in_the_way, resolved, unable, writes
from cispeed_tasks.plan.cache_entries import LOCAL_DIRECTORY, TargetCaches, branch_name, slug, target_caches, texts
from cispeed_tasks.plan.cache_runner import Builder, Runner

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
    cache, cause = chosen(config, word, runner)
    cache, cause, warnings = resolved(cache, cause, config, runner)
    if cache.type == "none":
        return CachePlan(cause=cause, warnings=warnings)
    cannot = unable(cache, runner, builder) or in_the_way(cache, targets, root)
    if cannot:
        return CachePlan(cause="it is not used", type=cache.type, warnings=(*warnings, cannot))
    is_written, said = writes(cache, runner)
    if is_written and builder.driver == "docker" and not builder.has_image_store and cache.type != "inline":
        is_written, said, warnings = False, "only read", (*warnings, NO_STORE)
    found = {
        target.name: target_caches(cache, config.registry, target, runner, writes=is_written) for target in targets
    }
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
