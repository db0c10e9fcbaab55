"""What is waited for is said in a real terminal and in a pipe."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest

from cispeed_tasks.tools import terminal_waiting
from tests.terminals import shown_in_a_terminal


def test_what_is_silent_for_long_is_said_in_a_terminal_and_taken_back() -> None:
    code = (
        "from cispeed_tasks.tools import process, terminal, terminal_waiting\n"
        "terminal_waiting.FIRST_SECONDS = terminal_waiting.STEP_SECONDS = 0.2\n"
        "process.ask(['sleep', '1'])\n"
        "terminal.say('done')\n"
    )
    shown = shown_in_a_terminal(code)
    assert re.search(r"\r\x1b\[K… 0\.\d s: sleep 1", shown)
    assert shown.count("sleep 1") > 1
    assert shown.endswith("\r\x1b[Kdone\n")


def test_in_a_pipe_it_is_said_beside_the_output_and_seldom() -> None:
    code = (
        "from cispeed_tasks.tools import process, terminal, terminal_waiting\n"
        "terminal_waiting.QUIET_SECONDS = 0.5\n"
        "with terminal_waiting.waiting('the engine counts'):\n"
        "    process.ask(['sleep', '0.8'])\n"
        "terminal.say('done')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "done\n"
    assert re.fullmatch(r"(… [\d.]+ s: the engine counts\n)+", done.stderr)


def test_what_is_quick_is_not_spoken_of(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal_waiting.waiting("nothing"):
        time.sleep(0.01)
    assert capsys.readouterr() == ("", "")
