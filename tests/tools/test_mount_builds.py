"""Why a small build failed, in one line of what BuildKit printed."""

from __future__ import annotations

import pytest

from cispeed_tasks.tools.mount_builds import LONGEST, why_failed

STEP = """#6 [read 2/2] RUN --network=none ["/bin/sh","-euc","cp -a /a /b"]
#6 0.074 starting
#6 0.081 cp: cannot stat '/a': No such file or directory
#6 ERROR: process "/bin/sh -euc cp -a /a /b" did not complete successfully: exit code: 1
------
 > [read 2/2] RUN --network=none ["/bin/sh","-euc","cp -a /a /b"]:
0.074 starting
0.081 cp: cannot stat '/a': No such file or directory
------
ERROR: failed to build: failed to solve: process "/bin/sh -euc cp -a /a /b" did not complete successfully: exit code: 1
"""


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (STEP, "cp: cannot stat '/a': No such file or directory"),
        ("#1 x\nERROR: failed to build: failed to solve: x:1: not found\n", "x:1: not found"),
        ("#6 1.2 cp: error writing '/b': No space left on device\nERROR: y\n", "no space is left on the disk"),
        ("ERROR: Cannot connect to the Docker daemon\n", "ERROR: Cannot connect to the Docker daemon"),
        ("", "it said nothing"),
    ],
)
def test_a_log_becomes_a_line(log: str, words: str) -> None:
    assert why_failed(log) == words


def test_a_long_line_is_cut() -> None:
    assert why_failed("x" * 1000) == "x" * LONGEST + "…"
