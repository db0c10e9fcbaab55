"""Every error of the project as its code writes it; `python -m tests.error_list` renews the list that the test compares."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "cispeed_tasks"
LIST = Path(__file__).parent / "data" / "errors.txt"
ERRORS = {"CispeedError", "ConfigError", "Interrupted", "TestsFailed", "ToolError", "UsageError", "WorkFailed"}
FAULTS = {"fault", "_fault"}
"""Functions that put a place before a fault of a file; the message is their last argument."""


def listed() -> str:
    """A line for each error, by module and in the order of the code: its class, and its message as it is written."""
    modules = sorted(path for path in PACKAGE.rglob("*.py") if PACKAGE / "sample" not in path.parents)
    found = {path: list(_errors(ast.parse(path.read_text(encoding="utf-8")))) for path in modules}
    return "\n".join(
        "\n".join([path.relative_to(PACKAGE).as_posix(), *(f"  {line}" for line in lines), ""])
        for path, lines in found.items()
        if lines
    )


def _errors(tree: ast.Module) -> Iterator[str]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for node in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        message = node.args[-1] if node.args else None
        if name in FAULTS and message is not None:
            yield f"fault: {_text(message)}"
        elif name in ERRORS and message is not None and not _is_fault(message):
            yield f"{name}: {_text(node.args[0])}"


def _is_fault(node: ast.expr) -> bool:
    """Whether a message is made by one of the functions that are listed themselves."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FAULTS


def _text(node: ast.expr) -> str:
    """A message as a person reads it, with what is filled in between braces."""
    if isinstance(node, ast.Constant):
        return str(node.value).replace("\n", "\\n")
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_text, node.values))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _text(node.left) + _text(node.right)
    if isinstance(node, ast.FormattedValue):
        return f"{{{ast.unparse(node.value)}}}"
    return f"{{{ast.unparse(node)}}}"


if __name__ == "__main__":
    LIST.parent.mkdir(exist_ok=True)
    LIST.write_text(listed(), encoding="utf-8")
