"""Caches and installed packages are no inputs; what says which packages they are is."""

from __future__ import annotations

import pytest

from cispeed_tasks.model import ContextFile
from cispeed_tasks.plan.kept_files import KeptFiles, inputs_among


@pytest.mark.parametrize(
    ("path", "is_kept"),
    [
        ("a/.env", True),
        ("a/__pycache__", False),
        (".pytest_cache", False),
        (".git", False),
        ("a/.coverage", False),
        ("a/.coverage.host.1", False),
        ("a/.coveragerc", True),
        ("a/.hypothesis", True),
        ("a/.hypothesis/examples/x", True),
        ("a/.hypothesis/unicode_data", False),
        ("node_modules", False),
        ("a/node_modules/x", False),
        ("a/node_modules/.package-lock.json", True),
        ("a/node_modules/.pnpm", True),
        ("a/node_modules/.pnpm/lock.yaml", True),
        ("a/node_modules/.pnpm/x", False),
        ("v/lib/site-packages/x", False),
        ("v/lib/site-packages/x-1.dist-info", True),
        ("v/lib/site-packages/x-1.dist-info/RECORD", False),
    ],
)
def test_what_is_walked(path: str, is_kept: bool) -> None:
    assert KeptFiles().excludes(path) != is_kept


def test_what_is_looked_into() -> None:
    found = [
        path
        for path in ("node_modules", "v/site-packages", "node_modules/x", "node_modules/x/node_modules", ".git")
        if KeptFiles().may_keep_below(path)
    ]
    assert found == ["node_modules", "v/site-packages"]


def test_of_a_virtual_environment_only_what_is_installed() -> None:
    names = ["a/x.py", "a/v/pyvenv.cfg", "a/v/bin/python", "a/v/lib/site-packages/x-1.dist-info", "pyvenv.cfg"]
    entries = [ContextFile(name, "directory" if name.endswith("info") else "file") for name in names]
    found = inputs_among([*entries, ContextFile("a", "directory"), ContextFile("a/v/x-1.dist-info", "directory")])
    assert set(found) == set(names) - {"a/v/bin/python"}
