"""Which tests a change calls for, as it is printed; and that nothing which reaches a change is left out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.affected import Affected
from cispeed_tasks.plan.test_selection import plan_tests
from tests.plan.checkouts import chosen, everything, plan, seen, service

SERVICES = (
    service("api services/api"),
    service("rag-service services/rag"),
    service("web web", command="npm test"),
    service("db"),
)
FILES = {
    "README.md": "",
    "compose.yaml": "",
    "pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['tests']\n",
    "services/api/app/__init__.py": "",
    "services/api/app/main.py": "from shared import money\nfrom . import views\n",
    "services/api/app/views.py": "",
    "services/api/pytest.ini": "",
    "services/api/tests/__init__.py": "",
    "services/api/tests/fakes.py": "",
    "services/api/tests/test_main.py": "from app.main import app\nfrom tests.fakes import Fake\n",
    "services/api/tests/test_views.py": "import app.views\n",
    "services/rag/rag/index.py": "",
    "services/rag/tests/__init__.py": "",
    "services/rag/tests/fakes.py": "",
    "services/rag/tests/test_index.py": "from tests.fakes import Fake\nfrom rag import index\n",
    "shared/money.py": "from decimal import Decimal\nfrom shared.rounding import cents\n",
    "shared/rounding.py": "",
    "shared/currencies.json": "",
    "shared/colours.py": "",
    "web/src/main.js": "",
    "web/tests/main.test.js": "",
    "tests/unit/data/answer.json": "",
    "tests/unit/test_api_errors.py": "from app import views\n",
    "tests/unit/test_rag_service.py": "",
    "tests/unit/test_money.py": "def test():\n    import shared.money\n",
}


def printed(*changed: str, **causes: str) -> str:
    """The lines of the suites that are run."""
    lines = str(plan(FILES, SERVICES, *changed, **causes)).splitlines()
    return "\n".join(line for line in lines if line.startswith("test "))


def test_an_affected_service_is_tested_where_its_tests_are() -> None:
    changed = "services/rag/rag/index.py"
    assert str(plan(FILES, SERVICES, changed, **{"rag-service": f"{changed} changed", "db": "x"})) == (
        "test rag-service by services/rag/tests: services/rag/rag/index.py changed\n"
        "test rag-service by tests/unit/test_rag_service.py: services/rag/rag/index.py changed\n"
        "left out: api in services/api; api; web in web; shared\n"
        "affected, and no tests are known of: db (services.NAME.tests or .test-command in cispeed.yaml names them)"
    )


@pytest.mark.parametrize(
    "changed", ["README.md", "services/api/README.md", "docs/guide.rst", "LICENSE", "shared/README.md", "tests/README.md", "compose.yaml", "../other/x.py", "x/.gitignore"]
)  # fmt: skip
def test_nothing_is_affected(changed: str) -> None:
    assert str(plan(FILES, SERVICES, changed)) == (
        "Nothing to test: no test is affected.\n"
        "left out: api in services/api; api; rag-service in services/rag; rag-service; web in web; shared"
    )


@pytest.mark.parametrize(
    ("changed", "targets", "is_run"),
    [
        (("services/api/tests/test_views.py",), ["api-image"], False),
        (("services/api/README.md",), [], False),
        (("services/api/README.md",), ["api-image"], True),
        (("services/api/README.md", "services/api/tests/fakes.py"), [], False),
        (("services/api/notes.md",), [], True),
        (("services/api/tests/test_views.py", ".env"), [], True),
        ((), [], True),
    ],
)
def test_a_service_that_only_holds_or_mounts_changed_tests_is_not_affected(
    changed: tuple[str, ...], targets: list[str], is_run: bool
) -> None:
    affected = Affected(dict.fromkeys(targets, "x"), {"api": "x changed, which is mounted"}, changed, "")
    found = plan_tests(seen(FILES, SERVICES), affected)
    assert ("services/api/tests/test_main.py" in chosen(found) and not found.suites[0].left_out) == is_run


def test_no_change_and_no_tests() -> None:
    assert str(plan({}, ())) == "Nothing to test: no test is affected."


def test_where_it_cannot_be_told_everything_is_run() -> None:
    found = plan_tests(seen(FILES, SERVICES), everything())
    assert {suite.cause for suite in found.suites} == {"it cannot be told what changed"}
    assert (found.left_out, len(found.suites), len(chosen(found))) == ((), 6, 6)


@pytest.mark.parametrize(
    ("changed", "lines"),
    [
        (
            "services/api/tests/test_views.py",
            "test api by services/api/tests/test_views.py (1 of 2 files): services/api/tests/test_views.py changed",
        ),
        (
            "services/api/tests/fakes.py",
            "test api by services/api/tests/test_main.py (1 of 2 files): services/api/tests/fakes.py changed, which services/api/tests/test_main.py imports",
        ),
        (
            "services/api/tests/conftest.py",
            "test api by services/api/tests: services/api/tests/conftest.py changed, which all tests in services/api/tests use",
        ),
        (
            "services/api/tests/plugin.py",
            "test api by services/api/tests: services/api/tests/plugin.py changed, and nothing says which tests in services/api/tests use it",
        ),
        (
            "services/api/pytest.ini",
            "test api by services/api/tests: services/api/pytest.ini changed\ntest api by tests/unit/test_api_errors.py: services/api/pytest.ini changed",
        ),
        (
            "services/api/requirements-test.txt",
            "test api by services/api/tests: services/api/requirements-test.txt changed\ntest api by tests/unit/test_api_errors.py: services/api/requirements-test.txt changed",
        ),
        (
            "tests/unit/data/answer.json",
            "test api by tests/unit/test_api_errors.py: tests/unit/data/answer.json changed, and nothing says which tests in tests use it\ntest rag-service by tests/unit/test_rag_service.py: tests/unit/data/answer.json changed, and nothing says which tests in tests use it\ntest shared by tests/unit/test_money.py: tests/unit/data/answer.json changed, and nothing says which tests in tests use it",
        ),
        (
            "shared/rounding.py",
            "test api by services/api/tests/test_main.py (1 of 2 files): shared/rounding.py changed, which services/api/tests/test_main.py reaches through services/api/app/main.py\ntest shared by tests/unit/test_money.py: shared/rounding.py changed, which tests/unit/test_money.py reaches through shared/money.py",
        ),
        (
            "shared/deleted.py",
            "",
        ),
        ("web/src/main.js", "test web by `npm test` in web: web/src/main.js changed"),
        ("web/tests/main.test.js", "test web by `npm test` in web: web/tests/main.test.js changed"),
        ("web/tests/snapshot.md", "test web by `npm test` in web: web/tests/snapshot.md changed"),
    ],
)  # fmt: skip
def test_a_change_calls_for_its_tests(changed: str, lines: str) -> None:
    assert printed(changed) == lines


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        ("pyproject.toml", {"unit/test_api_errors.py", "unit/test_rag_service.py", "unit/test_money.py"}),
        ("tests/conftest.py", {"unit/test_api_errors.py", "unit/test_rag_service.py", "unit/test_money.py"}),
        ("shared/currencies.json", {"unit/test_money.py"}),
        ("shared/rates.md", {"unit/test_money.py"}),
        ("shared/money/__init__.py", {"unit/test_money.py"}),
        ("services/api/app/main.py", {"unit/test_api_errors.py"}),
        ("tests/unit/test_rag_gone.py", set()),
        ("poetry.lock", {"unit/test_api_errors.py", "unit/test_rag_service.py", "unit/test_money.py"}),
        ("../pyproject.toml", {"unit/test_api_errors.py", "unit/test_rag_service.py", "unit/test_money.py"}),
    ],
)
def test_tests_beside_the_services(changed: str, tests: set[str]) -> None:
    found = chosen(plan(FILES, SERVICES, changed))
    assert {path.removeprefix("tests/") for path in found if path.startswith("tests/")} == tests


def test_what_a_conftest_imports_is_for_all_tests_below_it() -> None:
    files = FILES | {"tests/unit/conftest.py": "import shared.colours\n"}
    assert "tests/unit/test_rag_service.py reaches through tests/unit/conftest.py" in str(
        plan(files, SERVICES, "shared/colours.py")
    )
    # What it imports says nothing of what a single test is about.
    files |= {"tests/unit/test_odds.py": ""}
    assert "tests/unit/test_odds.py" in chosen(plan(files, SERVICES, "Makefile"))


@pytest.mark.parametrize(
    ("test", "changed", "services", "is_run"),
    [
        ("tests/test_odds.py", "deploy/nginx.conf", {}, True),
        ("tests/test_odds.py", "services/rag/rag/index.py", {}, True),
        ("tests/test_odds.py", "images/base/Dockerfile", {"api": "its base changed"}, True),
        ("tests/test_odds.py", "compose.yaml", {"api": "its base changed"}, True),
        ("tests/test_odds.py", "README.md", {}, False),
        ("tests/test_odds.py", "compose.yaml", {}, False),
        ("tests/test_odds.py", "services/rag/tests/test_index.py", {}, False),
        ("libs/tax/tests/test_tax.py", "deploy/nginx.conf", {}, True),
        ("tests/integration/test_flow.py", "README.md", {}, False),
        ("tests/integration/test_flow.py", "compose.yaml", {"db": "its image changed"}, True),
        ("tests/unit/test_db_schema.py", "deploy/nginx.conf", {}, False),
    ],
)
def test_a_test_that_says_nothing_of_what_it_is_about(
    test: str, changed: str, services: dict[str, str], is_run: bool
) -> None:
    assert (test in chosen(plan(FILES | {test: ""}, SERVICES, changed, **services))) == is_run


def test_tests_of_the_whole_stack_are_run_when_any_service_is_affected() -> None:
    files = FILES | {"tests/e2e/test_flow.py": "import shared.money\n", "tests/test_flow.py": "import shared.money\n"}
    found = chosen(plan(files, SERVICES, "services/rag/x", **{"rag-service": "services/rag/x changed"}))
    assert "tests/e2e/test_flow.py" in found
    assert "tests/test_flow.py" not in found


def test_an_import_that_is_named_at_run_time_may_be_any_shared_module() -> None:
    files = FILES | {
        "services/rag/rag/plugins.py": "import_module(name)",
        "services/rag/tests/test_index.py": "import rag.plugins",
    }
    assert "services/rag/tests/test_index.py" in chosen(plan(files, SERVICES, "shared/rounding.py"))
    assert "services/rag/tests/test_index.py" not in chosen(plan(files, SERVICES, "services/api/app/main.py"))


def test_a_file_that_is_no_python_has_its_tests_run() -> None:
    files = FILES | {
        "services/rag/tests/test_index.py": "def:",
        "shared/colours.py": "print 1",
        "tests/test_c.py": "import shared.colours",
    }
    found = chosen(plan(files, SERVICES, "README.md"))
    assert found == {"services/rag/tests/test_index.py", "tests/test_c.py"}
    assert chosen(plan(files, SERVICES)) == set()


def test_the_config_names_tests() -> None:
    files = FILES | {
        "checks/api/routes.py": "",
        "checks/api/routes.yaml": "",
        "checks/db/test_a.py": "",
        "checks/db/help.py": "",
    }
    services = (
        service("api services/api", "checks/api/*.py"),
        service("db", "checks/db"),
        service("web web", "checks/web/**", command="npm test"),
    )
    assert str(plan(files, services, "services/api/x", api="y")).startswith("test api by checks/api/routes.py: y\n")
    assert chosen(plan(files, services, "checks/api/routes.py")) == {"checks/api/routes.py"}
    assert chosen(plan(files, services, "checks/db/help.py")) == {"checks/db/test_a.py"}
    assert chosen(plan(files, services, "checks/db/data.csv")) == {"checks/db/test_a.py"}
    assert [suite.runner for suite in plan(files, services, "checks/web/a/b.js").suites] == ["npm test"]
    with pytest.raises(ConfigError):
        plan(files, [service("api services/api", "x" * 70000)], "x")


def test_services_of_one_source_are_one_suite() -> None:
    services = (
        service("worker services/api"),
        service("api services/api"),
        service("docs services/api", command="make test"),
        service("rag-service"),
    )
    found = plan(FILES, services, "services/api/app/main.py")
    assert [suite.label for suite in found.suites] == [
        "worker, api in services/api",
        "api",
        "docs in services/api",
    ]


def test_services_whose_source_is_the_whole_project() -> None:
    services = (service("api ."), service("web ."), service("rag-service services/rag"))
    files = FILES | {"libs/tax/tests/test_tax.py": "import tax\n", "libs/tax/tax.py": "", "app/__init__.py": ""}
    assert chosen(plan(files, services, "services/rag/rag/index.py")) == {
        "services/rag/tests/test_index.py",
        "tests/unit/test_rag_service.py",
    }
    found = plan(files, services, "libs/tax/tax.py")
    assert [(suite.label, suite.places) for suite in found.suites] == [
        ("api, web in libs/tax", ("libs/tax/tests",)),
    ]
    assert chosen(plan(files, services, "README.md")) == set()
    assert "tests/unit/test_money.py" in chosen(plan(files, services, "Dockerfile", web="Dockerfile changed"))


def test_a_service_that_runs_the_tests_of_others_does_not_own_them() -> None:
    services = (*SERVICES, service("tests tests"))
    assert "tests/unit/test_api_errors.py" in chosen(plan(FILES, services, "services/api/app/main.py"))
    assert "tests/unit/test_rag_service.py" not in chosen(plan(FILES, services, "services/api/app/main.py"))


def test_a_submodule_is_all_that_is_in_it() -> None:
    assert "tests/unit/test_money.py" in chosen(plan(FILES, SERVICES, "shared"))


def test_tests_of_another_task_are_left_alone() -> None:
    files = FILES | {"e2e/tests/test_page.py": ""}
    assert "e2e/tests/test_page.py" in chosen(plan_tests(seen(files, SERVICES), everything()))
    assert "e2e/tests/test_page.py" not in chosen(plan_tests(seen(files, SERVICES, ["e2e"]), everything()))


def test_for_programs() -> None:
    data = json.loads(plan(FILES, SERVICES, "services/api/tests/test_views.py", "compose.yaml", db="x").json())
    assert data["compared"] == "main...the working tree"
    assert data["suites"] == [
        {
            "name": "api",
            "services": ["api"],
            "runner": "pytest",
            "directory": "services/api",
            "files": ["services/api/tests/test_views.py"],
            "cause": "services/api/tests/test_views.py changed",
        }
    ]
    assert [suite["name"] for suite in data["left_out"]] == ["api", "rag-service", "rag-service", "web", "shared"]
    assert data["untested"] == ["db"]


MODULES = [
    f"{place}/m{number}.py"
    for number, place in enumerate(["shared", "shared/deep", "libs/x/common", "app", "tests"] * 2)
]
TESTS = [f"tests/unit/test_{name}.py" for name in "abc"] + ["libs/x/tests/test_d.py"]


def _import(form: int, module: str) -> str:
    package, name = module.removeprefix("libs/x/").removesuffix(".py").replace("/", ".").rsplit(".", 1)
    forms = (
        f"import {package}.{name}",
        f"def f():\n    from {package} import {name} as n",
        f"from {package}.{name} import anything",
        f"import importlib\nimportlib.import_module('{package}.{name}')",
        f"from {package}.{name} import *",
        f"with patch('{package}.{name}.thing'): pass",
    )
    return forms[form % len(forms)]


EDGES = st.sets(st.tuples(st.sampled_from([*MODULES, *TESTS]), st.sampled_from(MODULES)), max_size=18)


@given(EDGES, st.integers(0, 5), st.sampled_from(MODULES), st.sets(st.sampled_from(["shared", "libs/x/common", "app"])))
def test_whatever_reaches_the_changed_module_is_run(
    edges: set[tuple[str, str]], form: int, changed: str, packages: set[str]
) -> None:
    files = dict.fromkeys([*MODULES, *TESTS, *(f"{package}/__init__.py" for package in packages)], "")
    for number, (importer, imported) in enumerate(sorted(edges)):
        files[importer] += _import(form + number, imported) + "\n"
    reaching = {changed}
    while more := {importer for importer, imported in edges if imported in reaching} - reaching:
        reaching |= more
    assert chosen(plan(files, [service("app app")], changed)) >= reaching & set(TESTS)
