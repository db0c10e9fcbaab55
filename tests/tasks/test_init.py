"""`init`, typed in repositories of many kinds, with Compose and without an engine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.git_repositories import environment, repository

FILES = {
    "compose.yaml": 'name: shop\nservices:\n  api: {build: api}\n  db: {image: "postgres:${TAG:-canary}"}\n',
    "api/Dockerfile": "FROM python:3.13\nWORKDIR /code\nCOPY . .\nCMD python -m api\n",
    "api/requirements.txt": "",
}
PLAIN_TASKS = 'from invoke import task\n\n\n@task\ndef own(c):\n    """Its own task."""\n    print("own work")\n'
COLLECTED_TASKS = PLAIN_TASKS.replace("task\n", "Collection, task\n", 1) + "\n\nNAME = Collection(own)\n"
# A superuser may write anywhere, unless this right is taken away.
WITHOUT_RIGHT = (
    ["setpriv", "--bounding-set", "-dac_override", "--inh-caps", "-dac_override"] if not os.geteuid() else []
)


def write(directory: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, newline="")
    return directory


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository of git with a remote, a Compose file and no tasks.py."""
    made = repository(tmp_path / "shop")
    made.git("remote", "add", "origin", "https://user:secret@github.com/Acme/Shop.git")
    return write(made.path, FILES)


def run(directory: Path, module: str, *words: str, before: Sequence[str] = (), **env: str) -> tuple[int, str]:
    done = subprocess.run(
        [*before, sys.executable, "-m", module, *words],
        cwd=directory,
        env=environment(DOCKER_HOST="unix:///no/such.sock", PYTHONDONTWRITEBYTECODE="1", **env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stdout
    return done.returncode, done.stdout


def init(directory: Path, *words: str, **env: str) -> tuple[int, str]:
    """By the way that needs no tasks.py."""
    return run(directory, "cispeed_tasks", "init", *words, before=(), **env)


def inv(directory: Path, *words: str) -> tuple[int, str]:
    return run(directory, "invoke", *words)


def content(directory: Path) -> dict[str, bytes]:
    """All that a person has in a repository."""
    paths = (path for path in directory.rglob("*") if path.is_file())
    names = ((path.relative_to(directory).as_posix(), path) for path in paths)
    return {name: path.read_bytes() for name, path in names if not name.startswith((".git/", ".cispeed/"))}


def test_a_repository_is_adopted(shop: Path) -> None:
    code, said = init(shop)
    assert (code, said) == (
        0,
        """\
✓ wrote cispeed.yaml: what cannot be inferred, and what is as comments
✓ wrote tasks.py: `inv --list` names the tasks
✓ added .cispeed/ to .gitignore

Next
  inv check    what was understood, and what was assumed
  inv full-up  builds what is needed and brings all services up; `inv engine-up` first where there is no Docker
  inv down     takes it down
""",
    )
    text = (shop / "cispeed.yaml").read_text()
    assert "#registry: ghcr.io/acme/shop\n" in text
    assert "#   api  pip in api → /code; its own api/Dockerfile\n" in text
    assert "secret" not in text
    assert "canary\n" not in text
    assert (shop / ".gitignore").read_text() == ".cispeed/\n"
    assert inv(shop, "check")[0] == 0


def test_a_second_time_changes_nothing(shop: Path) -> None:
    init(shop)
    before = content(shop)
    code, said = inv(shop, "init")
    assert (code, content(shop)) == (0, before)
    assert said.splitlines()[:3] == [
        "· cispeed.yaml exists and stays as it is; `inv init --diff` shows what differs from a new one",
        "· tasks.py has the tasks already",
        "· git ignores .cispeed/ already",
    ]
    assert inv(shop, "init", "--diff") == (0, "Nothing would be written: all is there.\n")


def test_the_same_repository_gives_the_same_bytes(shop: Path, tmp_path: Path) -> None:
    other = repository(tmp_path / "elsewhere" / "clone")
    other.git("remote", "add", "origin", "git@github.com:acme/shop")
    write(other.path, FILES)
    init(shop, TAG="16")
    init(other.path)
    assert content(shop) == content(other.path)


def test_a_diff_writes_nothing_and_can_be_applied(shop: Path) -> None:
    write(shop, {".gitignore": "dist"})
    before = content(shop)
    code, diff = init(shop, "--diff")
    assert (code, content(shop)) == (0, before)
    subprocess.run(["git", "apply", "-"], cwd=shop, input=diff, text=True, check=True, env=environment())
    applied = content(shop)
    for name in ("cispeed.yaml", "tasks.py"):
        (shop / name).unlink()
    write(shop, {".gitignore": "dist"})
    init(shop)
    assert content(shop) == applied
    assert applied[".gitignore"] == b"dist\n.cispeed/\n"


def test_an_existing_config_stays_and_what_differs_is_shown(shop: Path) -> None:
    write(shop, {"cispeed.yaml": "services: {api: {workdir: /srv}}\n"})
    code, diff = init(shop, "--diff")
    assert code == 0
    assert "-services: {api: {workdir: /srv}}\n" in diff
    assert init(shop)[0] == 0
    assert (shop / "cispeed.yaml").read_text() == "services: {api: {workdir: /srv}}\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tasks.py", PLAIN_TASKS),
        ("tasks.py", COLLECTED_TASKS.replace("NAME", "ns")),
        ("tasks.py", COLLECTED_TASKS.replace("NAME", "namespace")),
        ("tasks/__init__.py", PLAIN_TASKS),
    ],
)
def test_the_lines_for_an_existing_tasks_file_work(shop: Path, name: str, text: str) -> None:
    write(shop, {name: text})
    code, said = init(shop)
    assert code == 0
    assert (shop / name).read_text() == text
    assert f"! {name} exists and stays as it is; add these lines at its end:" in said
    assert "  inv cispeed.check" in said
    lines = [line.removeprefix("    ") for line in said.splitlines() if line.startswith("    ")]
    (shop / name).write_text(text + "\n".join(lines) + "\n")
    listed = inv(shop, "--list")[1].split()
    assert {"own", "cispeed.check", "cispeed.full-up"} <= set(listed)
    assert inv(shop, "own") == (0, "own work\n")
    assert inv(shop, "cispeed.check")[0] == 0
    assert inv(shop, "cispeed.inputs", "nope") == (2, "there is no service 'nope'; there is: api, db\n")
    assert f"· {name} has the tasks already" in inv(shop, "cispeed.init")[1]


