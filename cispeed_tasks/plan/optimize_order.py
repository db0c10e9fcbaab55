"""A COPY of sources that can go behind the installs which do not need them: from where to where, and what stays."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cispeed_tasks.plan.dockerfile import mounts
from cispeed_tasks.plan.dockerfile_steps import UNKNOWN_PLACE, Step
from cispeed_tasks.plan.dockerfile_words import Uncertain
from cispeed_tasks.plan.findings_model import SeenBuild
from cispeed_tasks.plan.findings_order import shortened
from cispeed_tasks.plan.ignore_patterns import IgnoreFile
from cispeed_tasks.plan.install_needs import installs_project, needed_files
from cispeed_tasks.plan.installs import Install, find_installs
from cispeed_tasks.plan.shell_commands import Command
from cispeed_tasks.plan.source_copies import SourceCopy, is_within, reader

PASSIVE = frozenset("ENV ARG LABEL EXPOSE CMD ENTRYPOINT HEALTHCHECK STOPSIGNAL MAINTAINER".split())  # noqa: SIM905
TAME = re.compile(
    r"(apt-get|apt) (-\S+ )*(update|upgrade|dist-upgrade|clean|autoclean|autoremove|purge|remove)\b.*"
    r"|apk (-\S+ )*(update|upgrade|del)\b.*|rm (-\S+ )*((/var/lib/apt|/var/cache|/var/tmp|/tmp|/root/\.cache)/?\S* ?)+"
    r"|set [-+]\S+( pipefail)?|export [\w=.-]+|pip[\d.]* (config|cache) .*|(npm|yarn) (config|cache) .*"
    r"|corepack (enable|prepare)\b.*|poetry (config|self add) .*|(useradd|adduser|groupadd|addgroup) .*|true|:"
)
"""Commands that neither read nor write what a project's directory holds."""
FILE_SETTING = re.compile(
    r"(PIP|UV)_(CONSTRAINT|REQUIREMENT|BUILD_CONSTRAINT|OVERRIDE|FIND_LINKS|CONFIG_FILE)|npm_config_userconfig",
    re.IGNORECASE,
)
"""Variables that name a file which an install reads."""
PLAIN_PATH = re.compile(r"[\w./@+-]+")
IN_PROJECT = {"poetry": ".venv", "uv": ".venv"}


@dataclass(frozen=True)
class Move:
    """A copy of sources goes behind the step `last`, and `manifests`, paths of the context, come where it was."""

    copy: SourceCopy
    last: Step
    manifests: tuple[str, ...]
    project: Install | None = None
    """The last command of `last`, which also installs the project itself: done again, behind the copy."""


def find_move(build: SeenBuild, copy: SourceCopy, ignore: IgnoreFile) -> Move:
    """Where a copy can go; `ignore` is the ignore file that will be in force.

    Raises:
        Uncertain: it has to stay; the message says why.
    """
    if copy.system_file:
        raise Uncertain(f"it brings {copy.system_file}, which installs may use")
    last: Step | None = None
    manifests: dict[str, None] = {}
    project: Install | None = None
    for step in build.steps_of(copy.step.stage):
        if step.instruction.line <= copy.step.instruction.line:
            continue
        try:
            found = _passed(build, copy, step, ignore)
        except Uncertain as reason:
            if last is None:
                raise Uncertain(f"line {step.instruction.line}: {reason}") from reason
            break
        if find_installs(step.commands):
            last, project = step, _project_install(build, step)
            manifests |= dict.fromkeys(found)
        if project:
            break
    if last is None:
        raise Uncertain("no install follows it in this stage")
    return Move(copy, last, tuple(manifests), project)


