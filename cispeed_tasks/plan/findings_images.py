"""Rules about what an image stands on and keeps: a base that moves, build tools that stay."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cispeed_tasks.plan.dockerfile import mounts
from cispeed_tasks.plan.dockerfile_steps import Step
from cispeed_tasks.plan.finding import Finding
from cispeed_tasks.plan.findings_model import SeenBuild
from cispeed_tasks.plan.image_names import canonical
from cispeed_tasks.plan.installs import Install, find_installs
from cispeed_tasks.plan.shell_commands import Command

TOOL = re.compile(
    r"gcc(-\d+)?|g\+\+(-\d+)?|clang(-\d+)?|build-essential|make|cmake|cargo|rustc|musl-dev|build-base|.+-dev"
)
BUILD_FRONTENDS = {"poetry", "uv", "pipenv", "hatch", "pdm"}


def moving_base(build: SeenBuild) -> Iterator[Finding]:
    """What FROM or --from names is `latest`, or has no tag at all."""
    for line, name in _outside_names(build):
        if not _moves(name) or canonical(name) in build.own_images:
            continue
        what = f"{name} is {'latest' if name.endswith(':latest') else 'latest, since it has no tag'}"
        text = f"{what}: builds differ from one day to the next, and everything on it is built anew when it moves"
        yield build.finding(line, "latest", text, f"name a version: {name.removesuffix(':latest')}:VERSION")


def _outside_names(build: SeenBuild) -> Iterator[tuple[int, str]]:
    for stage in build.dockerfile.reachable(build.target):
        if stage.base and build.dockerfile.parent(stage) is None:
            yield stage.line, stage.base
        for instruction in stage.instructions:
            named = [instruction.flag("from")] if instruction.keyword == "COPY" else []
            named += [options.get("from") for options in mounts(instruction)]
            yield from (
                (instruction.line, name) for name in named if name and build.dockerfile.find(name, stage.index) is None
            )


def _moves(name: str) -> bool:
    if name == "scratch" or "@" in name or "$" in name:
        return False
    tag = name.rsplit("/", 1)[-1].partition(":")[2]
    return tag in {"", "latest"}


def build_tools_kept(build: SeenBuild) -> Iterator[Finding]:
    """Compilers, headers or the package manager's own program are in the image that runs."""
    for stage in build.final_stages:
        for step in build.steps_of(stage):
            kept = [name for install in find_installs(step.commands) for name in _tools(build, install)]
            kept = [name for name in dict.fromkeys(kept) if not _is_removed(step, name)]
            if kept:
                text = f"build tools stay in the image: {', '.join(kept)}"
                advice = (
                    "install with them in a stage of its own, and COPY --from it what was installed, such as /opt/venv"
                )
                yield build.finding(step.instruction.line, "build-tools-in-image", text, advice)


def _tools(build: SeenBuild, install: Install) -> list[str]:
    if install.manager in {"apt", "apk"}:
        return [name for name in install.packages if TOOL.fullmatch(name)]
    if install.manager != "pip":
        return []
    names = (re.split(r"[=~<>!\[@]", word.text)[0] for word in install.arguments if not word.text.startswith("-"))
    return [name for name in names if name in BUILD_FRONTENDS and not _is_run(build, name)]


def _is_run(build: SeenBuild, program: str) -> bool:
    """Whether the container itself is started by a program."""
    found = [build.dockerfile.last(keyword, build.target) for keyword in ("CMD", "ENTRYPOINT")]
    texts = [*(instruction.rest for instruction in found if instruction), *build.command]
    # A script that is started may call anything.
    return any(re.search(rf"\b{program}\b|\.sh\b", text) for text in texts)


def _is_removed(step: Step, name: str) -> bool:
    return any(_removes(command, name) for command in step.commands)


def _removes(command: Command, name: str) -> bool:
    words = [word.text for word in command.argv]
    removes = command.name in {"apt-get", "apt", "apk"} and {"purge", "remove", "autoremove", "del"} & set(words)
    group = any(word.startswith((".", "$")) for word in words)
    return bool(removes) and (name in words or group or "--auto-remove" in words)
