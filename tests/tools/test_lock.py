"""One run at a time, and the other one is told who works."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from tempfile import gettempdir

import pytest

from cispeed_tasks.errors import UsageError
from cispeed_tasks.tools import lock, process

NAME = f"test/lock {os.getpid()}"


def test_a_second_run_is_told_of_the_first() -> None:
    expected = re.escape(
        f"the stack {NAME} is being worked on (inv full-up, process {os.getpid()}): wait for it, or stop it"
    )
    with lock.held(NAME, "inv full-up"), pytest.raises(UsageError, match=f"^{expected}$"), lock.held(NAME, "inv down"):
        pass  # pragma: no cover


def test_a_lock_is_free_after_a_run_however_it_ended() -> None:
    with pytest.raises(KeyError), lock.held(NAME, "one"):
        raise KeyError
    with lock.held(NAME, "two"), lock.held(f"{NAME} other", "three"):
        pass


def test_a_lock_dies_with_its_process() -> None:
    code = f"from cispeed_tasks.tools import lock; import os\nwith lock.held({NAME!r}, 'one'): os._exit(9)"
    assert process.ask([sys.executable, "-c", code], check=False).exit_code == 9
    with lock.held(NAME, "two"):
        pass


def teardown_module() -> None:
    for path in Path(gettempdir()).glob(f"cispeed-{os.getuid()}-test-lock-{os.getpid()}*.lock"):
        path.unlink()
