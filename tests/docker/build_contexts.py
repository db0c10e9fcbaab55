"""Generated build contexts: files and links, an ignore file, and a named context beside it."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import strategies as st

from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from tests.docker.build_stages import OTHER, PATTERNS, Maker, Recipe

DIRECTORIES = ["a", "a/b", "a/b/c", "b", "b/a", ".d", ".d/src", "src", "src/a", "src/b/a"]
STEMS = ["a", "b", ".h", "f g", "*", "[z]", "é"]
IGNORED = [*PATTERNS, r"\**", r"**/\[z*", "."]


@dataclass
class Context:
    """A directory that is sent to the engine; no two of its texts and no two of its files' names are the same."""

    ignore: str
    files: list[str]
    links: dict[str, str] = field(default_factory=dict)
    ignore_name: str = ".dockerignore"
    more: dict[str, str] = field(default_factory=dict)
    """Files with a text that is not made here, such as ignore files that are not in force."""
    mark: str = ""
    """What stands in front of the text of each file."""

    def write(self, root: Path) -> None:
        for name, text in self.texts().items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        for name, link in self.links.items():
            (root / name).symlink_to(link)

    def texts(self) -> dict[str, str]:
        return {**{name: self.mark + name for name in self.files}, **self.more, self.ignore_name: self.ignore}

    def shown_as(self) -> dict[str, str]:
        """The path of each file and link by what an image shows of it: its text, or its name where it is empty there."""
        links = {f"-> {link}": name for name, link in self.links.items()}
        named = {posixpath.basename(name): name for name in self.texts()}
        return {**named, **{text: name for name, text in self.texts().items()}, **links}

    def kept(self) -> list[str]:
        """The paths that can be named in a source: those that the ignore file lets through, and what is above them."""
        ignore = read_ignore_file(self.ignore)
        paths = [path for path in (*self.files, *self.links) if not ignore.excludes(path)]
        return sorted({*paths, *(posixpath.dirname(path) for path in paths)} - {""})


@dataclass
class Case:
    """A context and a named one, and a Dockerfile that takes from them."""

    context: Context
    other: Context
    recipe: Recipe
    dockerfile: str = "Dockerfile"
    """Its path in the context."""

    def write(self, root: Path) -> None:
        self.context.more[self.dockerfile] = self.recipe.text()
        self.context.write(root / "context")
        self.other.write(root / OTHER)


@st.composite
def cases(draw: st.DrawFn, maker: type[Maker]) -> Case:
    dockerfile = draw(st.sampled_from(["Dockerfile", "Dockerfile", "src/web.dockerfile"]))
    context, other = draw(contexts(0)), draw(contexts(50))
    if draw(st.booleans()):
        # Neither counts: the one beside the Dockerfile comes first.
        context.more = {name: f"**/*b*\n# {name}" for name in (".dockerignore", "a.dockerignore")}
        context.ignore_name = f"{dockerfile}.dockerignore"
    for number in range(draw(st.integers(0, 3))):
        add_link(context, number, draw)
    other.mark = f"{OTHER}:"
    other.ignore += f"\n# {OTHER}"
    return Case(context, other, maker(draw, context.kept(), other.kept()).recipe(), dockerfile)


@st.composite
def contexts(draw: st.DrawFn, first: int) -> Context:
    context = Context(draw(ignore_texts()), [])
    for number in range(first, first + draw(st.integers(2, 12))):
        place, stem = draw(st.sampled_from(["", *DIRECTORIES])), draw(st.sampled_from(STEMS))
        # A name of its own for each file, so that none covers another in the image.
        context.files.append(posixpath.join(place, f"{stem}{number}{draw(st.sampled_from(['', '.py', '.md']))}"))
    return context


@st.composite
def ignore_texts(draw: st.DrawFn) -> str:
    signs = st.sampled_from(["", "", "", "!", "! ", "#", " "])
    lines = [draw(signs) + draw(st.sampled_from(IGNORED)) for _ in range(draw(st.integers(0, 5)))]
    return draw(st.sampled_from(["", "", "\ufeff"])) + draw(st.sampled_from(["\n", "\r\n"])).join(lines)


def add_link(context: Context, number: int, draw: st.DrawFn) -> None:
    """A link whose text is like no other's, to something that the engine is sent: elsewise no build comes to an end."""
    paths = context.kept()
    if not paths:
        return
    place = draw(st.sampled_from(sorted({"", *(posixpath.dirname(path) for path in paths)})))
    target, here = draw(st.sampled_from(paths)), "./" * (number + 1)
    absolute = draw(st.booleans())
    context.links[posixpath.join(place, f"l{number}")] = (
        f"/{here}{target}" if absolute else here + posixpath.relpath(target, place or ".")
    )
