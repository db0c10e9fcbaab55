"""The repository, judged by what was seen of it."""

from __future__ import annotations

import pytest

from cispeed_tasks.plan.doctor import Line, Unseen
from cispeed_tasks.plan.doctor_repository import (
    BuildCache,
    ConfigFaults,
    Git,
    Leftovers,
    Registry,
    RootImages,
    StateDirectory,
    Understood,
    judge_cache,
    judge_config,
    judge_git,
    judge_leftovers,
    judge_registry,
    judge_root_images,
    judge_state_directory,
)


def test_a_config_that_is_understood() -> None:
    assert judge_config(Understood("cispeed.yaml", 9)) == Line("config", "ok", "cispeed.yaml, 9 services")


def test_faults_of_a_config_are_named_with_their_places() -> None:
    faults = tuple(f"cispeed.yaml:{n}:1: unknown key 'x'" for n in range(1, 6))
    assert judge_config(ConfigFaults(faults)) == Line(
        "config",
        "fault",
        "cispeed.yaml:1:1: unknown key 'x'; cispeed.yaml:2:1: unknown key 'x'; cispeed.yaml:3:1: unknown key 'x'; and 2 more",
        "correct it at that place, then inv check",
    )


def test_where_no_compose_file_is_there_is_nothing_to_be_wrong() -> None:
    assert judge_config(ConfigFaults()).state == "warning"


def test_what_was_assumed_is_a_warning() -> None:
    line = judge_config(Understood("cispeed.yaml", 2, assumptions=("web: x",)))
    assert (line.state, line.words, line.mend) == ("warning", "cispeed.yaml, 2 services; assumed: web: x", "inv check")
    assert "playwright-test cannot run: y" in judge_config(Understood("cispeed.yaml", 2, "y")).words


@pytest.mark.parametrize(
    ("seen", "state", "mend"),
    [
        (Git(default_branch="origin/main"), "ok", ""),
        (Git(), "warning", "git remote set-head origin --auto, or inv affected --base REF"),
        (Git(is_shallow=True), "warning", "git fetch --unshallow (in CI: actions/checkout with fetch-depth: 0)"),
        (Git(is_missing=True), "warning", "install git"),
        (Git("not a git repository"), "warning", "git init && git add --all && git commit"),
        (Git("no", trust="/src"), "warning", "git config --global --add safe.directory /src"),
    ],
)
def test_git(seen: Git, state: str, mend: str) -> None:
    line = judge_git(seen)
    assert (line.state, line.mend) == (state, mend)


@pytest.mark.parametrize(
    ("seen", "state", "mend"),
    [
        (StateDirectory("/r/.cispeed", False, False, False), "ok", ""),
        (StateDirectory("/r/.cispeed", True, True, False), "ok", ""),
        (StateDirectory("/r/.cispeed", True, None, None), "ok", ""),
        (StateDirectory("/r/.cispeed", True, False, False), "warning", "echo .cispeed/ >> .gitignore"),
        (StateDirectory("/r/.cispeed", True, True, True), "warning", "git rm -r --cached .cispeed"),
        (
            StateDirectory("/r/.cispeed", True, True, False, is_writable=False),
            "fault",
            'sudo chown -R "$(id -u):$(id -g)" /r/.cispeed',
        ),
    ],
)
def test_the_directory_of_the_tasks(seen: StateDirectory, state: str, mend: str) -> None:
    line = judge_state_directory(seen)
    assert (line.state, line.mend) == (state, mend)


def test_a_cache_that_is_whole_says_what_it_takes() -> None:
    seen = BuildCache(
        "cache local .cispeed/cache/TARGET: read and written", (), {"/r/a": None, "/r/b": None}, 5_000_000
    )
    assert judge_cache(seen) == Line(
        "build cache", "ok", "cache local .cispeed/cache/TARGET: read and written; 2 on this disk, 5.0 MB"
    )


def test_a_cache_that_is_not_whole_goes() -> None:
    line = judge_cache(BuildCache("cache local", (), {"/r/a": "index.json is missing", "/r/b": None}, 2_000_000_000))
    assert (line.state, line.mend) == ("warning", "rm -r /r/a")
    assert line.words == (
        "/r/a is not whole (index.json is missing): it is not read, and written anew by the next build; 2 on this disk, 2.00 GB"
    )


def test_a_cache_that_cannot_be_had_is_a_warning_in_the_plan_s_words() -> None:
    line = judge_cache(BuildCache("cache gha: it is not used", ("only in a workflow",)))
    assert (line.state, line.words) == ("warning", "cache gha: it is not used; only in a workflow")


@pytest.mark.parametrize(
    ("seen", "state", "mend"),
    [
        (None, "ok", ""),
        (Registry("ghcr.io/o/r", "ghcr.io", may_read=True, may_push=True), "ok", ""),
        (Registry("ghcr.io/o/r", "ghcr.io", may_read=True, may_push=False), "warning", "docker login ghcr.io"),
        (
            Registry("ghcr.io/o/r", "ghcr.io", may_read=False, may_push=False, has_login=True),
            "warning",
            "docker login ghcr.io, as somebody with the right to write packages there",
        ),
    ],
)
def test_the_rights_to_a_registry(seen: Registry | None, state: str, mend: str) -> None:
    line = judge_registry(seen)
    assert (line.state, line.mend) == (state, mend)


def test_a_silent_registry_costs_no_build() -> None:
    line = judge_registry(Registry("ghcr.io/o/r", "ghcr.io", "no answer within 5 s"))
    assert (line.state, line.words) == (
        "warning",
        "ghcr.io/o/r cannot be reached: no answer within 5 s; builds do without it",
    )


def test_root_images_are_here_pulled_made_or_missing() -> None:
    name = "python:3.13-slim"
    assert judge_root_images(RootImages(name, True, "it is on this engine", True)).state == "ok"
    made = judge_root_images(RootImages(name, False, "no answer within 5 s", True))
    assert (made.state, made.words) == (
        "ok",
        "no registry gives python:3.13-slim (no answer within 5 s); it is made from Debian's packages",
    )
    assert judge_root_images(RootImages("redis:7", False, "not found", False)).state == "warning"


def test_leftovers() -> None:
    assert judge_leftovers(Leftovers({}, 0)) == Line("leftovers", "ok", "none")
    assert judge_leftovers(Leftovers({"image": 2, "container": 1, "results": 3}, 1_500_000)) == Line(
        "leftovers", "warning", "2 images, 1 container, 3 results, 1.5 MB", "inv prune"
    )
    assert judge_leftovers(Leftovers({}, 0, ("shop-test",))).mend == "inv down"


def test_what_could_not_be_seen_is_said() -> None:
    late = Unseen("no answer in time")
    lines = [
        judge_config(late),
        judge_git(late),
        judge_state_directory(late),
        judge_cache(late),
        judge_registry(late),
        judge_root_images(late),
        judge_leftovers(late),
    ]
    assert {(line.state, line.words) for line in lines} == {("warning", "cannot be told: no answer in time")}
