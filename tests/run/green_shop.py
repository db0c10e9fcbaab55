"""A small shop of services whose tests pytest runs, in a real repository, reusing green runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cispeed_tasks.config_schema import Config
from cispeed_tasks.plan.affected import Affected
from cispeed_tasks.plan.service_facts import ServiceFacts
from cispeed_tasks.plan.service_tests import ServiceTests
from cispeed_tasks.run.green_runs import GreenRuns
from cispeed_tasks.run.suite_keys import SuiteKeys
from cispeed_tasks.run.suite_reuse import SuiteReuse
from cispeed_tasks.run.test_affected import Form, run_affected
from cispeed_tasks.run.tested_checkout import see
from cispeed_tasks.tools import interpreter
from tests.git_repositories import Repository, isolate, repository

SERVICES = (ServiceTests("api", "services/api"), ServiceTests("web", "web", (), "sh ../scripts/test.sh"))
FILES = {
    ".gitignore": ".cispeed/\n__pycache__/\n.env\n*.log\n",
    "README.md": "",
    "conftest.py": "",
    "services/api/app/__init__.py": "",
    "services/api/app/main.py": "from shared.money import cents\n",
    "services/api/.env": "A=1\n",
    "services/api/tests/__init__.py": "",
    "services/api/tests/rates.json": "{}",
    "services/api/tests/test_main.py": "import os\nfrom app.main import cents\nSHOP_URL = 'x'\ndef test():\n    assert cents and not os.environ.get('FAILS')\n",
    "services/rag/main.py": "",
    "shared/__init__.py": "",
    "shared/money.py": "cents = 1\n",
    "scripts/test.sh": "cat code >> ../ran.log; exit $(cat code)\n",
    "web/code": "0\n",
}  # fmt: skip


def leave_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep out what this machine and this project would bring."""
    isolate(monkeypatch)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    see_interpreter = interpreter.see_interpreter

    def see_without_this_project() -> interpreter.Interpreter:
        found = see_interpreter()
        return replace(found, directories=tuple(path for path in found.directories if tmp_path in path.parents))

    monkeypatch.setattr(interpreter, "see_interpreter", see_without_this_project)


def make_shop(tmp_path: Path) -> Repository:
    """The repository, with all committed."""
    made = repository(tmp_path / "work")
    made.commit(**FILES)
    return made


Facts = Callable[[str], ServiceFacts]


def run(work: Repository, *services: str, form: Form | None = None, facts: Facts = lambda _: ServiceFacts()) -> None:
    """Run the tests of services, reusing what can be."""
    form = form or Form(reuse=True)
    seen = see(work.path, SERVICES)
    affected = Affected({}, dict.fromkeys(services or ["api"], "x"), ("x",), "", is_everything=False)

    def reuse() -> SuiteReuse:
        keys = SuiteKeys(work.path, work.path, seen, facts)
        return SuiteReuse(work.path, keys, GreenRuns(work.path, Config()), form.reuse)

    run_affected(work.path, seen, affected, form, reuse)


def recorded(work: Repository) -> int:
    """How many green runs are remembered."""
    return len([*(work.path / ".cispeed").glob("green/*.json")])
