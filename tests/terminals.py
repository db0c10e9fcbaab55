"""Real terminals for tests."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import suppress


def shown_in_a_terminal(code: str, *, columns: int = 40, **env: str) -> str:
    """What a program shows in a real terminal of some columns, with its colours and without what it takes back."""
    controller, terminal_end = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}}
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=terminal_end,
        stderr=terminal_end,
        env={**kept, "COLUMNS": str(columns), **env},
    )
    os.close(terminal_end)
    said = b""
    with suppress(OSError):  # the terminal is gone once nobody has it open
        while block := os.read(controller, 65536):
            said += block
    os.close(controller)
    assert process.wait(30) == 0, said.decode()
    return said.decode().replace("\r\n", "\n")
