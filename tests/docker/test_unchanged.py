"""The short way of `build-optimized`: it is taken only while everything that the last plan followed from is as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cispeed_tasks.run import build, contexts, unchanged
from tests.docker.repositories import Repository, docker, make_repository

FILES = {
    "compose.yaml": "name: still\nservices:\n"
    "  app: {build: {context: ., args: {WORD: '${WORD:-none}'}}, command: sleep 60}\n"
    "  copy: {build: {context: other, additional_contexts: {more: ./more}}, command: sleep 60}\n",
    "Dockerfile": "FROM debian:trixie-slim\nARG WORD\nCOPY src /src\n",
    ".dockerignore": "*.log\n",
    "src/a": "one\n",
    "other/Dockerfile": "FROM still-outside:1\nCOPY . /other\nCOPY --from=more . /more\n",
    "other/b": "two\n",
    "more/c": "three\n",
    ".env": "OTHER=1\n",
    "x.log": "ignored\n",
    "cispeed.yaml": "timeouts: {ready: 100}\n",
}


def outside(word: str) -> None:
    """An image of somebody else's that another one can take the place of."""
    text = f"FROM debian:trixie-slim\nLABEL word={word}\n"
    docker("build", "--quiet", "--tag", "still-outside:1", "-", text=text)


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    outside("one")
    yield make_repository(tmp_path_factory.mktemp("still") / "still", "still", FILES)
    docker("image", "rm", "--force", "still-outside:1")


@pytest.fixture
def remembered(still: Repository, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository's directory, with a record of what it is now."""
    # What changed less than two seconds ago is not remembered; no test waits that long.
    for module in (contexts, unchanged):
        monkeypatch.setattr(module, "SETTLED_NANOSECONDS", -(10**18))
    monkeypatch.chdir(still.path)
    monkeypatch.setenv("CISPEED_CONFIG", "cispeed.yaml")  # as the tasks themselves set it
    build.build_optimized([], build.Options())
    build.build_optimized([], build.Options())
    assert is_unchanged()
    return still.path


def is_unchanged() -> bool:
    return unchanged.say_unchanged([])


def test_it_says_what_the_long_way_says(still: Repository, remembered: Path) -> None:
    short = still.inv("build-optimized")
    (remembered / ".cispeed/unchanged.json").unlink()
    long = still.inv("build-optimized")
    assert [line.split(" in ")[0] for line in short.splitlines()] == [
        line.split(" in ")[0] for line in long.splitlines()
    ]


CHANGES = [
    ("src/a", "another\n"),
    ("src/new", "new\n"),
    ("src/a", None),
    ("other/b", "another\n"),
    ("more/c", "another\n"),
    ("more/.dockerignore", "c\n"),
    ("Dockerfile", FILES["Dockerfile"] + "LABEL a=b\n"),
    ("Dockerfile.dockerignore", "src/a\n"),
    ("other/Dockerfile", FILES["other/Dockerfile"] + "LABEL a=b\n"),
    (".dockerignore", "src/a\n"),
    ("compose.yaml", FILES["compose.yaml"].replace("none", "some")),
    ("compose.override.yaml", "services: {app: {build: {args: {WORD: over}}}}\n"),
    (".env", "WORD=changed\n"),
    ("cispeed.yaml", "project: another\n"),
    ("cispeed.yaml", "services: {app: {target: '0'}}\n"),
    ("cispeed.yaml", None),
    ("requirements.txt", "flask\n"),
    ("other/package.json", "{}"),
    ("tests/playwright.config.js", ""),
]


@pytest.mark.parametrize(("name", "text"), CHANGES, ids=[f"{name}-{str(text)[:12].strip()}" for name, text in CHANGES])
def test_whatever_a_plan_follows_from_has_it_planned_anew(remembered: Path, name: str, text: str | None) -> None:
    file = remembered / name
    before = file.read_text() if file.exists() else None
    put(file, text)
    try:
        assert not is_unchanged()
    finally:
        put(file, before)


def put(file: Path, text: str | None) -> None:
    if text is None:
        file.unlink()
    else:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)


@pytest.mark.usefixtures("remembered")
def test_a_variable_that_compose_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORD", "changed")
    assert not is_unchanged()


@pytest.mark.usefixtures("remembered")
def test_a_setting_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert not is_unchanged()


@pytest.mark.usefixtures("remembered")
def test_other_services_are_another_question() -> None:
    assert not unchanged.say_unchanged(["app"])


def test_it_is_taken_from_a_directory_below_but_not_past_a_nearer_config(
    remembered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(remembered / "src")
    assert is_unchanged()
    nearer = remembered / "src/cispeed.yaml"
    nearer.write_text("directory: ..\nproject: nearer\n")
    assert not is_unchanged()
    nearer.unlink()


@pytest.mark.usefixtures("remembered")
def test_an_image_of_others_that_is_another_one_now() -> None:
    outside("two")
    assert not is_unchanged()
    outside("one")


@pytest.mark.usefixtures("remembered")
def test_an_image_that_has_lost_its_name_or_is_gone(still: Repository) -> None:
    docker("tag", "debian:trixie-slim", "still-app:full")
    assert not is_unchanged()
    assert "2 images: 2 reused" in still.inv("build-optimized")
    assert is_unchanged()
    names = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "still-app").split()
    docker("image", "rm", *names)
    assert not is_unchanged()
    assert "1 built, 1 reused" in still.inv("build-optimized")


@pytest.mark.usefixtures("remembered")
def test_another_program_plans_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unchanged, "NO_PROGRAM", {*unchanged.NO_PROGRAM, "templates"})
    assert not is_unchanged()


def test_a_base_whose_time_will_be_over_is_not_remembered(
    new_repository: Callable[..., Repository], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "compose.yaml": "name: aging\nservices: {app: {build: .}}\n",
        "Dockerfile": "FROM aging/base:1\n",
        "base/Dockerfile": "FROM debian:trixie-slim\nCOPY . /base\n",
    }
    for age, expected in (("", True), (", max-age: 7d", False)):
        files["cispeed.yaml"] = f"bases: {{base: {{image: 'aging/base:1', context: base{age}}}}}\n"
        repository = new_repository("aging", files)
        for module in (contexts, unchanged):
            monkeypatch.setattr(module, "SETTLED_NANOSECONDS", -(10**18))
        monkeypatch.chdir(repository.path)
        build.build_optimized([], build.Options())
        build.build_optimized([], build.Options())
        assert is_unchanged() == expected
        (repository.path / ".cispeed/unchanged.json").unlink(missing_ok=True)


def test_what_changed_just_before_is_not_remembered(remembered: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (remembered / ".cispeed/unchanged.json").unlink()
    monkeypatch.undo()
    monkeypatch.chdir(remembered)
    (remembered / "src/a").touch()
    build.build_optimized([], build.Options())
    assert not is_unchanged()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "cispeed unchanged 2"}', '{"schema": "another"}'])
def test_a_record_that_cannot_be_read_is_none(remembered: Path, text: str) -> None:
    (remembered / ".cispeed/unchanged.json").write_text(text)
    assert not is_unchanged()


@pytest.mark.usefixtures("remembered")
def test_without_an_engine_the_long_way_says_why(still: Repository) -> None:
    said = still.inv("build-optimized", expect=3, env={"DOCKER_HOST": "unix:///tmp/no-engine.sock"})
    assert "no Docker Engine answers" in said
