"""Where absolute paths lie in a repository, as patterns that begin at its root."""

from __future__ import annotations

import os.path
from collections.abc import Iterable
from pathlib import Path

from cispeed_tasks.plan.detours import Detours
from cispeed_tasks.plan.pattern_tree import PatternTree
from cispeed_tasks.plan.source_patterns import EVERYTHING, escaped


class CheckoutPatterns:
    """The patterns of files and directories of one checkout, links in it followed; what lies outside has none."""

    def __init__(self, top: Path, detours: Detours) -> None:
        """Take the repository's root, and the links and repositories in it."""
        self._top, self._detours = str(top), detours
        links = {path: self._seen_from_top(text) for path, text in detours.links.items()}
        self._whole = PatternTree(Detours(links, detours.repositories))
        self._trees: dict[str, PatternTree] = {}

    def file(self, path: str | Path) -> set[str]:
        """Return the patterns of a file, of what it is a link to, and of what may take the place of a directory above."""
        inside = self._inside(path)
        return set(map(escaped, self._whole.walk(inside)[1])) if inside else set()

    def directory(self, path: str | Path) -> set[str]:
        """Return the patterns of a directory and of all that is in it, or of a single file."""
        inside = self._inside(path)
        if inside is None:
            return {EVERYTHING} if self._is_in(path) else set()
        return self._whole.take(inside)

    def tree(self, directory: str | Path) -> PatternTree:
        """Return the tree of a build context, or of another directory of which a part is taken."""
        real = self._real(directory)
        if real not in self._trees:
            self._trees[real] = PatternTree(self._detours.below(real))
        return self._trees[real]

    def placed(self, directory: str | Path, patterns: Iterable[str]) -> set[str]:
        """Return patterns that are relative to a directory as they are from the root."""
        if self._inside(directory) is None:
            return self.directory(directory)
        real = self._real(directory)
        start = f"{escaped(real)}/" if real else ""
        return {*self.file(directory), *(start + pattern for pattern in patterns)}

    def _real(self, directory: str | Path) -> str:
        """Where a directory is when links are followed, relative to the root."""
        return self._whole.walk(self._inside(directory) or "")[0]

    def _inside(self, path: str | Path) -> str | None:
        """A path relative to the root, empty for the root itself; None for one that lies outside."""
        relative = os.path.relpath(path, self._top)
        if relative == ".." or relative.startswith("../"):
            return None
        return "" if relative == "." else relative

    def _is_in(self, directory: str | Path) -> bool:
        """Whether the repository lies in a directory."""
        return f"{self._top}/".startswith(f"{os.path.normpath(directory)}/".replace("//", "/"))

    def _seen_from_top(self, text: str) -> str:
        """What a link says, where an absolute path begins at the root instead of the machine's."""
        is_inside = f"{text}/".startswith(f"{self._top}/")
        return f"/{text.removeprefix(self._top)}" if is_inside else text
