"""The outputs are paths-filter's."""

from __future__ import annotations

import pytest

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.file_lists import to_csv
from cispeed_tasks.plan.filter_results import FilterResults, printable

RESULTS = FilterResults({"api": ("a b", "é"), "web": ()})


def test_outputs() -> None:
    assert RESULTS.outputs(None) == {
        "api": "true",
        "api_count": "2",
        "web": "false",
        "web_count": "0",
        "changes": '["api"]',
    }
    assert list(RESULTS.outputs(to_csv).items())[2:] == [
        ("api_files", '"a b","é"'),
        ("web", "false"),
        ("web_count", "0"),
        ("web_files", ""),
        ("changes", '["api"]'),
    ]


def test_a_filter_that_is_called_changes_wins() -> None:
    assert FilterResults({"changes": ("a",)}).outputs(None) == {"changes": "true", "changes_count": "1"}


def test_when_it_cannot_be_told_every_filter_counts() -> None:
    results = FilterResults(RESULTS.files, everything=True)
    assert results.changes == ["api", "web"]
    assert (results.outputs(None)["web"], results.outputs(None)["web_count"]) == ("true", "0")


def test_json() -> None:
    assert RESULTS.json() == '{"changes": ["api"], "files": {"api": ["a b", "é"], "web": []}}'


@pytest.mark.parametrize("name", ["", " ", "a\nEVIL", "a\r", "a=b", "a<<b"])
def test_a_name_that_would_write_another_output(name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be an output"):
        FilterResults({name: ()}).outputs(None)


def test_bytes_that_are_no_text() -> None:
    assert printable(["a\udcffb", "é"]) == ("a\ufffdb", "é")
