"""What a Playwright run left: counts, and reports for a run that did not get to write its own."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET  # the XML is our own run's

TESTS = "tests.jsonl"
UNPRINTED = re.compile(r"\x1b\[[0-9;]*m|[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Colours of a terminal, and what no XML may hold."""
MARKS = {"passed": "✓", "failed": "✗", "timedOut": "✗", "interrupted": "✗", "skipped": "·", "flaky": "!"}


@dataclass(frozen=True)
class Results:
    """The outcome of a run: counts of tests, how many there were to be, seconds of the tests, and the failed ones."""

    passed: int
    failed: int
    flaky: int
    skipped: int
    total: int
    failures: tuple[str, ...]
    complete: bool
    """Whether the run came to its own end."""

    def __str__(self) -> str:
        """A line with the counts that are not zero."""
        counts = {"passed": self.passed, "failed": self.failed, "flaky": self.flaky, "skipped": self.skipped}
        counts["not run"] = max(self.total - sum(counts.values()), 0)
        return ", ".join(f"{number} {word}" for word, number in counts.items() if number) or "no tests"


def read(directory: Path) -> Results | None:
    """The outcome of the run whose files are in `directory`; None where it left no record at all."""
    if (directory / TESTS).is_file():
        return _from_records(_records(directory / TESTS))
    junit = find_junit(directory)
    try:
        return _from_junit(junit) if junit else None
    except ET.ParseError:  # cut off while it was written
        return None


def find_junit(directory: Path) -> Path | None:
    """The JUnit file of a run, wherever its own configuration put it."""
    named = directory / "junit.xml"
    candidates = [named] if named.is_file() else sorted(directory.rglob("*.xml"))
    return next((path for path in candidates if b"<testsuite" in path.read_bytes()[:2000]), None)


def complete_reports(directory: Path, reason: str) -> list[str]:
    """Write the JUnit file and the HTML page that a run which was ended could not write; returns their names.

    The tests are those whose ends were recorded; what ended the run is a failed test of its own in both.
    """
    tests = _last_attempts(_records(directory / TESTS)) if (directory / TESTS).is_file() else []
    written = []
    if find_junit(directory) is None:
        (directory / "junit.xml").write_bytes(_junit(tests, reason))
        written.append("junit.xml")
    if not any(directory.rglob("index.html")):
        (directory / "html").mkdir(parents=True, exist_ok=True)
        (directory / "html" / "index.html").write_text(_page(tests, reason), encoding="utf-8")
        written.append("html/index.html")
    return written


def _records(path: Path) -> list[dict[str, Any]]:
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            record: dict[str, Any] = json.loads(line)
        except ValueError:  # the last line of a run that was killed while it wrote
            continue
        found.append(
            {key: UNPRINTED.sub("", value) if isinstance(value, str) else value for key, value in record.items()}
        )
    return found


def _last_attempts(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    tests: dict[str, dict[str, Any]] = {}
    for record in records:
        if record.get("event") == "test":
            flaky = record["id"] in tests and tests[record["id"]]["status"] != "passed" and record["status"] == "passed"
            tests[record["id"]] = {**record, "outcome": "flaky" if flaky else _outcome(record)}
    return list(tests.values())


def _outcome(record: dict[str, Any]) -> str:
    if record["status"] == "skipped":
        return "skipped"
    return "passed" if record["status"] == record["expected"] else "failed"


def _from_records(records: list[dict[str, Any]]) -> Results:
    tests = _last_attempts(records)
    counts = {word: sum(test["outcome"] == word for test in tests) for word in ("passed", "failed", "flaky", "skipped")}
    total = next((int(record["total"]) for record in records if record.get("event") == "begin"), len(tests))
    failures = tuple(f"{test['file']}:{test['line']} {test['title']}" for test in tests if test["outcome"] == "failed")
    complete = any(record.get("event") == "end" for record in records)
    return Results(counts["passed"], counts["failed"], counts["flaky"], counts["skipped"], total, failures, complete)


def _from_junit(path: Path) -> Results:
    cases = list(ET.parse(path).getroot().iter("testcase"))  # noqa: S314  # the XML is our own run's
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    skipped = [case for case in cases if case.find("skipped") is not None]
    names = tuple(f"{case.get('classname', '')} {case.get('name', '')}".strip() for case in failed)
    return Results(
        len(cases) - len(failed) - len(skipped), len(failed), 0, len(skipped), len(cases), names, complete=True
    )


def _junit(tests: list[dict[str, Any]], reason: str) -> bytes:
    failed = sum(test["outcome"] == "failed" for test in tests)
    attributes = {"name": "playwright", "tests": str(len(tests) + 1), "failures": str(failed), "errors": "1"}
    suite = ET.Element("testsuite", attributes)
    for test in tests:
        seconds = str(test["milliseconds"] / 1000)
        case = ET.SubElement(suite, "testcase", {"classname": test["file"], "name": test["title"], "time": seconds})
        if test["outcome"] == "failed":
            ET.SubElement(case, "failure", {"message": test.get("error") or test["status"]})
        if test["outcome"] == "skipped":
            ET.SubElement(case, "skipped")
    case = ET.SubElement(suite, "testcase", {"classname": "cispeed", "name": "the run came to its end"})
    ET.SubElement(case, "error", {"message": reason})
    suites = ET.Element("testsuites")
    suites.append(suite)
    return bytes(ET.tostring(suites, encoding="utf-8", xml_declaration=True))


def _page(tests: list[dict[str, Any]], reason: str) -> str:
    rows = "".join(
        f"<tr class={test['outcome']}><td>{MARKS.get(test['outcome'], '?')}</td><td>{html.escape(test['title'])}"
        f"{'<pre>' + html.escape(test['error']) + '</pre>' if test.get('error') else ''}</td>"
        f"<td>{html.escape(test['file'])}:{test['line']}</td><td>{test['milliseconds']} ms</td></tr>"
        for test in tests
    )
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        "<title>Playwright run, ended early</title><style>body{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;"
        "padding:0 1rem;color-scheme:light dark}table{border-collapse:collapse;width:100%}td{border-top:1px solid #8884;"
        "padding:.4rem;vertical-align:top}.failed td:first-child{color:#c00}.passed td:first-child{color:#080}"
        "pre{white-space:pre-wrap}</style>"
        f"<h1>The run did not come to its end</h1><p>{html.escape(reason)}</p>"
        f"<p>{len(tests)} tests had ended before. This page was made by cispeed from their records, since Playwright "
        f"could not write its own report.</p><table>{rows}</table></html>\n"
    )
