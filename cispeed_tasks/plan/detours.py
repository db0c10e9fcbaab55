"""Where in a checkout a change may have another path than what it changes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Detours:
    """Links, and repositories inside of this one; paths are relative to a directory."""

    links: Mapping[str, str] = field(default_factory=dict)
    """What each link says."""
    repositories: Sequence[str] = ()
    """Directories that are repositories of their own, such as submodules: git names one, and nothing that is in it."""

    def below(self, directory: str) -> Detours:
        """Return those in a directory of this one, relative to it."""
        if not directory:
            return self
        start = len(directory) + 1
        links = {path[start:]: self.links[path] for path in _below(self._sorted_links, directory)}
        return Detours(links, [path[start:] for path in _below(self._sorted_repositories, directory)])

    @cached_property
    def _sorted_links(self) -> list[str]:
        return sorted(self.links)

    @cached_property
    def _sorted_repositories(self) -> list[str]:
        return sorted(self.repositories)


def _below(paths: Sequence[str], directory: str) -> Sequence[str]:
    # "0" is the character behind "/".
    return paths[bisect_left(paths, f"{directory}/") : bisect_left(paths, f"{directory}0")]
