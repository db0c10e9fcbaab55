"""YAML texts hold what js-yaml 4.1.0 finds in them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.tools.yaml_files import parse_yaml
from cispeed_tasks.tools.yaml_scalars import key_text

CORPUS = Path(__file__).parent.parent / "data" / "js-yaml" / "corpus.jsonl"


def corpus() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]


def as_recorded(data: object) -> object:
    """The data as the corpus writes it; mappings compare without their order, which is JavaScript's there."""
    if isinstance(data, dict):
        return {"map": sorted([key, as_recorded(value)] for key, value in data.items())}
    if isinstance(data, list):
        return [as_recorded(each) for each in data]
    if isinstance(data, datetime):
        return {"seconds": (data - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() // 1}
    is_number = isinstance(data, int | float) and not isinstance(data, bool)
    return {"number": key_text(data)} if is_number else data


def sorted_maps(recorded: Any) -> Any:
    if isinstance(recorded, list):
        return [sorted_maps(each) for each in recorded]
    if isinstance(recorded, dict) and "map" in recorded:
        return {"map": sorted([key, sorted_maps(value)] for key, value in recorded["map"])}
    return recorded


@pytest.mark.parametrize("case", corpus(), ids=lambda case: ascii(case["text"]))
def test_a_text_holds_what_js_yaml_finds(case: dict[str, Any]) -> None:
    if case.get("error"):
        with pytest.raises(ConfigError, match=r"\Afilters:"):
            parse_yaml(case["text"], "filters")
    else:
        assert as_recorded(parse_yaml(case["text"], "filters").data) == sorted_maps(case["data"])


def test_every_value_knows_its_place() -> None:
    document = parse_yaml("a:\n  - b\n  - c: d\n", "x.yaml")
    assert document.position(("a", 1, "c")).of("x.yaml") == "x.yaml:3:8"
    assert document.position(("a", 7, "c")).of("x.yaml") == "x.yaml:2:3"


def test_surrogates_of_json_escapes_become_one_character() -> None:
    assert parse_yaml('{"f": "\\ud83d\\ude00"}', "filters").data == {"f": "😀"}


@given(st.text(alphabet="ab:-?#&*!|>'\"%@`{}[], \n\t\r\u2028\x85~1<=\\./é😀", max_size=40))
def test_any_text_is_data_or_a_fault(text: str) -> None:
    try:
        parse_yaml(text, "filters")
    except ConfigError as error:
        assert str(error).startswith("filters:")  # noqa: PT017 - either outcome is right
