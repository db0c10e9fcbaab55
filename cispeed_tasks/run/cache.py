"""The build caches of a run: chosen by what is seen of the run, the builder and the caches, and put in place at its end."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import get_args

from cispeed_tasks.config import did_you_mean
from cispeed_tasks.config_schema import CacheWord
from cispeed_tasks.errors import CispeedError, UsageError
from cispeed_tasks.model import Target
from cispeed_tasks.plan.cache import CachePlan, fault_of_word, plan_cache
from cispeed_tasks.plan.cache_entries import NEW, Entry
from cispeed_tasks.plan.cache_runner import Builder, Runner, read_runner
from cispeed_tasks.plan.cache_seen import SeenCache, State, with_seen
from cispeed_tasks.plan.ci_event import read_event
from cispeed_tasks.plan.places import in_directory, is_inside
from cispeed_tasks.run.look import View
from cispeed_tasks.tools import cache_directory, engine_http, git, github, terminal
from cispeed_tasks.tools.registry import Answer


def check_word(view: View, word: str | None) -> None:
    """Raise UsageError for a cache on the command line that there is not, or that this project cannot have."""
    if word is None:
        return
    known = list(get_args(CacheWord))
    if word not in known:
        raise UsageError(f"--cache: there is no cache '{word}'{did_you_mean(word, known)}")
    if fault := fault_of_word(view.project.config, word):
        raise UsageError(fault)


def choose(view: View, targets: Sequence[Target], word: str | None, driver: str) -> CachePlan:
    """Choose the caches of what is built by a builder of some driver; no fault of a cache is an error, each is a warning of the plan."""
    config = view.project.config
    if not targets or word == "none" or (word is None and config.cache == "none"):
        return CachePlan()
    try:
        plan = plan_cache(config, word, runner(view.root), _builder(driver), targets, view.root)
        return with_seen(plan, _seen(view, plan))
    except (CispeedError, OSError) as error:
        return CachePlan(cause="it is not used", warnings=(f"the build cache cannot be used: {error}",))


def say(plan: CachePlan) -> None:
    """Say what was chosen and why; nothing where no cache is wanted."""
    if plan.cause:
        terminal.plan(str(plan))
    for warning in plan.warnings:
        terminal.warn(warning)


def outside(view: View, plan: CachePlan) -> tuple[str, ...]:
    """The directories outside the project that bake has to be allowed to read and write, in the words of --allow."""
    # Of a directory that is not there yet bake asks for the one above it.
    places = {str(Path(in_directory(view.root, entry.place)).parent) for entry in _local(plan, plan.targets)}
    return tuple(f"fs={place}" for place in sorted(places) if not is_inside(place, str(view.root)))


def begin(view: View, plan: CachePlan, names: Iterable[str]) -> CachePlan:
    """Make place for the caches that are written now; returns what serves: none where there can be no place."""
    try:
        for old, new in _written(view, plan, names):
            cache_directory.discard(new)
            old.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        terminal.warn(f"the build cache cannot be written: {error.strerror}: {error.filename}; this build does without")
        return CachePlan()
    return plan


def discard(view: View, plan: CachePlan, names: Iterable[str]) -> None:
    """Take away what a build that did not end well has written."""
    for _, new in _written(view, plan, names):
        cache_directory.discard(new)


def settle(view: View, plan: CachePlan, names: Iterable[str]) -> None:
    """Put the new directories in the old ones' places, after a build that ended well."""
    try:
        for old, new in _written(view, plan, names):
            cache_directory.put_in_place(new, old)
    except OSError as error:
        terminal.warn(f"the build cache stays as it was: {error.strerror}: {error.filename}")


def _written(view: View, plan: CachePlan, names: Iterable[str]) -> list[tuple[Path, Path]]:
    """The directories that are written, each with the new one."""
    return [
        (Path(in_directory(view.root, entry.place.removesuffix(NEW))), Path(in_directory(view.root, entry.place)))
        for entry in _local(plan, names)
        if entry.key == "dest"
    ]


def _local(plan: CachePlan, names: Iterable[str]) -> list[Entry]:
    caches = [plan.targets[name] for name in names if name in plan.targets]
    return [entry for one in caches for entry in (*one.reads, *one.writes) if entry.type == "local"]


def runner(root: Path) -> Runner:
    """Where this runs, by what CI and git say."""
    event = read_event(os.environ, github.event_payload())
    is_repository = git.is_checkout(root)
    branch = git.branch(root) if is_repository and event is None else None
    return read_runner(os.environ, event, branch, git.default_branch(root) if is_repository else None)


def _builder(driver: str) -> Builder:
    return Builder(driver, engine_http.has_containerd_store())


def _seen(view: View, plan: CachePlan) -> dict[str, SeenCache]:
    """What is seen of the places that would be read."""
    entries = [entry for one in plan.targets.values() for entry in one.reads]
    references = [entry.place for entry in entries if entry.type == "registry"]
    directories = [entry.place for entry in entries if entry.type == "local"]
    return {**_registry(view, references), **{place: _directory(view.root, place) for place in directories}}


def _registry(view: View, references: Sequence[str]) -> dict[str, SeenCache]:
    if not references:
        return {}
    from cispeed_tasks.tools.registry_head import heads

    insecure = engine_http.insecure_registries()
    answers = heads(references, timeout=view.project.config.timeouts.registry, insecure=insecure)
    words: dict[Answer, State] = {Answer.THERE: "there", Answer.SILENT: "silent", Answer.ABSENT: "absent"}
    return {
        place: SeenCache("refused" if one.is_refused else words[one.answer], one.words)
        for place, one in answers.items()
    }


def _directory(root: Path, place: str) -> SeenCache:
    path = Path(in_directory(root, place))
    if not path.exists():
        return SeenCache("absent")
    fault = cache_directory.fault(path)
    return SeenCache("there") if fault is None else SeenCache("broken", fault)
