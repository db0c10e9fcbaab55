"""Which tests a change calls for: what is affected and what changed in, each suite with its cause out.

What cannot be told is run. A test is left out only if its service is not affected, nothing changed that it imports, and
nothing that pytest reads for it. A document, such as a README, counts only where it lies among shared code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from cispeed_tasks.plan.affected import Affected
from cispeed_tasks.plan.changed_tests import is_read_by_people, read_changes
from cispeed_tasks.plan.directories import is_below, parents
from cispeed_tasks.plan.suites import PYTEST, Suite, TestPlan
from cispeed_tasks.plan.test_causes import Causes
from cispeed_tasks.plan.test_checkout import Checkout, Seen


def plan_tests(seen: Seen, affected: Affected) -> TestPlan:
    """Choose suites, whole or in part.

    Args:
        seen: what was seen of the checkout.
        affected: the affected services, and the paths that changed, relative to the project's directory.

    Raises:
        ConfigError: a glob of the config is none.
    """
    changed = () if affected.is_everything else _with_contents(affected.changed, seen.files)
    checkout = Checkout(seen, changed)
    affected = replace(affected, services=_services(affected, changed, checkout))
    causes = Causes(checkout, affected, read_changes(changed, checkout))
    choices = [(suite, _choose(suite, causes)) for suite in checkout.suites]
    tested = {service for suite in checkout.suites for service in suite.services}
    untested = [each.service for each in seen.services if each.service not in tested]
    return TestPlan(
        affected.compared,
        tuple(chosen for _, chosen in choices if chosen),
        tuple(suite for suite, chosen in choices if not chosen),
        tuple(service for service in untested if service in affected.services),
    )


def _services(affected: Affected, changed: Sequence[str], checkout: Checkout) -> Mapping[str, str]:
    """Return the services that are affected by more than what they hold or mount of tests, or of what only people read."""
    others = [path for path in changed if not checkout.is_for_tests(path)]
    if affected.is_everything or not changed or not all(map(is_read_by_people, others)):
        return affected.services
    images = affected.targets.keys() if others else frozenset()
    built = {each.service for each in checkout.seen.services if not images.isdisjoint(each.targets)}
    return {service: cause for service, cause in affected.services.items() if service in built}


def _choose(suite: Suite, causes: Causes) -> Suite | None:
    """Return what is run of a suite, with its cause."""
    cause = causes.of_suite(suite)
    if cause:
        return replace(suite, cause=cause)
    found = {path: cause for path in suite.files if (cause := causes.of_test(path))}
    if not found:
        return None
    cause, others = next(iter(found.values())), len(set(found.values())) - 1
    more = f" (and {others} more such {'cause' if others == 1 else 'causes'})" if others else ""
    is_part = suite.runner == PYTEST
    files = tuple(found) if is_part else suite.files
    return replace(suite, files=files, left_out=len(suite.files) - len(files), cause=f"{cause}{more}")


def _with_contents(changed: Iterable[str], files: Iterable[str]) -> tuple[str, ...]:
    """Return the changed paths; a submodule, which git names by its directory, stands for all that is in it."""
    known = frozenset(files)
    directories = frozenset(directory for path in known for directory in parents(path))
    found: list[str] = []
    for path in changed:
        inside = [file for file in known if is_below(file, path)] if path in directories else []
        found += sorted(inside) or [path]
    return tuple(dict.fromkeys(found))
