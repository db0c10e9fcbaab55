"""A build context of which little is known: what a Dockerfile takes of it is told as patterns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cispeed_tasks.model import ContextFile
from cispeed_tasks.plan.context_tree import ContextTree, clean_source
from cispeed_tasks.plan.detours import Detours
from cispeed_tasks.plan.directories import ROOT, parents
from cispeed_tasks.plan.ignore_patterns import IgnoreFile
from cispeed_tasks.plan.source_patterns import below, escaped, wild_patterns


class PatternTree(ContextTree):
    """Stands for a context of any files whatever, in which a Dockerfile's sources are looked up.

    For each source there are patterns of what it can take, and of every place on the way to it, where a link or a
    submodule would change what it takes. What `--exclude` leaves out is not left out here.
    """

    def __init__(self, detours: Detours) -> None:
        super().__init__(_entries(detours.links))
        self._detours = detours

    def take(self, source: str, exclude: IgnoreFile | None = None) -> set[str]:  # noqa: ARG002  # see the class
        """The patterns of a source without wildcards."""
        real, passed = self.walk(clean_source(source))
        return {*map(escaped, passed), below(real)}

    def _take_pattern(self, place: str, pattern: list[str], exclude: IgnoreFile | None) -> set[str]:
        base, passed = self.walk(place)
        links = [match for match in self._matches(base, pattern) if match in self._detours.links]
        led_to = {found for link in links for found in self.take(link, exclude)}
        start = f"{base}/" if base else ""
        inside = [path for path in self._detours.repositories if path.startswith(start)]
        return {*map(escaped, [*passed, *inside]), *wild_patterns(base, "/".join(pattern)), *led_to}


def _entries(links: Mapping[str, str]) -> Iterator[ContextFile]:
    """The links and the directories above them, so that wildcards find them."""
    above = {directory for path in links for directory in parents(path)} - {ROOT}
    yield from (ContextFile(path, "directory") for path in above)
    yield from (ContextFile(path, "link", link=text) for path, text in links.items())
