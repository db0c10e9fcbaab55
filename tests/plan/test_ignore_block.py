"""An ignore file's text with a block put into it, byte for byte."""

from __future__ import annotations

import pytest

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.ignore_block import BEGIN, END, read_ignore_text

BLOCK = f"{BEGIN}\n# why\na\nb\n{END}\n"
OLD = f"# >>> cispeed: of an older version >>>\nold\n{END}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", BLOCK),
        ("x\n!y", f"{BLOCK}x\n!y"),
        (f"{OLD}x\n", f"{BLOCK}x\n"),
        (f"# mine\n\n{OLD}x\n", f"# mine\n\n{BLOCK}x\n"),
        (f"x\n{OLD}y\n", f"{BLOCK}x\ny\n"),
        (f"{OLD}x\n{OLD}y\n", f"{BLOCK}x\ny\n"),
        ("# only a comment", f"{BLOCK}# only a comment"),
        ("\ufeffx\n", f"\ufeff{BLOCK}x\n"),
        ("x\r\ny\r\n", BLOCK.replace("\n", "\r\n") + "x\r\ny\r\n"),
        ("\udcff\n", f"{BLOCK}\udcff\n"),
    ],
)
def test_only_the_block_changes(text: str, expected: str) -> None:
    found = read_ignore_text(text, ".dockerignore").with_block({"why": ["a", "b"]})
    assert found == expected
    assert read_ignore_text(found, ".dockerignore").with_block({"why": ["a", "b"]}) == expected


def test_without_patterns_there_is_no_block() -> None:
    assert read_ignore_text(f"{OLD}x\n", "").with_block({}) == "x\n"


def test_a_block_without_an_end_is_refused_with_its_place() -> None:
    with pytest.raises(ConfigError, match=r"^web/\.dockerignore:2: the block that begins here has no end: put '# <<<"):
        read_ignore_text(f"x\n{BEGIN}\na\n", "web/.dockerignore")
