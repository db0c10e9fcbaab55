"""The files that patterns of a workflow name."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from cispeed_tasks.tools.workspace_files import find, hash_files, places, split_patterns

FILES = ("a.txt", "sub/b.txt", "sub/deep/c.txt", "sub/deep/d.log", ".hidden/e.txt", "sub/.f")


@pytest.fixture
def work(tmp_path: Path) -> Path:
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


@pytest.mark.parametrize(
    ("patterns", "root", "names"),
    [
        (["sub"], "sub", "b.txt deep/c.txt deep/d.log"),
        (["sub/deep/c.txt"], "sub/deep", "c.txt"),
        (["sub/**/*.txt"], "sub", "b.txt deep/c.txt"),
        (["*.txt"], ".", "a.txt"),
        (["sub/*"], "sub", "b.txt deep/c.txt deep/d.log"),
        (["sub", "!sub/**/*.log"], "sub", "b.txt deep/c.txt"),
        (["sub/b.txt", "sub/deep/d.log"], "sub", "b.txt deep/d.log"),
        (["."], ".", "a.txt sub/b.txt sub/deep/c.txt sub/deep/d.log"),
        # What is hidden is left out also where a pattern names it, but what a hidden directory holds can be named.
        ([".hidden"], ".hidden", ""),
        ([".hidden/e.txt"], ".hidden", "e.txt"),
        (["nothing/**"], "nothing", ""),
    ],
)
def test_files_for_an_artifact(work: Path, patterns: list[str], root: str, names: str) -> None:
    found = find(work, patterns, hidden=False)
    assert found.root == (work / root).resolve()
    assert sorted(path.relative_to(found.root).as_posix() for path in found.files) == names.split()


def test_hidden_files_where_they_are_wanted(work: Path) -> None:
    found = find(work, ["sub", ".hidden"])
    assert found.root == work
    assert {work / "sub/.f", work / ".hidden/e.txt"} <= set(found.files)


def test_a_text_of_patterns() -> None:
    assert split_patterns("\n a\n# no\n\n!b \n") == ["a", "!b"]


def test_places(work: Path) -> None:
    assert places(work, "sub/*/c.txt") == [work / "sub/deep/c.txt"]
    assert places(work, "gone") == [work / "gone"]
    assert places(work, "~/x") == [Path.home() / "x"]


def test_the_hash_of_files_is_that_of_their_hashes(work: Path) -> None:
    def digest(name: str) -> bytes:
        return hashlib.sha256(name.encode()).digest()

    wanted = hashlib.sha256(digest("a.txt") + digest("sub/b.txt")).hexdigest()
    assert hash_files(work, ["a.txt", "sub/*.txt"]) == wanted
    assert hash_files(work, ["**/*.txt", "!sub/deep/**", "!.hidden/**"]) == wanted
    assert hash_files(work, ["none"]) == ""
    assert hash_files(work, ["/etc/hostname"]) == ""
