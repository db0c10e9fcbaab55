"""See the build contexts of a project: what is sent of each, what its Dockerfiles do with it, what else is known."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.model import Target
from cispeed_tasks.plan.context_entries import Entries
from cispeed_tasks.plan.context_tree import ContextTree
from cispeed_tasks.plan.context_use import Use, named_context_use, use_of
from cispeed_tasks.plan.dockerignore_choice import Context
from cispeed_tasks.plan.generated_dockerfile import ignore_file
from cispeed_tasks.plan.ignore_block import read_ignore_text
from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from cispeed_tasks.plan.litter_rules import MANIFESTS, Surroundings
from cispeed_tasks.plan.places import in_directory, is_inside, relative
from cispeed_tasks.plan.service_targets import read_target
from cispeed_tasks.plan.services import is_remote
from cispeed_tasks.plan.target_images import has_triggers
from cispeed_tasks.plan.targets import with_dependencies
from cispeed_tasks.run.contexts import Contexts, SentContext
from cispeed_tasks.run.fingerprints import without_engine
from cispeed_tasks.run.look import View
from cispeed_tasks.tools import checkout, context, git
from cispeed_tasks.tools import ignore_file as ignore_files

LONGEST = 200_000
"""Bytes; a longer file is no manifest and no script."""
_SCRIPT = re.compile(r".*\.(sh|bash|mk)|[Mm]akefile|[Jj]ustfile|[\w-]+")
_INSTALLED = re.compile(r"(.*/)?(node_modules|\.venv|venv|\.git|\.cispeed)/.*")
_KEY = re.compile(r".*\.(pem|key)|id_rsa[^.]*")


@dataclass(frozen=True)
class IgnoredContext:
    """A build context with one ignore file, and the targets that are built under it."""

    directory: str
    """An absolute path."""
    ignore: Path
    """The ignore file in force, or the one that would be."""
    text: str
    targets: tuple[Target, ...]

    @property
    def subjects(self) -> frozenset[str]:
        """The services and bases that it is for."""
        return frozenset(target.subject for target in self.targets)


def ignored_contexts(view: View) -> tuple[IgnoredContext, ...]:
    """The contexts of all bases and services whose Dockerfile is the user's own and that lie on this machine."""
    targets = defaultdict[tuple[str, Path], list[Target]](list)
    texts: dict[tuple[str, Path], str] = {}
    for target in view.project.of_kind("base", "full"):
        if target.generated or is_remote(target.context):
            continue
        found = context.effective_ignore(Path(target.context), None if target.inline else target.dockerfile)
        path, text = found or (Path(target.context) / context.IGNORE_FILE, "")
        targets[target.context, path].append(target)
        texts[target.context, path] = text
    return tuple(IgnoredContext(*key, texts[key], tuple(found)) for key, found in targets.items())


def see_context(view: View, contexts: Contexts, one: IgnoredContext) -> Context:
    """See all that a plan wants to know of a context; raises WorkFailed, ConfigError."""
    ignore = read_ignore_text(one.text, relative(one.ignore, view.root))
    sent = contexts.sent(one.directory, ignore.by_hand)
    uses = (*(_use(view, target, sent.tree) for target in one.targets), *_other_uses(view, one, sent, ignore.by_hand))
    tracked, fresh = _known_to_git(one.directory, sent)
    around = Surroundings(
        tracked,
        fresh,
        frozenset(_own_files(view, one.directory)),
        frozenset(path for path in sent.tree.paths if _is_key(one.directory, path)),
        _texts(one.directory, sent, uses),
    )
    return Context(Entries(sent.files), uses, ignore, read_ignore_file(one.text), around)


def _use(view: View, target: Target, tree: ContextTree) -> Use:
    targets = view.project.targets
    below = [read_target(other) for other in with_dependencies(targets, [target.name]) if other.name != target.name]
    triggers = has_triggers(target, targets, without_engine([target]).images)
    return use_of(target, _place(view, target), tree, below=below, onbuild=triggers)


def _place(view: View, target: Target) -> str:
    if target.inline:
        return f"the inline Dockerfile of {target.subject}"
    return (
        f"the generated Dockerfile of {target.subject}" if target.generated else relative(target.dockerfile, view.root)
    )


def _other_uses(view: View, one: IgnoredContext, sent: SentContext, by_hand: str) -> Iterator[Use]:
    """Who else reads the context's own ignore file: generated Dockerfiles, and Dockerfiles to which it is a named context."""
    if one.ignore != Path(one.directory) / context.IGNORE_FILE:
        return
    for target in view.project.targets.values():
        if target.generated and target.kind == "full" and target.context == one.directory:
            ignore = read_ignore_file(ignore_file(by_hand, source_is_context=True))
            yield _use(
                view, target, ContextTree(file for file in sent.files.values() if not ignore.excludes(file.path))
            )
        if one.directory in target.contexts.values():
            yield named_context_use(target, _place(view, target), one.directory, sent.tree)


def _known_to_git(directory: str, sent: SentContext) -> tuple[frozenset[str] | None, frozenset[str]]:
    """What git tracks of a context (None where it knows nothing of it), and what it neither tracks nor ignores."""
    place = Path(directory)
    try:
        tracked = frozenset(git.tracked(place)) if git.is_checkout(place) else None
        if not tracked:
            return None, frozenset()
        nested = (path for path in sent.tree.paths if path.endswith("/.git") and not _INSTALLED.fullmatch(path))
        return tracked | {path.removesuffix("/.git") for path in nested}, frozenset(git.untracked(place))
    except WorkFailed:
        return None, frozenset()


def _own_files(view: View, directory: str) -> Iterator[str]:
    """The project's Dockerfiles, Compose files and ignore files, as the context calls them."""
    paths = [in_directory(view.root, name) for name in view.compose.files]
    for target in view.project.targets.values():
        paths += [str(target.dockerfile), f"{target.dockerfile}{context.IGNORE_FILE}"]
        paths += [] if is_remote(target.context) else [in_directory(target.context, context.IGNORE_FILE)]
    for path in paths:
        if is_inside(path, directory):
            yield relative(path, Path(directory))


def _is_key(directory: str, path: str) -> bool:
    is_one = _KEY.fullmatch(path.rpartition("/")[2]) and not _INSTALLED.fullmatch(path)
    return bool(is_one) and ignore_files.holds_private_key(Path(directory, path))


def _texts(directory: str, sent: SentContext, uses: Sequence[Use]) -> dict[str, str]:
    """Manifests, and the scripts that a RUN may call, by their names."""
    words = {word for use in uses for word in use.words}
    found = {}
    for path, file in sent.files.items():
        name = path.rpartition("/")[2]
        is_wanted = name in MANIFESTS or (name in words and _SCRIPT.fullmatch(name))
        if is_wanted and file.kind == "file" and file.size <= LONGEST and not _INSTALLED.fullmatch(path):
            found[path] = checkout.text(Path(directory, path)) or ""
    return found
