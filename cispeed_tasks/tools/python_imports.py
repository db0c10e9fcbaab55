"""Read which modules Python files import, by `ast`: nothing of them is run.

Every import is a text. `a.b` is a module, or a name in one; `.b` and `..b` are relative, as Python writes them; `a.b?` is a
string that may be a module's name, as frameworks and mocks take them; `*` is an import whose name is made while it runs.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

STANDARD = sys.stdlib_module_names
UNKNOWN = "*"

_IMPORTERS = frozenset({"import_module", "__import__", "importorskip", "run_module", "resolve_name", "import_string"})
"""They take a module's name."""
_LOADERS = frozenset({"spec_from_file_location", "SourceFileLoader", "run_path", "load_source"})
"""They take a file."""
_DYNAMIC = re.compile("|".join([*sorted(_IMPORTERS | _LOADERS), "pytest_plugins"]).encode())
_STRING = re.compile(rb"""["']([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?::[\w.]+)?["']""")


def read_imports(root: Path, paths: Iterable[str]) -> dict[str, frozenset[str] | None]:
    """Return what each of some files below `root` imports; None for one that cannot be read as Python."""
    return {path: imports_of((root / path).read_bytes()) for path in paths}


def imports_of(source: bytes) -> frozenset[str] | None:
    """Return what a file's text imports; None where it is no Python that this interpreter knows."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they are about the text, and belong to those who run it
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names = {f"{match[1].decode()}?" for match in _STRING.finditer(source)}
    # Of most files only the statements are looked at: that is several times as fast as all of the tree.
    nodes = list(ast.walk(tree) if _DYNAMIC.search(source) else _statements(tree))
    importers = _IMPORTERS | {alias for node in nodes for alias, name in _aliases(node) if name in _IMPORTERS}
    return frozenset(names.union(*(_names(node, importers) for node in nodes)))


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            waiting += getattr(node, name, ())


def _aliases(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield what `from … import x as y` calls a name, and the name."""
    if isinstance(node, ast.ImportFrom):
        yield from ((alias.asname, alias.name) for alias in node.names if alias.asname)


def _names(node: ast.AST, importers: frozenset[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from _from(node)
    elif isinstance(node, ast.Call):
        yield from _called(node, importers)
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        yield from _plugins(node)


def _from(node: ast.ImportFrom) -> Iterator[str]:
    base = "." * node.level + (node.module or "")
    separator = "" if base.endswith(".") else "."
    yield from (base if alias.name == "*" else f"{base}{separator}{alias.name}" for alias in node.names)


def _called(node: ast.Call, importers: frozenset[str]) -> Iterator[str]:
    name = _called_name(node.func)
    if name in importers:
        yield _literal(node)
    elif name in _LOADERS or any(_called_name(argument) in importers for argument in node.args):
        yield UNKNOWN


def _literal(node: ast.Call) -> str:
    """Return the name that an importing call is given as text, below the package that it is relative to."""
    named = {word.arg: word.value for word in node.keywords if word.arg}
    given = [*node.args, *(named[word] for word in ("name", "modname", "mod_name") if word in named)]
    name = _text(given[0]) if given else None
    if name is None or not name.startswith("."):
        return UNKNOWN if name is None else name.partition(":")[0]
    package = _text(named.get("package", node.args[1] if len(node.args) > 1 else None))
    return f"{package}{name}" if package and not name.startswith("..") else name


def _plugins(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> Iterator[str]:
    """Yield the modules that pytest loads because a variable of this name lists them."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if node.value is not None and any(_called_name(target) == "pytest_plugins" for target in targets):
        items = node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
        yield from (_text(item) or UNKNOWN for item in items)


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _called_name(node: ast.AST) -> str | None:
    """Return the last name of `a.b.c`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else None