def test_a_tasks_file_above_is_the_one_that_counts(shop: Path) -> None:
    write(shop, {"tasks.py": PLAIN_TASKS, **{f"shop/{name}": text for name, text in FILES.items()}})
    code, said = init(shop / "shop")
    assert code == 0
    assert "! ../tasks.py exists and stays as it is; add these lines at its end:" in said
    assert not (shop / "shop/tasks.py").exists()


def test_a_package_of_the_application_is_no_tasks_file(shop: Path) -> None:
    write(shop, {"tasks/__init__.py": "from celery import Celery\n"})
    code, said = init(shop)
    assert code == 0
    assert "✓ wrote tasks.py: " in said
    assert inv(shop, "check")[0] == 0


def test_a_config_that_names_a_directory_stays_and_its_tasks_file_is_found(shop: Path) -> None:
    top = shop.parent
    write(top, {"cispeed.yaml": "directory: shop\n", "tasks.py": "from cispeed_tasks import ns\n"})
    code, said = init(top)
    assert code == 0
    assert said.splitlines()[:3] == [
        "· cispeed.yaml exists and stays as it is; `inv init --diff` shows what differs from a new one",
        "· tasks.py has the tasks already",
        "✓ added .cispeed/ to shop/.gitignore",
    ]


def test_a_broken_tasks_file_stops_it(shop: Path) -> None:
    write(shop, {"tasks.py": "def (:\n"})
    before = content(shop)
    code, said = init(shop)
    assert (code, content(shop)) == (2, before)
    assert said.startswith("tasks.py:1:5: this is no Python: ")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("dist\r\n", "dist\r\n.cispeed/\r\n"),
        (".cispeed\n", ".cispeed\n"),
        (".*\n", ".*\n"),
        ("\xe9", "\xe9\n.cispeed/\n"),
    ],
)
def test_a_line_is_added_where_git_does_not_ignore_it_already(shop: Path, before: str, after: str) -> None:
    (shop / ".gitignore").write_bytes(before.encode("latin-1"))
    assert init(shop)[0] == 0
    assert (shop / ".gitignore").read_bytes() == after.encode("latin-1")


def test_without_git_nothing_is_ignored(tmp_path: Path) -> None:
    code, said = init(write(tmp_path, FILES))
    assert code == 0
    assert "· no git repository here that git reads, so nothing has to ignore .cispeed/" in said
    assert set(content(tmp_path)) == {*FILES, "cispeed.yaml", "tasks.py"}
    assert inv(tmp_path, "check")[0] == 0


def test_other_compose_files_are_shown_and_not_in_force(shop: Path) -> None:
    write(shop, {"docker-compose.prod.yml": "services: {}\n"})
    assert init(shop)[0] == 0
    text = (shop / "cispeed.yaml").read_text()
    assert "# Not in force: docker-compose.prod.yml.\n#compose: [compose.yaml, docker-compose.prod.yml]\n" in text
    assert "Compose files: compose.yaml\n" in inv(shop, "check")[1]


def test_compose_s_own_override_is_in_force(shop: Path) -> None:
    write(shop, {"compose.override.yaml": "services: {api: {working_dir: /over}}\n"})
    assert init(shop)[0] == 0
    assert "# Compose files: compose.yaml, compose.override.yaml, as" in (shop / "cispeed.yaml").read_text()


def test_the_one_compose_file_that_lies_deeper_is_named(shop: Path) -> None:
    (shop / "deploy").mkdir()
    (shop / "compose.yaml").rename(shop / "deploy/docker-compose.yml")
    assert init(shop)[0] == 0
    assert "\ncompose: [deploy/docker-compose.yml]\ncompose-directory: .\n" in (shop / "cispeed.yaml").read_text()
    assert inv(shop, "check")[0] == 0
    assert inv(shop, "init", "--diff") == (0, "Nothing would be written: all is there.\n")


