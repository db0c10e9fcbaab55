"""The hollow half of a user's Dockerfile: everything that does not depend on the source.

System packages, users, directories, variables and commands stay; what is copied from the build context, and what is
run on it, goes. So a service without a base image of its own still has a container to mount its source into.
"""

from __future__ import annotations

import re
from dataclasses import replace

from cispeed_tasks.plan.dockerfile import Dockerfile, Instruction, Stage, mounts

SYSTEM_WORK = re.compile(r"\b(apt-get|apt|apk|dnf|yum|microdnf|useradd|adduser|groupadd|addgroup|corepack)\b")
ARRANGING = ("chmod", "chown", "mkdir", "touch", "rm", "ln")
NEEDS_SOURCE = re.compile(
    r"\b(-r\s+\S+|--requirement\b|pip3? install\s+(-\S+\s+)*\.|poetry (install|export)|uv (sync|pip)|pipenv (install|sync)"
    r"|(npm|pnpm|bun) (ci|i|install|run)\b|yarn\b|bundle\b|composer\b|make\b)|\s-r\s+\S+"
)
"""Commands that install what the source names, or build it."""
INSTALLS_A_MANAGER = re.compile(r"\b(pip3?|pipx) install\b.*\b(poetry|uv|pipenv|pdm)\b")


def hollow_dockerfile(dockerfile: Dockerfile, target: str | None) -> tuple[str, bool]:
    """The text of the hollow half of the stage `target`, and whether anything was left out.

    Where a FROM line needs a variable that is not known here, there is no hollow half: nothing is left out.
    """
    tainted: set[int] = set()
    kept: dict[int, list[Instruction]] = {}
    for stage in dockerfile.reachable(target):
        kept[stage.index] = _kept(dockerfile, stage, tainted)
    needed = _needed(dockerfile, target, kept)
    if any(dockerfile.stages[index].base is None for index in needed):
        return "", False
    parts = list(dockerfile.preamble)
    for stage in dockerfile.stages:
        if stage.index in needed:
            parts += [f"\n{stage.source}", *(instruction.source for instruction in kept[stage.index])]
    return "\n".join(parts) + "\n", bool(tainted)


def _kept(dockerfile: Dockerfile, stage: Stage, tainted: set[int]) -> list[Instruction]:
    parent = dockerfile.find(stage.base, stage.index) if stage.base else None
    workdir = final_workdir(dockerfile, stage)
    if parent is not None and parent.index in tainted:
        tainted.add(stage.index)
    kept = []
    for instruction in stage.instructions:
        if _takes_source(dockerfile, stage, instruction, workdir, tainted):
            tainted.add(stage.index)
        elif instruction.keyword != "RUN" or stage.index not in tainted:
            kept.append(instruction)
        else:
            kept += _independent_half(instruction, workdir)
    return kept


def _takes_source(
    dockerfile: Dockerfile, stage: Stage, instruction: Instruction, workdir: str, tainted: set[int]
) -> bool:
    if instruction.keyword == "RUN":
        return any(mount["type"] == "bind" and not mount.get("from") for mount in mounts(instruction))
    if instruction.keyword not in {"COPY", "ADD"} or instruction.heredocs:
        return False
    origin = instruction.flag("from")
    if origin is not None:
        source = dockerfile.find(origin, stage.index)
        return source is not None and source.index in tainted
    return not is_fixture(instruction, workdir)


def is_fixture(instruction: Instruction, workdir: str) -> bool:
    """A file put outside the working directory (an entry point, a configuration) is no source."""
    words = instruction.words()
    if len(words) < 2:  # noqa: PLR2004
        return False
    *sources, destination = words
    outside = destination.startswith("/") and not (destination.rstrip("/") + "/").startswith(workdir.rstrip("/") + "/")
    plain = all(source not in {".", "./", "/"} and not any(sign in source for sign in "*?[$") for source in sources)
    return outside and plain and "$" not in destination


def _independent_half(instruction: Instruction, workdir: str) -> list[Instruction]:
    """Of a RUN after the source was copied, the commands that do their work without it."""
    commands = re.split(r"\s*&&\s*", instruction.rest)
    kept = [command for command in commands if is_independent(command, workdir)]
    if len(kept) == len(commands):
        return [instruction]
    if instruction.heredocs or not any(_does_work(command) for command in kept):
        return []
    flags = "".join(f"--{name}={value} " for name, value in instruction.flags)
    rest = " && ".join(kept)
    return [replace(instruction, rest=rest, source=f"RUN {flags}{rest}")]


def _does_work(command: str) -> bool:
    return bool(SYSTEM_WORK.search(command) or INSTALLS_A_MANAGER.search(command))


def is_independent(command: str, workdir: str) -> bool:
    """Whether a command of a RUN does its work without the source."""
    if NEEDS_SOURCE.search(command):
        return False
    words = command.split()
    return (
        _does_work(command)
        or words[:1] == ["set"]
        or (bool(words) and words[0] in ARRANGING and _is_outside(words[1:], workdir))
    )


def _is_outside(words: list[str], workdir: str) -> bool:
    """Whether the arguments of chmod and the like are paths outside the working directory, such as an entry point."""
    paths = [word for word in words if "/" in word or "." in word]
    inside = workdir.rstrip("/") + "/"
    return bool(paths) and all(path.startswith("/") and not f"{path}/".startswith(inside) for path in paths)


def final_workdir(dockerfile: Dockerfile, stage: Stage) -> str:
    """The working directory at the end of a stage, /app where it is not known."""
    return dockerfile.workdir(stage.name or str(stage.index)) or "/app"


def _needed(dockerfile: Dockerfile, target: str | None, kept: dict[int, list[Instruction]]) -> set[int]:
    needed: set[int] = set()
    todo = [dockerfile.stage(target)]
    while todo:
        stage = todo.pop()
        needed.add(stage.index)
        names = [stage.base] if stage.base else []
        names += [str(i.flag("from")) for i in kept[stage.index] if i.flag("from")]
        names += [m["from"] for i in kept[stage.index] if i.keyword == "RUN" for m in mounts(i) if m.get("from")]
        todo += [found for name in names if (found := dockerfile.find(name, stage.index)) and found.index not in needed]
    return needed
