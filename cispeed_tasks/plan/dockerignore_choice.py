"""Chooses what may be left out of a build context, and says of the rest why it stays."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import dropwhile

from cispeed_tasks.plan.context_entries import Amount, Entries, above
from cispeed_tasks.plan.context_use import Use
from cispeed_tasks.plan.ignore_block import IgnoreText
from cispeed_tasks.plan.ignore_patterns import IgnoreFile, read_ignore_file
from cispeed_tasks.plan.litter import ANY, GROUPS, IS_NODE, IS_PYTHON, RULES, is_for, name_of
from cispeed_tasks.plan.litter_rules import Judge, Surroundings
from cispeed_tasks.plan.pattern_overlap import may_overlap

IGNORE_FILE = ".dockerignore"
LEAST_BYTES, LEAST_FILES, MOST_LINES = 100_000, 100, 40
"""What is smaller is not worth a line of its own."""
_PLAIN = re.compile(r"[\w@+.~,=-]([\w@+.~,=/ -]*[\w@+.~,=-])?")
"""Paths that mean themselves in an ignore file."""
_DOCUMENT = re.compile(r"(README|LICEN[CS]E|CHANGELOG|CONTRIBUTING)\S*", re.IGNORECASE)


@dataclass(frozen=True)
class Kept:
    """Something that was considered and stays, with the reason."""

    path: str
    why: str
    amount: Amount


@dataclass(frozen=True)
class Context:
    """What was seen of a build context.

    `entries` is all that the user's own lines let through, whether a block of ours leaves it out today or not.
    """

    entries: Entries
    uses: tuple[Use, ...]
    ignore: IgnoreText
    today: IgnoreFile
    around: Surroundings = field(default_factory=Surroundings)


class Choice:
    """Chooses patterns for one context."""

    def __init__(self, context: Context) -> None:
        self._context, self._entries = context, context.entries
        self._judges = [Judge(context.entries, use, context.around) for use in context.uses]
        self._named = {path: where for use in context.uses for path, where in use.named.items()}
        self._sorted_named = sorted(self._named)
        self._sources = {path: where for use in context.uses for path, where in use.sources.items()}
        self.taken = frozenset().union(*(use.files for use in context.uses))

    def litter(self) -> tuple[dict[str, tuple[str, ...]], list[Kept]]:
        """The patterns of the well-known litter, by reason, and what stays although it is called so."""
        groups, kept = {}, dict[str, Kept]()
        for reason, patterns in GROUPS.items():
            lines: list[str] = []
            for pattern in patterns:
                found, stays = self._of_pattern(pattern)
                lines += (line for line in found if line not in lines and self._is_welcome(line))
                stays += self._spoken_of(pattern, found)
                kept |= {one.path: one for one in stays if one.path not in kept}
            if lines:
                groups[reason] = tuple(lines)
        return groups, list(kept.values())

    def _spoken_of(self, pattern: str, found: Sequence[str]) -> list[Kept]:
        """What could be left out, had the user's own lines nothing to say of it."""
        refused = [line for line in found if not self._is_welcome(line)]
        tops = self._tops(pattern) if pattern in refused else [line for line in refused if line in self._entries]
        why = "an exception of yours (a line with `!`), or a line behind one, may mean it"
        amounts = {top: self._entries.amount(self._entries.at_and_below(top)) for top in tops}
        return [Kept(top, why, amount) for top, amount in amounts.items() if amount.files]

    def needless(self, chosen: IgnoreFile) -> tuple[str, ...]:
        """The largest directories and files that nothing takes, sorted by path."""
        rest = {}
        for path in self._outermost_needless():
            paths = [found for found in self._entries.at_and_below(path) if not chosen.excludes(found)]
            amount = self._entries.amount(paths)
            is_large = amount.bytes >= LEAST_BYTES or amount.files >= LEAST_FILES
            if is_large and not chosen.excludes(path) and self._may_be_a_line(path) and self._is_welcome(path):
                rest[path] = amount.bytes
        return tuple(sorted(sorted(rest, key=lambda path: -rest[path])[:MOST_LINES]))

    def _of_pattern(self, pattern: str) -> tuple[list[str], list[Kept]]:
        tops = self._tops(pattern)
        reasons = {top: self._why_kept(pattern, top) for top in tops}
        kept = [
            Kept(top, why, self._entries.amount(self._entries.at_and_below(top))) for top, why in reasons.items() if why
        ]
        if not kept and self._may_be_general(pattern):
            is_wanted = tops or is_for(pattern, python=self._is_python, node=self._is_node)
            return ([pattern] if is_wanted else []), []
        return [top for top in tops if not reasons[top] and self._may_be_a_line(top)][:MOST_LINES], kept

    def _tops(self, pattern: str) -> list[str]:
        found = self._entries.called(name_of(pattern), anywhere=pattern.startswith("**/"))
        # Those that are not there yet come with the first writing, which must not change what the second one writes.
        own = {path for path in self._context.around.own_files if f"/{path}".endswith(f"/{name_of(pattern)}")}
        return sorted({*found, *own}) if name_of(pattern) == IGNORE_FILE else found

    def _why_kept(self, pattern: str, top: str) -> str | None:
        if named := self._naming(top):
            return named
        if _DOCUMENT.fullmatch(top):
            for path, text in self._context.around.texts.items():
                if re.search(rf"(?<![\w/]){re.escape(top)}(?![\w/])", text):
                    return f"{path} names it"
        paths = self._entries.at_and_below(top)
        reasons = (
            judge.why_kept(pattern, top) for judge in self._judges if any(path in judge.use.files for path in paths)
        )
        return next((why for why in reasons if why), None)

    def _naming(self, top: str) -> str | None:
        """Where a source names a path, something below it, or a directory of litter that it lies in."""
        position = bisect_left(self._sorted_named, top)
        first = self._sorted_named[position] if position < len(self._sorted_named) else ""
        below = bisect_left(self._sorted_named, f"{top}/")
        inside = self._sorted_named[below] if below < len(self._sorted_named) else ""
        found = first if first == top else inside if inside.startswith(f"{top}/") else None
        found = found or next((path for path in above(top) if path in self._protected), None)
        return f"{self._named[found]} takes {found} by name" if found else None

    @cached_property
    def _protected(self) -> frozenset[str]:
        """Named paths that are litter themselves, or lie in some: of them everything is wanted as it is."""
        tops = {top for name in RULES for top in self._entries.called(name, anywhere=True)}
        return frozenset(path for path in self._named if not tops.isdisjoint((path, *above(path))))

    def _may_be_general(self, pattern: str) -> bool:
        """Whether whatever comes to be called so may be left out, though there is no such file today."""
        if any(may_overlap(pattern, source) for source in self._sources):
            return False
        everywhere = pattern.startswith("**/")
        name = re.sub(r"\[[^\]]*\]|\*", ANY, name_of(pattern))
        path = f"{ANY}/{name}" if everywhere else name
        return not any(
            judge.why_kept(pattern, path)
            for judge in self._judges
            if "" in judge.use.sweeps or (everywhere and judge.use.sweeps)
        )

    def _may_be_a_line(self, path: str) -> bool:
        return _PLAIN.fullmatch(path) is not None and not any(may_overlap(path, source) for source in self._sources)

    def _is_welcome(self, line: str) -> bool:
        """Whether the user's lines do not say the same, nor something of which the engine would think otherwise then.

        It tries an exception only on what is left out, and a pattern behind one only on what is not; what matched it
        remembers for all that is below. A line of ours must not wake an exception, nor hide a pattern behind one.
        """
        return line not in self._by_hand and not any(may_overlap(line, text) for text in self._from_first_exception)

    @cached_property
    def _by_hand(self) -> frozenset[str]:
        return frozenset(pattern.text for pattern in self._hand.patterns if not pattern.exception)

    @cached_property
    def _from_first_exception(self) -> frozenset[str]:
        return frozenset(p.text for p in dropwhile(lambda pattern: not pattern.exception, self._hand.patterns))

    @cached_property
    def _hand(self) -> IgnoreFile:
        return read_ignore_file(self._context.ignore.by_hand)

    def _outermost_needless(self) -> Sequence[str]:
        needed = {place for path in (*self.taken, *self._named) for place in (path, *above(path))}
        paths = self._entries.paths
        return [path for path in paths if path not in needed and ("/" not in path or path.rpartition("/")[0] in needed)]

    @property
    def has_code(self) -> bool:
        """Whether there is code that sooner or later leaves litter, though there may be none today."""
        return self._is_python or self._is_node

    @cached_property
    def _is_python(self) -> bool:
        return any(IS_PYTHON.fullmatch(path.rpartition("/")[2]) for path in self._entries.paths)

    @cached_property
    def _is_node(self) -> bool:
        return any(IS_NODE.fullmatch(path.rpartition("/")[2]) for path in self._entries.paths)
