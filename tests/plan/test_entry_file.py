"""What a tasks.py lacks, read from its text."""

from __future__ import annotations

import pytest

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.entry_file import TEXT, EntryFile, read_entry_file


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("from invoke import Collection\nns = Collection()\n", "ns"),
        ("namespace: object = Collection()\n", "namespace"),
        ("try:\n    from own import tree as ns\nexcept ImportError:\n    pass\n", "ns"),
    ],
)
def test_a_collection_gets_ours(text: str, name: str) -> None:
    wanted = ("import cispeed_tasks", f'{name}.add_collection(cispeed_tasks.ns, "cispeed")')
    assert read_entry_file(text, "tasks.py") == EntryFile(wanted, "cispeed.")


def test_plain_tasks_are_collected() -> None:
    found = read_entry_file("from invoke import task\n\n@task\ndef build(c):\n    ns = 1\n", "tasks.py")
    assert [line.split(" ")[0] for line in found.lines] == ["import", "ns", "ns.add_collection(cispeed_tasks.ns,"]


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        (TEXT, ""),
        ("import cispeed_tasks\nns = cispeed_tasks.ns\n", ""),
        ('import cispeed_tasks\nns.add_collection(cispeed_tasks.ns, "ci")\n', "ci."),
        ('import cispeed_tasks\nns.add_collection(cispeed_tasks.ns, name="ci")\n', "ci."),
        ('import cispeed_tasks\nns.add_collection(docs, "docs")\n', ""),
    ],
)
def test_one_that_has_the_tasks_needs_nothing(text: str, prefix: str) -> None:
    assert read_entry_file(text, "tasks.py") == EntryFile((), prefix)


def test_the_place_of_a_fault_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^tasks\.py:2:5: this is no Python: .*; correct it first$"):
        read_entry_file("x = 1\ndef (:\n", "tasks.py")
