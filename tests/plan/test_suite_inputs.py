"""What decides how a suite ends is among its inputs, whatever else is; and what cannot is not, where that can be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cispeed_tasks.plan.checkout_files import Disk
from cispeed_tasks.plan.fingerprint import digest
from cispeed_tasks.plan.service_tests import ServiceTests
from cispeed_tasks.plan.suite_inputs import SuiteInputs, suite_inputs
from cispeed_tasks.plan.suite_key import Around, OfSuite, suite_key
from cispeed_tasks.plan.suites import Suite
from tests.plan.checkouts import plan, service, suite_files
from tests.plan.test_import_graph import PACKAGES, PAIRS, PLACES, importable, loaded, statement
from tests.plan.test_test_selection import FILES, SERVICES

MORE = {
    "package.json": "",
    "services/__init__.py": "",
    "services/api/README.md": "",
    "services/api/Dockerfile": "",
    "services/rag/uv.lock": "",
    "conftest.py": "",
    "tests/conftest.py": "",
    "tests/unit/conftest.py": "import shared.colours\n",
    "tests/unit/fakes.py": "",
    "tests/unit/test_odds.py": "",
    "tests/integration/test_flow.py": "import shared.money\n",
    "shared/flags/de.svg": "",
    "docs/guide.md": "",
    "docs/conf.py": "",
}
ALL = FILES | MORE
HIDDEN = {
    ".env": "",
    "notes.txt": "",
    "services/api/.env": "",
    "services/api/dist/a.js": "",
    "shared/_version.py": "",
    "tests/unit/local.json": "",
    "tests/unit/test_local.py": "",
}


def inputs(label: str, files: Mapping[str, str] = ALL, services: Sequence[ServiceTests] = SERVICES) -> SuiteInputs:
    """The inputs of the suite that is called so."""
    found = suite_files(files, services, HIDDEN, {"api": ["images/base", "docs/guide.md"]})
    suite = next(suite for suite in found.checkout.suites if suite.label == label)
    return suite_inputs(suite, found)


@pytest.mark.parametrize(
    ("label", "among", "others"),
    [
        (
            "api in services/api",
            "services/api/README.md services/api/.env services/api/dist/a.js services/api/tests/fakes.py shared/money.py shared/rounding.py shared/currencies.json shared/flags/de.svg conftest.py pyproject.toml package.json .env docs/guide.md",
            "notes.txt shared/colours.py shared/_version.py services/rag/rag/index.py tests/unit/fakes.py README.md web/src/main.js compose.yaml docs/conf.py tests/conftest.py",
        ),
        (
            "api",
            "tests/unit/test_api_errors.py tests/unit/conftest.py tests/conftest.py shared/colours.py tests/unit/fakes.py tests/unit/data/answer.json tests/unit/local.json tests/unit/test_local.py services/api/Dockerfile .env",
            "tests/unit/test_rag_service.py tests/unit/test_money.py services/rag/rag/index.py README.md",
        ),
        ("rag-service in services/rag", "services/rag/uv.lock conftest.py services/__init__.py", "shared/money.py"),
        (
            "web in web",
            "web/src/main.js web/tests/main.test.js package.json",
            "services/rag/rag/index.py shared/money.py tests/unit/fakes.py",
        ),
    ],
)  # fmt: skip
def test_inputs(label: str, among: str, others: str) -> None:
    files = {**ALL, "services/rag/tests/__init__.py": "import services\n"}
    found = inputs(label, files)
    assert found.whole is None
    assert set(among.split()) - found.paths == set()
    assert found.paths & set(others.split()) == set()


def test_code_of_another_service_brings_all_that_is_its() -> None:
    files = {**ALL, "services/rag/tests/test_index.py": "from services.api.app import main\n"}
    found = inputs("rag-service in services/rag", files)
    assert found.services == {"api", "rag-service"}
    assert {"services/api/Dockerfile", "services/api/.env", "docs/guide.md"} <= found.paths
    assert "web/src/main.js" not in found.paths


@pytest.mark.parametrize(
    ("changed", "label", "why"),
    [
        ({}, "shared", "nothing says what tests/unit/test_odds.py is about"),
        ({"tests/unit/test_odds.py": "import shared"}, "shared", "tests/integration/test_flow.py is about all services"),
        ({"shared/rounding.py": "import_module(name)"}, "api in services/api", "what shared/rounding.py imports cannot be told"),
        ({"services/rag/setup.py": "print 1"}, "rag-service in services/rag", "what services/rag/setup.py imports cannot be told"),
        ({"web/gyp.py": "import_module(name)"}, "web in web", "what web/gyp.py imports cannot be told"),
    ],
)  # fmt: skip
def test_where_it_cannot_be_told_all_files_are(changed: Mapping[str, str], label: str, why: str) -> None:
    found = inputs(label, {**ALL, **changed})
    assert found.whole is not None
    if label != "shared":
        assert found.whole == why
    assert found.services == {"api", "rag-service", "web", "db"}
    assert found.paths == {*ALL, *changed, *HIDDEN} - {"notes.txt"}


def test_a_service_of_the_whole_checkout() -> None:
    services = (service("api ."), service("rag-service services/rag"))
    found = inputs("api", services=services)
    assert found.whole == "api is made of the whole checkout"
    assert inputs("rag-service in services/rag", services=services).whole is None


def test_links_lead_on() -> None:
    files = {**ALL, "services/rag/common": "", "libs/tax/rates.py": "import shared.colours", "libs/tax/rates.csv": ""}
    disk = suite_files(files, SERVICES).disk
    links = {"services/rag/common": "libs/tax", "services/rag/tests/x": "../elsewhere"}
    found = suite_files(files, SERVICES)
    found.disk = replace(disk, links=links)
    suite = next(suite for suite in found.checkout.suites if suite.directory == "services/rag")
    assert {"libs/tax/rates.py", "libs/tax/rates.csv", "shared/colours.py"} <= suite_inputs(suite, found).paths


def test_plugins_that_packages_have_pytest_load() -> None:
    found = suite_files(ALL, SERVICES)
    found.disk = Disk(found.paths, found.disk.imports, plugins=("shared.colours", "xdist.plugin"))
    suite = next(suite for suite in found.checkout.suites if suite.directory == "services/rag")
    assert "shared/colours.py" in suite_inputs(suite, found).paths


NEW = (
    "services/api/new.py", "services/rag/tests/conftest.py", "shared/new.json", "shared/rates.md", "tests/new.py", "tox.ini",
    "requirements/dev.txt", "poetry.lock", "services/rag/requirements-test.txt", "web/new.js", "tests/unit/test_api_new.py",
    "libs/tax/x.py", "deploy/nginx.conf", "Makefile", "shared/money/__init__.py", "checks/help.py", "checks/a.csv",
)  # fmt: skip


@pytest.mark.parametrize("path", [*ALL, *NEW])
def test_what_has_a_suite_run_when_it_changes_is_among_its_inputs(path: str) -> None:
    services = (*SERVICES, service("db", "checks"), service("rag-service services/rag", "checks/a.csv"))
    files = {**ALL, "checks/test_db.py": "", path: ALL.get(path, "")}
    known = suite_files(files, services)
    for suite in plan(files, services, path).suites:
        assert path in suite_inputs(suite, known).paths, suite


def key(suite: Suite, files: Mapping[str, str], services: Sequence[ServiceTests]) -> str:
    """The key of a suite in a checkout of these files."""
    found = suite_inputs(suite, suite_files(files, services)).paths
    return suite_key(suite, OfSuite({path: digest(files[path]) for path in found}), Around()).value


def changed(files: Mapping[str, str], path: str) -> dict[str, str]:
    """The files after a change that imports nothing new."""
    return {**files, path: files[path] + "# changed\n"}


@settings(max_examples=40, deadline=None)
@given(
    PAIRS,
    st.sets(st.sampled_from(PACKAGES)),
    st.sets(st.integers(0, 11), min_size=1, max_size=3),
    st.integers(0, 9),
)
def test_whatever_the_tests_can_import_changes_the_key_and_nothing_else(
    pairs: Iterable[tuple[int, int, int]], packages: set[str], tested: set[int], form: int
) -> None:
    modules = [f"{PLACES[number % len(PLACES)].format(number)}.py" for number in range(12)]
    inits = [f"{package}/__init__.py" for package in packages]
    files = dict.fromkeys([*modules, *inits], "import importlib\nVALUE = 1\n")
    edges = {(modules[one], modules[other]): form for one, other, form in pairs if one > other}
    test = "svc/test_all.py"
    edges |= {(test, modules[number]): form for number in tested}
    files |= {
        test: "import importlib\n",
        "elsewhere/readme.txt": "",
        "elsewhere/m0.py": "",
        "shop/main.py": "import m0\n",
    }
    for (importer, imported), number in edges.items():
        files[importer] += statement(number, importer, imported) + "\n"
    services = (service("svc svc"), service("shop shop"))
    suite = next(one for one in suite_files(files, services).checkout.suites if test in one.files)
    before = key(suite, files, services)
    with importable(files) as top:
        for file in loaded(top, "test_all"):
            assert key(suite, changed(files, file), services) != before, file
    for file in unrelated(files, edges, test):
        assert key(suite, changed(files, file), services) == before, file


def unrelated(files: Mapping[str, str], edges: Iterable[tuple[str, str]], test: str) -> set[str]:
    """What neither lies in the service's directory, nor is imported from there, nor is a package of what is."""
    reached = {file for file in files if file.startswith("svc/")} | {test}
    while more := {imported for importer, imported in edges if importer in reached} - reached:
        reached |= more
    above = {f"{file.rpartition('/')[0]}/__init__.py" for file in reached}
    above |= {f"{init.rpartition('/')[0].rpartition('/')[0]}/__init__.py" for init in above}
    return set(files) - reached - above
