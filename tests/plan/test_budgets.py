"""Budgets: what is checked, and the sentences."""

from __future__ import annotations

from typing import Any

import pytest

from cispeed_tasks.config_schema import BudgetsConfig
from cispeed_tasks.plan.amounts import amount, difference, read_size
from cispeed_tasks.plan.budgets import check, is_empty
from cispeed_tasks.plan.history_records import Layer, Record, Step
from cispeed_tasks.plan.report_base import Base, compare, latest
from tests.plan.history_samples import built

API = built(
    "api",
    45,
    1,
    commit="new",
    image_bytes=612_000_000,
    context_bytes=12_000_000,
    layers=(Layer("RUN pip install", 410_000_000),),
    steps=(Step("RUN pip install", 40, cached=False),),
)


def lines(config: dict[str, Any], builds: list[Record], base: Base | None = None) -> list[str]:
    checked = check(BudgetsConfig.model_validate(config), latest(builds), compare(builds, base))
    return [f"{'✗' if one.is_over else '✓'} {one}" for one in checked]


@pytest.mark.parametrize(
    ("config", "line"),
    [
        ({"image-bytes": "500MB"}, "✗ api: the image has 612.0 MB, 112.0 MB over its budget of 500.0 MB (budgets.image-bytes in cispeed.yaml); its largest layer, unpacked: RUN pip install, 410.0 MB"),
        ({"build-seconds": 30}, "✗ api: the build took 45 s, 15 s over its budget of 30 s (budgets.build-seconds in cispeed.yaml); its slowest step: RUN pip install, 40 s"),
        ({"context-bytes": "10MB"}, "✗ api: the build context has 12.0 MB, 2.0 MB over its budget of 10.0 MB (budgets.context-bytes in cispeed.yaml); `inv dockerignore` says what to leave out"),
        ({"image-bytes": "1GB"}, "✓ api: the image has 612.0 MB, within its budget of 1.00 GB"),
        ({"image-bytes": "1B", "images": {"api": {"image-bytes": "1GB"}}}, "✓ api: the image has 612.0 MB, within its budget of 1.00 GB"),
        ({"growth-percent": 1}, "✓ api: not checked against budgets.growth-percent: nothing to compare is recorded"),
        ({"images": {"wbe": {"build-seconds": 1}}}, "✓ wbe: not checked against budgets.images.wbe.build-seconds: nothing to compare is recorded"),
        ({"image-bytes": "611.99MB"}, "✗ api: the image has 612000000 B, 10.0 kB over its budget of 612.0 MB (budgets.image-bytes in cispeed.yaml); its largest layer, unpacked: RUN pip install, 410.0 MB"),
    ],
)  # fmt: skip
def test_each_budget_has_its_sentence(config: dict[str, Any], line: str) -> None:
    assert lines(config, [API]) == [line]


def test_growth_is_against_the_base() -> None:
    old = built("api", 9, 0, commit="old", image_bytes=306_000_000, layers=(Layer("RUN pip install", 104_000_000),))
    assert lines({"growth-percent": 50}, [old, API], Base("main", frozenset({"old"}))) == [
        (
            "✗ api: the image grew by 100 %, 50 % over its budget of 50 % (budgets.growth-percent in cispeed.yaml); "
            "what grew the most: RUN pip install, from 104.0 MB to 410.0 MB"
        )
    ]


def test_a_config_without_budgets_is_known() -> None:
    assert is_empty(BudgetsConfig.model_validate({"images": {"api": {}}}))
    assert not is_empty(BudgetsConfig.model_validate({"images": {"api": {"growth-percent": 0}}}))


@pytest.mark.parametrize(
    ("text", "bytes_"), [("5B", 5), ("1.5kB", 1500), ("500MB", 500_000_000), ("2 GiB", 2 * 1024**3), ("1KB", None)]
)
def test_sizes_are_read_as_docker_writes_them(text: str, bytes_: int | None) -> None:
    if bytes_ is None:
        with pytest.raises(ValueError, match="1KB"):
            read_size(text)
    else:
        assert read_size(text) == bytes_


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        *((0.0, "s", "0.0 s"), (89.4, "s", "89 s"), (185, "s", "3 min 05 s"), (7200, "s", "2.0 h")),
        *((999, "B", "999 B"), (1500, "B", "1.5 kB"), (2.5e9, "B", "2.50 GB"), (33.3, "%", "33 %"), (None, "s", "-")),
    ],
)
def test_amounts_are_as_people_read_them(value: float | None, unit: str, text: str) -> None:
    assert amount(value, unit) == text
    if value is not None:
        assert difference(-value - 1, unit).startswith("-")
