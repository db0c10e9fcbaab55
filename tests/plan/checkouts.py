"""Checkouts as plans of tests see them: the texts of files, and services with what the config says of their tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cispeed_tasks.plan.affected import Affected
from cispeed_tasks.plan.checkout_files import CheckoutFiles, Disk
from cispeed_tasks.plan.pytest_settings import CONFIG_FILES
from cispeed_tasks.plan.service_tests import ServiceTests
from cispeed_tasks.plan.suites import TestPlan
from cispeed_tasks.plan.test_checkout import Checkout, Seen
from cispeed_tasks.plan.test_selection import plan_tests
from cispeed_tasks.tools.python_imports import STANDARD, imports_of

COMPARED = "main...the working tree"


def service(text: str, *tests: str, command: str | None = None) -> ServiceTests:
    """A service by its name and source directory, `api services/api`."""
    name, _, source = text.partition(" ")
    return ServiceTests(name, source or None, tests, command, (f"{name}-image",))


def seen(files: Mapping[str, str], services: Sequence[ServiceTests], elsewhere: Sequence[str] = ()) -> Seen:
    """A checkout of these files, by their texts."""
    python = {path: imports_of(text.encode()) for path, text in files.items() if path.endswith(".py")}
    configs = {path: text for path, text in files.items() if path.rpartition("/")[2] in CONFIG_FILES}
    judged = ("compose.yaml", "cispeed.yaml")
    return Seen(tuple(files), tuple(services), python, configs, STANDARD, judged, tuple(elsewhere))


def suite_files(
    files: Mapping[str, str],
    services: Sequence[ServiceTests],
    hidden: Mapping[str, str] | None = None,
    places: Mapping[str, Sequence[str]] | None = None,
) -> CheckoutFiles:
    """The files of a checkout as inputs of its tests: those that git sees, those that it ignores, and what images take."""
    texts = {**files, **(hidden or {})}
    found = places or {}
    disk = Disk(texts, lambda path: imports_of(texts[path].encode()), places=lambda name: found.get(name, ()))
    return CheckoutFiles(Checkout(seen(files, services), ()), disk)


def everything() -> Affected:
    """That it cannot be told what changed."""
    return Affected({}, {}, (), COMPARED, is_everything=True)


def plan(files: Mapping[str, str], services: Sequence[ServiceTests], *changed: str, **causes: str) -> TestPlan:
    """The plan that follows."""
    return plan_tests(seen(files, services), Affected({}, causes, changed, COMPARED, is_everything=False))


def chosen(plan: TestPlan) -> set[str]:
    """All test files that are run."""
    return {path for suite in plan.suites for path in suite.files}
