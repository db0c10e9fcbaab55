"""Words in YAML: read back as they were, on one line."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from cispeed_tasks.plan.yaml_words import listed, scalar, sequence, shown
from tests.builders import config


@pytest.mark.parametrize(("text", "wanted"), [("a/b.yml", "a/b.yml"), ("no", '"no"'), ("1", '"1"'), ("a: b", '"a: b"')])
def test_quotes_stand_only_where_they_must(text: str, wanted: str) -> None:
    assert scalar(text) == wanted


@given(strategies.lists(strategies.text(min_size=1), min_size=1))
def test_every_text_is_read_back(words: list[str]) -> None:
    text = sequence(words)
    assert len(text.splitlines()) == 1
    assert list(config(f"compose: {text}").compose) == words


@given(strategies.text())
def test_a_comment_stays_a_comment(text: str) -> None:
    assert config(f"# {shown(text)}\nregistry: x").registry == "x"


def test_a_list_of_words() -> None:
    assert listed(["a", "b c"]) == 'a, "b c"'
    assert sequence([]) == ""
