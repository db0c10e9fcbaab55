"""The history of real builds, and its report in a real browser."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cispeed_tasks.run import build_history, history
from tests.bench.bench_report import records
from tests.docker.chromium import open_page
from tests.docker.repositories import Repository, docker, forget_images, make_repository, make_sample

COMPOSE = """services:
  api:
    build: {context: api, args: {INDEX: "${HIDDEN_INDEX}"}}
  web:
    build: web
"""
API = """FROM debian:trixie-slim AS deps
ARG INDEX
RUN echo ${INDEX} > /index && head -c 3000000 /dev/urandom > /big && sleep 1
FROM deps
COPY main.py /main.py
"""
FILES = {
    "compose.yaml": f"name: told\n{COMPOSE}",
    "api/Dockerfile": API,
    "api/main.py": "print(1)\n",
    "web/Dockerfile": "FROM debian:trixie-slim\nCOPY . /web\n",
    "web/index.html": "hello\n",
}
SECRET = "https://user:hunter2@index.example"  # noqa: S105  # it must not be found again


def told(repository: Repository) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(repository.inv("history", "--json"))
    return found


def test_builds_leave_records_by_buildkit_s_own_data(new_repository: Callable[..., Repository]) -> None:
    repository = new_repository("told", {**FILES, "cispeed.yaml": "budgets: {images: {api: {build-seconds: 0.5}}}\n"})
    repository.env["HIDDEN_INDEX"] = SECRET
    forget_images("told")
    repository.inv("build-optimized", "--no-cache")
    whole, api, web = sorted(told(repository), key=lambda one: (one["kind"] != "images", one["name"]))
    assert (whole["result"], "cache_bytes" in whole, "reused" in whole) == ("built", False, False)
    assert build_history.cache_bytes(9.9) is None
    assert (build_history.cache_bytes(10.1) or 0) > 0
    assert api["cause"] == "--force"
    assert api["steps"][0]["instruction"].startswith("deps: RUN echo ${INDEX} > /index && head -c 3000000")
    assert 1 <= api["steps"][0]["seconds"] <= api["phases"]["instructions"] <= api["seconds"]
    assert (api["steps_all"], web["steps_all"]) == (2, 1)
    assert api["context_bytes"] == len(API) + len("print(1)\n")
    assert api["image_bytes"] == json.loads(docker("image", "inspect", "told-api:full"))[0]["Size"]
    assert {layer["instruction"][:16] for layer in api["layers"]} >= {"RUN echo ${INDEX}"[:16], "COPY main.py /ma"}

    repository.write("api/main.py", f"print({time.time_ns()})\n")  # no earlier run built that
    repository.inv("build-optimized")
    again = told(repository)[-1]
    assert (again["name"], again["cause"], again["steps_cached"]) == ("api", "api/main.py changed", 1)
    repository.inv("build-optimized")
    last = told(repository)[-1]
    assert (last["kind"], last["result"], last["reused"]) == ("images", "reused", ["api", "web"])
    assert [one.name for one in history.recent_builds(repository.path)["api"]] == ["api", "api"]

    said = repository.inv("report", "--check", expect=1 if again["seconds"] > 0.5 else 0)
    assert ("over its budget" in said) == (again["seconds"] > 0.5)
    stored = b"".join(path.read_bytes() for path in (repository.path / ".cispeed").glob("history*"))
    assert b"hunter2" not in stored


def test_a_build_that_fails_is_remembered_as_such(new_repository: Callable[..., Repository]) -> None:
    files = {
        "compose.yaml": "name: fails\nservices: {app: {build: .}}\n",
        "Dockerfile": "FROM debian:trixie-slim\nRUN false\n",
    }
    repository = new_repository("fails", files)
    repository.inv("build-optimized", expect=1)
    assert [(one["kind"], one["result"]) for one in told(repository)] == [("images", "failed")]


def test_a_damaged_history_fails_no_build(new_repository: Callable[..., Repository]) -> None:
    files = {"compose.yaml": "name: hurt\nservices: {app: {build: .}}\n", "Dockerfile": "FROM debian:trixie-slim\n"}
    repository = new_repository("hurt", files)
    repository.write(".cispeed/history.sqlite", "no database " * 500)
    forget_images("hurt")
    assert "is damaged (file is not a database); it is kept as" in repository.inv("build-optimized")
    assert [one["kind"] for one in told(repository)] == ["images", "build"]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The browser that opens pages."""
    repository = make_sample(tmp_path_factory.mktemp("browser"), "drawn")
    repository.inv("build-base", "playwright")
    return repository


@pytest.fixture(scope="module")
def pages(browser: Repository) -> dict[int, Path]:
    """Pages of some records and of many."""
    return {count: make_page(browser.path.parent / f"records-{count}", count) for count in (5, 1500)}


def make_page(root: Path, count: int) -> Path:
    repository = make_repository(root, "drawn", {"cispeed.yaml": "project: drawn\n"})
    history.merge(root, list(records(count, 6)))
    repository.inv("report", "--html", "page/report.html")
    repository.write("page/report.json", repository.inv("report", "--json"))
    return root / "page/report.html"


@pytest.mark.parametrize(("count", "width", "dark"), [(1500, 360, False), (5, 820, True), (1500, 1440, True)])
def test_the_page_draws_in_chromium_what_the_history_holds(
    pages: dict[int, Path], count: int, width: int, dark: bool
) -> None:
    page = pages[count]
    seen = open_page(page, width=width, dark=dark)
    report = json.loads(page.with_name("report.json").read_text())
    assert seen["faults"] == []
    assert (seen["dark"], seen["back"]) == (dark, "rgb(15, 19, 23)" if dark else "rgb(246, 247, 249)")
    assert seen["room"][0] <= seen["room"][1]
    charts = {chart["id"]: chart for chart in report["charts"]}
    assert len(charts) >= (10 if count > 5 else 4)
    assert seen["charts"].keys() == charts.keys()
    for name, chart in charts.items():
        drawn = {one["name"]: [_value(value) for value in one["data"]] for one in seen["charts"][name]["series"]}
        held = {one["name"]: [p["value"] for p in one["points"]] or one["values"] for one in chart["series"]}
        assert drawn == held
        assert seen["charts"][name]["share"] > 0.4
        series = seen["charts"][name]["series"]
        largest = max(value or 0 for values in drawn.values() for value in values)
        # Each line or bar has a colour of its own, and that is on the canvas unless it is too short to be seen.
        assert len({one["colour"] for one in series}) == len(held)
        unseen = [one["name"] for one in series if not one["ink"]]
        assert [one for one in unseen if max(value or 0 for value in drawn[one]) > largest / 30] == []


def _value(found: Any) -> Any:
    return found["y"] if isinstance(found, dict) else found