def test_a_compose_file_that_is_read_from_its_own_directory(shop: Path) -> None:
    write(shop, {"deploy/compose.yaml": "services: {api: {build: ../api}}\n"})
    (shop / "compose.yaml").unlink()
    assert init(shop)[0] == 0
    assert "compose-directory" not in (shop / "cispeed.yaml").read_text()
    assert inv(shop, "check")[0] == 0


def test_the_one_profile_that_everything_waits_for_is_active(shop: Path) -> None:
    write(shop, {"compose.yaml": "services: {api: {build: api, profiles: [dev]}}\n"})
    assert init(shop)[0] == 0
    assert "\nprofiles: [dev]\n" in (shop / "cispeed.yaml").read_text()
    assert "api" in inv(shop, "check")[1]
    assert inv(shop, "init", "--diff") == (0, "Nothing would be written: all is there.\n")


def test_profiles_of_some_services_are_a_suggestion(shop: Path) -> None:
    write(shop, {"compose.yaml": "services: {api: {build: api}, a: {image: a, profiles: [x, tools]}}\n"})
    assert init(shop)[0] == 0
    assert "\n#profiles: [tools, x]\n" in (shop / "cispeed.yaml").read_text()


def test_tests_that_lie_deep_are_named(shop: Path) -> None:
    package = '{"devDependencies": {"@playwright/test": "1.50.0"}}'
    lock = '{"packages": {"node_modules/@playwright/test": {"version": "1.50.0"}}}'
    files = {"package.json": package, "package-lock.json": lock, "playwright.config.ts": ""}
    write(shop, {f"tools/qa/browser/e2e/{name}": text for name, text in files.items()})
    assert init(shop)[0] == 0
    assert "\nplaywright:\n  directory: tools/qa/browser/e2e\n" in (shop / "cispeed.yaml").read_text()
    assert "tests in tools/qa/browser/e2e, version 1.50.0" in inv(shop, "check")[1]
    assert "inv playwright-test" in inv(shop, "init")[1]
    assert inv(shop, "init", "--diff") == (0, "Nothing would be written: all is there.\n")


def test_no_compose_file(tmp_path: Path) -> None:
    assert init(tmp_path) == (
        2,
        (
            f"{tmp_path} has no Compose file (compose.yaml, docker-compose.yml …), also not 2 directories deeper: "
            "go to the repository that has one, or write one\n"
            "nothing was written; correct it, then type `python -m cispeed_tasks init` again\n"
        ),
    )
    assert content(tmp_path) == {}


def test_several_compose_files_of_which_none_is_compose_s_choice(tmp_path: Path) -> None:
    write(tmp_path, {"a/compose.yaml": "services: {}\n", "b/compose.yaml": "services: {}\n"})
    code, said = init(tmp_path)
    assert code == 2
    assert "but a/compose.yaml, b/compose.yaml: name those that belong together in cispeed.yaml" in said


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("compose.yaml", "services: {web: {imgae: x}}\n", "Compose does not accept the files in "),
        ("compose.yaml", "services: [\n", "Compose does not accept the files in "),
        ("compose.yaml", "services: {api: {build: web}}\n", "services.api: its Dockerfile "),
        ("cispeed.yaml", "servces: {}\n", "cispeed.yaml:1:1: unknown key 'servces'; did you mean 'services'?"),
    ],
)
def test_what_is_broken_stops_it(shop: Path, name: str, text: str, wanted: str) -> None:
    before = content(write(shop, {name: text}))
    code, said = init(shop)
    assert (code, content(shop)) == (2, before)
    assert said.startswith(wanted)
    assert said.endswith("\nnothing was written; correct it, then type `python -m cispeed_tasks init` again\n")


def test_a_directory_that_cannot_be_written(shop: Path) -> None:
    shop.chmod(0o555)
    try:
        code, said = run(shop, "cispeed_tasks", "init", before=WITHOUT_RIGHT)
        assert (code, said) == (
            1,
            f"{shop}/cispeed.yaml cannot be written: Permission denied; make its directory writable for you, then try again\n",
        )
        assert run(shop, "cispeed_tasks", "init", "--diff", before=WITHOUT_RIGHT)[0] == 0
    finally:
        shop.chmod(0o755)


def test_without_docker_it_is_said(shop: Path, tmp_path: Path) -> None:
    code, said = init(shop, PATH=str(tmp_path / "empty"))
    assert code == 3
    assert said.startswith("`docker` is not installed or not on PATH")


def test_a_config_of_another_name_is_written_under_it(shop: Path) -> None:
    code, said = init(shop, CISPEED_CONFIG="ci.yaml")
    assert code == 0
    assert said.startswith("✓ wrote ci.yaml: ")
    assert set(content(shop)) == {*FILES, ".gitignore", "ci.yaml", "tasks.py"}
