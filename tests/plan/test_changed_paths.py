"""Lists of changed files are read as git and people write them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.changed_paths import Change, read_list, with_untracked, with_words
from tests.git_repositories import environment, repository


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("a\nb c\n", (("a", "modified"), ("b c", "modified"))),
        ("A\ta\nM\tb\nD\tc\nT\td\nU\te", (("a", "added"), ("b", "modified"), ("c", "deleted"), ("d", ""), ("e", "unmerged"))),
        ("added\ta\nDeleted\tb\nremoved\tc\n", (("a", "added"), ("b", "deleted"), ("c", "deleted"))),
        ("R100\told\tnew\nC75\tfrom\tto\n", (("new", "added"), ("old", "deleted"), ("to", "added"))),
        ("renamed\ta\n", (("a", "renamed"),)),
        ("a\r\nM\tb\r\n", (("a", "modified"), ("b", "modified"))),
        ("./a\n\n\nb", (("a", "modified"), ("b", "modified"))),
        ('"t\\tab"\nA\t"\\303\\251\\n\\"\\\\"\n', (("t\tab", "modified"), ('é\n"\\', "added"))),
        ('"\n', (('"', "modified"),)),
        ('a\nb\0A\t"c"\0', (("a\nb", "modified"), ('"c"', "added"))),
        ('"\\377"', (("\udcff", "modified"),)),
    ],
)  # fmt: skip
def test_lists(text: str, expected: tuple[Change, ...]) -> None:
    assert read_list(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\nmodifed\tb\n", "--files-from, line 2: 'modifed' is no status; write one of added, changed, copied, deleted, "),
        ("a\tb", "--files-from, line 1: 'a' is no status; "),
        ("a\0\tb\0", "--files-from, part 2: '' is no status; "),
        ("/repo/a", "--files-from, line 1: /repo/a is absolute; write paths as they are below the repository's root"),
    ],
)  # fmt: skip
def test_faults_of_lists(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_list(text)
    assert str(caught.value).startswith(message)


def test_what_git_prints_for_people_is_understood(tmp_path: Path) -> None:
    names = ("a b", "ü", 'q"', "new\nline", "tab\t", "\\", "cr\r", "\x01\x7f", "日本", "trailing ")
    made = repository(tmp_path)
    made.write(dict.fromkeys(names, ""))
    made.git("add", "--all")
    argv = ["git", "diff", "--cached", "--name-status"]
    printed = subprocess.run(argv, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True).stdout
    assert set(read_list(printed)) == {(name, "added") for name in names}


def test_letters_become_words() -> None:
    assert with_words([("A", "a"), ("T", "b"), ("X", "c")]) == (("a", "added"), ("b", ""), ("c", ""))


def test_untracked_files_are_added() -> None:
    changes = (("a", "modified"), ("b", "deleted"), ("c", "deleted"))
    assert with_untracked(changes, ["b", "new", "inner/"]) == (
        ("a", "modified"),
        ("b", "modified"),
        ("c", "deleted"),
        ("new", "added"),
        ("inner", "added"),
    )
