"""Recording and recalling; no fault of the store reaches the work."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from cispeed_tasks.plan.history_records import Record, record_text
from cispeed_tasks.run import history, history_rows
from cispeed_tasks.tools import history as store


def built(name: str, seconds: float) -> Record:
    return Record("build", name, "built", seconds, image_bytes=int(seconds * 1000))


def test_a_record_says_where_and_when(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "o/shop", "GITHUB_RUN_ID": "7"}.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    for words in (
        ["init", "-q"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "m"],
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tmp_path, check=True, capture_output=True, text=True)
    history.record(tmp_path, [built("api", 2.0), built("web", 3.0)])
    api, web = sorted(history.recall(tmp_path), key=lambda one: one.name)
    assert (api.commit, api.run, api.machine.ci) == (head.stdout.strip(), "GitHub o/shop 7", "GitHub")
    assert api.id != web.id
    assert api.machine.cpus > 0
    assert web.at < api.at < "3"


def test_the_last_builds_are_recalled(tmp_path: Path) -> None:
    for seconds in (1.0, 2.0, 3.0):
        history.record(tmp_path, [replace(built("api", seconds), at=f"2026-01-0{seconds:.0f}")])
    history.record(tmp_path, [Record("images", "images", "reused", 0.1, reused=("api",))])
    found = history.recent_builds(tmp_path, 2)
    assert [one.seconds for one in found["api"]] == [3.0, 2.0]
    assert list(found) == ["api"]


def test_a_store_that_cannot_be_written_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".cispeed").mkdir()
    (tmp_path / ".cispeed" / store.FILE).mkdir()
    history.record(tmp_path, [built("api", 1.0)])
    assert "the history is not written: unable to open database file" in capsys.readouterr().out


def test_a_damaged_store_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".cispeed").mkdir()
    (tmp_path / ".cispeed" / store.FILE).write_bytes(b"none" * 999)
    assert history.recall(tmp_path) == []
    history.record(tmp_path, [built("api", 1.0)])
    assert [one.name for one in history.recall(tmp_path)] == ["api"]
    assert capsys.readouterr().out.count("is damaged") == 2


def test_records_of_others_are_merged_once(tmp_path: Path) -> None:
    history.record(tmp_path / "a", [built("api", 1.0)])
    there = history.recall(tmp_path / "a")
    assert [history.merge(tmp_path / "b", there) for _ in range(2)] == [1, 0]
    assert [record_text(one) for one in history.recall(tmp_path / "b")] == [record_text(one) for one in there]


def test_what_nothing_changed_for_is_a_record_like_others(tmp_path: Path) -> None:
    history_rows.remember_reused(tmp_path, ["api", "web"], 0.25)
    (found,) = history.recall(tmp_path)
    (text,) = store.texts(tmp_path)
    assert record_text(found) == text
    assert (found.kind, found.result, found.reused, found.seconds) == ("images", "reused", ("api", "web"), 0.25)
    assert found.machine.cpus > 0
