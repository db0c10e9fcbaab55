"""One run of bake with its caches: a fault of a cache costs a sentence, and at most a second run without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cispeed_tasks.errors import ToolError, WorkFailed
from cispeed_tasks.plan.bake import BAKE_FILE, RUN_FILE, BakeFile
from cispeed_tasks.plan.build import BuildStep
from cispeed_tasks.plan.cache import CachePlan, is_own_error, with_caches
from cispeed_tasks.plan.push_faults import is_push_error, push_fault
from cispeed_tasks.run import cache
from cispeed_tasks.run.look import View
from cispeed_tasks.tools import buildx, buildx_history, checkout, engine, engine_http, terminal

METADATA = "build-metadata.json"


def bake(
    view: View,
    definition: BakeFile,
    steps: Sequence[BuildStep],
    own: Mapping[str, Any],
    caches: CachePlan,
    *,
    no_cache: bool,
    here: Sequence[BuildStep],
    load: bool,
) -> CachePlan:
    """Bake some targets, `own` being what this run says of them besides; returns the caches that still serve.

    `here` are those that the engine has to have afterwards, `load` whether it gets all of them.

    Raises:
        WorkFailed: bake failed, or left no image.
        ToolError: the engine stopped answering.
    """
    targets = [step.target.name for step in steps]
    caches, began = cache.begin(view, caches, targets), datetime.now(UTC)
    code = _run_bake(view, definition, targets, own, caches, no_cache=no_cache, load=load)
    if code and caches and engine.version() and not _is_own_fault(began):
        terminal.warn("the build failed, and no step of it did: building again without the build cache")
        cache.discard(view, caches, targets)
        caches = CachePlan()
        code = _run_bake(view, definition, targets, own, caches, no_cache=no_cache, load=load)
    if code:
        cache.discard(view, caches, targets)
        if engine.version() is None:
            raise ToolError("the Docker Engine stopped answering while it was building; start it and run this again")
        raise WorkFailed(_fault(code, own, began))
    names = [step.target.tag for step in here]
    if absent := [name for name, tags in engine_http.names_of(names).items() if tags is None]:
        # A build that left no image behind is no success, whatever its exit code was.
        raise WorkFailed(
            f"bake ended well, and yet the engine has no image {', '.join(absent)}; `docker buildx ls` shows the builder in use"
        )
    cache.settle(view, caches, targets)
    return caches


def _run_bake(
    view: View,
    definition: BakeFile,
    targets: Sequence[str],
    own: Mapping[str, Any],
    caches: CachePlan,
    *,
    no_cache: bool,
    load: bool,
) -> int:
    checkout.write_json(view.root, RUN_FILE.removeprefix(f"{checkout.STATE}/"), with_caches(own, caches))
    metadata = checkout.write_state(view.root, METADATA, "{}\n")
    return buildx.bake(
        (BAKE_FILE, RUN_FILE),
        targets,
        cwd=view.root,
        metadata=metadata.relative_to(view.root),
        env=definition.environment,
        outside=definition.outside,
        allowed=(*definition.allowed, *cache.outside(view, caches)),
        no_cache=no_cache,
        load=load,
        compression=_compression(view) if load else None,
    )


def _compression(view: View) -> str | None:
    """How layers are packed where they are packed at all; an engine with another store than containerd's keeps files."""
    if not engine_http.has_containerd_store():
        return None
    return view.project.config.build.compression


def _fault(code: int, own: Mapping[str, Any], since: datetime) -> str:
    """Why a build failed; where the builder itself pushes, it may have been that."""
    pushed = [
        name for entry in own["target"].values() if entry.get("output") == ["type=registry"] for name in entry["tags"]
    ]
    failed = [words for words in (buildx_history.errors(since) if pushed else ()) if is_push_error(words)]
    if failed:
        named = [reference for reference in pushed if reference in failed[0]]
        return push_fault((named or pushed)[0], failed[0], is_here=False)
    return f"the build failed (exit code {code}); the step that failed is shown above"


def _is_own_fault(since: datetime) -> bool:
    """Whether BuildKit says that a build failed since then by something else than a cache."""
    return any(map(is_own_error, buildx_history.errors(since)))


def say_exports(caches: CachePlan, records: Mapping[str, buildx.BuildRecord]) -> None:
    """What the writing of the caches took, and whether it went well."""
    written = {name: record.reference for name, record in records.items() if caches.exports(name)}
    found = buildx_history.cache_exports(list(written.values()))
    exports = {name: found[reference] for name, reference in written.items() if reference in found}
    whole = [one.seconds for one in exports.values() if not one.error]
    if whole:
        longest = f", the longest {terminal.seconds(max(whole))}" if len(whole) > 1 else ""
        count = "1 image" if len(whole) == 1 else f"{len(whole)} images"
        terminal.note(f"the build cache of {count} was written in {terminal.seconds(sum(whole))} in all{longest}")
    if failed := {name: one.error for name, one in exports.items() if one.error}:
        name, words = next(iter(failed.items()))
        terminal.warn(
            f"the build cache of {', '.join(failed)} could not be written ({name}: {words}); the images are whole"
        )
