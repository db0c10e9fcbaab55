"""The history of real builds, and its report in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cispeed_tasks.run import history
from tests.bench.bench_report import records
from tests.docker.chromium import open_page
from tests.docker.repositories import Repository, docker, forget_images, make_sample

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
    assert (whole["result"], whole["cache_bytes"] > 0, "reused" in whole) == ("built", True, False)
    assert api["cause"] == "--force"
    assert api["steps"][0]["instruction"].startswith("deps: RUN echo ${INDEX} > /index && head -c 3000000")
    assert 1 <= api["steps"][0]["seconds"] <= api["phases"]["instructions"] <= api["seconds"]
    assert (api["steps_all"], web["steps_all"]) == (2, 1)
    assert api["context_bytes"] == len(API) + len("print(1)\n")
    assert api["image_bytes"] == json.loads(docker("image", "inspect", "told-api:full"))[0]["Size"]
    assert {layer["instruction"][:16] for layer in api["layers"]} >= {"RUN echo ${INDEX}"[:16], "COPY main.py /ma"}

    repository.write("api/main.py", "print(2)\n")
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
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of many records, and the browser that opens it."""
    root = tmp_path_factory.mktemp("report")
    repository = make_sample(root, "drawn")
    repository.inv("build-base", "playwright")
    history.merge(repository.path, list(records(1500, 6)))
    # Chromium's container reads it as whoever it runs as.
    folder = root / "page"
    repository.inv("report", "--html", str(folder / "report.html"))
    (folder / "report.json").write_text(repository.inv("report", "--json"))
    return folder / "report.html"


@pytest.mark.parametrize(("width", "dark"), [(360, False), (820, True), (1440, False)])
def test_the_page_draws_in_chromium_what_the_history_holds(page: Path, width: int, dark: bool) -> None:
    seen = open_page(page, width=width, dark=dark)
    report = json.loads(page.with_name("report.json").read_text())
    assert seen["faults"] == []
    assert (seen["dark"], seen["back"]) == (dark, "rgb(15, 19, 23)" if dark else "rgb(246, 247, 249)")
    assert seen["room"][0] <= seen["room"][1]
    charts = {chart["id"]: chart for chart in report["charts"]}
    assert len(charts) == 11
    assert seen["charts"].keys() == charts.keys()
    for name, chart in charts.items():
        drawn = {one["name"]: [_value(value) for value in one["data"]] for one in seen["charts"][name]["series"]}
        held = {one["name"]: [p["value"] for p in one["points"]] or one["values"] for one in chart["series"]}
        assert drawn == held
        # Each line or bar has a colour of its own, and that is on the canvas.
        assert len({one["colour"] for one in seen["charts"][name]["series"]}) == len(held)
        assert len(seen["charts"][name]["colours"]) > len(held)


def _value(found: Any) -> Any:
    return found["y"] if isinstance(found, dict) else found
