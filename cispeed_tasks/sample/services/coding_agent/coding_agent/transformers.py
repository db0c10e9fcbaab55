"""Changes to Python source that keep all formatting, by libcst."""

from typing import Any

import libcst as cst


def _sentence(name: str) -> str:
    words = name.strip("_").replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}."


class AddDocstrings(cst.CSTTransformer):
    """Gives every public function without a docstring one made of its name."""

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        """Put the docstring before the function's first statement."""
        name = original_node.name.value
        body = updated_node.body
        if name.startswith("_") or original_node.get_docstring() is not None:
            return updated_node
        if not isinstance(body, cst.IndentedBlock):
            return updated_node
        docstring = cst.Expr(cst.SimpleString(f'"""{_sentence(name)}"""'))
        first = cst.SimpleStatementLine([docstring])
        return updated_node.with_changes(body=body.with_changes(body=[first, *body.body]))


class NameBareExcepts(cst.CSTTransformer):
    """Turns `except:` into `except Exception:`."""

    def leave_ExceptHandler(
        self, original_node: cst.ExceptHandler, updated_node: cst.ExceptHandler
    ) -> cst.ExceptHandler:
        """Name the exception, with the blank that has to come before it."""
        if original_node.type is not None:
            return updated_node
        return updated_node.with_changes(
            type=cst.Name("Exception"), whitespace_after_except=cst.SimpleWhitespace(" ")
        )


class AnnotateNone(cst.CSTTransformer):
    """Annotates functions that return nothing with `-> None`."""

    def __init__(self) -> None:
        super().__init__()
        self._returns_value: list[bool] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        """Start watching for what this function returns."""
        self._returns_value.append(False)
        return True

    def visit_Return(self, node: cst.Return) -> bool:
        """Remember that a value is returned."""
        if node.value is not None:
            self._note_value()
        return True

    def visit_Yield(self, node: cst.Yield) -> Any:
        """A generator returns a value too."""
        self._note_value()

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        """Add the annotation if there was no value."""
        if self._returns_value.pop() or original_node.returns is not None:
            return updated_node
        return updated_node.with_changes(returns=cst.Annotation(cst.Name("None")))

    def _note_value(self) -> None:
        if self._returns_value:
            self._returns_value[-1] = True
