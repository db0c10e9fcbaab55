"""What `inv history` and `inv report` say and write."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cispeed_tasks.errors import CispeedError
from cispeed_tasks.plan.history_records import Record, record_text
from cispeed_tasks.run import history, history_shown, report


class Shop:
    """A project's directory, in which both are run."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.path = path
        self._monkeypatch, self._capsys = monkeypatch, capsys
        path.mkdir()
        self.configure("project: shop\n")

    def configure(self, text: str) -> None:
        (self.path / "cispeed.yaml").write_text(text)

    def _said(self, work: Callable[[], None]) -> str:
        self._monkeypatch.chdir(self.path)
        self._monkeypatch.setenv("CISPEED_CONFIG", "cispeed.yaml")
        try:
            work()
        except CispeedError as error:
            return f"exit code {error.exit_code}: {error}"
        return "".join(self._capsys.readouterr())

    def history(self, *files: str, **options: Any) -> str:
        return self._said(lambda: history_shown.history(files, history_shown.Options(**options)))

    def report(self, **options: Any) -> str:
        return self._said(lambda: report.report(report.Options(**options)))


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop(tmp_path / "shop", monkeypatch, capsys)


def built(name: str, seconds: float, image_bytes: int | None = None) -> Record:
    at = "2026-01-02T03:04:05.000+00:00"
    return Record("build", name, "built", seconds, id=name, at=at, cause="poetry.lock changed", image_bytes=image_bytes)


def test_records_go_from_one_machine_to_another(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    history.record(shop.path, [built("api", 12.0, 5_000_000), built("web", 3.0)])
    assert "✓ 2 records written to out.jsonl" in shop.history(export="out.jsonl")
    other, file = Shop(tmp_path / "other", monkeypatch, capsys), str(shop.path / "out.jsonl")
    assert "✓ 2 records read, 2 of them new" in other.history(file, merge=True)
    assert "✓ 2 records read, 0 of them new" in other.history(file, merge=True)
    shown = [
        line.split("03:04")[-1].strip() for line in other.history(since="2026-01-01").splitlines() if "03:04" in line
    ]
    assert sorted(shown) == [
        "build api  built   12 s   5.0 MB          poetry.lock changed",
        "build web  built   3.0 s                  poetry.lock changed",
    ]
    assert sorted(one["name"] for one in json.loads(other.history(as_json=True))) == ["api", "web"]
    assert "Nothing began since 2999-01-01; the last of 2 records is of " in other.history(since="2999-01-01")


def test_what_is_no_record_is_refused_with_its_line(shop: Shop) -> None:
    (shop.path / "x.jsonl").write_text(record_text(built("api", 1)) + "\n\n{}\n")
    said = shop.history("x.jsonl", merge=True)
    assert said.startswith(
        "exit code 2: x.jsonl:3: no record of a history that this version of cispeed knows\nNothing was merged."
    )
    assert "Nothing is remembered yet" in shop.history()


def test_a_wrong_command_line_is_a_sentence(shop: Shop) -> None:
    assert shop.history("x.jsonl").startswith("exit code 2: files are what --merge takes in")
    assert shop.history(merge=True).startswith("exit code 2: files are what --merge takes in")
    assert shop.history("absent", merge=True) == "exit code 2: --merge absent: there is no such file; correct the path"
    assert shop.history(since="yesterday").startswith("exit code 2: --since yesterday: neither an age such as 7d")
    assert shop.report(check=True).startswith("exit code 2: cispeed.yaml names no `budgets:`")
    assert shop.report(base="main").startswith("exit code 2: --base main: ")


def test_a_broken_budget_fails_with_its_sentence(shop: Shop) -> None:
    shop.configure("budgets: {image-bytes: 4MB, images: {web: {build-seconds: 5}}}\n")
    assert "no build is recorded here" in shop.report(check=True)
    history.record(shop.path, [built("api", 12.0, 5_000_000), built("web", 3.0, 1)])
    said = shop.report(check=True)
    assert said == (
        "exit code 1: api: the image has 5.0 MB, 1.0 MB over its budget of 4.0 MB (budgets.image-bytes in cispeed.yaml)"
    )
    shop.configure("budgets: {image-bytes: 5MB}\n")
    assert shop.report(check=True) == "✓ every image keeps within its budgets (2 checked)\n"


def test_the_report_is_written_where_it_is_asked_for(shop: Shop) -> None:
    history.record(shop.path, [built("api", 12.0, 5_000_000)])
    assert "✓ 1 record of this machine on 2026-01-02: .cispeed/report.html" in shop.report()
    shop.report(html="out/page.html")
    assert (shop.path / "out/page.html").read_text().startswith("<!doctype html>")
    assert "| api | 5.0 MB | new | 12 s |" in shop.report(markdown=True)
    data = json.loads(shop.report(as_json=True))
    assert data["changes"][0]["target"] == "api"


def test_a_damaged_history_is_a_sentence(shop: Shop) -> None:
    (shop.path / ".cispeed").mkdir()
    (shop.path / ".cispeed/history.sqlite").write_bytes(b"none" * 999)
    assert "is damaged (file is not a database)" in shop.history()
