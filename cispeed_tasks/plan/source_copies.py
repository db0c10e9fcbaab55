"""Which COPY brings the sources into an image, and from where in the context a file of the image came."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cispeed_tasks.plan.context_tree import clean_source
from cispeed_tasks.plan.dockerfile_steps import UNKNOWN_PLACE, Step
from cispeed_tasks.plan.dockerfile_words import Uncertain
from cispeed_tasks.plan.findings_model import SeenBuild
from cispeed_tasks.plan.install_needs import Read
from cispeed_tasks.plan.packages import MANIFESTS

SOURCE = re.compile(r"\.(py|pyi|js|mjs|cjs|jsx|ts|tsx|vue|svelte|css|scss|html|rb|go|rs|java|php|sql)$")
MANIFEST = re.compile(r"\.(txt|in|toml|lock|lockb|cfg)$")
SYSTEM_FILE = re.compile(
    r"/(etc|bin|sbin|lib|lib64|boot|var/lib|var/cache)/|/root/\.|/usr/(local/)?(bin|sbin|lib|lib64|share|etc|include)/"
)
"""Where the system, and whatever installs, keeps its settings and programs."""
KEPT_FLAGS = {"chown", "chmod", "link"}


@dataclass(frozen=True)
class SourceCopy:
    """A COPY of a directory that holds sources; `source` is empty for the whole context."""

    step: Step
    source: str
    destination: str
    """As it is written."""
    place: str
    """Where that is in the image."""
    files: tuple[str, ...]

    @property
    def text(self) -> str:
        """The instruction as a person reads it."""
        return f"{self.step.instruction.keyword} {self.step.instruction.rest}"

    @property
    def system_file(self) -> str | None:
        """A file that an install may read or write wherever it works, such as one in /etc; None where there is none."""
        # Most base images work at the root where they do not say otherwise.
        place = self.place.removeprefix(UNKNOWN_PLACE).strip("/")
        paths = (posixpath.join("/", place, posixpath.relpath(path, self.source or ".")) for path in self.files)
        return next((path for path in paths if SYSTEM_FILE.match(path)), None)

    def provides(self, path: str) -> str | None:
        """The path in the context of a file of the image, where it comes with this copy."""
        if not is_within(path, self.place):
            return None
        found = posixpath.join(self.source, posixpath.relpath(path, self.place))
        return found if found in self.files else None


def is_within(path: str, directory: str) -> bool:
    """Whether a path is a directory or lies in it."""
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def source_copy(build: SeenBuild, step: Step) -> SourceCopy | None:
    """The copy of sources that an instruction is; None for any other, also for one that is not plain enough."""
    instruction = step.instruction
    words = instruction.words()
    is_plain = (
        instruction.keyword in {"COPY", "ADD"} and not instruction.heredocs and not instruction.rest.startswith("[")
    )
    if not is_plain or len(words) != 2 or {name for name, _ in instruction.flags} - KEPT_FLAGS:  # noqa: PLR2004
        return None
    if re.search(r"[$*?\[\\\"':]", words[0]):
        return None
    source = clean_source(words[0])
    if source and (source not in build.files or build.files[source].kind != "directory"):
        return None
    files = tuple(path for path in sorted(build.tree.take(source)) if build.files[path].kind != "directory")
    has_sources = any(SOURCE.search(path) for path in files)
    if not has_sources and (source or all(is_manifest(path) for path in files)):
        return None
    return SourceCopy(step, source, words[1], _destination(step, words[1]), files)


def is_manifest(path: str) -> bool:
    """Whether a file may decide what is installed, by its name."""
    return posixpath.basename(path) in MANIFESTS or MANIFEST.search(path) is not None


def reader(build: SeenBuild, step: Step) -> Read:
    """How a command of a step reads the files that copies brought before it."""

    def read(name: str) -> str | None:
        path = origin(build, step, step.place(name))
        return None if path is None else build.texts.get(path)

    return read


def origin(build: SeenBuild, step: Step, path: str) -> str | None:
    """Where in the context a file of the image came from, as a step finds it; None where that cannot be told."""
    for before in reversed(_steps_before(build, step)):
        if before.instruction.keyword in {"COPY", "ADD"} and before.instruction.flag("from") is None:
            found = next(_copied_from(build, before, path), None)
            if found is not None:
                return found
    return None


def _steps_before(build: SeenBuild, step: Step) -> list[Step]:
    stage = step.stage
    found = [other for other in build.steps_of(stage) if other.instruction.line < step.instruction.line]
    while parent := build.dockerfile.parent(stage):
        found = [*build.steps_of(parent), *found]
        stage = parent
    return found


def _copied_from(build: SeenBuild, step: Step, path: str) -> Iterator[str]:
    *sources, destination = step.instruction.words() or ("",)
    place = _destination(step, destination)
    for source in sources:
        if "$" in source:
            continue
        try:
            taken = build.tree.take_matches(source)
        except Uncertain:
            continue
        cleaned = clean_source(source)
        is_directory = not cleaned or (cleaned in build.files and build.files[cleaned].kind == "directory")
        if is_directory:
            found = posixpath.join(cleaned, posixpath.relpath(path, place)) if is_within(path, place) else ""
            yield from [found] if found in taken else []
            continue
        into = len(sources) > 1 or len(taken) > 1 or destination.endswith(("/", "."))
        yield from (name for name in sorted(taken) if path == (_into(place, name) if into else place))


def _into(place: str, name: str) -> str:
    return posixpath.join(place, posixpath.basename(name))


def _destination(step: Step, word: str) -> str:
    """Where a copy goes in the image; variables that the Dockerfile sets are filled in."""

    def value(match: re.Match[str]) -> str:
        return step.values.get(match[1] or match[2]) or match[0]

    return step.place(re.sub(r"\$(?:(\w+)|\{(\w+)\})", value, word.strip("\"'")))
