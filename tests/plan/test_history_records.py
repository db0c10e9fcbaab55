"""Records of the history as text, and what is asked of them."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cispeed_tasks.plan.history_records import Bar, Layer, Machine, Record, Step, last_builds, read_record, record_text

WHOLE = Record(
    kind="build",
    name="api",
    result="built",
    seconds=12.5,
    id="a1",
    at="2026-01-02T03:04:05.000+00:00",
    run="GitHub shop 17",
    commit="c0ffee",
    fingerprint="fp",
    cause="poetry.lock changed",
    saved=3.0,
    image_bytes=100,
    context_bytes=10,
    cache_bytes=7,
    phases={"context": 0.5, "instructions": 12.0},
    steps=(Step("RUN pip install", 11.0, cached=False),),
    steps_cached=3,
    steps_all=4,
    layers=(Layer("RUN pip install", 90),),
    reused=("web",),
    bars=(Bar("api", "cold", 20.0, 2.0), Bar("api", "size", None, 5.0, "B")),
    machine=Machine("m", "Linux x86_64", 2, 1024, "GitHub"),
)


def built(name: str, at: str, seconds: float, result: str = "built") -> Record:
    return Record("build", name, result, seconds, id=name + at, at=at)


def test_a_record_survives_its_text() -> None:
    assert read_record(record_text(WHOLE)) == WHOLE


def test_what_is_empty_takes_no_place() -> None:
    text = record_text(built("api", "2026", 1.0))
    assert (
        text
        == '{"schema":1,"kind":"build","name":"api","result":"built","seconds":1.0,"id":"api2026","at":"2026","machine":{"name":"","system":"","cpus":0,"memory":0,"ci":""}}'
    )


def test_a_later_version_may_add_keys_and_is_left_alone_where_it_changes_them() -> None:
    data = json.loads(record_text(WHOLE))
    assert read_record(json.dumps({**data, "weather": "rain"})) == WHOLE
    assert read_record(json.dumps({**data, "schema": 2})) is None


@given(
    st.text(max_size=200)
    | st.recursive(st.none() | st.integers(), lambda x: st.dictionaries(st.text(), x)).map(json.dumps)
)
def test_no_text_is_an_error(text: str) -> None:
    assert read_record(text) is None


def test_the_last_builds_come_newest_first() -> None:
    records = [
        built("api", "2026-01-01", 1.0),
        built("api", "2026-01-03", 3.0),
        built("web", "2026-01-01", 9.0),
        built("api", "2026-01-02", 2.0),
        built("api", "2026-01-04", 4.0, result="failed"),
        replace(built("api", "2026-01-05", 5.0), kind="test"),
    ]
    found = last_builds(records, 2)
    assert {name: [one.seconds for one in kept] for name, kept in found.items()} == {"api": [3.0, 2.0], "web": [9.0]}
