"""This machine: its distribution, apt sources, certificates, files of the system."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


def system() -> str:
    """Linux, Darwin or Windows."""
    return platform.system()


def os_release() -> dict[str, str]:
    """The fields of /etc/os-release (os-release(5)); empty where there is none."""
    path = Path("/etc/os-release")
    if not path.is_file():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    return {key: value.strip("\"'") for key, value in pairs}


def machine() -> str:
    """This machine in a few words: `2 cores, Debian 12`."""
    release, count = os_release(), os.cpu_count() or 1
    name = f"{release.get('NAME', system()).removesuffix(' GNU/Linux')} {release.get('VERSION_ID', '')}".strip()
    return f"{count} core{'' if count == 1 else 's'}, {name}"


def is_root() -> bool:
    """Whether this process may install and start things."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def has_systemd() -> bool:
    """Whether systemd runs this machine (sd_booted(3))."""
    return Path("/run/systemd/system").is_dir()


def apt_mirror(distribution: str) -> tuple[str | None, str | None]:
    """The address of the distribution's own archive and its keyring, read from the apt sources of this machine."""
    for path in sorted([*Path("/etc/apt/sources.list.d").glob("*.sources"), *_one_line_sources()]):
        found = _deb822(path.read_text()) if path.suffix == ".sources" else _one_line(path.read_text())
        for uri, suites, keyring in found:
            names_distribution = distribution in uri or any(
                s in {"stable", os_release().get("VERSION_CODENAME")} for s in suites
            )
            if names_distribution and "security" not in uri:
                return uri, keyring
    return None, None


def invoking_user() -> tuple[int, int]:
    """User and group id of whoever runs this."""
    return (os.getuid(), os.getgid()) if hasattr(os, "getuid") else (0, 0)


def process_is(pid: int, name: str) -> bool:
    """Whether the process `pid` lives and is `name`; a zombie does not live."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    return f"Name:\t{name}\n" in status and "State:\tZ" not in status


def _one_line_sources() -> list[Path]:
    paths = [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*.list")]
    return [path for path in paths if path.is_file()]


def _deb822(text: str) -> list[tuple[str, list[str], str | None]]:
    found = []
    for stanza in re.split(r"\n\s*\n", text):
        pairs = (line.split(":", 1) for line in stanza.splitlines() if ":" in line and not line.startswith("#"))
        fields = {key.strip().lower(): value.strip() for key, value in pairs}
        if "uris" in fields and fields.get("enabled", "yes") != "no":
            found.append(
                (fields["uris"].split()[0].rstrip("/"), fields.get("suites", "").split(), fields.get("signed-by"))
            )
    return found


def _one_line(text: str) -> list[tuple[str, list[str], str | None]]:
    found = []
    for line in text.splitlines():
        match = re.match(r"deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)", line)
        if match:
            signed = re.search(r"signed-by=(\S+)", match["options"] or "")
            found.append((match["uri"].rstrip("/"), [match["suite"]], signed[1] if signed else None))
    return found
