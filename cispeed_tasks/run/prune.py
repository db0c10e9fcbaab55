"""Remove what the project has left on the engine and is no longer current."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.prune import PrunePlan, Removal, Wish, plan_prune
from cispeed_tasks.run.hollow import dependency_volumes
from cispeed_tasks.run.look import View, look
from cispeed_tasks.run.modes import MODES, full_mode, project_name
from cispeed_tasks.run.playwright_results import SUFFIX
from cispeed_tasks.tools import checkout, containers, engine, engine_http, inventory, terminal
from cispeed_tasks.tools.terminal_waiting import waiting

AGE = re.compile(r"\d+(h|m|d)$")
SIZE = re.compile(r"\d+(\.\d+)?\s?[kmgt]?b$", re.IGNORECASE)


def prune(wish: Wish, *, dry_run: bool, yes: bool) -> None:
    """Say what goes and why, ask where data would be lost, remove it, and say how many bytes came back."""
    wish = replace(wish, cache_older_than=_age(wish.cache_older_than), cache_keep=_size(wish.cache_keep))
    view = look()
    engine.require()
    with waiting("the engine says what it has of this project"):
        plan = plan_of(view, wish)
    for removal in plan.removals:
        terminal.plan(f"{removal}" + (f" ({terminal.size(removal.bytes)})" if removal.bytes else ""))
    if not plan.removals:
        terminal.plan(str(plan))
    if dry_run or not plan.removals:
        return
    if plan.data_volumes and not yes and not terminal.ask(f"Remove the data in {', '.join(plan.data_volumes)}?"):
        raise UsageError("nothing was removed: data volumes go only after a yes; --yes says it for scripts")
    with waiting("the engine counts what it has"):
        before = inventory.disk_usage()
    with waiting(f"removing {len(plan.removals)} things"):
        _remove_all(view, plan, wish)
    with waiting("the engine counts what is left"):
        freed = max(before - inventory.disk_usage(), 0)
    terminal.outcome("ok", f"{len(plan.removals)} removed, {terminal.size(freed)} came back")


def _remove_all(view: View, plan: PrunePlan, wish: Wish) -> None:
    for removal in plan.removals:
        if removal.kind == "container":
            containers.remove(removal.id)
    engine_http.remove_images([removal.id for removal in plan.removals if removal.kind == "image"])
    for removal in plan.removals:
        _remove(view, removal, wish)


def plan_of(view: View, wish: Wish) -> PrunePlan:
    """Decide what goes, by what the engine has of this project now."""
    stacks = tuple(project_name(view, suffix) for suffix in (*MODES, SUFFIX))
    seen = inventory.observe(view.project.name, stacks)
    folder = view.root / checkout.STATE / "playwright"
    runs = (
        sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
        if folder.is_dir()
        else []
    )
    volumes = [name for found in dependency_volumes(view).values() for d in found for name, _ in d.volumes]
    tags = [target.tag for target in full_mode(view).project.targets.values()]
    return plan_prune(replace(seen, results=tuple(runs)), tags, volumes, wish)


def _remove(view: View, removal: Removal, wish: Wish) -> None:
    """Remove what is no container and no image."""
    if removal.kind in {"volume", "data volume"}:
        inventory.remove_volume(removal.id)
    elif removal.kind == "results":
        shutil.rmtree(view.root / checkout.STATE / "playwright" / removal.id)
    elif removal.kind == "build cache":
        inventory.prune_build_cache(older_than=wish.cache_older_than, keep=wish.cache_keep)


def _age(text: str | None) -> str | None:
    if text is None:
        return None
    if not AGE.match(text):
        raise UsageError(f"--cache-older-than {text}: write an age such as 7d, 24h or 30m")
    return f"{int(text[:-1]) * 24}h" if text.endswith("d") else text


def _size(text: str | None) -> str | None:
    if text is not None and not SIZE.match(text):
        raise UsageError(f"--cache-keep {text}: write a size such as 5gb or 500mb")
    return text
