"""Suites that pytest has run are reused as long as nothing changes that decides how they end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cispeed_tasks.config_schema import Config
from cispeed_tasks.plan.affected import Affected
from cispeed_tasks.plan.service_facts import ServiceFacts
from cispeed_tasks.run.green_runs import GreenRuns
from cispeed_tasks.run.suite_keys import SuiteKeys
from cispeed_tasks.run.suite_reuse import SuiteReuse
from cispeed_tasks.run.test_affected import Form, run_affected
from cispeed_tasks.run.tested_checkout import see
from tests.git_repositories import Repository, repository
from tests.run.green_shop import FILES, SERVICES, Facts, leave_alone, make_shop, run


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    leave_alone(monkeypatch, tmp_path)
    return make_shop(tmp_path)


@pytest.fixture
def is_reused(work: Repository, capfd: pytest.CaptureFixture[str]) -> Callable[..., bool]:
    """Run the tests, and tell whether a green run stood for them."""

    def find(*services: str, facts: Facts = lambda _: ServiceFacts()) -> bool:
        run(work, *services, facts=facts)
        said = capfd.readouterr().out
        assert ("✓ " in said) != ("· " in said), said
        return "· " in said

    return find


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
