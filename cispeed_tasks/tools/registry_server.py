"""A registry of one's own on this machine: the distribution's docker-registry, for as long as a block lasts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cispeed_tasks.errors import ToolError
from cispeed_tasks.tools import process
from cispeed_tasks.tools.ports import answers

START_SECONDS = 20.0


@contextmanager
def serving(config: str, directory: Path, host: str, port: int) -> Iterator[None]:
    """Run a registry by the text of its `config`, which lies with its log in `directory`; returns when it answers.

    Raises:
        ToolError: it does not start.
    """
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "config.yml").write_text(config)
    log = directory / "log"
    argv = ["setpriv", "--pdeathsig", "TERM", "docker-registry", "serve", str(directory / "config.yml")]
    with process.background(argv, log=log, apart=True) as running:
        deadline = time.monotonic() + START_SECONDS
        while not answers(host, port):
            if running.poll() is not None or time.monotonic() > deadline:
                raise ToolError(
                    f"no registry can be started at {host}:{port}: {log.read_text(errors='replace')[-500:]}"
                )
            time.sleep(0.05)
        yield
