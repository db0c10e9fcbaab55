"""Texts that a user names on the command line: a file, or standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from cispeed_tasks.errors import UsageError


def read(name: str, option: str) -> str:
    """Return the text of the file `name`, or of standard input where it is `-`.

    Bytes that are no UTF-8 are kept as Python keeps them in names of files.

    Raises:
        UsageError: the file cannot be read; the sentence begins with `option`.
    """
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"{option} {name}: there is no such file; correct the path") from error
    except OSError as error:
        raise UsageError(f"{option} {name}: cannot be read: {error.strerror}; name a file that you may read") from error
    return data.decode("utf-8", "surrogateescape")
