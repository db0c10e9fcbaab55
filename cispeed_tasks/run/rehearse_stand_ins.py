"""What stands in for actions in a rehearsal: checkout, caches, artifacts and Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.plan.expression_values import parse_number
from cispeed_tasks.run.rehearse_room import Rehearsal
from cispeed_tasks.tools import python_environment
from cispeed_tasks.tools.rehearsal_origin import Wanted, check_out
from cispeed_tasks.tools.workspace_files import absolute, find, split_patterns

Inputs = Mapping[str, str]


@dataclass(frozen=True)
class Stood:
    """What a stand-in gives to the steps after it."""

    outputs: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    not_run: str = ""
    """Why it could not stand in after all."""


class StandIns:
    """The stand-ins of one job."""

    def __init__(self, rehearsal: Rehearsal, workspace: Path, temporary: Path) -> None:
        """Take where the job works."""
        self._rehearsal, self._workspace, self._temporary = rehearsal, workspace, temporary
        self._to_save: list[tuple[list[str], str]] = []
        self._kinds: dict[str, Callable[[Inputs], Stood]] = {
            "checkout": self._checkout,
            "cache": self._cache,
            "cache-restore": self._restore,
            "cache-save": self._save,
            "upload": self._upload,
            "download": self._download,
            "python": self._python,
        }

    def run(self, kind: str, inputs: Inputs) -> Stood:
        """Stand in for an action; raises CispeedError where the action itself would fail."""
        try:
            return self._kinds[kind](inputs)
        except OSError as error:
            raise WorkFailed(_sentence(error)) from error

    def save_caches(self) -> None:
        """Save, in reverse order, the caches that were not found under their very keys."""
        while self._to_save:
            self._keep(*self._to_save.pop())

    def _say(self, text: str) -> None:
        self._rehearsal.voice.say(f"  {text}")

    def _place(self, inputs: Inputs) -> Path:
        return Path(absolute(self._workspace, inputs.get("path", "")))

    def _checkout(self, inputs: Inputs) -> Stood:
        repository = inputs.get("repository") or self._rehearsal.history.repository
        if repository != self._rehearsal.history.repository:
            return Stood(not_run=f"{repository} is another repository")
        event = self._rehearsal.event
        own = Wanted(event.ref, event.sha)
        depth = int(parse_number(inputs.get("fetch-depth") or "1"))
        reference = inputs.get("ref") or own.reference
        commit = own.commit if reference == own.reference else None
        wanted = Wanted(reference, commit, depth, inputs.get("fetch-tags") == "true")
        at = check_out(self._rehearsal.room.origin.path, self._place(inputs), wanted)
        self._say(f"{reference} at {at[:12]}, {'the whole history' if depth == 0 else f'{depth} deep'}")
        return Stood({"ref": reference, "commit": at})

    def _cache(self, inputs: Inputs) -> Stood:
        found = self._restore(inputs)
        if found.outputs.get("cache-hit") != "true":
            self._to_save.append((split_patterns(inputs.get("path", "")), inputs.get("key", "")))
        return found

    def _restore(self, inputs: Inputs) -> Stood:
        paths, key = split_patterns(inputs.get("path", "")), inputs.get("key", "")
        if not paths or not key:
            raise WorkFailed("a cache needs `path` and `key`")
        caches = self._rehearsal.room.caches
        entry = caches.find(paths, key, split_patterns(inputs.get("restore-keys", "")))
        if entry is None:
            self._say(f"cache miss: {key}")
            if inputs.get("fail-on-cache-miss") == "true":
                raise WorkFailed(f"there is no cache {key}")
            return Stood({"cache-primary-key": key, "cache-matched-key": "", "cache-hit": ""})
        self._say(f"cache hit: {entry.key}")
        if inputs.get("lookup-only") != "true":
            caches.restore(entry, self._workspace)
        hit = "true" if entry.key == key else "false"
        return Stood({"cache-primary-key": key, "cache-matched-key": entry.key, "cache-hit": hit})

    def _save(self, inputs: Inputs) -> Stood:
        self._keep(split_patterns(inputs.get("path", "")), inputs.get("key", ""))
        return Stood()

    def _keep(self, paths: list[str], key: str) -> None:
        """Save a cache; none that cannot be saved fails a job."""
        try:
            outside = self._rehearsal.room.caches.save(paths, key, self._workspace)
        except OSError as error:
            self._say(f"cache not saved: {key}: {_sentence(error)}")
            return
        alone = f"; this machine's own and left alone: {', '.join(outside)}" if outside else ""
        self._say(f"cache saved: {key}{alone}")

    def _upload(self, inputs: Inputs) -> Stood:
        name = inputs.get("name") or "artifact"
        is_hidden = inputs.get("include-hidden-files") == "true"
        found = find(self._workspace, split_patterns(inputs.get("path", "")), hidden=is_hidden)
        if not found.files:
            return self._nothing(inputs)
        artifacts = self._rehearsal.room.artifacts
        artifacts.upload(name, found, overwrite=inputs.get("overwrite") == "true")
        self._say(f"artifact {name}: {len(found.files)} file{'s' if len(found.files) > 1 else ''}")
        return Stood({"artifact-id": str(len(artifacts.names())), "artifact-url": "", "artifact-digest": ""})

    def _nothing(self, inputs: Inputs) -> Stood:
        sentence = f"no files were found at {', '.join(split_patterns(inputs.get('path', '')))}"
        if inputs.get("if-no-files-found") == "error":
            raise WorkFailed(sentence)
        if inputs.get("if-no-files-found") != "ignore":
            self._say(f"warning: {sentence}; nothing is uploaded")
        return Stood()

    def _download(self, inputs: Inputs) -> Stood:
        artifacts, directory = self._rehearsal.room.artifacts, self._place(inputs)
        if name := inputs.get("name"):
            artifacts.download(name, directory)
            self._say(f"artifact {name}")
            return Stood({"download-path": str(directory)})
        names = artifacts.names(inputs.get("pattern") or "*")
        is_merged = inputs.get("merge-multiple") == "true"
        for each in names:
            artifacts.download(each, directory if is_merged else directory / each)
        self._say(f"artifacts: {', '.join(names) or 'none'}")
        return Stood({"download-path": str(directory)})

    def _python(self, inputs: Inputs) -> Stood:
        there, asked = python_environment.version(), inputs.get("python-version", "")
        programs = python_environment.make_like(self._rehearsal.room.python, self._temporary / "python")
        is_other = asked and not f"{there}.".startswith(f"{asked.removesuffix('.x')}.")
        self._say(f"Python {there}, in a new virtual environment{f'; {asked} was asked for' if is_other else ''}")
        location = str(programs.parent)
        variables = dict.fromkeys(("pythonLocation", "Python_ROOT_DIR", "Python3_ROOT_DIR"), location)
        outputs = {"python-version": there, "python-path": str(programs / "python"), "cache-hit": ""}
        return Stood(outputs, variables, (str(programs),))


def _sentence(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)
