"""Network namespaces of other engines on this machine, made and taken away by commands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cispeed_tasks.tools import process

FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")


def make(commands: Sequence[Sequence[str]]) -> None:
    """Run the commands that make a network; raises WorkFailed with the words of the first that fails."""
    if FORWARDING.read_text().strip() != "1":
        FORWARDING.write_text("1\n")
    for argv in commands:
        process.ask(argv, timeout=30)


def unmake(commands: Sequence[Sequence[str]]) -> None:
    """Run the commands that take it away; what is not there any more is fine."""
    for argv in commands:
        process.ask(argv, timeout=30, check=False)


def addresses() -> str:
    """The addresses of this machine, a line each."""
    return process.ask(["ip", "-o", "-4", "address"], timeout=30).stdout
