"""Which filters changed files are in, as the outputs and the JSON that programs read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cispeed_tasks.errors import ConfigError


@dataclass(frozen=True)
class FilterResults:
    """The paths in every filter, in the filters' order."""

    files: Mapping[str, tuple[str, ...]]
    everything: bool = False
    """Whether what changed cannot be told, so that every filter counts as changed, also one without a file."""

    @property
    def changes(self) -> list[str]:
        """The names of the filters that count as changed."""
        return [name for name, paths in self.files.items() if paths or self.everything]

    def json(self) -> str:
        """Return `{"changes": [NAME…], "files": {NAME: [PATH…]}}`."""
        return json.dumps({"changes": self.changes, "files": self.files}, ensure_ascii=False)

    def outputs(self, list_files: Callable[[Sequence[str]], str] | None) -> dict[str, str]:
        """Return paths-filter's outputs; `list_files` writes the lists, None leaves them out.

        Raises:
            ConfigError: the name of a filter cannot be the name of an output.
        """
        found: dict[str, str] = {}
        changed = set(self.changes)
        for name, paths in self.files.items():
            found[_output_name(name)] = "true" if name in changed else "false"
            found[f"{name}_count"] = str(len(paths))
            if list_files:
                found[f"{name}_files"] = list_files(paths)
        # A filter of this name wins, as in paths-filter.
        found.setdefault("changes", json.dumps(self.changes, ensure_ascii=False, separators=(",", ":")))
        return found


def printable(paths: Iterable[str]) -> tuple[str, ...]:
    """Return paths as text for other programs: bytes that are no UTF-8 become U+FFFD, as in paths-filter."""
    return tuple(path.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for path in paths)


def _output_name(name: str) -> str:
    if not name.strip() or not name.isprintable() or "=" in name or "<<" in name:
        raise ConfigError(
            f"the filter {name!r} cannot be an output: GitHub takes no empty name, '=', '<<' or line break; rename it"
        )
    return name
