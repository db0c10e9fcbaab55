"""What plans ask of the checkout's files, in a form that can be asked again and compared."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.model import Folder
from cispeed_tasks.tools import checkout, context

SEARCH_PATTERN, SEARCH_DEPTH = "playwright.config.*", 2


@dataclass(frozen=True)
class Questions:
    """Directories and files, absolute paths, that may exist or not."""

    folders: tuple[str, ...]
    texts: tuple[str, ...]
    ignores: tuple[str, ...]
    searched: str | None = None
    """The directory in which tests were searched."""
    found: tuple[str, ...] = ()
    """The directories with tests that were found there."""

    def answers(self) -> tuple[dict[str, Folder], dict[str, str]]:
        """The directories that exist, and the texts of the files that do."""
        existing = (name for name in self.folders if os.path.isdir(name))  # noqa: PTH112  # there may be thousands
        folders = {name: checkout.folder(Path(name)) for name in existing}
        return folders, checkout.texts(self.texts) | context.ignore_texts(self.ignores)

    def digest(self, folders: Mapping[str, Folder], texts: Mapping[str, str]) -> str:
        """While it is the same, so is everything that follows from these answers; others among them are left out."""
        seen = {name: (folders[name].files, folders[name].scripts) for name in self.folders if name in folders}
        asked = {name: texts[name] for name in (*self.texts, *self.ignores) if name in texts}
        # JSON writes the lone surrogates of odd bytes as escapes, where UTF-8 has no place for them.
        return hashlib.sha256(json.dumps([seen, asked], sort_keys=True).encode()).hexdigest()

    def hold(self, digest: str) -> bool:
        """Whether the answers are those of this digest, and a search finds the same."""
        is_found = self.searched is None or search(self.searched) == self.found
        return is_found and self.digest(*self.answers()) == digest


def search(root: str) -> tuple[str, ...]:
    """The directories near the top of a checkout that hold a configuration of Playwright."""
    return tuple(str(path) for path in checkout.folders_with(Path(root), SEARCH_PATTERN, depth=SEARCH_DEPTH))
