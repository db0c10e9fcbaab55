"""What was seen of the caches before a build: what is not there is not read, so that no build begins with an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from cispeed_tasks.plan.cache import CachePlan, without

State = Literal["there", "absent", "refused", "silent", "broken"]


@dataclass(frozen=True)
class SeenCache:
    """What was seen of one cache, by its place; `words` say why it cannot be read."""

    state: State
    words: str = ""


def with_seen(plan: CachePlan, seen: Mapping[str, SeenCache]) -> CachePlan:
    """The plan without what cannot be read or written, and a sentence for each cause.

    Args:
        plan: what would be done.
        seen: what was found at the places that are read; what is not named was not asked for.
    """
    silent = [one for one in seen.values() if one.state == "silent"]
    if silent:
        gone = f"the registry of the build cache does not answer ({silent[0].words}); this build does without its cache"
        return replace(plan, targets={}, cause="it is not used", warnings=(*plan.warnings, gone))
    missing = frozenset(place for place, one in seen.items() if one.state != "there")
    refused = [one.words for one in seen.values() if one.state == "refused"]
    warnings = [f"the build cache cannot be read: {words}" for words in refused[:1]]
    anew = ", and written anew" if plan.writes else ""
    warnings += [
        f"the build cache {place} is not whole ({one.words}): it is not read{anew}"
        for place, one in seen.items()
        if one.state == "broken"
    ]
    found = without(plan, missing)
    is_first = plan.reads and not found.reads and not refused
    cause = f"{plan.cause}; there is none yet" if is_first else plan.cause
    return replace(found, cause=cause, warnings=(*plan.warnings, *warnings))
