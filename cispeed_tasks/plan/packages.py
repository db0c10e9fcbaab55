"""Which package managers a source directory uses, by its lock files."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cispeed_tasks.model import Assumption

PYTHON = ("poetry", "uv", "pip")
NODE = ("pnpm", "yarn", "bun", "npm")


@dataclass(frozen=True)
class Packages:
    """One package manager of a source directory.

    `manifests` are the files that decide what is installed, relative to the source directory; the first one is the
    lock file, or the manifest itself where nothing is locked.
    """

    manager: str
    manifests: tuple[str, ...]
    locked: bool = True

    @property
    def is_python(self) -> bool:
        """Whether it installs Python packages (into a virtual environment); else it makes node_modules."""
        return self.manager in PYTHON


LOCKS = {
    "poetry": ("poetry.lock",),
    "uv": ("uv.lock",),
    "pip": ("requirements.txt",),
    "pnpm": ("pnpm-lock.yaml",),
    "yarn": ("yarn.lock",),
    "bun": ("bun.lock", "bun.lockb"),
    "npm": ("package-lock.json", "npm-shrinkwrap.json"),
}
BESIDE = {
    "poetry": ("pyproject.toml", "poetry.toml"),
    "uv": ("pyproject.toml", ".python-version"),
    "pip": ("constraints.txt",),
    "pnpm": ("package.json", "pnpm-workspace.yaml", ".npmrc"),
    "yarn": ("package.json", ".yarnrc.yml", ".npmrc"),
    "bun": ("package.json", "bunfig.toml"),
    "npm": ("package.json", ".npmrc"),
}

MANIFESTS = tuple(sorted({name for names in (*LOCKS.values(), *BESIDE.values()) for name in names}))
"""The names of all managers' files; which of them a source directory has decides what is installed."""
REQUIREMENTS = "requirements"
"""The directory with more of pip's files."""


def find_packages(subject: str, files: Collection[str]) -> tuple[tuple[Packages, ...], tuple[Assumption, ...]]:
    """Find the managers of a source directory from the names of its files.

    Where several lock files of one language stand side by side, the first of poetry, uv, pip and of pnpm, yarn, bun,
    npm is taken, and said.
    """
    found: list[Packages] = []
    assumptions: list[Assumption] = []
    for family, fallback in ((PYTHON, "pyproject.toml"), (NODE, "package.json")):
        names = [manager for manager in family if any(lock in files for lock in LOCKS[manager])]
        if names:
            found.append(named_packages(names[0], files))
        elif fallback in files:
            manager = "pip" if family is PYTHON else "npm"
            found.append(Packages(manager, (fallback,), locked=False))
            text = f"no lock file beside {fallback}, so {manager} installs what is newest"
            assumptions.append(
                Assumption(subject, text, f"commit a lock file, or services.{subject}.managers: [{manager}]")
            )
        if len(names) > 1:
            text = f"lock files of {', '.join(names)}; {names[0]} is taken"
            assumptions.append(Assumption(subject, text, f"services.{subject}.managers: [{names[0]}]"))
    return tuple(found), tuple(assumptions)


def named_packages(manager: str, files: Collection[str]) -> Packages:
    """The packages of a manager that is known by name, with those of its files that exist."""
    locks = [name for name in LOCKS[manager] if name in files]
    beside = [name for name in BESIDE[manager] if name in files]
    if manager == "pip":
        beside += sorted(name for name in files if name.startswith(f"{REQUIREMENTS}/") and name.endswith(".txt"))
    return Packages(manager, (*locks, *beside), locked=bool(locks))
