"""Contexts in a few words, and what a Dockerfile takes of them."""

from __future__ import annotations

from cispeed_tasks.model import ContextFile
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile
from cispeed_tasks.plan.inputs import Inputs, derive_inputs

TREE = ".dot a.txt b.md src/app.py src/.env src/deep/x.py lib/y.py lib/z.md docs/empty/ d1/1 d2/2 app=>src/app.py to-src=>src"


def entries(*words: str) -> list[ContextFile]:
    """Files from words: `a/b` a file, `a/` a directory, `a=>b` a link; directories above are made up."""
    found: dict[str, ContextFile] = {}
    for word in words:
        name, _, link = word.partition("=>")
        path = name.rstrip("/")
        for count in range(1, path.count("/") + 1):
            above = "/".join(path.split("/")[:count])
            found[above] = ContextFile(above, "directory")
        kind = "link" if link else "directory" if name.endswith("/") else "file"
        found[path] = ContextFile(path, kind, link=link or None)
    return list(found.values())


def inputs(text: str, tree: str = TREE, target: str | None = None, **args: str | None) -> Inputs:
    return derive_inputs(read_dockerfile(text, args), target, entries(*tree.split()), args)


def taken(line: str, tree: str = TREE) -> list[str]:
    found = inputs(f"FROM scratch\n{line}\n", tree)
    assert found.whole is None
    return list(found.files)
