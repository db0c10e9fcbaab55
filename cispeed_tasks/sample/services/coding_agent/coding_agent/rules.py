"""Which change fits which question."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import libcst as cst

from coding_agent.transformers import AddDocstrings, AnnotateNone, NameBareExcepts


@dataclass(frozen=True)
class Rule:
    """A change that is tried when one of its words is in the question."""

    name: str
    words: tuple[str, ...]
    summary: str
    transformer: Callable[[], cst.CSTTransformer]

    def fits(self, question_words: set[str]) -> bool:
        """Whether the question asks for this (a word's beginning is enough)."""
        return any(word.startswith(self.words) for word in question_words)

    def apply(self, source: str) -> str:
        """Return the changed source, or the same one if there is nothing to do."""
        try:
            return cst.parse_module(source).visit(self.transformer()).code
        except cst.ParserSyntaxError:
            return source


RULES = (
    Rule("docstrings", ("docstring", "document"), "add the missing docstrings.", AddDocstrings),
    Rule("exceptions", ("except", "error"), "name the exception that is caught.", NameBareExcepts),
    Rule("annotations", ("annotat", "type", "typing"), "annotate functions without a result.", AnnotateNone),
)


def words_of(text: str) -> set[str]:
    """The lower-case words of a text; names in code are split at underscores."""
    return set(re.findall(r"[^\W_]+", text.lower()))
