"""What is no whole green run of all that is in a suite is never remembered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from cispeed_tasks.errors import ConfigError, TestsFailed
from cispeed_tasks.plan.service_facts import ServiceFacts
from cispeed_tasks.run.test_affected import Form
from tests.git_repositories import Repository
from tests.run.green_shop import leave_alone, make_shop, recorded, run


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    leave_alone(monkeypatch, tmp_path)
    return make_shop(tmp_path)


def test_a_red_run_is_never_reused(work: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    work.write({"services/api/tests/test_main.py": "def test(): assert 0\n"})
    for _ in range(2):
        with pytest.raises(TestsFailed):
            run(work)
    assert recorded(work) == 0
    work.write({"services/api/tests/test_main.py": "import os\ndef test(): assert not os.environ.get('FAILS')\n"})
    run(work)
    assert recorded(work) == 1
    monkeypatch.setenv("FAILS", "1")
    with pytest.raises(TestsFailed):
        run(work)


@pytest.mark.parametrize(
    ("test", "form"),
    [
        ("import os\ndef test(): pass\ndef test_b(): os.kill(os.getpid(), 9)\n", Form()),
        ("import os\ndef test(): pass\ndef test_b(): os.kill(os.getpid(), 2)\n", Form()),
        ("def a_test(): pass\n", Form()),
        ("def test(): pass\n", Form(words=("-q",))),
        ("def test(): open('new', 'w').write('x')\n", Form()),
        ("import pytest\ndef test(): pytest.exit('enough', 0)\n", Form()),
        ("import os\ndef test(): os._exit(0)\n", Form()),
        ("import pytest\ndef test(): pass\ndef test_b(): pytest.skip('no database')\n", Form()),
        ("import pytest\ndef test(): pass\n@pytest.mark.skipif('1')\ndef test_b(): pass\n", Form()),
        ("import pytest\npytest.skip('no database', allow_module_level=True)\ndef test(): pass\n", Form()),
        ("import unittest\nclass Test(unittest.TestCase):\n    def test(self): self.skipTest('x')\n", Form()),
    ],
    ids=[
        "killed",
        "interrupted",
        "empty",
        "words",
        "changed meanwhile",
        "ended",
        "left",
        "skipped",
        "skipped if",
        "skipped whole",
        "skipped by unittest",
    ],
)
def test_what_is_not_a_whole_green_run_is_not_remembered(work: Repository, test: str, form: Form) -> None:
    work.write({"services/api/tests/test_main.py": test})
    with ends_somehow():
        run(work, form=form)
    assert recorded(work) == 0


def test_what_is_never_run_is_no_part(work: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    test = "import os, pytest\n@pytest.mark.skip\ndef test_a(): pass\n@pytest.mark.xfail\ndef test_b(): assert 0\ndef test():\n    assert os.environ.get('PYTEST_PLUGINS') == 'shared.money'\n    assert not [name for name in os.environ if name.startswith('CISPEED')]\n"
    work.write({"services/api/tests/test_main.py": test})
    monkeypatch.setenv("PYTEST_PLUGINS", "shared.money")
    run(work, form=Form())
    assert recorded(work) == 1
    assert [*(work.path / ".cispeed/pytest").glob("report*")] == []


@contextmanager
def ends_somehow() -> Iterator[None]:
    try:
        yield
    except TestsFailed:
        return


def test_words_reuse_nothing(work: Repository, capfd: pytest.CaptureFixture[str]) -> None:
    run(work)
    run(work, form=Form(words=("-q",), reuse=True))
    said = capfd.readouterr().out
    assert "What stands after -- may make it a run of a part: no green run is reused, and none remembered.\n" in said
    assert said.count("✓ api in services/api: ") == 2


def test_why_it_is_not_remembered_is_said(work: Repository, capfd: pytest.CaptureFixture[str]) -> None:
    work.write({"services/api/tests/test_main.py": "def test(): open('new', 'w').write('x')\n"})
    run(work)
    assert "api in services/api: not remembered, since while it ran services/api/new is new." in capfd.readouterr().out
    run(work)
    run(work)
    assert "reused the green run" in capfd.readouterr().out
    work.write(
        {
            "services/api/tests/test_skips.py": "import pytest\ndef test(): pytest.skip('x')\ndef test_b(): pytest.skip('x')"
        }
    )
    run(work)
    assert (
        "api in services/api: not remembered, since it left out tests/test_skips.py::test and 1 more.\n"
        in capfd.readouterr().out
    )


@pytest.mark.parametrize(
    ("files", "variables", "why"),
    [
        ({}, {"PYTEST_ADDOPTS": "--lf"}, "PYTEST_ADDOPTS says --lf, which may leave tests out"),
        ({"services/api/pytest.ini": "[pytest]\naddopts = --stepwise\n"}, {}, "services/api/pytest.ini says --stepwise, which may leave tests out"),
    ],
)  # fmt: skip
def test_what_an_earlier_run_decides_is_not_reused(
    work: Repository,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    files: Mapping[str, str],
    variables: Mapping[str, str],
    why: str,
) -> None:
    work.write(files)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    run(work)
    assert f"api in services/api: no green run can stand for it: {why}.\n" in capfd.readouterr().out
    assert recorded(work) == 0


def test_where_the_inputs_cannot_be_read_all_is_run(work: Repository, capfd: pytest.CaptureFixture[str]) -> None:
    def facts(_: str) -> ServiceFacts:
        raise ConfigError("services/api/Dockerfile:3: unknown instruction\nand more")

    run(work, facts=facts)
    said = capfd.readouterr().out
    assert "! no green run is reused or remembered: services/api/Dockerfile:3: unknown instruction\n" in said
    assert "✓ api" in said
