"""Generated build contexts that are full of litter, with a user's ignore file, and Dockerfiles that name some of it."""

from __future__ import annotations

import json
import posixpath
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.plan.generated_repositories import FILE, Tree, lines_of, link_texts, parents

PLACES = ["", "", "src", "web", "tests", "docs", "data/big", "dist", "build", "web/dist", "node_modules/x", ".venv/lib"]
PLACES += ["web/node_modules", "src/__pycache__", ".git", ".cispeed", "venv", "src/coverage", "x.egg-info", ".github"]
NAMES = [
    "a.py",
    "b.pyc",
    "README.md",
    ".env",
    ".env.local",
    ".env.example",
    "x.pem",
    "package.json",
    "Dockerfile",
    "f g",
]
NAMES += ["id_rsa", "compose.yaml", ".gitignore", "dist", "pyvenv.cfg", ".dockerignore", "[z]"]
IGNORED = [
    *PLACES[2:],
    *NAMES,
    "*",
    "**",
    "**/*.py",
    "*/dist",
    "**/node_modules",
    "d*",
    ".*",
    "src/**",
    "node_modules/*",
]
RUNS = ["RUN npm ci", "RUN npm ci && npm run build", "RUN cp -r dist /x", "RUN git describe", "RUN pip install ."]
RUNS += ["CMD node dist/a.js", "ENV PATH=/app/.venv/bin", "RUN pytest tests", "RUN cat .env*", "COPY --from=x dist /y"]


@dataclass(frozen=True)
class Littered:
    """A context: what lies in it, its ignore file, and its Dockerfile with the sources that are named in it."""

    tree: Tree
    ignore: str
    dockerfile: str
    sources: tuple[str, ...]
    tracked: frozenset[str] | None
    fresh: frozenset[str]
    """What git neither tracks nor ignores."""


@st.composite
def littered(draw: st.DrawFn) -> Littered:
    """A context of up to twenty files."""
    tree: Tree = {}
    for _ in range(draw(st.integers(1, 20))):
        tree |= draw(_additions(tree))
    sources = tuple(draw(_sources(tree)) for _ in range(draw(st.integers(0, 3))))
    lines = [_taking(source, draw(st.sampled_from(["COPY", "ADD --link", "mount"]))) for source in sources]
    lines += draw(st.lists(st.sampled_from(["COPY . .", "COPY * /x/", *RUNS]), max_size=3))
    if draw(st.booleans()):
        lines.append(draw(lines_of(tree)))
    unused = draw(st.sampled_from(["", "FROM scratch AS unused\nCOPY docs /x\nFROM first"]))
    dockerfile = "\n".join(["FROM node AS first", *draw(st.permutations(lines)), unused, ""])
    tracked = draw(st.one_of(st.none(), st.frozensets(st.sampled_from(sorted(tree)))))
    fresh = draw(st.frozensets(st.sampled_from(sorted(tree)))) - (tracked or frozenset())
    return Littered(tree, draw(ignores()), dockerfile, sources, tracked, fresh)


@st.composite
def ignores(draw: st.DrawFn) -> str:
    """A user's ignore file."""
    signs = st.sampled_from(["", "", "!", "#"])
    lines = [draw(signs) + draw(st.sampled_from(IGNORED)) for _ in range(draw(st.integers(0, 5)))]
    ends = draw(st.sampled_from(["\n", "\r\n"]))
    return draw(st.sampled_from(["", "", "\ufeff"])) + ends.join(lines) + draw(st.sampled_from(["", ends]))


@st.composite
def _additions(draw: st.DrawFn, tree: Tree) -> Tree:
    path = posixpath.join(draw(st.sampled_from(PLACES)), draw(st.sampled_from(NAMES)))
    above = {parent for path in tree for parent in parents(path)}
    can_be = path not in tree and path not in above and tree.keys().isdisjoint(parents(path))
    contents = [FILE, FILE, FILE, FILE, draw(st.sampled_from(link_texts(tree)))]
    return {path: draw(st.sampled_from(contents))} if can_be else {}


@st.composite
def _sources(draw: st.DrawFn, tree: Tree) -> str:
    """What a Dockerfile names: something that is there, or could be, plainly or with wildcards for parts of names."""
    above = {parent for path in tree for parent in parents(path)}
    path = draw(st.sampled_from([*sorted({*tree, *above}), *PLACES[2:], *NAMES]))
    names = path.split("/")
    last = draw(st.sampled_from([names[-1], names[-1], f"{names[-1][:2]}*", f"*{names[-1][-2:]}"])).replace("[", "?")
    return "/".join([*names[:-1], last])


def _taking(source: str, how: str) -> str:
    plain = source.replace("\\", "")
    if how == "mount" and not set(plain) & set(" ,*["):
        return f"RUN --mount=type=bind,source={plain},target=/m true"
    return f"{how if how != 'mount' else 'COPY'} {json.dumps([source, '/x/'])}"
