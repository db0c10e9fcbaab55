"""Find out what a change reaches: the project as it was and as it is, both read whole, and compared by meaning."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.model import ContextFile
from cispeed_tasks.plan import affected as plan
from cispeed_tasks.plan.affected import Affected, Side
from cispeed_tasks.plan.commit_range import Wish
from cispeed_tasks.plan.fingerprint import Input
from cispeed_tasks.plan.places import relative
from cispeed_tasks.plan.suites import TestPlan
from cispeed_tasks.run.changed_files import ChangedFiles, changed_files
from cispeed_tasks.run.contexts import Contexts, SentContext
from cispeed_tasks.run.fingerprints import fingerprints, without_engine
from cispeed_tasks.run.look import View, look
from cispeed_tasks.run.modes import full_mode
from cispeed_tasks.tools import git, git_export, github, terminal


@dataclass(frozen=True)
class GitSight:
    """What git can tell of files: which ones changed, and which ones it does not see at all; relative to its root."""

    top: Path
    changed: frozenset[str]
    unseen: tuple[str, ...]

    def state(self, path: str) -> str | None:
        """Whether a file changed; None for one that git does not see, of which nothing can be compared."""
        if f"{path}/".startswith(self.unseen) or path in self.unseen:
            return None
        return "changed" if path in self.changed else "same"


class ComparedContexts(Contexts):
    """Contexts in which a file's state is only whether git says that it changed, so that nothing has to be read."""

    def __init__(self, root: Path, top: Path, sight: GitSight) -> None:
        super().__init__(root, detailed=True)
        self._top, self._sight = top, sight

    def inputs(self, directory: str, sent: SentContext, paths: Iterable[str]) -> list[Input]:
        """The inputs that are files, those left out that git does not see."""
        start, below = (f"{relative(directory, place)}/".removeprefix("./") for place in (self.root, self._top))
        states = ((path, sent.files[path], self._sight.state(below + path)) for path in paths)
        return [Input("file", start + path, _state(file, state)) for path, file, state in states if state]


def _state(file: ContextFile, state: str) -> str:
    return state if file.kind == "directory" else f"{file.kind} {state}"


def find_affected(view: View, wish: Wish) -> Affected:
    """What the changes reach that the wish, or the CI event, or the branch calls for.

    Raises:
        UsageError: there is no repository, or what the user names is not in it.
        WorkFailed: the state that is compared with cannot be read.
    """
    found = changed_files(view.root, wish)
    top = git.find_root(view.root)
    paths = [relative(str(top / path), view.root) for path, _ in found.files]
    if found.is_everything or found.base is None:
        return plan.everything(view.project, paths, found.compared)
    if not paths:
        return Affected({}, {}, (), found.compared)
    return _compared(view, top, found, paths)


def everything_of(view: View) -> Affected:
    """All that the project has, as if every file had changed."""
    top = git.find_root(view.root)
    paths = [relative(str(top / path), view.root) for path in git.tracked(top)]
    return plan.everything(view.project, paths, "all counts as changed, since --all says so")


def _compared(view: View, top: Path, found: ChangedFiles, paths: list[str]) -> Affected:
    unseen = (".git/", *git_export.ignored(top))
    sight = GitSight(top, frozenset(path for path, _ in found.files), unseen)
    # Before, a file has no other state than the one that it had.
    old_sight = GitSight(top, frozenset(), unseen)
    with git_export.exported(top, str(found.base)) as directory:
        root = directory / view.root.relative_to(top)
        try:
            old = look(root)
        except (ConfigError, NotADirectoryError, FileNotFoundError) as error:
            first = str(error).splitlines()[0].replace(str(directory), str(top))
            return plan.everything(view.project, paths, f"{found.compared}; how it was cannot be read: {first}")
        before = _side(old, ComparedContexts(old.root, directory, old_sight), view.root)
        after = _side(view, ComparedContexts(view.root, top, sight), view.root)
        return plan.find_affected(before, after, paths, found.compared)


def _side(view: View, contexts: Contexts, root: Path) -> Side:
    project = full_mode(view, without_ignored=True).project
    found = fingerprints(project, project.targets, without_engine(project.targets.values()), contexts)
    text = json.dumps({name: dict(service.raw) for name, service in project.stack.services.items()})
    return Side(project, found, json.loads(text.replace(str(view.root), str(root))))


def affected(base: str | None, *, as_json: bool, github_output: bool = False) -> None:
    """Print what the changes reach: images, services and tests, each with its cause."""
    outputs = github.require_outputs() if github_output else None
    view = look()
    found = find_affected(view, Wish(base=base))
    if outputs:
        github.write_outputs(outputs, _outputs(view, found))
    tests = _tests(view, found)
    if as_json:
        terminal.say(json.dumps({**asdict(found), "tests": json.loads(tests.json())}, indent=2, ensure_ascii=False))
        return
    _show(found)
    terminal.plan(str(tests))


def _outputs(view: View, found: Affected) -> dict[str, str]:
    """The names of services, separated by blanks: those that own an affected image, and all that are affected."""
    owned = {target.name: target.subject for name in view.stack.services if (target := view.project.full_target(name))}
    images = sorted({owned[name] for name in found.targets if name in owned})
    return {"images": " ".join(images), "services": " ".join(sorted({*images, *found.services}))}


def _tests(view: View, found: Affected) -> TestPlan:
    from cispeed_tasks.plan.test_selection import plan_tests
    from cispeed_tasks.run.tested_checkout import see_affected

    _, seen, found = see_affected(view, found)
    return plan_tests(seen, found)


def _show(found: Affected) -> None:
    terminal.note(f"Compared: {found.compared}.")
    if not found.targets and not found.services:
        count = len(found.changed)
        terminal.tell(f"No image and no service is affected ({count} changed {'file' if count == 1 else 'files'}).")
        return
    if found.targets:
        terminal.table(("image", "because"), list(found.targets.items()))
    terminal.table(("service", "because"), [*found.services.items(), *found.dependents.items()])
