"""Generated Dockerfiles: COPY, ADD and the mounts of RUN in their many forms, over two stages that are reached."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

ROOT = "debian:trixie-slim"
OTHER = "other"
"""The name of the named context."""
DOCUMENT = "COPY . /\n"
WILD = ["*", "**", "a*", "?*", "[ab]*", "[^a]*", "*.py", "*.md", ".*", "**/*.py", "*/a", "[a-s]*/*", "s?c"]
PATTERNS = [*WILD, "**/a", "**/*.md", "a/b", "b", "src", "b/**", "*/b", "**/.h*", "src/a/..", "./a//b/", "/src"]
PATTERNS += ["**b", "a**"]
EXCLUDED = [*PATTERNS, "!a*", "!**/*.py"]
ROOTS = [".", "./", "/", "..", "*", "**"]


@dataclass
class Recipe:
    """A Dockerfile whose lines put what they take into /reached/0, /reached/1 …"""

    escape: str
    first: str
    """How the first stage begins."""
    second: str
    """How what is built in the end begins, with all that the first stage has."""
    lines: list[str]
    in_first: int
    """How many of the lines are in the first stage."""

    def text(self, *, only: int | None = None) -> str:
        """The Dockerfile; of its lines all, or only one."""
        lines = [line if only in (None, i) else "" for i, line in enumerate(self.lines)]
        unreached = f"FROM scratch AS unreached\n{DOCUMENT}"
        parts = [self.first, *lines[: self.in_first], unreached, self.second, *lines[self.in_first :]]
        return "\n".join([f"# escape={self.escape}", *parts, ""])


class Maker(ABC):
    """Draws a Dockerfile.

    Args:
        draw: hypothesis's.
        paths: what can be named of the context.
        others: what can be named of the named context.
    """

    def __init__(self, draw: st.DrawFn, paths: Sequence[str], others: Sequence[str]) -> None:
        self.draw = draw
        self.escape = self.one_of("\\", "\\", "`")
        self.paths = paths
        self.others = others

    @abstractmethod
    def recipe(self) -> Recipe:
        """The Dockerfile."""

    def one_of(self, *choices: T) -> T:
        return self.draw(st.sampled_from(choices))

    def literal(self, paths: Sequence[str]) -> str:
        """One of the paths that hold no wildcard, written in one of many ways."""
        plain = [path for path in paths if not set(path) & set("*[")]
        if not plain:
            return self.one_of(*ROOTS[:4])
        prefix, suffix = self.one_of("", "", "/", "./", "../", "a/../"), self.one_of("", "", "/", "/.")
        return prefix + self.one_of(*plain) + suffix


class CopyMaker(Maker):
    """Lines that are each one COPY or ADD."""

    def recipe(self) -> Recipe:
        copied = [f"FROM scratch\nCOPY --from={name} /reached /reached" for name in ("s0", "S0", "0")]
        lines = [self.line(number) for number in range(12)]
        return Recipe(
            self.escape, "FROM scratch AS s0\nWORKDIR /reached", self.one_of("FROM s0", "FROM s0", *copied), lines, 4
        )

    def line(self, number: int) -> str:
        to = f"/reached/{number}/"
        if self.one_of(*range(8)) == 0:
            return f"COPY --from={OTHER} {self.excluded()}{json.dumps([self.source(self.others), to])}"
        source = self.source(self.paths)
        keyword = self.one_of("COPY ", "COPY ", "ADD ", "COPY --link ", "COPY --chmod=755 ") + self.excluded()
        form = self.one_of("plain", "json", "variable", "environment", "quoted", "escaped")
        if form == "json" or set(source) & set(" \\"):
            return keyword + json.dumps([source.replace("\\", f"{self.escape}\\"), "gone*", to])
        if form == "variable":
            mark = self.one_of("<<EOF", "<<-'EOF'", '<<"EOF"')
            return f"ARG V{number}='{source}'\n{keyword}${{V{number}}} {mark} {to}\n{DOCUMENT}EOF"
        if form == "environment":
            return f"ENV V{number}={source[:1]} W=x\n{keyword}${{V{number}}}{source[1:]} no*such {to}"
        if form == "quoted":
            return f"""{keyword}'{source[:1]}'"{source[1:]}" {to}"""
        return f"{keyword}{self.escape}\n  # why\n  {self.escape if form == 'escaped' else ''}{source} {to}"

    def excluded(self) -> str:
        count = self.one_of(0, 0, 1, 2)
        return "".join(f"--exclude={self.one_of(*EXCLUDED)} " for _ in range(count))

    def source(self, paths: Sequence[str]) -> str:
        kind = self.one_of("root", "literal", "literal", "wild", "wild", "wild", "almost literal")
        if kind == "root":
            return self.one_of(*ROOTS)
        if kind == "literal":
            return self.literal(paths)
        if kind == "almost literal" and paths:
            return re.sub(r"([*\[])", r"\\\1", self.one_of(*paths)) + "*"
        components = self.one_of(*(paths or ["x"])).split("/")
        position = self.draw(st.integers(0, len(components) - 1))
        # Behind a directory that is named something has to match: the engine refuses one that it was not sent.
        components[position] = self.one_of("*", "**", "?*", "[^~]*") if position else self.one_of(*WILD)
        return "/".join(components)


class MountMaker(Maker):
    """Lines that are each one RUN, which copies what its mounts show."""

    def recipe(self) -> Recipe:
        origin = self.one_of("s0", "S0")
        mounted = f"FROM {ROOT} AS s2\nRUN --mount=from={origin},source=/reached,target=/m cp -r /m /reached\n"
        second = f"{mounted}FROM scratch\nCOPY --from=s2 /reached /reached"
        lines = [self.line(number) for number in range(3)]
        return Recipe(self.escape, f"FROM {ROOT} AS s0\nWORKDIR /reached", second, lines, len(lines))

    def line(self, number: int) -> str:
        mounts = " ".join(f"--mount={self.mount(number)},target=/m/{i}" for i in range(3))
        return f"ARG V{number}=./\nRUN {mounts} cp -r --no-dereference /m /reached/{number}"

    def mount(self, number: int) -> str:
        kind = self.one_of("source", "source", "source", "src", "src", "all", "outside", "none")
        if kind == "none":
            return self.one_of("type=tmpfs", "type=cache")
        if kind == "outside":
            return f"type=bind,from={OTHER},source={self.named(self.others)}"
        if kind == "all":
            return self.one_of("type=bind", "rw", "source=/")
        return f"{kind}={self.one_of('', '', f'${{V{number}}}')}{self.named(self.paths)}"

    def named(self, paths: Sequence[str]) -> str:
        return self.literal([path for path in paths if path.isascii() and " " not in path])
