"""Rule over several services: system packages and package managers that each of them installs for itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cispeed_tasks.plan.dockerfile_steps import Step
from cispeed_tasks.plan.finding import Finding
from cispeed_tasks.plan.findings_model import SeenBuild
from cispeed_tasks.plan.installs import SYSTEM, find_installs

CODE = "repeated-in-services"
MANAGERS = {"poetry", "uv", "pipenv", "pdm", "pnpm", "yarn", "bun"}


@dataclass(frozen=True)
class Repeated:
    """Something that a Dockerfile installs: `root` is the image that it is installed on, `word` how it is asked for."""

    build: SeenBuild
    root: str
    line: int
    kind: str
    """apt, apk, pip or npm."""
    name: str
    word: str


def repeated_installs(builds: Sequence[SeenBuild]) -> Iterator[Finding]:
    """The same packages are installed on the same image by several Dockerfiles."""
    by_line: dict[tuple[str, int], list[Repeated]] = defaultdict(list)
    groups = repeated(builds)
    for group in groups.values():
        for found in group:
            by_line[found.build.file, found.line].append(found)
    for (file, line), ones in sorted(by_line.items()):
        names = sorted({one.name for one in ones})
        others = sorted({o.build.file for one in ones for o in groups[one.root, one.kind, one.name]} - {file})
        text = f"{', '.join(names)}: installed here, and again by {', '.join(others)}"
        yield Finding(file, line, CODE, text, f"one base image on {ones[0].root}, built once for all of them")


def repeated(builds: Sequence[SeenBuild]) -> dict[tuple[str, str, str], list[Repeated]]:
    """What at least two Dockerfiles install on the same image, by image, kind and name."""
    groups: dict[tuple[str, str, str], dict[str, Repeated]] = defaultdict(dict)
    for build in builds:
        for found in _installed(build):
            groups[found.root, found.kind, found.name].setdefault(build.file, found)
    return {key: list(group.values()) for key, group in groups.items() if len(group) > 1}


def _installed(build: SeenBuild) -> Iterator[Repeated]:
    for stage in build.dockerfile.reachable(build.target):
        root = build.dockerfile.root_image(str(stage.index))
        for step in build.steps_of(stage) if root else ():
            for kind, name, word in _names(step):
                yield Repeated(build, root or "", step.instruction.line, kind, name, word)


def _names(step: Step) -> Iterator[tuple[str, str, str]]:
    for install in find_installs(step.commands):
        if install.manager in SYSTEM:
            yield from ((install.manager, name, name) for name in install.packages if "$" not in name)
        elif install.manager == "pip" or install.is_global:
            for word in install.arguments:
                name = re.split(r"(?!^)@|[=~<>!\[]", word.text)[0]
                if name in MANAGERS:
                    yield install.manager, name, word.text
