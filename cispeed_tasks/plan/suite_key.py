"""The key of a suite's run: a hash of all that decides how it ends, or why no run of it can stand for another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cispeed_tasks.plan.fingerprint import Fingerprint, Input, combine, digest
from cispeed_tasks.plan.suites import PYTEST, Suite

SCHEMA = "1"
_STATEFUL = re.compile(r"(?<![\w-])(--(lf|last-failed|sw|stepwise(-skip)?|sw-skip|picked|testmon)\b|--testmon-\w+)")
"""Options by which pytest or a plugin runs what an earlier run or git left for it, so that a green run may be of a part."""


@dataclass(frozen=True)
class Around:
    """What decides besides the checkout; every state is a text that says what a thing is now."""

    interpreter: str = ""
    """The Python that runs pytest, its version and platform."""
    packages: Mapping[str, str] = field(default_factory=dict)
    """The versions of what is installed for it, by name."""
    directories: Mapping[str, str] = field(default_factory=dict)
    """The states of directories outside of the checkout that code is imported from."""
    above: Mapping[str, str] = field(default_factory=dict)
    """The texts of settings in the directories above the checkout, which pytest looks for up to `/`."""


@dataclass(frozen=True)
class OfSuite:
    """What decides one suite."""

    files: Mapping[str, str]
    """The states of its inputs, by their paths."""
    sections: Mapping[str, str] = field(default_factory=dict)
    """What the config and the Compose files say of its services, and their images' settings, as canonical text."""
    variables: Mapping[str, str] = field(default_factory=dict)
    programs: Mapping[str, str] = field(default_factory=dict)
    """The digests of the programs that a command names."""


def suite_key(suite: Suite, own: OfSuite, around: Around) -> Fingerprint:
    """Return the hash over all inputs; they are kept with it, so that it can be said which of them differs."""
    found = [Input("schema", "", f"suite {SCHEMA}"), Input("interpreter", "the Python interpreter", around.interpreter)]
    found += _identity(suite)
    found += [Input("file", path, state) for path, state in own.files.items()]
    found += _digests("file", around.above.items())
    found += [Input("package", name, version) for name, version in around.packages.items()]
    found += [Input("directory", path, state) for path, state in around.directories.items()]
    found += _digests("section", ((f"what is configured for {name}", text) for name, text in own.sections.items()))
    found += _digests("variable", own.variables.items())
    found += [Input("program", name, state) for name, state in own.programs.items()]
    return combine(suite.label, found)


def _identity(suite: Suite) -> Iterator[Input]:
    yield Input("suite", "services", digest(*suite.services))
    yield Input("suite", "runner", suite.runner)
    yield Input("suite", "directory", suite.directory)
    yield Input("suite", "files", digest(*suite.files))
    yield Input("suite", "what is run of them", digest(*suite.places))
    yield Input("suite", "Python path", digest(*suite.python_path))


def _digests(kind: str, texts: Iterable[tuple[str, str]]) -> list[Input]:
    return [Input(kind, name, digest(text)) for name, text in texts]


def refusal(suite: Suite, options: Mapping[str, str], outside: Mapping[str, str]) -> str | None:
    """Return why no run of a suite can stand for another; None where one can.

    Args:
        suite: the suite.
        options: the texts that pytest takes options from, each by what it is called.
        outside: links among the inputs that lead to directories outside of the checkout, with where they lead.
    """
    for path, place in outside.items():
        return f"{path} leads out of the checkout, to {place}"
    for name, text in options.items() if suite.runner == PYTEST else ():
        if found := _STATEFUL.search(text):
            return f"{name} says {found[0]}, which may leave tests out"
    return None
