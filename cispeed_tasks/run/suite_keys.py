"""Work out the keys of suites: find their inputs, read them, and look at what the tests run with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cispeed_tasks.plan.checkout_files import CheckoutFiles, Disk, is_setting
from cispeed_tasks.plan.fingerprint import Fingerprint, digest
from cispeed_tasks.plan.mentions import Mentions, command_mentions, mentioned_places, modules_in, programs_in
from cispeed_tasks.plan.service_facts import ServiceFacts
from cispeed_tasks.plan.suite_inputs import SuiteInputs, suite_inputs
from cispeed_tasks.plan.suite_key import Around, OfSuite, refusal, suite_key
from cispeed_tasks.plan.suite_variables import counted_variables
from cispeed_tasks.plan.suites import Suite
from cispeed_tasks.plan.test_checkout import Checkout, Seen
from cispeed_tasks.run.suite_files import Readings, SuiteFiles
from cispeed_tasks.run.tested_checkout import below
from cispeed_tasks.tools import checkout_entries, file_list, interpreter
from cispeed_tasks.tools.file_digests import FileDigests

_MODULE_LISTS = ("PYTEST_PLUGINS", "DJANGO_SETTINGS_MODULE")
_OPTIONS = "PYTEST_ADDOPTS"
_CODE = (".py", ".so", ".pyd")


@dataclass(frozen=True)
class SuiteKey:
    """The key of a suite, or why there is none."""

    found: Fingerprint | None
    unknown: str | None = None


@dataclass
class _Look:
    """The checkout at one time, and what was found in it so far."""

    entries: SuiteFiles
    files: CheckoutFiles
    inputs: dict[Suite, tuple[SuiteInputs, frozenset[str]]]


class SuiteKeys:
    """Gives the keys of suites as the checkout is when it is asked."""

    def __init__(self, top: Path, root: Path, seen: Seen, facts: Callable[[str], ServiceFacts]) -> None:
        """Take what the keys are of.

        Args:
            top: the directory that all paths are relative to.
            root: the project's directory.
            seen: what was seen of the checkout when the suites were chosen.
            facts: tells about a service; raises CispeedError.
        """
        self._top, self._facts = top, facts
        self._checkout = Checkout(seen, ())
        self._digests = FileDigests(root)
        self._readings = Readings(top, self._digests, [name.casefold() for name in os.environ])
        self._last: _Look | None = None

    def keys(self, suites: Iterable[Suite]) -> dict[Suite, SuiteKey]:
        """Return the keys of some suites as the checkout is now.

        Raises:
            CispeedError: something of it cannot be read.
        """
        look = self._look()
        found = {suite: self._key(suite, look) for suite in suites}
        self._digests.save()
        return found

    def _look(self) -> _Look:
        now = SuiteFiles(self._readings)
        if self._last is None or self._last.entries.entries != now.entries:
            plugins = (*self._interpreter.plugins, *self._given_modules)
            disk = Disk(now.entries, now.imports, now.links, plugins, lambda name: self._facts(name).places)
            self._last = _Look(now, CheckoutFiles(self._checkout, disk), {})
        return self._last

    @cached_property
    def _interpreter(self) -> interpreter.Interpreter:
        return interpreter.see_interpreter()

    @cached_property
    def _given_modules(self) -> frozenset[str]:
        """The modules that variables have pytest load."""
        lists = (os.environ.get(name, "").replace(",", " ").split() for name in _MODULE_LISTS)
        return modules_in(os.environ.get(_OPTIONS, "")).union(*lists)

    def _key(self, suite: Suite, look: _Look) -> SuiteKey:
        if suite not in look.inputs:
            look.inputs[suite] = self._find(suite, look)
        inputs, names = look.inputs[suite]
        outside = {path: place for path in sorted(inputs.paths) if (place := look.entries.outside(path))}
        unknown = refusal(suite, self._options(inputs), outside)
        if unknown is not None:
            return SuiteKey(None, unknown)
        files = {path: look.entries.state(path) for path in inputs.paths}
        sections = {name: self._facts(name).section for name in inputs.services}
        programs = interpreter.program_digests(programs_in(suite, inputs.paths))
        return SuiteKey(suite_key(suite, OfSuite(files, sections, self._variables(names), programs), self._around))

    def _find(self, suite: Suite, look: _Look) -> tuple[SuiteInputs, frozenset[str]]:
        """Find a suite's inputs, and what of their words may be environment variables."""
        inputs = suite_inputs(suite, look.files)
        mentions = [command_mentions(suite), *((path, look.entries.mentions(path)) for path in inputs.paths)]
        places = self._mentioned(suite, mentions, look.files) - inputs.paths
        if inputs.whole is None and places:
            inputs = suite_inputs(suite, look.files, places)
        names = (look.entries.mentions(path).names for path in inputs.paths)
        return inputs, mentions[0][1].names.union(*names)

    def _mentioned(self, suite: Suite, mentions: Iterable[tuple[str, Mentions]], files: CheckoutFiles) -> set[str]:
        return {place for path, found in mentions for place in mentioned_places(path, found, suite, files)}

    def _options(self, inputs: SuiteInputs) -> dict[str, str]:
        """The texts that pytest may take options from."""
        configs = self._checkout.seen.pytest_configs
        found = {path: text for path, text in configs.items() if path in inputs.paths}
        return {**found, **self._around.above, _OPTIONS: os.environ.get(_OPTIONS, "")}

    def _variables(self, names: frozenset[str]) -> dict[str, str]:
        found = counted_variables(os.environ, names)
        return {name: value.replace(str(self._top), ".") for name, value in found.items()}

    @cached_property
    def _around(self) -> Around:
        seen = self._interpreter
        outside = [path for path in seen.directories if below(path, self._top).startswith("..")]
        above = checkout_entries.texts_above(self._top, is_setting)
        return Around(seen.version, seen.packages, {str(path): self._state(path) for path in outside}, above)

    def _state(self, directory: Path) -> str:
        """What lies in a directory that code is imported from; of what git ignores only code."""
        found, visible = SuiteFiles(Readings(directory, self._digests)), frozenset(file_list.list_files(directory))
        paths = (path for path in found.entries if path in visible or path.endswith(_CODE))
        return digest(*(f"{path} {found.state(path)}" for path in paths))
