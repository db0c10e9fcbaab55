"""What a Playwright run left, and the reports of one that was ended early."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cispeed_tasks.tools.playwright_results import Results, complete_reports, find_junit, read

BEGIN = {"event": "begin", "total": 6}
END = {"event": "end", "status": "failed"}


def ended(id_: str, status: str, *, expected: str = "passed", error: str | None = None) -> dict[str, Any]:
    """The record of a test's end; its title is its id."""
    place = {"file": "tests/a.spec.ts", "line": 3, "title": f"a in <{id_}>"}
    return {
        "event": "test",
        "id": id_,
        "status": status,
        "expected": expected,
        "milliseconds": 1500,
        "error": error,
        **place,
    }


TESTS = [
    ended("one", "passed"),
    ended("two", "failed", error="expected <1>"),
    ended("two", "passed"),
    ended("three", "timedOut", error="\x1b[31mslow\x1b[39m & late\x00"),
    ended("four", "skipped"),
    ended("five", "failed", expected="failed"),
]


def records(directory: Path, *lines: dict[str, Any], tail: str = "") -> Path:
    (directory / "tests.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines) + tail)
    return directory


def test_a_run_that_came_to_its_end(tmp_path: Path) -> None:
    found = read(records(tmp_path, BEGIN, *TESTS, END))
    assert found == Results(2, 1, 1, 1, 6, ("tests/a.spec.ts:3 a in <three>",), complete=True)
    assert str(found) == "2 passed, 1 failed, 1 flaky, 1 skipped, 1 not run"


def test_a_run_that_was_killed_while_it_wrote(tmp_path: Path) -> None:
    found = read(records(tmp_path, BEGIN, TESTS[0], tail='{"event": "te'))
    assert found == Results(1, 0, 0, 0, 6, (), complete=False)
    assert str(found) == "1 passed, 5 not run"


def test_a_run_without_tests(tmp_path: Path) -> None:
    assert str(read(records(tmp_path, {"event": "begin", "total": 0}, END))) == "no tests"


def test_a_run_that_left_nothing(tmp_path: Path) -> None:
    assert read(tmp_path) is None


def test_a_run_that_left_only_junit_wherever_it_is(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "other.xml").write_text("<svg/>")
    cases = '<testcase name="a"/><testcase classname="s" name="b"><failure/></testcase><testcase name="c"><skipped/></testcase>'
    (tmp_path / "out" / "report.xml").write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    assert find_junit(tmp_path) == tmp_path / "out" / "report.xml"
    assert read(tmp_path) == Results(1, 1, 0, 1, 3, ("s b",), complete=True)


JUNIT = (
    "<?xml version='1.0' encoding='utf-8'?>\n"
    '<testsuites><testsuite name="playwright" tests="3" failures="1" errors="1">'
    '<testcase classname="tests/a.spec.ts" name="a in &lt;one&gt;" time="1.5" />'
    '<testcase classname="tests/a.spec.ts" name="a in &lt;three&gt;" time="1.5">'
    '<failure message="slow &amp; late" /></testcase>'
    '<testcase classname="cispeed" name="the run came to its end"><error message="no answer for 30 s" /></testcase>'
    "</testsuite></testsuites>"
)


def test_a_run_that_was_ended_gets_its_reports(tmp_path: Path) -> None:
    records(tmp_path, BEGIN, TESTS[0], TESTS[3])
    assert complete_reports(tmp_path, "no answer for 30 s") == ["junit.xml", "html/index.html"]
    assert (tmp_path / "junit.xml").read_text(encoding="utf-8") == JUNIT
    page = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    assert "<p>no answer for 30 s</p>" in page
    assert "<tr class=failed><td>✗</td><td>a in &lt;three&gt;<pre>slow &amp; late</pre></td>" in page


def test_reports_that_are_there_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "index.html").touch()
    (tmp_path / "junit.xml").write_text("<testsuites/>")
    assert complete_reports(tmp_path, "killed") == []


def test_a_run_that_did_not_start_has_its_reason_in_the_report(tmp_path: Path) -> None:
    assert complete_reports(tmp_path, "no browser") == ["junit.xml", "html/index.html"]
    assert read(tmp_path) == Results(0, 1, 0, 0, 1, ("cispeed the run came to its end",), complete=True)
