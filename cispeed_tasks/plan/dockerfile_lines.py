"""An instruction's lines joined into one, with the place of each character in the text as it is written."""

from __future__ import annotations

from cispeed_tasks.plan.dockerfile import Instruction
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile
from cispeed_tasks.plan.ignore_regex import WHITE_SPACE


def logical_text(source: str, escape: str) -> tuple[str, list[int]]:
    """The joined line of an instruction's text without heredocs, and for each of its characters where that stands.

    Joined as `read_dockerfile` does it: comment lines and empty lines inside are left out.
    """
    made: list[str] = []
    offsets: list[int] = []
    start, continued = 0, False
    for line in source.split("\n"):
        is_nothing = line.lstrip(WHITE_SPACE).startswith("#") or not line.strip(WHITE_SPACE)
        if not (continued and is_nothing):
            body = line.rstrip(" \t")
            continued = body.endswith(escape) and not body.endswith(escape * 2)
            taken = body[:-1] if continued else line
            made.append(taken)
            offsets += range(start, start + len(taken))
            if not continued:
                break
        start += len(line) + 1
    return "".join(made), offsets


def read_instructions(source: str, escape: str) -> tuple[Instruction, ...]:
    """The instructions of a piece of a Dockerfile."""
    directive = "" if escape == "\\" else f"# escape={escape}\n"
    return read_dockerfile(f"{directive}FROM scratch\n{source}").stages[0].instructions
