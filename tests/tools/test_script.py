"""Scripts that are read line by line, and what becomes of all that they started."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cispeed_tasks.errors import ToolError
from cispeed_tasks.tools.host import process_is
from cispeed_tasks.tools.script import Scripts, terminated_like_interrupted

ENV = {"PATH": os.environ["PATH"]}


def run(script: str, path: Path, *, timeout: float = 60, scripts: Scripts | None = None) -> tuple[int, list[str]]:
    said: list[str] = []
    code = (scripts or Scripts()).run(["bash", "-c", script], cwd=path, env=ENV, line=said.append, timeout=timeout)
    return code, said


def ends(path: Path) -> bool:
    """Whether the process ends soon whose id the file holds."""
    _wait_for(lambda: not is_alive(path))
    return not is_alive(path)


def _wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_alive(path: Path) -> bool:
    return process_is(int(path.read_text()), "sleep")


def test_lines_of_both_outputs_and_the_exit_code(tmp_path: Path) -> None:
    assert run("echo a; echo b >&2; printf 'c\\r\\n\\nd'; exit 7", tmp_path) == (7, ["a", "b", "c", "", "d"])


def test_no_variable_but_those_given(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", "import os; print(sorted(set(os.environ) - {'LC_CTYPE'}))"]
    said: list[str] = []
    assert Scripts().run(argv, cwd=tmp_path, env={"A": "1"}, line=said.append, timeout=60) == 0
    assert said == ["['A']"]


def test_a_shell_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"^`no-such-shell` is not installed"):
        Scripts().run(["no-such-shell"], cwd=tmp_path, env=ENV, line=print, timeout=60)


def test_what_takes_too_long_ends_with_all_that_it_started(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        run("sleep 100 & echo $! > child; wait", tmp_path, timeout=0.5)
    assert ends(tmp_path / "child")
    assert time.monotonic() - started < 30


def test_what_goes_on_in_the_background_is_not_waited_for_but_ended_with_the_job(tmp_path: Path) -> None:
    scripts = Scripts()
    started = time.monotonic()
    assert run("sleep 100 & echo $! > child; echo done", tmp_path, scripts=scripts) == (0, ["done"])
    assert time.monotonic() - started < 30
    _wait_for(lambda: is_alive(tmp_path / "child"))
    scripts.end()
    assert ends(tmp_path / "child")


def test_a_request_to_terminate_ends_it_as_an_interruption_does(tmp_path: Path) -> None:
    def terminate() -> None:
        while not (tmp_path / "child").exists():
            time.sleep(0.02)
        os.kill(os.getpid(), 15)

    said: list[str] = []
    script = "trap 'echo tidy; exit 1' INT; sleep 100 & echo $! > new; mv new child; wait"
    other = threading.Thread(target=terminate)
    other.start()
    with pytest.raises(KeyboardInterrupt), terminated_like_interrupted():
        Scripts().run(["bash", "-c", script], cwd=tmp_path, env=ENV, line=said.append, timeout=60)
    other.join()
    assert said == ["tidy"]
    assert ends(tmp_path / "child")
