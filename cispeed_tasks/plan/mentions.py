"""What the texts of a suite's inputs name: other files of the checkout, modules, and environment variables."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from cispeed_tasks.plan.changed_tests import DOCUMENT, PACKAGES, is_read_by_people
from cispeed_tasks.plan.checkout_files import DOTENV, CheckoutFiles
from cispeed_tasks.plan.directories import ROOT, is_below, join, parent
from cispeed_tasks.plan.pytest_settings import CONFIG_FILES
from cispeed_tasks.plan.services import command_words
from cispeed_tasks.plan.suites import PYTEST, Suite

_CODE = re.compile(
    r"(?i)[^.]+|\.[\w-]+|.*\.(py|toml|ini|cfg|conf|env|ya?ml|jsonc?|[cm]?[jt]sx?|vue|svelte|astro|sh|bash|mk|go|rs|rb|php"
    r"|java|kts?|gradle|cs|csproj|ex|exs|xml|properties|dockerfile)"
)
_LOCK = re.compile(r"(?i).*(-lock\.(json|ya?ml)|\.lockb?|npm-shrinkwrap\.json|go\.sum)")
LONGEST = 1_000_000
"""Bytes; a longer file is data."""
_PATH = re.compile(r"[\w.@+~/-]{3,}")
_PROGRAM = re.compile(r"[\w.+/-]+")
_NAME = re.compile(r"\w{2,}")
_PLUGIN = re.compile(r"-p[\s\"',=]*([A-Za-z_][\w.]*)|\b([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)")
_WORKSPACES = '"workspaces"'


@dataclass(frozen=True)
class Mentions:
    """What one text names, before it is known what of it there is."""

    paths: frozenset[str] = frozenset()
    """Words with a slash."""
    names: frozenset[str] = frozenset()
    """Environment variables, and what may be the beginning of some (`APP_`), in small letters."""
    modules: frozenset[str] = frozenset()
    """Modules that a settings file has loaded."""
    is_workspace: bool = False
    """Whether packages beside it are found through it by their names."""


def is_read(path: str) -> bool:
    """Tell whether a file is code or settings, so that what it names can matter."""
    name = path.rpartition("/")[2]
    is_list = PACKAGES.fullmatch(name) and name != "setup.py"
    is_for_people = is_read_by_people(path) or DOCUMENT.fullmatch(name)
    return bool(_CODE.fullmatch(name) or DOTENV.fullmatch(name)) and not (
        is_list or is_for_people or _LOCK.fullmatch(name)
    )


def read_mentions(path: str, text: str, variables: Collection[str] = ()) -> Mentions:
    """Read what a file's text names.

    Args:
        path: the file.
        text: what it holds.
        variables: the names of the environment variables that there are, in small letters.
    """
    name = path.rpartition("/")[2]
    paths = frozenset(word for word in _PATH.findall(text) if "/" in word.strip("/"))
    words = {word.casefold() for word in _NAME.findall(text)}
    names = frozenset(word for word in words if word in variables or word.endswith("_"))
    is_workspace = name == "pnpm-workspace.yaml" or (name == "package.json" and _WORKSPACES in text)
    return Mentions(paths, names, modules_in(text) if name in CONFIG_FILES else frozenset(), is_workspace)


def modules_in(text: str) -> frozenset[str]:
    """Return what may be modules in a text that pytest takes options from: what follows `-p`, and `a.b`."""
    return frozenset(plugin or dotted for plugin, dotted in _PLUGIN.findall(text))


def command_mentions(suite: Suite) -> tuple[str, Mentions]:
    """Read what the command of a suite names, as if it stood in a file of its directory; of pytest's there is none."""
    text = "" if suite.runner == PYTEST else suite.runner
    return join(suite.directory, ""), read_mentions("", text)


def programs_in(suite: Suite, paths: Collection[str]) -> frozenset[str]:
    """Return what may be programs in the command of a suite; with a package.json Node.js runs, which no command names."""
    if suite.runner == PYTEST:
        return frozenset()
    words = {word for part in command_words(suite.runner) for word in _PROGRAM.findall(part)}
    here = {word for word in words if "/" not in word or word.startswith("/")}
    return frozenset(here | {"node"} if any(path.endswith("package.json") for path in paths) else here)


def mentioned_places(path: str, found: Mentions, suite: Suite, files: CheckoutFiles) -> Iterator[str]:
    """Yield the files and directories of the checkout that a text can mean.

    Args:
        path: the file that it is the text of.
        found: what it names.
        suite: the suite that it is an input of, from whose working directory paths may begin.
        files: what there is.
    """
    yield from files.modules(found.modules, path)
    if found.is_workspace and suite.runner != PYTEST:
        yield parent(path)
    # Settings for a whole project name directories of all its parts, to lint or to measure them.
    is_general = path.rpartition("/")[2] in CONFIG_FILES
    for word in found.paths:
        for place in _resolved(word, (parent(path), suite.directory, ROOT)):
            if place in files.paths or (not (is_general and word[0] != ".") and files.is_directory(place)):
                yield place
            yield from files.called(place)


def _resolved(word: str, directories: Sequence[str]) -> set[str]:
    """Return where a path leads from some directories; not to one of them, or above, which would be all that there is."""
    places = {posixpath.normpath(join(directory, word.strip("/"))) for directory in directories}
    return {
        place
        for place in places
        if not place.startswith("..") and not any(is_below(f"{d}/x", place) for d in directories)
    }
