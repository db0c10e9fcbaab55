"""Generated repositories: a build context with links, an ignore file, a Dockerfile, and a named context beside it."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.docker.build_contexts import DIRECTORIES, STEMS, ignore_texts

FILE = ""
Tree = dict[str, str]
"""What there is in a repository: by path, what a link says, or FILE. Directories are there where something is in them."""

OTHER = "other"
"""The named context, which has its own ignore file."""
ALL = ["*", "**", "**/*", "a\n*", "!a\n*", "!b\n**", "a\n!a/b\n*", "src\n!src/?\n*\n"]
"""What ignore files begin with that leave out everything but what they name."""
LINES = [
    "COPY {words}",
    "COPY {words}",
    "COPY --exclude=a* {words}",
    "ADD --link {words}",
    "COPY --chmod=755 {plain} <<EOF /x/\nCOPY . /\nEOF",
    "ARG V='{plain}'\nCOPY ${{V}} /x/",
    "ENV V {plain}\nCOPY gone* $V/a /x/",
    "RUN --mount=source={plain},target=/m true",
    "RUN --mount=from=other,source={plain},target=/m true",
    "COPY --from=unused {words}",
    "COPY --from=other {words}",
    "COPY $HOME /x/",
    "COPY [ /x/",
]


@dataclass(frozen=True)
class Repository:
    """A repository, where its build context is, and where in that its Dockerfile."""

    tree: Tree
    texts: dict[str, str]
    """The texts of those files that have one that counts."""
    place: str
    dockerfile: str


@st.composite
def repositories(draw: st.DrawFn) -> Repository:
    """A repository whose context is a directory of it or all of it."""
    place, dockerfile = (
        draw(st.sampled_from(["app", "app", ""])),
        draw(st.sampled_from(["Dockerfile", "src/web.dockerfile"])),
    )
    inside = draw(trees())
    ignore = posixpath.join(place, draw(st.sampled_from([".dockerignore", f"{dockerfile}.dockerignore"])))
    texts = {
        posixpath.join(place, dockerfile): draw(dockerfiles(inside)),
        ignore: draw(st.one_of(st.just(""), st.just(""), ignore_texts(), whitelists())),
        f"{OTHER}/.dockerignore": draw(ignore_texts()),
    }
    tree = {posixpath.join(place, path): link for path, link in inside.items()}
    tree |= {posixpath.join(OTHER, path): link for path, link in draw(trees()).items()}
    return Repository({**tree, **dict.fromkeys(texts, FILE)}, texts, place, dockerfile)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """The files of a directory, and links to what is there and to what is not."""
    tree: Tree = {}
    for _ in range(draw(st.integers(2, 8))):
        tree |= draw(additions(tree, [FILE]))
    for _ in range(draw(st.integers(0, 3))):
        tree |= draw(additions(tree, link_texts(tree)))
    return tree


def link_texts(tree: Tree) -> list[str]:
    """What links in a tree may say."""
    above = {parent for path in tree for parent in parents(path)}
    return ["..", "/", "../src", "/gone", *(f"/{path}" for path in sorted({*tree, *above})), "./b", "a/../src"]


@st.composite
def additions(draw: st.DrawFn, tree: Tree, contents: Sequence[str], place: str = "") -> Tree:
    """One path that a tree does not have and can have, or none; `place` is the directory that it lies in."""
    names = [*STEMS, "c.py", "d.md", "l", "Dockerfile", ".dockerignore", *DIRECTORIES]
    path = posixpath.join(place, draw(st.sampled_from(["", "", *DIRECTORIES, "new"])), draw(st.sampled_from(names)))
    above = {parent for path in tree for parent in parents(path)}
    can_be = path not in tree and path not in above and tree.keys().isdisjoint(parents(path))
    return {path: draw(st.sampled_from(contents))} if can_be else {}


def parents(path: str) -> list[str]:
    """The directories above a path."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


@st.composite
def whitelists(draw: st.DrawFn) -> str:
    """An ignore file that leaves out everything, and brings some of it back."""
    lines = draw(ignore_texts()).replace("\r", "").removeprefix("\ufeff").split("\n")
    return "\n".join([draw(st.sampled_from(ALL)), *(draw(st.sampled_from(["!", "!", ""])) + line for line in lines)])


@st.composite
def dockerfiles(draw: st.DrawFn, tree: Tree) -> str:
    """A Dockerfile of a few lines, over two stages that are reached and one that is not."""
    lines = [draw(lines_of(tree)) for _ in range(draw(st.integers(1, 3)))]
    count = draw(st.integers(0, len(lines)))
    unused = "FROM scratch AS unused\nCOPY c.py /\n"
    return "\n".join(["FROM scratch AS first", *lines[:count], unused, "FROM first", *lines[count:], ""])


@st.composite
def lines_of(draw: st.DrawFn, tree: Tree) -> str:
    """A line that takes something, or cannot be understood."""
    source = draw(sources(tree))
    plain = "".join(sign for sign in source if sign not in " \"'\\$,")
    words = json.dumps([source.replace("\\", "\\\\"), "/x/"])
    return draw(st.sampled_from(LINES)).format(words=words, plain=plain or "a")


@st.composite
def sources(draw: st.DrawFn, tree: Tree) -> str:
    """A source that may lead through links, and have wildcards."""
    links = [path for path, link in tree.items() if link]
    paths = sorted({*tree, *(parent for path in tree for parent in parents(path))})
    path = draw(st.sampled_from([*paths, *DIRECTORIES, "."]))
    if links:
        path = draw(st.sampled_from([path, *(posixpath.join(link, end) for link in links for end in ("", path, "b"))]))
    names = [draw(st.sampled_from([name, name, *_wild(name)])) for name in path.rstrip("/").split("/")]
    return draw(st.sampled_from(["/", "/", "/", "[.-/]"])).join(names)


def _wild(name: str) -> list[str]:
    return ["*", f"{name[0]}*", f"*{name[-1]}", f"?{name[1:]}", f"[a-l.]{name[1:]}", f"[^~]{name[1:]}", f"\\{name}?*"]
