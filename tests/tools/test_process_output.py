"""Programs that run beside ours, and programs whose output is a file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cispeed_tasks.errors import ToolError
from cispeed_tasks.tools import process


def test_whether_a_program_beside_ours_has_ended(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", "import sys; sys.stdin.read(); sys.exit(7)"]
    with process.background(argv, log=tmp_path / "log") as ends:
        assert process.ended(ends, 20) == 7
    argv = [sys.executable, "-c", "import time; time.sleep(60)"]
    with process.background(argv, log=tmp_path / "log") as stays:
        assert process.ended(stays, 0.05) is None
    assert process.ended(stays, 20) not in {None, 0}


def test_output_becomes_a_file_byte_for_byte(tmp_path: Path) -> None:
    code = r"import sys; sys.stdout.buffer.write(b'a\r\n\xff'); sys.exit(3)"
    assert process.save([sys.executable, "-c", code], tmp_path / "out", timeout=20) == 3
    assert (tmp_path / "out").read_bytes() == b"a\r\n\xff"


def test_a_program_that_is_missing_or_slow_is_said(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="`no-such-program` is not installed"):
        process.save(["no-such-program"], tmp_path / "out", timeout=20)
    with pytest.raises(ToolError, match=r"not done within 0\.2 s: "):
        process.save([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path / "out", timeout=0.2)
