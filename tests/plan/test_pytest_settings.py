"""What pytest takes for tests, as its config files say."""

from __future__ import annotations

import pytest

from cispeed_tasks.plan.pytest_settings import TestFiles


@pytest.mark.parametrize(
    ("path", "is_test"),
    [
        ("tests/test_a.py", True),
        ("a/b_test.py", True),
        ("test_a.pyc", False),
        ("tests/help.py", False),
        ("tests/conftest.py", False),
        (".venv/lib/test_a.py", False),
        ("a/node_modules/b/test_a.py", False),
    ],
)
def test_without_settings_the_names_are_pytests_own(path: str, is_test: bool) -> None:
    assert TestFiles({}).is_called_test(path) == is_test
    assert TestFiles({}).is_in_testpaths(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\npython_files = check_*.py  */deep/*.py\n"),
        (".pytest.ini", "[pytest]\npython_files =\n  check_*.py\n  */deep/*.py\n"),
        ("tox.ini", "[tox]\n[pytest]\npython_files = check_*.py */deep/*.py\n"),
        ("setup.cfg", "[tool:pytest]\npython_files = check_*.py */deep/*.py\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\npython_files = ['check_*.py', '*/deep/*.py']\n"),
        ("pyproject.toml", "[tool.pytest]\npython_files = 'check_*.py */deep/*.py'\n"),
        ("pytest.toml", "[pytest]\npython_files = ['check_*.py', '*/deep/*.py']\n"),
    ],
)
def test_names_of_test_files_come_from_any_of_its_config_files(name: str, text: str) -> None:
    files = TestFiles({f"api/{name}": text})
    tests = ["api/check_a.py", "api/x/check_a.py", "api/x/deep/a.py", "test_a.py", "web/test_a.py"]
    assert [path for path in [*tests, "api/test_a.py", "web/check_a.py"] if files.is_called_test(path)] == tests


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tox.ini", "[tox]\n"),
        ("setup.cfg", "[pytest]\npython_files = check.py\n"),
        ("pyproject.toml", "[tool.ruff]\n"),
        ("pyproject.toml", "not = toml = at all"),
        ("pyproject.toml", "tool = 1"),
        ("pyproject.toml", "[tool]\npytest = 1"),
        ("tox.ini", "no section"),
        ("pytest.ini", "[pytest]\npython_files = 'check.py\n"),
    ],
)
def test_files_that_say_nothing_are_passed_by(name: str, text: str) -> None:
    files = TestFiles({"pytest.ini": "[pytest]\npython_files = check.py\n", f"api/{name}": text})
    assert files.is_called_test("api/check.py")


def test_an_empty_file_of_its_own_is_settings_and_the_first_file_wins() -> None:
    files = TestFiles({"pytest.ini": "", "pyproject.toml": "[tool.pytest.ini_options]\npython_files = ['check.py']\n"})
    assert files.is_called_test("test_a.py")
    assert not files.is_called_test("check.py")


@pytest.mark.parametrize("paths", ["checks", "./checks/", "che*", "checks/a/test_a.py checks/b"])
def test_testpaths(paths: str) -> None:
    files = TestFiles({"api/pytest.ini": f"[pytest]\ntestpaths = {paths}\n"})
    assert files.is_in_testpaths("api/checks/a/test_a.py")
    assert not files.is_in_testpaths("api/app/test_client.py")
    assert files.is_in_testpaths("api/tests/test_a.py")
    assert files.is_in_testpaths("web/test_a.py")
