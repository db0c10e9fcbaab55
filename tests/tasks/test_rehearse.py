"""`inv rehearse` as it is typed: what it prints, its exit codes, and Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cispeed_tasks.tools.host import process_is
from tests.git_repositories import Repository, environment, repository

TASKS = """
from invoke.collection import Collection
from cispeed_tasks import ns
from cispeed_tasks.tasks.command import command


@command("this project")
def quick_ci(context):
    print("the task, not the workflow")


ns.add_task(quick_ci)
"""
QUICK = """\
name: Quick
on: {pull_request: {branches: [main]}, push: {}}
concurrency: one
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - uses: docker/setup-buildx-action@v3
      - name: Greet
        run: echo hello
  off: {if: "github.event_name == 'schedule'", runs-on: ubuntu-latest, steps: [{run: "false"}]}
"""
BROKEN = """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    if: ${{ github.ref == main }}
    steps:
      - run: |
          echo one
          echo ${{ nope.x }} ${{ github.sha }}
      - uses: actions/checkout@v4
        wiht: {fetch-depth: 0}
      - {run: "true", if: "a ="}
"""


@pytest.fixture
def work(tmp_path: Path) -> Repository:
    made = repository(tmp_path / "shop")
    directory = ".github/workflows/"
    made.commit(**{"tasks.py": TASKS, f"{directory}quick-ci.yml": QUICK, f"{directory}broken.yaml": BROKEN})
    return made


def start(work: Repository, *words: str) -> subprocess.Popen[str]:
    (work.path.parent / "tmp").mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "invoke", *words],
        cwd=work.path,
        env=environment(TMPDIR=str(work.path.parent / "tmp"), PYTHONDONTWRITEBYTECODE="1"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def inv(work: Repository, *words: str) -> tuple[int, str]:
    with start(work, *words) as process:
        said, _ = process.communicate(timeout=120)
    assert "Traceback" not in said
    return process.returncode, said


def test_what_a_person_reads(work: Repository) -> None:
    code, said = inv(work, "rehearse", "quick-ci", "--event", "push")
    commit = work.git("rev-parse", "HEAD")[:12]
    times = [word for line in said.splitlines() for word in line.split("(")[1:] if word.endswith(" s)")]
    assert code == 0
    for word in times:
        said = said.replace(f"({word}", "(TIME)")
    head, _, table = said.partition("\nRehearsal\n")
    assert (
        head
        == f"""\
.github/workflows/quick-ci.yml on push: main ({commit}), as refs/heads/main
ignored: concurrency

Job lint
▸ Run docker/setup-buildx-action@v3
· Run docker/setup-buildx-action@v3: not run, this machine's builder is used
▸ Greet
  hello
✓ Greet (TIME)

Job off
· skipped: its `if` does not hold
"""
    )
    lines = table.splitlines()
    assert lines[0].split("  ")[1] == "job"
    assert [line.split() for line in lines[1:3]] == [
        ["lint", "success", "1", "of", "2", *lines[1].split()[-2:]],
        ["off", "skipped:", "its", "`if`", "does", "not", "hold", "-", "-"],
    ]
    assert " s one after the other; beside each other " in lines[3]
    assert lines[4:] == [
        "",
        "Not run here",
        "  Run docker/setup-buildx-action@v3 (lint): this machine's builder is used",
    ]


def test_a_workflow_that_is_called_as_a_task_and_the_tasks_after_it(work: Repository) -> None:
    code, said = inv(work, "rehearse", "quick-ci", "quick-ci")
    assert code == 0
    assert "quick-ci.yml on pull_request: rehearsal" in said
    assert said.endswith("the task, not the workflow\n")


def test_every_fault_has_its_place(work: Repository) -> None:
    code, said = inv(work, "rehearse", "broken")
    assert code == 2
    file = ".github/workflows/broken.yaml"
    assert said.splitlines() == [
        f"{file}:5:27: there is no context 'main'; text stands between single quotes",
        f"{file}:9:20: there is no context 'nope'; text stands between single quotes",
        f"{file}:11:15: unknown key 'wiht'; did you mean 'with'?",
        f"{file}:12:30: '=' means nothing here; did you mean ==?",
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "name one workflow: inv rehearse quick-ci"),
        (("slow-ci",), "there is no workflow 'slow-ci' in .github/workflows; there are broken, quick-ci"),
        (
            ("quick-ci", "--event", "schedule"),
            "--event schedule: Quick is not started by it, but by pull_request, push",
        ),
        (("quick-ci", "--base", "gone"), "--base gone: there is no such branch, tag or commit here"),
        (("quick-ci", "--input", "a"), "--input a: write NAME=VALUE"),
        (("quick-ci", "--input", "a=b"), "--input is for --event workflow_dispatch, and this is pull_request"),
    ],
)
def test_a_users_mistake_is_a_sentence(work: Repository, words: tuple[str, ...], sentence: str) -> None:
    assert inv(work, "rehearse", *words) == (2, f"{sentence}\n")


def test_act_where_it_is_not_installed(work: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join(["/usr/bin", "/bin"]))
    code, said = inv(work, "rehearse", "quick-ci", "--act")
    assert code == 3
    assert said.endswith("`act` is not installed or not on PATH; see nektosact.com, or leave out --act\n")


def test_an_interruption_ends_the_step_runs_what_always_runs_and_cleans_up(work: Repository) -> None:
    workflow = """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: sleep 100 & echo $! > {marks}/new; mv {marks}/new {marks}/child; wait
      - run: echo never
      - {if: always(), run: 'echo "down: ${{ job.status }}"'}
  b: {if: always(), runs-on: ubuntu-latest, steps: [{run: echo never}]}
""".replace("{marks}", str(work.path.parent))
    work.commit(**{".github/workflows/long.yml": workflow})
    child = work.path.parent / "child"
    with start(work, "rehearse", "long") as process:
        end = time.monotonic() + 60
        while not child.exists() and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "  down: cancelled\n" in said
    assert "  never\n" not in said
    assert not process_is(int(child.read_text()), "sleep")
    assert list((work.path.parent / "tmp").iterdir()) == []
