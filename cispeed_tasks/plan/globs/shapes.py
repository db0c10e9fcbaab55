"""The few shapes that most globs have, as what a path begins and ends with: deciding them takes no regular expression."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LETTER = r"[A-Za-z0-9_.@ -]"
_SEGMENT = rf"(?!\.+(?:/|\Z)){_LETTER}+"
_SHAPE = re.compile(
    rf"(?P<folder>(?:{_SEGMENT}/)*)"
    rf"(?:(?P<last>{_SEGMENT})|\*\*(?P<any>/\*)?(?P<ending>(?<=/\*){_LETTER}*)?|\*\*/(?P<name>{_SEGMENT}))",
)


@dataclass(frozen=True, slots=True)
class Shape:
    """The path `whole`, and all paths that begin with `folder` and end with `ending`; None for no path at all."""

    whole: str | None = None
    folder: str | None = None
    ending: str = ""


def find_shape(glob: str) -> Shape | None:
    """Return what a glob means for ordinary paths, or None if it is not one of these shapes.

    They are `a/b`, `a/**`, `a/**/*`, `a/**/*.b` and `a/**/b`, with any number of folders before the `**`, or none.
    """
    match = _SHAPE.fullmatch(glob)
    if match is None:
        return None
    folder = match["folder"]
    if match["last"]:
        return Shape(whole=glob)
    if match["name"]:
        return Shape(whole=folder + match["name"], folder=folder, ending=f"/{match['name']}")
    if match["any"]:
        return Shape(folder=folder, ending=match["ending"] or "")
    return Shape(whole=folder.removesuffix("/") or None, folder=folder)
