"""Which entries of a checkout can decide how its tests end: all but caches, and what is installed beside the code.

Installed packages stand there by what says which they are: a package manager's own record of what it installed, and the
names of Python's `*.dist-info`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cispeed_tasks.model import ContextFile
from cispeed_tasks.plan.directories import ROOT, nearest, parent

CACHES = frozenset({"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".cispeed", ".git", ".coverage"})
_LEFT_OUT = re.compile(r"\.coverage\..*")
_CACHES_OF_HYPOTHESIS = re.compile(r"(.*/)?\.hypothesis/(unicode_data|constants|tmp)(/.*)?")
"""What lies beside them are failures that it found and will try again, so that they count."""
_INSTALLED = ("node_modules", "site-packages")
_RECORDS = re.compile(
    r"(.*/)?(node_modules/(\.package-lock\.json|\.yarn-integrity|\.yarn-state\.yml|\.pnpm(/lock\.yaml)?)"
    r"|site-packages/[^/]+\.(dist-info|egg-info|egg-link|pth))"
)
ENVIRONMENT = "pyvenv.cfg"
"""What makes a directory a virtual environment of Python (docs.python.org, 'venv')."""


class KeptFiles:
    """Leaves out the rest where a checkout is walked; paths are relative to it, with slashes."""

    def excludes(self, path: str) -> bool:
        """Tell whether a path itself is left out."""
        name = path.rpartition("/")[2]
        if name in CACHES or name in _INSTALLED or _LEFT_OUT.fullmatch(name):
            return True
        return (_is_installed(path) and not _RECORDS.fullmatch(path)) or bool(_CACHES_OF_HYPOTHESIS.fullmatch(path))

    def may_keep_below(self, directory: str) -> bool:
        """Tell whether something below a directory that is left out is kept all the same."""
        return directory.rpartition("/")[2] in _INSTALLED and not _is_installed(directory)


def inputs_among(entries: Iterable[ContextFile]) -> dict[str, ContextFile]:
    """Return the entries that can be inputs, by their paths: neither directories nor what a virtual environment is made of."""
    kept = {one.path: one for one in entries if one.kind != "directory" or _RECORDS.fullmatch(one.path)}
    homes = {parent(path) for path in kept if path.rpartition("/")[2] == ENVIRONMENT} - {ROOT}
    return {path: one for path, one in kept.items() if _counts(path, homes)} if homes else kept


def _counts(path: str, homes: set[str]) -> bool:
    is_record = path.endswith(f"/{ENVIRONMENT}") or _RECORDS.fullmatch(path) is not None
    return is_record or nearest(path, homes) is None


def _is_installed(path: str) -> bool:
    return any(f"/{name}/" in f"/{path}" for name in _INSTALLED)
