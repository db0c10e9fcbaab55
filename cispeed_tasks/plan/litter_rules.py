"""Whether what a Dockerfile takes by a sweeping COPY is litter: the image made without it must be the same one.

What git tracks is in a fresh clone, so that it is the source and no litter whatever its name is; what it does not track
is not in a fresh clone, from which the image must be the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cispeed_tasks.plan.build_commands import GIT, NODE_INSTALL, PYTHON_INSTALL
from cispeed_tasks.plan.context_entries import Entries, above
from cispeed_tasks.plan.context_use import Use
from cispeed_tasks.plan.litter import RULES, name_of

MANIFESTS = frozenset(
    {"pyproject.toml", "setup.py", "setup.cfg", "MANIFEST.in", "package.json", "Cargo.toml", "build.rs", "Makefile"}
    | {f"{name}.config.{end}" for name in ("vite", "webpack", "next", "svelte") for end in ("js", "ts", "mjs", "cjs")}
)
"""Files that may name others, and may read the repository's history."""
_EXAMPLE = re.compile(r"(?s).*\.(example|sample|template|tpl|dist|defaults?|production|development|test|ci|\0)")
_CHECKED = re.compile(r".*\.(pem|key)")
"""What may be a certificate as well, which is no secret."""


@dataclass(frozen=True)
class Surroundings:
    """What else is known of a context; paths are relative to it."""

    tracked: frozenset[str] | None = None
    """The files that git tracks, and repositories inside of this one as directories; None where that cannot be told."""
    fresh: frozenset[str] = frozenset()
    """The files that git neither tracks nor ignores: source that is yet to be added, perhaps."""
    own_files: frozenset[str] = frozenset()
    """The Dockerfiles, Compose files and ignore files of this very project."""
    private_keys: frozenset[str] = frozenset()
    """Those files that hold a private key."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Manifests of package managers, and scripts that a RUN may call."""


def is_secret(path: str, entries: Entries, around: Surroundings) -> bool:
    """Whether an entry of a context is a secret of this machine: a private key, or an untracked file of variables."""
    name = path.rpartition("/")[2]
    if path in around.private_keys:
        return True
    is_dotenv = (name == ".env" or name.startswith(".env.")) and not _EXAMPLE.fullmatch(name)
    return is_dotenv and entries[path].kind == "file" and path not in (around.tracked or ())


@dataclass(frozen=True)
class Judge:
    """Judges what one Dockerfile takes without naming it."""

    entries: Entries
    use: Use
    around: Surroundings

    def why_kept(self, pattern: str, path: str) -> str | None:
        """Why what a candidate pattern finds at a path stays, with all below it; None where it may be left out.

        There may be no such path yet: then it says whether whatever comes to be called so is litter for certain.
        """
        name = name_of(pattern)
        rule = RULES.get(name)
        if rule == "always":
            return None
        if rule is None:
            return f"{self._takes}, and the image may need it"
        if place := self._mention(rule, name, path):
            return f"{place} names it"
        if rule not in _EVEN_TRACKED and self._is_tracked(path):
            return f"{self._takes}, and git tracks it"
        return _BY_RULE[rule](self, path) if rule in _BY_RULE else None

    @property
    def _takes(self) -> str:
        return f"{self.use.place} copies it with what lies around it"

    def _mention(self, rule: str, name: str, path: str) -> str | None:
        """Where another instruction names it, unless a RUN makes anew what is named there."""
        is_made = (rule == "packages" and self.use.installs(NODE_INSTALL)) or (
            rule == "environment" and self.use.installs(PYTHON_INSTALL)
        )
        if is_made or rule == "compiled":
            return None
        found = path.rpartition("/")[2]
        is_there = path in self.entries
        return self.use.mentions(found if is_there else name, copied=not (rule == "output" and self.use.builds))

    def _is_tracked(self, path: str) -> bool:
        tracked = self.around.tracked or frozenset()
        # Of a repository inside of this one git tracks the directory only.
        return not tracked.isdisjoint((*self.entries.at_and_below(path), *above(path)))

    def _history(self, _: str) -> str | None:
        found = self.use.git()
        return f"a RUN of {self.use.place} reads the history ({found})" if found else self._history_in_texts

    @cached_property
    def _history_in_texts(self) -> str | None:
        texts = ((path, GIT.search(text)) for path, text in self.around.texts.items() if path in self.use.files)
        return next((f"{path} reads the history ({match[0]})" for path, match in texts if match), None)

    def _own(self, path: str) -> str | None:
        return (
            None if path in self.around.own_files else f"{self._takes}, and it is no file of this project's own builds"
        )

    def _compiled(self, path: str) -> str | None:
        is_beside = path not in self.entries or "__pycache__/" in path or path[:-1] in self.entries
        return None if is_beside else f"{self._takes}, and its source is not beside it"

    def _output(self, path: str) -> str | None:
        if self.around.tracked is None or path not in self.entries:
            return f"{self._takes}, and git does not tell whether it is source"
        if not self.around.fresh.isdisjoint(self.entries.files_below(path)):
            return f"{self._takes}, and git does not ignore it"
        name = path.rpartition("/")[2]
        is_made = (
            name == "coverage"
            or (name.endswith(".egg-info") and self.use.installs(PYTHON_INSTALL))
            or (not name.endswith(".egg-info") and self.use.builds)
        )
        return None if is_made else f"{self._takes}, and no RUN makes it anew"

    def _packages(self, _: str) -> str | None:
        needs = self.use.is_about_node and not self.use.installs(NODE_INSTALL)
        return f"{self._takes}, and no RUN installs the packages" if needs else None

    def _environment(self, path: str) -> str | None:
        is_one = path.endswith(".venv") or f"{path}/pyvenv.cfg" in self.entries
        return None if is_one else f"{self._takes}, and it is no virtual environment"

    def _secret(self, path: str) -> str | None:
        is_unknown = self.around.tracked is None or path not in self.entries
        if is_unknown and _EXAMPLE.fullmatch(path):
            return f"{self._takes}, and git does not tell whether it is source"
        if _CHECKED.fullmatch(path) and path not in self.around.private_keys:
            return f"{self._takes}, and it holds no private key"
        return None


_EVEN_TRACKED = frozenset({"history", "settings", "own"})
_BY_RULE: Mapping[str, Callable[[Judge, str], str | None]] = {
    "history": Judge._history,  # noqa: SLF001  # its own class
    "own": Judge._own,  # noqa: SLF001
    "compiled": Judge._compiled,  # noqa: SLF001
    "output": Judge._output,  # noqa: SLF001
    "packages": Judge._packages,  # noqa: SLF001
    "environment": Judge._environment,  # noqa: SLF001
    "secret": Judge._secret,  # noqa: SLF001
}
