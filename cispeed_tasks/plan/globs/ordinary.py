"""Ordinary paths, as git gives nearly all of them: without line breaks, empty segments, or segments `.` and `..`.

For them much of what picomatch writes into its regular expressions always holds and can be left out.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cispeed_tasks.plan.ecmascript.nodes import EMPTY, Node, OneOf
from cispeed_tasks.plan.ecmascript.reader import read_regex
from cispeed_tasks.plan.ecmascript.simplify import simplify
from cispeed_tasks.plan.ecmascript.units import EVERY_UNIT, NOT_LINE_BREAK
from cispeed_tasks.plan.globs.fragments import NO_DOTS_SEGMENT

_ODD = re.compile(r"[\n\r\u2028\u2029]|(?:^|/)\.{0,2}(?:/|\Z)")


def is_ordinary(path: str) -> bool:
    """Tell whether a path is an ordinary one."""
    return _ODD.search(path) is None


def for_ordinary_paths(node: Node) -> Node:
    """Return an expression that matches the same ordinary paths."""
    return simplify(node, _known())


@lru_cache(maxsize=1)
def _known() -> dict[Node, Node]:
    return {read_regex(NO_DOTS_SEGMENT): EMPTY, OneOf(NOT_LINE_BREAK): OneOf(EVERY_UNIT)}
