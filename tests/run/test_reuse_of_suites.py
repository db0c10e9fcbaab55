"""Suites that pytest has run are reused as long as nothing changes that decides how they end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cispeed_tasks.config_schema import Config
from cispeed_tasks.errors import ConfigError, TestsFailed
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


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    isolate(monkeypatch)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    see_interpreter = interpreter.see_interpreter

    def see_without_this_project() -> interpreter.Interpreter:
        found = see_interpreter()
        return replace(found, directories=tuple(path for path in found.directories if tmp_path in path.parents))

    monkeypatch.setattr(interpreter, "see_interpreter", see_without_this_project)


@pytest.fixture
def work(tmp_path: Path) -> Repository:
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


@pytest.fixture
def is_reused(work: Repository, capfd: pytest.CaptureFixture[str]) -> Callable[..., bool]:
    """Run the tests, and tell whether a green run stood for them."""

    def find(*services: str, facts: Facts = lambda _: ServiceFacts()) -> bool:
        run(work, *services, facts=facts)
        said = capfd.readouterr().out
        assert ("✓ " in said) != ("· " in said), said
        return "· " in said

    return find


def recorded(work: Repository) -> int:
    """How many green runs are remembered."""
    return len([*(work.path / ".cispeed").glob("green/*.json")])


def test_it_is_said_and_the_time_saved(work: Repository, capfd: pytest.CaptureFixture[str]) -> None:
    commit = work.git("rev-parse", "HEAD")
    run(work, form=Form())
    assert capfd.readouterr().out.splitlines()[-1].startswith("✓ api in services/api: ")
    run(work)
    *_, heading, line = capfd.readouterr().out.splitlines()
    assert heading == "Tests"
    assert line.startswith("· api in services/api: reused the green run of 20")
    assert f" UTC, commit {commit[:12]}: " in line
    assert line.endswith(" s saved")
    run(work, form=Form())
    assert "✓ api in services/api: " in capfd.readouterr().out


def test_whatever_can_decide_has_it_run_again(
    work: Repository, is_reused: Callable[..., bool], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert not is_reused()
    for name, change in changes(work.path, tmp_path, monkeypatch):
        assert is_reused(), f"before {name}"
        change()
        assert not is_reused(), name
    assert is_reused()


def changes(top: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Callable[[], object]]]:
    """Changes of all kinds, each by its name."""

    def write(name: str, text: str) -> tuple[str, Callable[[], object]]:
        def change() -> None:
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            (top / name).write_text(text)

        return name, change

    yield write("services/api/tests/test_main.py", FILES["services/api/tests/test_main.py"] + "def test_more(): pass\n")
    yield write("services/api/app/main.py", "from shared.money import cents\nx = 1\n")
    yield write("shared/money.py", "cents = 2\n")
    yield write("shared/rates.csv", "1\n")
    yield write("conftest.py", "x = 1\n")
    yield write("services/api/conftest.py", "")
    yield write("services/api/tests/rates.json", "[]")
    yield write("services/api/.env", "A=2\n")
    yield write("services/api/generated.log", "ignored, and in the service's directory")
    yield write("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '-p no:randomly'\n")
    yield write("../pytest.ini", "")
    yield "an executable", lambda: (top / "services/api/app/main.py").chmod(0o755)
    yield "a link", lambda: (top / "services/api/common").symlink_to("../rag")
    yield write("services/rag/main.py", "x = 1\n")
    yield "a link that leads elsewhere", lambda: replace_link(top / "services/api/common", "../../scripts")
    yield write("scripts/test.sh", "true\n")
    yield "PYTEST_ADDOPTS", lambda: monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:doctest")
    yield "a variable that a test names", lambda: monkeypatch.setenv("SHOP_URL", "http://localhost")
    yield "a variable that code names in small letters", lambda: monkeypatch.setenv("CENTS", "3")
    for version in ("1", "2"):
        yield f"package {version}", lambda version=version: install(place / "packages", version, monkeypatch)  # type: ignore[misc]
    write("../elsewhere/lib.py", "")[1]()
    yield "PYTHONPATH", lambda: monkeypatch.setenv("PYTHONPATH", str(place / "elsewhere"))
    yield write("../elsewhere/lib.py", "x = 1\n")
    yield "a submodule", lambda: submodule(top)
    yield write("services/api/vendored/x.txt", "2")


def replace_link(link: Path, target: str) -> None:
    link.unlink()
    link.symlink_to(target)


def install(place: Path, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a package in this version, and nothing else of its name."""
    (place / "fake-1.dist-info").mkdir(parents=True, exist_ok=True)
    (place / "fake-1.dist-info/METADATA").write_text(f"Metadata-Version: 2.1\nName: fake\nVersion: {version}\n")
    monkeypatch.syspath_prepend(place)


