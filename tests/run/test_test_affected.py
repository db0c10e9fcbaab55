"""The tests of what changed are run by pytest itself, in repositories of small services."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cispeed_tasks.errors import TestsFailed, ToolError
from cispeed_tasks.plan.affected import Affected
from cispeed_tasks.plan.service_tests import ServiceTests
from cispeed_tasks.plan.suites import Suite
from cispeed_tasks.run.suites import run_suites
from cispeed_tasks.run.test_affected import Form, run_affected
from cispeed_tasks.run.tested_checkout import see
from tests.git_repositories import Repository, isolate, repository

SERVICES = (
    ServiceTests("api", "services/api"),
    ServiceTests("rag", "services/rag"),
    ServiceTests("web", "web", (), "sh test.sh"),
)
FILES = {
    "services/api/app/__init__.py": "",
    "services/api/app/main.py": "from shared.money import cents\nNAME = 'api'\n",
    "services/api/tests/__init__.py": "",
    "services/api/tests/fakes.py": "NAME = 'api'\n",
    "services/api/tests/test_main.py": "from app.main import NAME, cents\nfrom tests import fakes\ndef test():\n    assert fakes.NAME == NAME\n",
    "services/rag/pytest.ini": "[pytest]\naddopts = -p no:randomly\nmarkers = own\n",
    "services/rag/src/app/__init__.py": "",
    "services/rag/src/app/main.py": "NAME = 'rag'\n",
    "services/rag/tests/__init__.py": "",
    "services/rag/tests/fakes.py": "NAME = 'rag'\n",
    "services/rag/tests/test_main.py": (
        "import subprocess, sys\nimport pytest\nfrom app.main import NAME\nfrom tests import fakes\n"
        "def test(request):\n    assert fakes.NAME == NAME\n    assert request.config.inipath.name == 'pytest.ini'\n"
        "def test_programs_import_it_too():\n    subprocess.run([sys.executable, '-c', 'import app.main'], check=True)\n"
    ),
    "shared/__init__.py": "",
    "shared/money.py": "cents = 1\n",
    "tests/unit/test_api_errors.py": "from app.main import NAME\ndef test():\n    assert NAME == 'api'\n",
    "tests/unit/test_rag.py": "from app.main import NAME\ndef test():\n    assert NAME == 'rag'\n",
    "tests/unit/test_money.py": "from shared.money import cents\ndef test():\n    assert cents\n",
    "web/test.sh": "pwd; exit $(cat code)\n",
    "web/code": "0\n",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the suites want none, and start faster without


@pytest.fixture
def work(tmp_path: Path) -> Repository:
    made = repository(tmp_path / "work")
    made.commit(**FILES)
    return made


def run(work: Repository, *changed: str, form: Form | None = None, **services: str) -> None:
    """Run the tests of what changed, with the affected services and their causes."""
    affected = Affected({}, services, changed, "main...the working tree: since main", is_everything=False)
    run_affected(work.path, see(work.path, SERVICES), affected, form or Form())


def outcomes(text: str) -> list[str]:
    """The lines that say how suites ended, without the time."""
    return [
        line.rpartition(", " if "exit code" in line or "found" in line else ": ")[0]
        for line in text.splitlines()
        if line[:1] in {"✓", "✗", "·"}
    ]


def test_every_service_imports_its_own_code_with_its_own_config(
    work: Repository, capfd: pytest.CaptureFixture[str]
) -> None:
    run(work, api="x changed", rag="y changed", web="z changed")
    said = capfd.readouterr().out
    assert said.startswith("main...the working tree: since main\ntest api by services/api/tests: x changed\n")
    assert outcomes(said) == [
        "✓ api in services/api",
        "✓ api",
        "✓ rag in services/rag",
        "✓ rag",
        "✓ web in web",
    ]
    assert f"\n{work.path / 'web'}\n" in said


def test_only_what_imports_the_change_is_run(work: Repository, capfd: pytest.CaptureFixture[str]) -> None:
    run(work, "shared/money.py")
    said = capfd.readouterr().out
    assert outcomes(said) == ["✓ api in services/api", "✓ api", "✓ shared"]
    assert "-m pytest tests\n" in said
    assert "-m pytest tests/unit/test_money.py\n" in said


def test_a_suite_that_fails_does_not_stop_the_others_and_its_exit_code_is_passed_on(
    work: Repository, capfd: pytest.CaptureFixture[str]
) -> None:
    work.write({"web/code": "7", "services/api/tests/test_main.py": "def test(): assert 0"})
    with pytest.raises(TestsFailed, match=r"^2 of 5 suites failed: api in services/api; web in web$") as caught:
        run(work, api="x", rag="y", web="z")
    assert caught.value.exit_code == 1
    assert outcomes(capfd.readouterr().out) == [
        "✗ api in services/api: exit code 1",
        "✓ api",
        "✓ rag in services/rag",
        "✓ rag",
        "✗ web in web: exit code 7",
    ]
    with pytest.raises(TestsFailed) as caught:
        run(work, web="z")
    assert caught.value.exit_code == 7


def test_words_go_to_pytest_and_a_suite_without_tests_is_no_failure(
    work: Repository, capfd: pytest.CaptureFixture[str]
) -> None:
    run(work, form=Form(words=("-k", "programs or errors")), api="x", rag="y", web="z")
    assert outcomes(capfd.readouterr().out) == [
        "· api in services/api: no test was found in it",
        "✓ api",
        "✓ rag in services/rag",
        "· rag: no test was found in it",
        "✓ web in web",
    ]


def test_a_command_that_is_not_there_or_is_killed_has_failed(
    work: Repository, capfd: pytest.CaptureFixture[str]
) -> None:
    suites = [
        Suite(("a",), "no-such-program", "web"),
        Suite(("b",), "sh -c 'kill -9 $$'", "web"),
        Suite(("c",), "true", "gone"),
    ]
    assert [outcome.exit_code for outcome in run_suites(work.path, suites)] == [3, 137, 3]
    assert [outcome.mark for outcome in run_suites(work.path, suites)] == ["failed"] * 3
    assert "$ no-such-program" in capfd.readouterr().out


def test_what_need_not_be_run_again_is_said(work: Repository, capfd: pytest.CaptureFixture[str]) -> None:
    suite = Suite(("web",), "sh test.sh", "web")
    found = run_suites(
        work.path,
        [suite, replace(suite, services=("b",))],
        reuse=lambda each: "green before" if each == suite else None,
    )
    assert [each.mark for each in found] == ["skipped", "ok"]
    assert str(found[0]) == "web in web: green before"
    assert capfd.readouterr().out.count("$ sh test.sh") == 1


def test_a_workflow_gets_a_summary(work: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    run(work, web="z")
    said = (tmp_path / "summary").read_text()
    assert said.startswith("### Tests of what is affected\n\nmain...the working tree: since main\n\n- ✓ web in web: ")


def test_the_list_runs_nothing(work: Repository, capfd: pytest.CaptureFixture[str]) -> None:
    run(work, form=Form(only_list=True), web="z changed")
    assert capfd.readouterr().out == (
        "main...the working tree: since main\n"
        "test web by `sh test.sh` in web: z changed\n"
        "left out: api in services/api; api; rag in services/rag; rag; shared\n"
    )
    run(work, "shared/money.py", form=Form(only_list=True, as_json=True))
    assert '"shared/money.py changed, which tests/unit/test_money.py imports"' in capfd.readouterr().out


def test_nothing_is_affected(work: Repository, capfd: pytest.CaptureFixture[str]) -> None:
    run(work, "README.md")
    assert "\nNothing to test: no test is affected.\n" in capfd.readouterr().out


def test_pytest_is_not_installed(work: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ToolError, match=r"^pytest is not installed for .*: install it there, or name"):
        run(work, api="x")
    run(work, web="x")
