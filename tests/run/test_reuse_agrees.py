"""Whatever has a suite run, for any of the causes that there are, gives it another key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cispeed_tasks.plan.commit_range import Wish
from cispeed_tasks.plan.test_checkout import Checkout
from cispeed_tasks.plan.test_selection import plan_tests
from cispeed_tasks.run.affected import find_affected
from cispeed_tasks.run.look import look
from cispeed_tasks.run.service_facts import Facts
from cispeed_tasks.run.suite_keys import SuiteKeys
from cispeed_tasks.run.tested_checkout import see_affected, see_view, top_directory
from cispeed_tasks.tools import interpreter
from tests.git_repositories import Repository, isolate, repository

FILES = {
    "compose.yaml": (
        "name: shop\nservices:\n"
        "  api: {build: {context: ., dockerfile: services/api/Dockerfile}, volumes: ['./services/api:/app', './config:/config']}\n"
        "  rag: {build: services/rag, environment: {LEVEL: '${LEVEL:-1}'}}\n"
        "  web: {build: web}\n"
    ),
    "cispeed.yaml": (
        "bases: {common: {image: shop/common:1, context: common}}\n"
        "services: {web: {test-command: npm test}, rag: {tests: [services/rag/tests, checks/rag*]}}\n"
    ),
    ".env": "LEVEL=1\n",
    ".dockerignore": "docs\n",
    "README.md": "",
    "checks/rag.csv": "",
    "checks/rag_test.py": "",
    "common/Dockerfile": "FROM debian:trixie-slim\nCOPY a.sh /\n",
    "common/a.sh": "",
    "config/a.ini": "",
    "docs/guide.md": "",
    "pyproject.toml": "",
    "services/api/Dockerfile": "FROM shop/common:1\nCOPY services/api certificates /app/\n",
    "services/api/main.py": "from shared import money\n",
    "services/api/tests/test_main.py": "import main\n",
    "certificates/ca.pem": "",
    "services/rag/Dockerfile": "FROM debian:trixie-slim\nCOPY . .\n",
    "services/rag/main.py": "",
    "services/rag/tests/test_main.py": "import main\n",
    "shared/__init__.py": "",
    "shared/money.py": "",
    "tests/integration/test_flow.py": "",
    "tests/unit/test_money.py": "import shared.money\n",
    "web/Dockerfile": "FROM shop/common:1\nCOPY src /src\n",
    "web/src/a.js": "",
}  # fmt: skip
CHANGES = {path: f"{text}# x\n" for path, text in FILES.items() if not path.endswith(".md")} | {
    "README.md": "x",
    "docs/guide.md": "x",
    ".env": "LEVEL=2\n",
    "services/api/new.txt": "",
    "shared/new.csv": "",
    "web/package.json": "{}",
}
MEANT = {
    "compose.yaml": FILES["compose.yaml"].replace("./config:/config", "./config:/conf"),
    "cispeed.yaml": FILES["cispeed.yaml"].replace("checks/rag*", "checks/*"),
}


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    isolate(monkeypatch)
    found = replace(interpreter.see_interpreter(), directories=())
    monkeypatch.setattr(interpreter, "see_interpreter", lambda: found)
    made = repository(tmp_path / "work")
    made.commit(**FILES)
    return made


def keys(root: Path) -> dict[str, str]:
    """The keys of all suites, by what they are called."""
    view = look(root)
    top = top_directory(view)
    seen = see_view(view, top)
    found = SuiteKeys(top, view.root, seen, Facts(view, top)).keys(Checkout(seen, ()).suites)
    return {suite.label: key.found.value for suite, key in found.items() if key.found}


def chosen(root: Path) -> set[str]:
    """What is run of all suites, by what they are called."""
    view = look(root)
    _, seen, affected = see_affected(view, find_affected(view, Wish(base="HEAD")))
    return {suite.label for suite in plan_tests(seen, affected).suites}


def test_what_is_run_has_another_key(work: Repository) -> None:
    before = keys(work.path)
    assert len(before) == 5
    for path, text in [*CHANGES.items(), *MEANT.items()]:
        work.write({path: text})
        after = keys(work.path)
        differing = {label for label in after if after[label] != before.get(label)}
        assert chosen(work.path) - differing == set(), path
        assert differing != set(before) or path in {"common/Dockerfile", "common/a.sh", ".env", "pyproject.toml"}, path
        work.git("clean", "-qfd")
        work.git("checkout", "-q", ".")
