"""What of cache mounts is never saved, since it may hold credentials: whole mounts by their places, files by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable

SECRET_WORDS = frozenset(
    [
        "auth",
        "aws",
        "azure",
        "credential",
        "credentials",
        "gcloud",
        "gnupg",
        "keyring",
        "keyrings",
        "keys",
        "kube",
        "netrc",
        "npmrc",
        "password",
        "passwords",
        "private",
        "pypirc",
        "secret",
        "secrets",
        "ssh",
        "token",
        "tokens",
        "vault",
    ]
)
SETTINGS = re.compile(r"/|/(etc|run|root|home|var|usr|opt)|(/root|/home/[^/]+)(/\.(config|docker|local))?|/home/[^/]+")
"""Directories of which a package manager's cache is a part at most; beside it lie settings, with what one logs in with."""
SECRET_FILES = frozenset(
    [
        ".env",
        ".git-credentials",
        ".netrc",
        ".npmrc",
        ".pypirc",
        ".yarnrc",
        ".yarnrc.yml",
        "_netrc",
        "auth.json",
        "auth.toml",
        "credentials",
        "credentials.json",
        "credentials.toml",
        "gradle.properties",
        "pip.conf",
        "pip.ini",
        "settings-security.xml",
        "settings.xml",
    ]
)
DEPTH = 2
"""How deep such files are looked for: what a manager writes itself; deeper lie the packages' own files, which belong together."""


def secret_place(places: Iterable[str]) -> str | None:
    """Why a mount may hold credentials, by where it is mounted or what it is called; None where nothing says so."""
    for place in places:
        words = {word for part in place.lower().split("/") for word in re.split(r"[-_.]", part)}
        if found := sorted(words & SECRET_WORDS):
            return f"its target {place} looks like a place of credentials ('{found[0]}')"
        if SETTINGS.fullmatch(place):
            return f"its target {place} is no cache alone: a person's or the system's settings lie there"
    return None


def secret_files(paths: Iterable[str]) -> tuple[str, ...]:
    """Those files of a mount, by their paths in it, that a package manager keeps credentials in."""
    return tuple(path for path in paths if path.count("/") < DEPTH and path.rsplit("/", 1)[-1].lower() in SECRET_FILES)
