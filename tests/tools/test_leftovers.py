"""What a program that was killed leaves: found by its directories, ended, removed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from cispeed_tasks.tools import leftovers

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_processes_are_known_by_the_directory_that_their_command_names(tmp_path: Path) -> None:
    with (
        subprocess.Popen([*SLEEP, f"{tmp_path}/socket"]) as own,
        subprocess.Popen([*SLEEP, f"{tmp_path}-other"]) as other,
    ):
        try:
            assert leftovers.processes_of([str(tmp_path)], "/no-such-group") == [own.pid]
            leftovers.end([str(tmp_path)], "/no-such-group")
            assert own.wait(10) == -9
            assert other.poll() is None
        finally:
            other.kill()


def test_a_directory_goes_with_all_that_is_in_it_and_may_be_gone_already(tmp_path: Path) -> None:
    place = tmp_path / "engine"
    (place / "below").mkdir(parents=True)
    (place / "below/file").write_text("x")
    leftovers.clear(str(place))
    leftovers.clear(str(place))
    assert list(tmp_path.iterdir()) == []