def submodule(top: Path) -> None:
    inner = repository(top.parent / "inner")
    inner.commit(**{"x.txt": "1"})
    Repository(top).git("submodule", "--quiet", "add", str(inner.path), "services/api/vendored")


def test_nothing_else_has_it_run_again(
    work: Repository, is_reused: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_reused()
    work.write(
        {
            "README.md": "x",
            "docs/guide.md": "x",
            "services/rag/main.py": "x = 1\n",
            "ran.log": "",
            "services/api/app/__pycache__/main.cpython-311.pyc": "",
            "services/api/.pytest_cache/v/lastfailed": "{}",
            "services/api/node_modules/x/index.js": "",
            "services/api/.coverage": "",
        }
    )
    (work.path / "services/api/app/main.py").touch()
    monkeypatch.setenv("ELSEWHERE", "x")
    monkeypatch.chdir(work.path / "shared")
    work.commit()
    assert is_reused()


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


def test_a_link_out_of_the_checkout_can_hold_anything(work: Repository, capfd: pytest.CaptureFixture[str]) -> None:
    (work.path.parent / "outside").mkdir()
    (work.path.parent / "outside/x.txt").write_text("1")
    (work.path / "services/api/data").symlink_to("../../../outside")
    run(work)
    assert f"services/api/data leads out of the checkout, to {work.path.parent / 'outside'}" in capfd.readouterr().out
    replace_link(work.path / "services/api/data", "../../../outside/x.txt")
    run(work)
    run(work)
    assert "reused the green run" in capfd.readouterr().out
    (work.path.parent / "outside/x.txt").write_text("2")
    run(work)
    assert "✓ api" in capfd.readouterr().out


def test_a_command_is_reused_with_what_it_names(
    work: Repository, is_reused: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_reused("web")
    assert is_reused("web")
    work.write({"scripts/test.sh": "cat code >> ../ran.log; exit $(cat code)\n# new\n"})
    assert not is_reused("web")
    work.write({"web/src/main.js": "import money from '../../libs/money'\n", "libs/money.ts": ""})
    assert not is_reused("web")
    work.write({"libs/money.ts": "1", "shared/money.py": "x = 1\n"})
    assert not is_reused("web")
    work.write({"shared/money.py": "x = 2\n"})
    assert is_reused("web")
    work.write({"package.json": '{"workspaces": ["web", "packages/*"]}', "packages/ui/index.js": ""})
    assert not is_reused("web")
    work.write({"packages/ui/index.js": "1"})
    assert not is_reused("web")
    assert is_reused("web")
    (work.path / "bin").mkdir()
    (work.path / "bin/node").write_text("#!/bin/sh\n")
    (work.path / "bin/node").chmod(0o755)
    monkeypatch.setenv("PATH", f"{work.path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert not is_reused("web")
    assert (work.path / "ran.log").read_text() == "0\n" * 7


def test_what_is_configured_counts_by_its_meaning(is_reused: Callable[..., bool]) -> None:
    assert not is_reused()
    assert not is_reused(facts=lambda name: ServiceFacts(section=f"{name} is another"))
    assert is_reused(facts=lambda name: ServiceFacts(section=f"{name} is another"))
    assert not is_reused(facts=lambda _: ServiceFacts(places=("README.md",)))
    assert is_reused()


def test_where_the_inputs_cannot_be_read_all_is_run(work: Repository, capfd: pytest.CaptureFixture[str]) -> None:
    def facts(_: str) -> ServiceFacts:
        raise ConfigError("services/api/Dockerfile:3: unknown instruction\nand more")

    run(work, facts=facts)
    said = capfd.readouterr().out
    assert "! no green run is reused or remembered: services/api/Dockerfile:3: unknown instruction\n" in said
    assert "✓ api" in said


def test_a_part_of_a_suite_is_another_suite(work: Repository, capfd: pytest.CaptureFixture[str]) -> None:
    work.write({"services/api/tests/test_b.py": "def test(): pass\n"})
    seen = see(work.path, SERVICES)
    for _ in range(2):
        keys = SuiteKeys(work.path, work.path, seen, lambda _: ServiceFacts())
        reuse = SuiteReuse(work.path, keys, GreenRuns(work.path, Config()), is_wanted=True)
        affected = Affected({}, {}, ("services/api/tests/test_b.py",), "", is_everything=False)
        run_affected(work.path, seen, affected, Form(reuse=True), lambda reuse=reuse: reuse)  # type: ignore[misc]
    said = capfd.readouterr().out
    assert said.count("(1 of 2 files)") == 2
    assert said.count("· api in services/api: reused") == 1
    run(work)
    assert "2 passed" in capfd.readouterr().out
