"""What of the existing Dockerfiles and Compose files costs time or size: every rule, and all that they find."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from cispeed_tasks.plan.finding import Finding
from cispeed_tasks.plan.findings_images import build_tools_kept, moving_base
from cispeed_tasks.plan.findings_installs import lists_left, no_cache_mount, npm_install_with_lock
from cispeed_tasks.plan.findings_model import SeenBuild
from cispeed_tasks.plan.findings_order import sources_before_install
from cispeed_tasks.plan.findings_shared import repeated_installs

RULES: tuple[Callable[[SeenBuild], Iterator[Finding]], ...] = (
    sources_before_install,
    no_cache_mount,
    lists_left,
    npm_install_with_lock,
    build_tools_kept,
    moving_base,
)
"""The rules over one build."""

RULES_OVER_ALL: tuple[Callable[[Sequence[SeenBuild]], Iterator[Finding]], ...] = (repeated_installs,)
"""The rules over all builds together."""


def find_all(builds: Sequence[SeenBuild], chosen: Sequence[str] | None = None) -> tuple[Finding, ...]:
    """What the rules find, each once, by file and line.

    Args:
        builds: the builds of the whole project, which those that are chosen are compared with.
        chosen: the Dockerfiles that are looked at; all by default.
    """
    found = [finding for rule in RULES for build in builds for finding in rule(build)]
    found += [finding for over_all in RULES_OVER_ALL for finding in over_all(builds)]
    kept = {finding for finding in found if chosen is None or finding.file in chosen}
    return tuple(sorted(kept, key=lambda finding: (finding.file, finding.line, finding.code, finding.text)))
