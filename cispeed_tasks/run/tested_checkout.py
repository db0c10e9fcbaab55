"""See of a checkout what the choice of tests needs: its files, what they import, and what services say of their tests."""

from __future__ import annotations

import os.path
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.affected import Affected
from cispeed_tasks.plan.pytest_settings import CONFIG_FILES
from cispeed_tasks.plan.service_tests import Places, ServiceTests
from cispeed_tasks.plan.services import in_checkout
from cispeed_tasks.plan.test_checkout import Seen
from cispeed_tasks.run.look import View
from cispeed_tasks.tools import checkout, file_list, git, python_imports


def top_directory(view: View) -> Path:
    """Return the project's directory, or the one above it that holds it and all services' sources of the repository."""
    sources = [Path(shape.source) for shape in view.project.shapes.values() if shape.source]
    if all(in_checkout(str(source), view.root) for source in sources) or not git.is_checkout(view.root):
        return view.root
    repository = git.find_root(view.root)
    return Path(os.path.commonpath([view.root, *(s for s in sources if in_checkout(str(s), repository))]))


def see_affected(view: View, affected: Affected) -> tuple[Path, Seen, Affected]:
    """Return the top directory, what the choice of tests needs of it, and what is affected with paths relative to it.

    Raises:
        ConfigError: the config names tests that there are not.
    """
    top = top_directory(view)
    # Where all or nothing is run, imports tell nothing.
    with_imports = bool(affected.changed or affected.services) and not affected.is_everything
    changed = tuple(below(view.root / path, top) for path in affected.changed)
    return top, see_view(view, top, with_imports=with_imports), replace(affected, changed=changed)


def see_view(view: View, top: Path, *, with_imports: bool = True) -> Seen:
    """Return what is to be seen below the top directory; raises ConfigError for tests of the config that there are not."""
    judged = [view.root / name for name in (*view.compose.files, ".env")]
    judged += [view.loaded.path] if view.loaded.path else []
    playwright = view.project.playwright
    elsewhere = [view.root / playwright.directory] if playwright and playwright.directory else []
    services = [_service(view, name, top) for name in view.project.shapes]
    judged_paths, elsewhere_paths = ([below(path, top) for path in paths] for paths in (judged, elsewhere))
    seen = see(top, services, judged_paths, elsewhere_paths, with_imports=with_imports)
    _check_tests(view, seen)
    return seen


def see(
    top: Path,
    services: Sequence[ServiceTests],
    judged: Sequence[str] = (),
    elsewhere: Sequence[str] = (),
    *,
    with_imports: bool = True,
) -> Seen:
    """Return what is to be seen; all paths are relative to the top directory. Without imports no Python file is read."""
    files = file_list.list_files(top)
    python = [path for path in files if path.endswith(".py")]
    configs = checkout.texts(f"{top}/{path}" for path in files if path.rpartition("/")[2] in CONFIG_FILES)
    return Seen(
        files,
        tuple(services),
        python_imports.read_imports(top, python) if with_imports else dict.fromkeys(python, frozenset()),
        {below(Path(path), top): text for path, text in configs.items()},
        python_imports.STANDARD,
        tuple(judged),
        tuple(elsewhere),
    )


def below(path: Path, top: Path) -> str:
    """Return a path relative to the top directory, with slashes; `..` begins one that lies outside."""
    return Path(os.path.relpath(path, top)).as_posix()


def _service(view: View, name: str, top: Path) -> ServiceTests:
    shape, project = view.project.shapes[name], view.project
    source = below(Path(shape.source), top) if shape.source and in_checkout(shape.source, top) else None
    patterns = tuple(below(view.root / pattern, top) for pattern in shape.config.tests)
    images = (project.full_target(name), project.hollow_target(name), project.target_of("mounts", name))
    targets = tuple(target.name for target in images if target)
    return ServiceTests(name, source, patterns, shape.config.test_command, targets)


def _check_tests(view: View, seen: Seen) -> None:
    """Refuse globs that are none, and what matches no file: a test that is looked for in vain is never run."""
    faults = []
    for each in seen.services:
        for number, pattern in enumerate(each.patterns):
            if problem := _problem(pattern, seen.files):
                written = view.loaded.config.services[each.service].tests[number]
                faults.append(view.loaded.fault(("services", each.service, "tests", number), f"'{written}': {problem}"))
    if faults:
        raise ConfigError("\n".join(faults))


def _problem(pattern: str, files: Sequence[str]) -> str | None:
    try:
        return None if any(map(Places([pattern]).hold, files)) else "there is no such file in the checkout"
    except ConfigError as error:
        return str(error)
