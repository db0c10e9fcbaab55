"""Which files of a build context can reach an image, and what else its build takes from outside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cispeed_tasks.model import ContextFile
from cispeed_tasks.plan.context_tree import ContextTree
from cispeed_tasks.plan.copy_sources import is_remote, mount_sources, read_copy
from cispeed_tasks.plan.dockerfile import Dockerfile, Instruction, Stage
from cispeed_tasks.plan.dockerfile_scope import Scope, scope_before
from cispeed_tasks.plan.dockerfile_words import Uncertain, flag_text

FRONTEND = re.compile(r"(docker\.io/)?docker/dockerfile(:1(?!\.[01]\b)([.-][\w.-]*)?)?(@sha256:\w+)?")
"""Docker's own frontend; in 1.0 and 1.1 a base's ENV still hid an ARG."""
FLAGS = {
    "COPY": {"from", "chown", "chmod", "link", "exclude"},
    "ADD": {"chown", "chmod", "link", "exclude", "checksum", "keep-git-dir", "unpack"},
    "RUN": {"mount", "network", "security", "device"},
}
OTHERS = frozenset(
    {
        "ARG",
        "CMD",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    }
)


@dataclass(frozen=True)
class RemoteSource:
    """What ADD fetches: a URL or a Git repository, and the checksum that it must have, when one is named."""

    address: str
    checksum: str | None = None


@dataclass(frozen=True)
class Inputs:
    """What a build can take: paths of its context, sorted, and what is named from outside."""

    files: tuple[str, ...]
    named: tuple[str, ...] = ()
    """Names in FROM, --from and from= that are no stage of the Dockerfile: named contexts or images."""
    remotes: tuple[RemoteSource, ...] = ()
    whole: str | None = None
    """Why the whole context was taken; None where `files` was derived."""


@dataclass(frozen=True)
class _Taken:
    files: set[str]
    remotes: tuple[RemoteSource, ...] = ()


def derive_inputs(
    dockerfile: Dockerfile,
    target: str | None,
    files: Sequence[ContextFile] | ContextTree,
    args: Mapping[str, str | None],
    *,
    onbuild: bool = False,
) -> Inputs:
    """Derive what the build of a target takes; what is not certain is taken.

    Args:
        dockerfile: as it was read with the same build arguments.
        target: the stage that is built; None for the last one.
        files: the entries of the context that the ignore file lets through; a tree of them can be used many times.
        args: the build arguments; None for one whose value is not known.
        onbuild: a base from outside has triggers, or may have.

    Raises:
        ConfigError: the Dockerfile has no such stage.
    """
    tree = files if isinstance(files, ContextTree) else ContextTree(files)
    stages = dockerfile.reachable(target)
    named = dockerfile.outside_images(target)
    taken: list[_Taken] = []
    try:
        _check(dockerfile, stages, args, onbuild=onbuild)
        for stage in stages:
            taken += _of_stage(stage, scope_before(dockerfile, stage, args), tree)
    except Uncertain as reason:
        return Inputs(tree.paths, *_all_from_outside(dockerfile), str(reason))
    remotes = dict.fromkeys(remote for found in taken for remote in found.remotes)
    return Inputs(tuple(sorted(set().union(*(found.files for found in taken)))), named, tuple(remotes))


def _all_from_outside(dockerfile: Dockerfile) -> tuple[tuple[str, ...], tuple[RemoteSource, ...]]:
    """What any stage names or may fetch: when something is not certain, neither is which stages are reached."""
    named = [name for stage in dockerfile.stages for name in dockerfile.outside_images(str(stage.index))]
    words = [
        word
        for stage in dockerfile.stages
        for instruction in stage.instructions
        if instruction.keyword in {"ADD", "ONBUILD"}
        for word in instruction.words()
    ]
    remotes = [RemoteSource(word) for word in words if is_remote(word) or "$" in word]
    return tuple(dict.fromkeys(named)), tuple(dict.fromkeys(remotes))


def _check(dockerfile: Dockerfile, stages: tuple[Stage, ...], args: Mapping[str, str | None], *, onbuild: bool) -> None:
    syntax = args.get("BUILDKIT_SYNTAX", dockerfile.syntax or "")
    if syntax is None or (syntax and not FRONTEND.fullmatch(syntax.split()[0])):
        raise Uncertain(f"its syntax is not Docker's own but {syntax or 'not known'}")
    if onbuild:
        raise Uncertain("a base image may bring ONBUILD instructions")
    for stage in stages:
        if stage.base is None or re.search(r"[\"'\\$`]", stage.base):
            raise Uncertain(f"line {stage.line}: what FROM names is not known")


def _of_stage(stage: Stage, scope: Scope, tree: ContextTree) -> Iterator[_Taken]:
    for instruction in stage.instructions:
        try:
            yield _of_instruction(instruction, scope, tree)
        except Uncertain as reason:
            raise Uncertain(f"line {instruction.line}: {instruction.keyword}: {reason}") from reason
        scope.run(instruction)


def _of_instruction(instruction: Instruction, scope: Scope, tree: ContextTree) -> _Taken:
    keyword = instruction.keyword
    if keyword == "ONBUILD" or keyword not in FLAGS.keys() | OTHERS:
        raise Uncertain("what it will do is not known")
    for name, value in instruction.flags if keyword in FLAGS else ():
        if name not in FLAGS[keyword]:
            raise Uncertain(f"--{name} is not understood here")
        flag_text(value, scope.dockerfile.escape)
    if keyword == "RUN":
        return _Taken({path for source in mount_sources(instruction, scope) for path in tree.take(source)})
    return _copied(instruction, scope, tree) if keyword in FLAGS else _Taken(set())


def _copied(instruction: Instruction, scope: Scope, tree: ContextTree) -> _Taken:
    copied = read_copy(instruction, scope)
    files = {path for source in copied.sources for path in tree.take_matches(source, copied.exclude)}
    fetched = [source for source in copied.sources if instruction.keyword == "ADD" and is_remote(source)]
    return _Taken(files, tuple(RemoteSource(source, copied.checksum) for source in fetched))
