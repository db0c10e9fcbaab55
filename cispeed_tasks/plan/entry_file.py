"""The tasks.py of a repository: whether it has these tasks already, and the lines that give them to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from cispeed_tasks.errors import ConfigError

TEXT = '"""The tasks of this repository: `inv --list` names them; a task of its own is added by `ns.add_task(mine)`."""\n\nfrom cispeed_tasks import ns\n\n__all__ = ["ns"]\n'
"""A new one."""
NAME = "cispeed"


@dataclass(frozen=True)
class EntryFile:
    """What an existing tasks.py needs: the lines for its end, none where it has the tasks; `prefix` of their names."""

    lines: tuple[str, ...]
    prefix: str


def read_entry_file(text: str, name: str) -> EntryFile:
    """Read a tasks.py; raises ConfigError with its place where it is no Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line, column = getattr(error, "lineno", None) or 1, getattr(error, "offset", None) or 1
        raise ConfigError(f"{name}:{line}:{column}: this is no Python: {error.args[0]}; correct it first") from error
    if any(_imports_ours(node) for node in ast.walk(tree)):
        return EntryFile((), _prefix(tree))
    defined = set(_defined(tree.body))
    collection = next((word for word in ("ns", "namespace") if word in defined), None)
    return EntryFile(_lines(collection), f"{NAME}.")


def _lines(collection: str | None) -> tuple[str, ...]:
    """The lines for a file that has a collection of this name, or plain tasks, which Invoke collects where there is none."""
    if collection:
        return ("import cispeed_tasks", f'{collection}.add_collection(cispeed_tasks.ns, "{NAME}")')
    return (
        "import sys, cispeed_tasks",
        "ns = cispeed_tasks.ns.from_module(sys.modules[__name__])  # the tasks of this file, as before",
        f'ns.add_collection(cispeed_tasks.ns, "{NAME}")',
    )


def _imports_ours(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] == "cispeed_tasks" for alias in node.names)
    return isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "cispeed_tasks" and not node.level


def _prefix(tree: ast.Module) -> str:
    """The name under which the file adds our collection, with a dot; nothing where it is the file's own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_collection":
            words = [*node.args[1:], *(word.value for word in node.keywords if word.arg == "name")]
            if "cispeed_tasks" in ast.dump(node):
                return next((f"{word.value!s}." for word in words if isinstance(word, ast.Constant)), "")
    return ""


def _defined(body: list[ast.stmt]) -> Iterator[str]:
    """The names that a module's own level gives a value."""
    for statement in body:
        for node in ast.walk(statement) if isinstance(statement, ast.If | ast.Try | ast.With) else [statement]:
            if isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            if isinstance(node, ast.ImportFrom):
                yield from (alias.asname or alias.name for alias in node.names)
