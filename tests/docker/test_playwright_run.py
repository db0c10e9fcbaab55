"""The Playwright run on the sample: green, red, killed, timed out, interrupted; no outcome loses its results."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.docker.repositories import Repository, docker, engine_state

INV = str(Path(sys.executable).parent / "inv")
BROKEN = """import { test, expect } from '@playwright/test';
test('is broken on purpose', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByText('never there')).toBeVisible({ timeout: 500 });
});
"""
ENDLESS = """import { test } from '@playwright/test';
test('passes first', async () => {});
test('never ends', async ({ page }) => { test.setTimeout(0); await page.waitForTimeout(600000); });
"""


def start_and_act(
    repository: Repository, arguments: list[str], sign: str, act: Callable[[subprocess.Popen[bytes]], object]
) -> tuple[int, str]:
    """Run `inv` in a group of its own, act once the output shows `sign`, return how it ended."""
    log = repository.path / "run.log"
    with log.open("w") as sink:
        process = subprocess.Popen(
            [INV, *arguments],
            cwd=repository.path,
            stdout=sink,
            stderr=sink,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 300
        while sign not in log.read_text() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        assert sign in log.read_text(), log.read_text()[-3000:]
        act(process)
        return process.wait(120), log.read_text()


def outcomes(results: Path) -> dict[str, int]:
    tree = ET.parse(results / "junit.xml")  # noqa: S314  # our own run's file
    cases = list(tree.getroot().iter("testcase"))
    bad = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    return {"all": len(cases), "bad": len(bad)}


def test_the_whole_suite_is_green_and_leaves_nothing_behind(sample: Repository) -> None:
    before = engine_state()
    summary = sample.path / "summary.md"
    output = sample.inv("playwright-test", env={"GITHUB_STEP_SUMMARY": str(summary)})
    assert summary.read_text().startswith("### ✅ Playwright: 23 passed")
    assert "✓ Playwright: 23 passed; report: .cispeed/playwright/" in output
    results = sample.results()
    assert outcomes(results) == {"all": 23, "bad": 0}
    assert (results / "html/index.html").is_file()
    assert {path.name for path in (results / "logs").iterdir()} >= {
        "backend-1.log",
        "db-1.log",
        "client-1.log",
        "playwright-1.log",
    }
    assert engine_state() == before
    told = json.loads(sample.inv("history", "--json"))
    (up,), (test,) = ([one for one in told if one["kind"] == kind][-1:] for kind in ("up", "test"))
    assert (up["name"], up["result"], set(up["phases"])) == ("test", "ready", {"pull", "create", "start"})
    assert (test["name"], test["result"]) == ("playwright", "passed")
    assert set(test["phases"]) == {"build", "start", "prepare", "tests"}
    assert sum(test["phases"].values()) <= test["seconds"]


def test_hollow_by_the_environment_and_the_argument_wins(sample: Repository) -> None:
    hollow = sample.inv("playwright-test", "--grep", "newest first", env={"HOLLOW": "1"})
    assert "Start the stack (hollow mode)" in hollow
    assert "1 passed" in hollow
    full = sample.inv("playwright-test", "--no-hollow", "--grep", "newest first", env={"HOLLOW": "yes"})
    assert "Start the stack (full mode)" in full


def test_a_failing_test_gives_its_exit_code_report_trace_and_picture(changed_sample: Repository) -> None:
    changed_sample.write("playwright/tests/broken.spec.js", BROKEN)
    output = changed_sample.inv("playwright-test", "--grep", "broken on purpose", expect=1)
    assert "✗ tests/broken.spec.js:2 is broken on purpose" in output
    results = changed_sample.results()
    assert outcomes(results) == {"all": 1, "bad": 1}
    assert list(results.rglob("trace.zip"))
    assert list((results / "artifacts").rglob("*.png"))
    assert (results / "html/index.html").is_file()
    assert {path.stat().st_uid for path in results.rglob("*")} == {os.getuid()}


def test_a_killed_container_has_lost_nothing_that_had_ended(sample: Repository) -> None:
    code, output = start_and_act(
        sample, ["playwright-test"], "✓   5", lambda _: docker("kill", "trial-test-playwright-1")
    )
    assert code == 137
    assert "the container was killed (exit code 137)" in output
    found = outcomes(sample.results())
    assert found["all"] >= 6
    assert found["bad"] == 1
    assert "did not come to its end" in (sample.results() / "html/index.html").read_text()


def test_ctrl_c_ends_with_130_and_the_results_so_far(sample: Repository) -> None:
    before = engine_state()
    code, output = start_and_act(sample, ["playwright-test"], "✓   5", lambda p: os.killpg(p.pid, signal.SIGINT))
    assert code == 130
    assert "What there is of the run:" in output
    records = [json.loads(line) for line in (sample.results() / "tests.jsonl").read_text().splitlines()]
    assert sum(record["event"] == "test" for record in records) >= 5
    assert (sample.results() / "junit.xml").is_file()
    assert (sample.results() / "logs/backend-1.log").is_file()
    assert engine_state() == before


def test_a_run_that_takes_too_long_is_stopped_with_its_results(changed_sample: Repository) -> None:
    config = changed_sample.path / "cispeed.yaml"
    config.write_text(config.read_text() + "timeouts: {playwright: 10}\n")
    changed_sample.write("playwright/tests/endless.spec.js", ENDLESS)
    output = changed_sample.inv("playwright-test", "--grep", "passes first|never ends", expect=1)
    assert "the run took longer than 10 s and was stopped (timeouts.playwright in cispeed.yaml)" in output
    assert outcomes(changed_sample.results())["all"] >= 1


def test_a_preparing_command_that_fails_fails_the_run_with_its_own_output(changed_sample: Repository) -> None:
    changed_sample.write("services/backend/scripts/prestart.sh", "echo 'the seed file is missing' >&2\nexit 4\n")
    output = changed_sample.inv("playwright-test", expect=1)
    assert "the seed file is missing" in output
    assert (
        "`bash scripts/prestart.sh` in backend ended with exit code 4; its own words are above, and the tests were not run"
        in output
    )


def test_shards_and_arguments_after_the_dashes_reach_playwright(sample: Repository) -> None:
    output = sample.inv("playwright-test", "--shard", "1/4", "--", "--workers", "1", "--grep", "newest first|question")
    assert "using 1 worker" in output
    assert "shard 1 of 4" in output
    assert list((sample.results() / "blob").glob("*.zip"))
    shards = sample.path / ".cispeed/playwright/shards"
    shutil.copytree(sample.results(), shards / "0")
    sample.inv("playwright-test", "--shard", "2/4", "--", "--grep", "newest first|question")
    shutil.copytree(sample.results(), shards / "1")
    passed = sum(outcomes(shards / part)["all"] for part in ("0", "1"))
    said = sample.inv("playwright-merge")
    assert f"✓ Playwright: {passed} passed; 2 reports merged: .cispeed/playwright/merged/html/index.html" in said
    assert (sample.path / ".cispeed/playwright/merged/html/index.html").is_file()
    shutil.rmtree(shards)
    assert "1 report merged" in sample.inv("playwright-merge")


def test_a_version_that_differs_is_an_error_before_the_run(changed_sample: Repository) -> None:
    dockerfile = changed_sample.path / "images/playwright-base/Dockerfile"
    dockerfile.write_text("FROM mcr.microsoft.com/playwright:v1.40.0-noble\n")
    output = changed_sample.inv("playwright-test", expect=2)
    assert "Playwright's versions differ: playwright has @playwright/test 1.65.1, the image is v1.40.0" in output
