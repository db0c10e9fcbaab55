"""Long work that shows nothing by itself: what is waited for is said, so that nobody thinks it hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from cispeed_tasks.tools import terminal

FIRST_SECONDS, STEP_SECONDS = 1.5, 0.5
"""After how many seconds a terminal shows what is waited for, and how often that is shown anew."""
QUIET_SECONDS = 20.0
"""The same where lines go to a file, a pipe or a log."""
_one = threading.Lock()


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Say what is waited for, and since when, where that takes long and shows nothing by itself."""
    # Whoever asks many things at once, or as a part of something longer, says so itself.
    if threading.current_thread() is not threading.main_thread() or not _one.acquire(blocking=False):
        yield
        return
    done = threading.Event()
    teller = threading.Thread(target=_say_while, args=(what, done), daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
        _one.release()


def _say_while(what: str, done: threading.Event) -> None:
    started = time.monotonic()
    is_shown, is_moving = False, terminal.moves()
    while not done.wait(QUIET_SECONDS if not is_moving else STEP_SECONDS if is_shown else FIRST_SECONDS):
        is_shown = True
        text = f"… {terminal.seconds(time.monotonic() - started)}: {what}"
        # Beside the output, which a program may read.
        terminal.progress(text) if is_moving else terminal.aside(text)
    if is_shown:
        terminal.progress_done()
