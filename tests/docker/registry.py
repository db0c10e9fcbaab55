"""A real OCI registry on this machine: Debian's docker-registry, on a port of its own."""

from __future__ import annotations

import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIG = """version: 0.1
storage: {{filesystem: {{rootdirectory: {directory}/data}}, delete: {{enabled: true}}}}
http: {{addr: "127.0.0.1:{port}"}}
log: {{level: error}}
"""


@contextmanager
def registry(directory: Path, port: int, more: str = "") -> Iterator[str]:
    """Run a registry whose data lies in `directory`, with `more` lines of settings; gives its address."""
    if shutil.which("docker-registry") is None:
        subprocess.run(["apt-get", "update", "-q"], check=True, capture_output=True, timeout=300)
        subprocess.run(
            ["apt-get", "install", "-q", "-y", "docker-registry"], check=True, capture_output=True, timeout=300
        )
    config = directory / "config.yml"
    config.write_text(CONFIG.format(directory=directory, port=port) + more)
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(["docker-registry", "serve", str(config)], stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}/v2/")
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


def _wait(url: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  # our own registry
                return
        except urllib.error.HTTPError as answer:
            answer.close()
            return  # it wants to know who asks
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
