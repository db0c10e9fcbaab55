"""Debian's package manager: what is installed, installing, removing."""

from __future__ import annotations

from collections.abc import Sequence

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.tools import process

QUIET = {"DEBIAN_FRONTEND": "noninteractive"}


def installed(packages: Sequence[str]) -> dict[str, str]:
    """The installed ones of `packages`, each with its version."""
    query = ["dpkg-query", "-W", "-f=${db:Status-Abbrev}\t${Package}\t${Version}\n", *packages]
    rows = (line.split("\t") for line in process.ask(query, check=False).stdout.splitlines())
    return {row[1]: row[2] for row in rows if row[0].startswith("ii")}


def all_installed() -> set[str]:
    """The names of all installed packages."""
    return set(process.ask(["dpkg-query", "-W", "-f=${Package}\n"]).stdout.split())


def install(packages: Sequence[str], *, timeout: float) -> None:
    """Refresh the package lists and install; raises WorkFailed with apt's own words after `timeout` seconds or a fault."""
    process.ask(["apt-get", "update", "-q"], env=QUIET, timeout=timeout)
    process.ask(["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages], env=QUIET, timeout=timeout)


def remove(packages: Sequence[str], *, timeout: float) -> None:
    """Remove packages with their configuration files, and nothing that was not named."""
    done = process.ask(["apt-get", "purge", "-q", "-y", *packages], env=QUIET, timeout=timeout, check=False)
    if done.exit_code:
        raise WorkFailed(process.failure(done))
