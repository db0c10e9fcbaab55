"""The Python that runs the tests: its version, what is installed for it, and where else it imports from."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path
from urllib.parse import unquote, urlsplit

PLUGINS = "pytest11"
"""The entry points by which pytest loads plugins (docs.pytest.org, 'Writing plugins')."""


@dataclass(frozen=True)
class Interpreter:
    """What was seen of it."""

    version: str
    """Python, the platform and the C library, in words."""
    packages: dict[str, str]
    """The version of each installed distribution, by name; of what no index gave, also what was installed."""
    directories: tuple[Path, ...]
    """Where code is imported from that is not installed: editable installs, `.pth` files, PYTHONPATH."""
    plugins: tuple[str, ...]
    """The modules that packages have pytest load."""


def see_interpreter() -> Interpreter:
    """Look at the interpreter that runs this, which is the one that runs pytest."""
    found = list(distributions())
    packages: dict[str, str] = {}
    for one in found:
        # The first of a name on the path is the one that is imported; others are seen all the same.
        name = one.name.lower()
        packages[name] = " ".join(filter(None, [packages.get(name), _version(one)]))
    plugins = {entry.module for one in found for entry in one.entry_points.select(group=PLUGINS)}
    directories = {*filter(None, map(_editable, found)), *_path_files(), *_given()}
    libc = " ".join(platform.libc_ver())
    version = f"{sys.version} {sysconfig.get_platform()} {libc}".strip()
    return Interpreter(version, packages, tuple(sorted(directories)), tuple(sorted(plugins)))


def _version(one: Distribution) -> str:
    origin = one.read_text("direct_url.json")
    if origin is None or _editable(one):
        return one.version
    # What came from a directory or an archive can be another under the same version; RECORD has the hashes of its files.
    content = f"{origin}{one.read_text('RECORD')}"
    return f"{one.version} {hashlib.sha256(content.encode()).hexdigest()}"


def _editable(one: Distribution) -> Path | None:
    """Return the directory that an editable install is of (packaging.python.org, 'Direct URL Data Structure')."""
    try:
        origin = json.loads(one.read_text("direct_url.json") or "{}")
        is_editable = origin.get("dir_info", {}).get("editable", False)
    except (ValueError, AttributeError):
        return None
    return Path(unquote(urlsplit(str(origin["url"])).path)) if is_editable else None


def _path_files() -> Iterator[Path]:
    """Yield the directories that `.pth` files add to the path (docs.python.org, 'site')."""
    places = [*site.getsitepackages(), *([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])]
    for place in map(Path, places):
        for file in sorted(place.glob("*.pth")):
            lines = file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
            paths = (
                place / line.strip()
                for line in lines
                if line.strip() and not line.startswith(("#", "import ", "import\t"))
            )
            yield from (path.resolve() for path in paths if path.is_dir())


def _given() -> Iterator[Path]:
    words = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    yield from (Path(word).resolve() for word in words if word and Path(word).is_dir())


def program_digests(names: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of those programs that are on PATH, links followed."""
    found = {name: _digest(path) for name in names if (path := shutil.which(name)) is not None}
    return {name: digest for name, digest in found.items() if digest is not None}


@cache
def _digest(path: str) -> str | None:
    try:
        with Path(path).resolve().open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
