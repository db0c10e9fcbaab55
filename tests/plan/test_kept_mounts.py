"""What is done about each cache mount, with its cause: the printed lines are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from cispeed_tasks.config_schema import CacheMountsConfig
from cispeed_tasks.model import MountArchive
from cispeed_tasks.plan.cache_runner import Runner
from cispeed_tasks.plan.kept_mounts_found import FoundMount, MountIdentity, find_mounts
from cispeed_tasks.plan.kept_mounts_keys import KeyedMount, common_key, keyed, lock_files
from cispeed_tasks.plan.kept_mounts_limit import Contents, MountFile
from cispeed_tasks.plan.kept_mounts_restore import plan_restore
from cispeed_tasks.plan.kept_mounts_save import plan_save, superseded
from cispeed_tasks.plan.kept_mounts_secret import secret_files, secret_place
from cispeed_tasks.plan.kept_mounts_step import candidates
from cispeed_tasks.plan.kept_mounts_workers import workers
from cispeed_tasks.plan.kept_mounts_write import in_the_way, who_writes
from tests.builders import ROOT, build, project
from tests.builders import config as parsed

PLATFORM = "linux/amd64"
LOCKS = {"api": {"api/poetry.lock": "1"}, "web": {"web/package-lock.json": "2"}}


def config(text: str = "") -> CacheMountsConfig:
    return parsed(f"cache-mounts: {{{text}}}\n").cache_mounts


def found(id_: str, place: str, *users: str, run: str = "r") -> FoundMount:
    return FoundMount(MountIdentity(id_), id_, (place,), users, (run,))


def mounts(locks: Mapping[str, Mapping[str, str]] = LOCKS) -> tuple[KeyedMount, KeyedMount]:
    pip, npm = keyed([found("pip", "/root/.cache/pip", "api"), found("npm", "/root/.npm", "web")], locks, PLATFORM)
    return pip, npm


def archive(one: KeyedMount, *, saved: float = 1, fault: str | None = None, size: int = 100) -> MountArchive:
    return MountArchive(one.key, one.prefix, "x.tar", saved, size, 3, one.locks, "shop", fault)


def contents(*paths: str, size: int = 100) -> Contents:
    return Contents(tuple(MountFile(path, size, 5) for path in paths), by_files=True)


def full() -> dict[str, Contents | str]:
    return {one.prefix: contents("a", "b") for one in mounts()}


def lines(steps: tuple[object, ...]) -> list[str]:
    return [str(step) for step in steps]


def test_a_key_names_the_mount_the_platform_and_the_lock_files_and_follows_each() -> None:
    pip, npm = mounts()
    assert pip.prefix.startswith("pip-")
    assert pip.prefix.endswith("-linux-amd64")
    assert pip.key.startswith(f"{pip.prefix}-")
    assert len({pip.key, npm.key}) == 2
    changed = mounts({**LOCKS, "api": {"api/poetry.lock": "9"}})
    assert changed[0].prefix == pip.prefix
    assert changed[0].key != pip.key
    assert changed[1].key == npm.key
    assert mounts({"api": LOCKS["api"], "web": LOCKS["web"], "other": {"x.lock": "5"}})[0].key == pip.key
    other_run = keyed([found("pip", "/root/.cache/pip", "api", run="s")], LOCKS, PLATFORM)[0]
    assert (other_run.prefix, other_run.key == pip.key) == (pip.prefix, False)
    owned = replace(pip.mount, identity=MountIdentity("pip", uid=5))
    assert keyed([owned], LOCKS, PLATFORM)[0].prefix != pip.prefix
    assert keyed([pip.mount], LOCKS, "linux/arm64")[0].prefix != pip.prefix


def test_one_key_for_all_follows_every_mount_and_has_a_prefix() -> None:
    key, prefix = common_key("My Shop", PLATFORM, mounts())
    assert prefix == "cispeed-mounts-my-shop-linux-amd64-"
    assert key.startswith(prefix)
    assert common_key("My Shop", PLATFORM, mounts({**LOCKS, "web": {}}))[0] != key
    assert common_key("My Shop", PLATFORM, mounts()[::-1])[0] == key


@pytest.mark.parametrize(
    ("paths", "locks"),
    [
        (["a/poetry.lock", "a/pyproject.toml", "a/b.py"], ["a/poetry.lock"]),
        (["a/pyproject.toml", "b.py"], ["a/pyproject.toml"]),
        (["requirements.txt", "requirements-test.txt", "requirements/dev.txt", "doc.txt"],
         ["requirements.txt", "requirements-test.txt", "requirements/dev.txt"]),
        (["go.sum", "go.mod"], ["go.sum"]),
        (["x.py"], []),
    ],
)  # fmt: skip
def test_lock_files_are_found_among_the_inputs(paths: list[str], locks: list[str]) -> None:
    assert list(lock_files(paths)) == locks


def test_what_was_not_saved_is_saved() -> None:
    assert lines(plan_save(mounts(), full(), [], config())) == [
        "save pip: 2 files, not saved before",
        "save npm: 2 files, not saved before",
    ]


def test_an_unchanged_key_is_not_saved_again_unless_that_is_asked_for() -> None:
    pip, npm = mounts()
    assert lines(plan_save(mounts(), {npm.prefix: contents("a")}, [archive(pip)], config())) == [
        "leave pip: saved already; api/poetry.lock is unchanged since",
        "save npm: 1 file, not saved before",
    ]
    anew = plan_save(mounts(), full(), [archive(pip)], config(), anew=True)
    assert str(anew[0]) == "save pip: 2 files, anew"


def test_a_damaged_archive_does_not_count() -> None:
    assert plan_save(mounts(), full(), [archive(mounts()[0], fault="damaged")], config())[0].action == "save"


def test_what_changed_since_is_named() -> None:
    older = archive(mounts({"api": {"api/poetry.lock": "0", "api/x.lock": "0"}})[0])
    assert str(plan_save(mounts(), full(), [older], config())[0]) == (
        "save pip: 2 files, api/poetry.lock, api/x.lock changed since it was saved"
    )


def test_empty_mounts_and_mounts_that_cannot_be_seen_are_left() -> None:
    pip, npm = mounts()
    assert lines(plan_save(mounts(), {pip.prefix: contents(), npm.prefix: "no image can look"}, [], config())) == [
        "leave pip: there is nothing in it on this engine",
        "leave npm: no image can look",
    ]


def test_the_config_says_which_are_kept() -> None:
    assert lines(plan_save(mounts(), full(), [], config("drop: [npm]")))[1] == (
        "leave npm: `cache-mounts: drop:` names it"
    )
    assert lines(plan_save(mounts(), full(), [], config("keep: [npm]")))[0] == (
        "leave pip: `cache-mounts: keep:` does not name it"
    )


@pytest.mark.parametrize(
    "place", ["/root/.aws", "/run/secrets/x", "/root/.ssh", "/x/npm-auth", "/root", "/root/.config", "/"]
)
def test_places_of_credentials_are_never_saved_nor_restored(place: str) -> None:
    secret = keyed([found("c", place, "api")], LOCKS, PLATFORM)
    assert secret_place([place])
    seen = {secret[0].prefix: contents("a")}
    assert plan_save(secret, seen, [], config("keep: [c]"))[0].action == "leave"
    assert plan_restore(secret, {}, [archive(secret[0])], config("keep: [c]"))[0].action == "leave"


@pytest.mark.parametrize(
    "place", ["/root/.cache/pip", "/root/.npm", "/var/lib/apt", "/go/pkg/mod", "/root/.m2", "keypad"]
)
def test_caches_are_no_places_of_credentials(place: str) -> None:
    assert secret_place([place]) is None


def test_files_that_hold_credentials_are_left_out_and_said() -> None:
    assert secret_files(["settings.xml", "a/.npmrc", "repo/b/c/auth.json", "x.whl"]) == ("settings.xml", "a/.npmrc")
    pip, _ = mounts()
    step = plan_save([pip], {pip.prefix: contents("x.whl", ".netrc")}, [], config())[0]
    assert str(step) == "save pip: 1 file, not saved before; without .netrc, which may hold credentials"
    assert step.left_out == (".netrc",)


def test_beyond_the_limit_files_go_and_whole_mounts() -> None:
    pip, npm = mounts()
    old = Contents((MountFile("old", 6000, 1), MountFile("new", 6000, 9)), by_files=True)
    seen: dict[str, Contents | str] = {pip.prefix: old, npm.prefix: Contents((MountFile("a", 6000, 5),))}
    assert lines(plan_save(mounts(), seen, [], config("limit: 18kB"))) == [
        "save pip: 1 file, not saved before; those used least lately (1 file) are beyond the limit of 18kB",
        "save npm: 1 file, not saved before",
    ]
    assert lines(plan_save(mounts(), seen, [], config("limit: 10kB"))) == [
        "save pip: 1 file, not saved before; those used least lately (1 file) are beyond the limit of 10kB",
        "leave npm: beyond the limit of 10kB: what was used later takes it, and a part of this one is of no use",
    ]
    kept = plan_save(mounts(), seen, [archive(npm, size=9000)], config("limit: 18kB"))
    assert kept[0].left_out == ("old",), "what is saved already takes its room"


def test_the_very_key_is_restored_else_the_newest() -> None:
    pip, npm = mounts()
    older = [archive(mounts({"api": {"api/poetry.lock": str(n)}})[0], saved=n) for n in (5, 9, 7)]
    steps = plan_restore(mounts(), {}, [*older, archive(pip, saved=2)], config())
    assert lines(steps) == [
        "restore pip: saved for these very lock files (api/poetry.lock)",
        "leave npm: nothing was saved of it",
    ]
    best = plan_restore(mounts(), {}, older, config())[0]
    assert str(best) == "restore pip: the newest that was saved; api/poetry.lock changed since"
    assert best.archive == older[1]
    assert [one.saved for one in candidates(pip, older)] == [9, 7, 5]
    assert candidates(npm, older) == []


def test_a_damaged_archive_is_said_and_the_next_one_is_taken() -> None:
    pip, _ = mounts()
    older = archive(mounts({"api": {}})[0])
    broken = archive(pip, fault="damaged")
    step = plan_restore([pip], {}, [older, broken], config())[0]
    assert step.archive == older
    assert str(step) == (
        f"restore pip: the newest that was saved; api/poetry.lock changed since; {pip.key} is damaged, and is not used"
    )
    alone = plan_restore([pip], {}, [broken], config())[0]
    assert str(alone) == f"leave pip: nothing was saved of it; {pip.key} is damaged, and is not used"


def test_a_mount_that_this_engine_has_files_in_is_left_unless_asked() -> None:
    pip, _ = mounts()
    seen: dict[str, Contents | str] = {pip.prefix: contents("a")}
    assert str(plan_restore([pip], seen, [archive(pip)], config())[0]) == (
        "leave pip: this engine has 1 file in it already"
    )
    assert plan_restore([pip], seen, [archive(pip)], config(), anew=True)[0].action == "restore"


def test_older_archives_go_and_those_that_no_dockerfile_has() -> None:
    pip, npm = mounts()
    old_pip = archive(mounts({"api": {}})[0])
    gone = keyed([found("gone", "/gone", "api")], LOCKS, PLATFORM)[0]
    other = replace(archive(gone), project="other")
    arm = archive(keyed([found("gone", "/gone", "api")], LOCKS, "linux/arm64")[0])
    archives = [old_pip, archive(pip), archive(npm), archive(gone), other, arm]
    assert superseded(archives, pip, [pip, npm], "shop", PLATFORM) == (old_pip, archive(gone))


@pytest.mark.parametrize(
    ("text", "environment", "says"),
    [
        ("", "local", True),
        ("write: never", "local", False),
        ("registry: r.example/x", "local", False),
        ("registry: r.example/x", "pull-request", False),
        ("registry: r.example/x", "main", True),
        ("'registry': r.example/x, write: always", "pull-request", True),
        ("write: main", "pull-request", False),
    ],
)
def test_who_saves(text: str, environment: str, says: bool) -> None:
    assert who_writes(config(text), Runner(environment, "b"))[0] is says  # type: ignore[arg-type]


def test_a_mount_of_nothing_but_credentials_is_left() -> None:
    pip, _ = mounts()
    step = plan_save([pip], {pip.prefix: contents(".netrc")}, [], config())[0]
    assert str(step) == "leave pip: all that is in it may hold credentials"


def test_the_images_that_may_work_are_those_that_the_steps_run_on() -> None:
    text = "bases: {python: {image: 'images/python:1', context: base}}\n"
    files = {
        "base/Dockerfile": "FROM python:3.13-slim AS x\nFROM x\n",
        "Dockerfile": "FROM ghcr.io/astral-sh/uv:1 AS uv\nFROM images/python:1 AS deps\nCOPY --from=uv /uv /uv\n"
        "RUN --mount=type=cache,id=uv,target=/uv make\nFROM nginx:1\nCOPY --from=deps /x /x\n",
    }
    for more, images in (("", ("python:3.13-slim", "shop-api:full")), ("cache-mounts: {image: own:1}\n", ("own:1",))):
        made = project(text + more, {"api": {"build": build(".")}}, files)
        assert workers(made, find_mounts(made.targets.values(), ROOT)[0]) == images


@pytest.mark.parametrize(
    ("directory", "is_so"), [("kept", True), ("../kept", False), (".cispeed/x", False), ("api/x", True), ("", False)]
)
def test_a_directory_may_not_lie_in_a_build_context(directory: str, is_so: bool) -> None:
    made = project("", {"api": {"build": build(".")}}, {"Dockerfile": "FROM debian\n"})
    section = config(f"directory: {directory}") if directory else config()
    assert bool(in_the_way(section, made.targets.values(), ROOT)) is is_so