def _passed(build: SeenBuild, copy: SourceCopy, step: Step, ignore: IgnoreFile) -> tuple[str, ...]:
    """The manifests that a step needs of the copy, when the copy can go behind it; raises Uncertain."""
    instruction = step.instruction
    if instruction.keyword in PASSIVE:
        if instruction.keyword in {"ENV", "ARG"} and "$" in copy.step.instruction.source:
            raise Uncertain(f"{instruction.keyword} may change what `{copy.text}` means")
        return ()
    if instruction.keyword in {"COPY", "ADD"}:
        _check_apart(copy, step)
        return ()
    if instruction.keyword != "RUN" or not step.commands:
        raise Uncertain(f"{instruction.keyword} {shortened(instruction.rest)} may need the sources")
    return tuple(dict.fromkeys(_of_run(build, copy, step, ignore)))


def _check_apart(copy: SourceCopy, step: Step) -> None:
    """Two copies can change places when neither writes where the other does; raises Uncertain."""
    words = step.instruction.words()
    place = step.place(words[-1]) if words else "/"
    known = {place.startswith(UNKNOWN_PLACE), copy.place.startswith(UNKNOWN_PLACE)} == {False}
    overlaps = is_within(place, copy.place) or is_within(copy.place, place)
    if "$" in place or not known or overlaps or step.instruction.rest.startswith("["):
        raise Uncertain(f"{step.instruction.keyword} {shortened(step.instruction.rest)} may write to the same place")


def _of_run(build: SeenBuild, copy: SourceCopy, step: Step, ignore: IgnoreFile) -> Iterator[str]:
    if not step.is_root:
        raise Uncertain(f"it runs as the user {step.user}, for whom the copy may make the directory")
    if any(options["type"] not in {"cache", "secret", "ssh"} for options in mounts(step.instruction)):
        raise Uncertain("it mounts a part of the context")
    installs = {install.command: install for install in find_installs(step.commands)}
    for command in step.commands:
        if not command.is_in_sequence or (command not in installs and not TAME.fullmatch(command.text)):
            raise Uncertain(f"`{shortened(command.text)}` may need the sources")
        if command in installs:
            yield from _of_install(build, copy, step, installs[command], ignore)


def _of_install(build: SeenBuild, copy: SourceCopy, step: Step, install: Install, ignore: IgnoreFile) -> Iterator[str]:
    setting = next((name for name in step.values if FILE_SETTING.fullmatch(name)), None)
    if setting:
        raise Uncertain(f"ENV {setting} may name a file of the sources")
    read = reader(build, step)
    try:
        needed = needed_files(install, read)
    except Uncertain as reason:
        raise Uncertain(f"`{shortened(install.command.text)}`: {reason}") from reason
    if installs_project(install, read):
        _check_last(step, install.command)
    _check_made(copy, step, install, ignore)
    for name in needed:
        path = copy.provides(step.place(name))
        if path is not None:
            if not PLAIN_PATH.fullmatch(path):
                raise Uncertain(f"the name {path} would have to be quoted")
            yield path


def _check_last(step: Step, command: Command) -> None:
    if step.commands[-1] != command or step.instruction.heredocs or step.instruction.rest.startswith("["):
        raise Uncertain(f"`{shortened(command.text)}` installs the project itself, and more comes behind it")


def _check_made(copy: SourceCopy, step: Step, install: Install, ignore: IgnoreFile) -> None:
    """What the install makes beside the sources must not come with them, too; raises Uncertain."""
    is_node = install.manager in {"npm", "pnpm", "yarn", "bun"} and not install.is_global
    name = "node_modules" if is_node else IN_PROJECT.get(install.manager)
    place = step.place(name or "")
    if name is None or not is_within(place, copy.place):
        return
    path = posixpath.join(copy.source, posixpath.relpath(place, copy.place))
    if not ignore.excludes(path) or ignore.may_keep_below(path):
        raise Uncertain(f"the ignore file brings {path} back, which would be copied over what is installed")


def _project_install(build: SeenBuild, step: Step) -> Install | None:
    installs = find_installs(step.commands)
    return next((install for install in installs if installs_project(install, reader(build, step))), None)
