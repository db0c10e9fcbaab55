"""Say what there is of cache mounts: on this engine, where they are kept, and how much the last builds took from the cache."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cispeed_tasks.model import MountArchive
from cispeed_tasks.plan.kept_mounts_keys import KeyedMount, changed, common_key
from cispeed_tasks.plan.kept_mounts_limit import Contents
from cispeed_tasks.plan.kept_mounts_step import candidates, unwanted
from cispeed_tasks.plan.kept_mounts_workers import workers
from cispeed_tasks.run.kept_mounts_seen import (
    Mounts,
    directory_of,
    here,
    repository_of,
    see_archives,
    see_contents,
    see_mounts,
)
from cispeed_tasks.run.look import View, look
from cispeed_tasks.tools import buildx_history, github, terminal

BUILDS = 20
"""How many of the engine's last builds are looked at."""


@dataclass(frozen=True)
class Form:
    """How the answer is given."""

    as_json: bool = False
    only_key: bool = False
    github_output: bool = False


@dataclass(frozen=True)
class Rate:
    """Of the last builds of one image: how many there were, their steps, and those that came from the cache."""

    builds: int
    steps: int
    cached: int


def status(form: Form) -> None:
    """Show the state of the cache mounts; raises ToolError where no engine answers, and UsageError."""
    outputs = github.require_outputs() if form.github_output else None
    view = look()
    mounts = see_mounts(view)
    config = view.project.config.cache_mounts
    wanted = [one for one in mounts.mounts if unwanted(one, config) is None]
    key, prefix = common_key(view.project.name, mounts.platform, wanted)
    if outputs:
        github.write_outputs(outputs, {"key": key, "restore-keys": prefix, "path": str(directory_of(view))})
    if form.only_key:
        terminal.say(key)
        return
    kept = see_archives(view, mounts.mounts, verify=False)
    archives, fault = kept.archives, kept.silent or kept.refused
    contents, _ = see_contents(view, mounts.mounts, here(workers(view.project, [one.mount for one in mounts.mounts])))
    rates = _rates(view.project.name)
    if form.as_json:
        entries = [_entry(one, contents.get(one.prefix), archives, unwanted(one, config)) for one in mounts.mounts]
        place = {"registry": repository_of(view)} if repository_of(view) else {"path": str(directory_of(view))}
        data = {"key": key, "restore_keys": prefix, **place, "fault": fault, "mounts": entries, "builds": _plain(rates)}
        terminal.say(json.dumps(data, indent=2))
        return
    _show(view, mounts, contents, archives, rates)
    if fault:
        terminal.warn(fault)
    terminal.say(f"key for a CI cache action: {key}")


def _rates(project: str) -> dict[str, Rate]:
    found: dict[str, Rate] = {}
    for one in buildx_history.cached_steps(project, BUILDS):
        known = found.get(one.target, Rate(0, 0, 0))
        found[one.target] = Rate(known.builds + 1, known.steps + one.steps, known.cached + one.cached)
    return dict(sorted(found.items()))


def _plain(rates: Mapping[str, Rate]) -> list[dict[str, Any]]:
    return [
        {"image": name, "builds": one.builds, "steps": one.steps, "cached_steps": one.cached}
        for name, one in rates.items()
    ]


def _entry(
    keyed: KeyedMount, contents: Contents | str | None, archives: Sequence[MountArchive], why: str | None
) -> dict[str, Any]:
    own = candidates(keyed, archives)
    return {
        "id": keyed.name,
        "targets": list(keyed.mount.places),
        "used_by": list(keyed.mount.users),
        "kept": why is None,
        "cause": why,
        "key": keyed.key,
        "lock_files": dict(keyed.locks),
        "engine": _contents(contents),
        "archives": [
            {"key": one.key, "saved": one.saved, "bytes": one.bytes, "files": one.files, "fault": one.fault}
            for one in own
        ],
    }


def _contents(contents: Contents | str | None) -> dict[str, int] | None:
    if not isinstance(contents, Contents):
        return None
    return {"files": len(contents.files), "bytes": contents.bytes, "used": contents.used}


def _show(
    view: View,
    mounts: Mounts,
    contents: Mapping[str, Contents | str],
    archives: Sequence[MountArchive],
    rates: Mapping[str, Rate],
) -> None:
    config, now = view.project.config.cache_mounts, time.time()
    own = {one.prefix for one in mounts.mounts}
    total = sum(one.bytes for one in archives if one.prefix in own)
    place = repository_of(view) or os.path.relpath(directory_of(view), view.root)
    terminal.say(f"cache mounts of {view.project.name}, kept in {place}: {terminal.size(total)} of {config.limit}")
    if mounts.mounts:
        rows = [
            (
                one.name,
                _users(one),
                _on_engine(contents.get(one.prefix), now),
                unwanted(one, config) or _saved(one, archives, now),
            )
            for one in mounts.mounts
        ]
        terminal.table(("mount", "used by", "on this engine", "saved"), rows)
    for one in mounts.unkept:
        terminal.say(f"  {one}")
    if not mounts.mounts and not mounts.unkept:
        terminal.say("  no Dockerfile has a cache mount")
    if rates:
        terminal.say("steps of the last builds that came from the build cache")
        terminal.table(
            ("image", "builds", "steps", "cached", "rate"), [_rate(name, one) for name, one in rates.items()]
        )


def _rate(name: str, rate: Rate) -> tuple[str, ...]:
    return (name, str(rate.builds), str(rate.steps), str(rate.cached), f"{100 * rate.cached // rate.steps} %")


def _users(keyed: KeyedMount) -> str:
    users = keyed.mount.users
    return ", ".join(users[:2]) + (f" and {len(users) - 2} more" if len(users) > 2 else "")  # noqa: PLR2004


def _on_engine(contents: Contents | str | None, now: float) -> str:
    if not isinstance(contents, Contents):
        return "not looked at" if contents is None else contents
    if not contents.files:
        return "empty"
    return f"{len(contents.files)} files, {terminal.size(contents.bytes)}, used {terminal.age(now - contents.used)} ago"


def _saved(keyed: KeyedMount, archives: Sequence[MountArchive], now: float) -> str:
    found = candidates(keyed, archives)
    if not found:
        return "no"
    best = next((one for one in found if one.fault is None), found[0])
    if best.fault:
        return f"{best.key} is {best.fault}"
    shown = f"{terminal.size(best.bytes)}, {terminal.age(now - best.saved)} old"
    if best.key == keyed.key:
        return f"{shown}, for these lock files"
    files = changed(keyed.locks, best.locks)
    return f"{shown}, before {files[0] if files else 'the instructions'} changed"
