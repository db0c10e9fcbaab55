"""Where the tests are, which Playwright they want, and the container that runs them."""

from __future__ import annotations

from typing import Any

import pytest

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.model import Override
from cispeed_tasks.plan.playwright import (
    RESULTS,
    PlaywrightSource,
    base_urls,
    locked_version,
    playwright_overlay,
    result_paths,
    shard,
)
from tests.builders import ROOT, build, config, facts, project, stack

LOCK = '{"packages": {"node_modules/@playwright/test": {"version": "1.50.1"}}}'
TESTS = {"e2e/package.json": "", "e2e/package-lock.json": LOCK, "e2e/playwright.config.ts": ""}
SERVICES: dict[str, Any] = {
    "git-adapter": {"image": "x", "ports": [{"target": 8000, "published": "80"}], "networks": {"back": None}},
    "web": {"image": "x", "ports": [{"target": 80}, {"target": 443}], "networks": {"back": None, "front": None}},
    "db": {"image": "x"},
}
RESULT_VARIABLES = {
    "CISPEED_RESULTS": RESULTS,
    "PLAYWRIGHT_HTML_OPEN": "never",
    "PW_TEST_HTML_REPORT_OPEN": "never",
    "PLAYWRIGHT_HTML_OUTPUT_DIR": f"{RESULTS}/html",
    "PLAYWRIGHT_HTML_REPORT": f"{RESULTS}/html",
    "PLAYWRIGHT_JUNIT_OUTPUT_FILE": f"{RESULTS}/junit.xml",
    "PLAYWRIGHT_JUNIT_OUTPUT_NAME": f"{RESULTS}/junit.xml",
    "PLAYWRIGHT_BLOB_OUTPUT_DIR": f"{RESULTS}/blob",
}
LABELS = {"cispeed.project": "shop", "cispeed.kind": "playwright"}


def source(text: str, services: dict[str, Any], files: dict[str, str]) -> PlaywrightSource | None:
    return project(text, services, files).playwright


def test_a_directory_with_playwrights_config_is_found() -> None:
    assert source("", {}, TESTS) == PlaywrightSource("e2e", None, "1.50.1")
    assert source("", {}, {"web/package.json": ""}) is None


def test_a_service_that_runs_playwright_is_found_before_a_directory() -> None:
    files = {**TESTS, "tests/Dockerfile": "FROM mcr.microsoft.com/playwright:v1.50.1\n"}
    assert source("", {"e2e": {"build": build("tests")}}, files) == PlaywrightSource(None, "e2e", None)
    assert source("", {"pw": {"image": "my/playwright:1"}}, TESTS) == PlaywrightSource(None, "pw", None)
    chosen = source("playwright: {directory: e2e}", {"pw": {"image": "my/playwright:1"}}, TESTS)
    assert chosen == PlaywrightSource("e2e", None, "1.50.1")


@pytest.mark.parametrize(
    ("dockerfile", "runs"),
    [
        ("FROM mcr.microsoft.com/playwright:v1\n", True),
        ('FROM x\nCMD ["npx", "playwright", "test"]\n', True),
        ("FROM x\nRUN npx playwright test\n", True),
        ("FROM x\nRUN npm install @playwright/test\n", True),
        ("FROM x\n# without playwright\nRUN pip install playwright\n", False),
        ("FROM x\nRUN rm -rf playwright-report\n", False),
    ],
)
def test_a_dockerfile_that_only_mentions_playwright_runs_no_tests(dockerfile: str, runs: bool) -> None:
    found = source("", {"e2e": {"build": build("tests")}}, {"tests/Dockerfile": dockerfile})
    assert found == (PlaywrightSource(None, "e2e", None) if runs else None)


def test_a_service_of_its_own_keeps_its_environment_before_what_is_guessed() -> None:
    services = stack({**SERVICES, "pw": {"image": "x", "environment": {"WEB_URL": "https://own", "A": "b"}}})
    own = PlaywrightSource(None, "pw", None)
    _, overlay = playwright_overlay("shop", own, config("").playwright, services, "tag", [])
    guessed = {"GIT_ADAPTER_URL": "http://git-adapter:8000"}
    assert overlay["services"]["pw"]["environment"] == {**guessed, **RESULT_VARIABLES}


@pytest.mark.parametrize(
    ("name", "text", "version"),
    [
        ("package-lock.json", LOCK, "1.50.1"),
        ("package-lock.json", '{"packages": {}}', None),
        ("pnpm-lock.yaml", "packages:\n  '@playwright/test@1.49.0':\n", "1.49.0"),
        ("yarn.lock", '"@playwright/test@npm:1.48.2":\n', "1.48.2"),
        ("bun.lock", '"@playwright/test": ["@playwright/test@1.47.0"]', "1.47.0"),
        ("README.md", "@playwright/test@1.0.0", None),
    ],
)
def test_the_lock_file_names_the_version(name: str, text: str, version: str | None) -> None:
    assert locked_version(facts({f"e2e/{name}": text}), ROOT / "e2e") == version


def test_a_lock_file_that_is_no_json_is_a_fault() -> None:
    with pytest.raises(ConfigError, match=r"^/repo/e2e/package-lock.json is no JSON: Expecting"):
        locked_version(facts({"e2e/package-lock.json": "<<<<<<< HEAD"}), ROOT / "e2e")


def test_services_with_ports_have_urls() -> None:
    assert base_urls(stack(SERVICES)) == {"GIT_ADAPTER_URL": "http://git-adapter:8000", "WEB_URL": "http://web:80"}


def test_the_container_of_the_tests() -> None:
    section = config("playwright: {env: {WEB_URL: 'https://web', A: b}, shm-size: 2g}").playwright
    name, overlay = playwright_overlay(
        "shop", PlaywrightSource("e2e", None, "1"), section, stack(SERVICES), "tag", ["--grep", "end$"]
    )
    assert name == "playwright"
    assert overlay["services"]["playwright"] == {
        "init": True,
        "shm_size": "2g",
        "environment": {
            "GIT_ADAPTER_URL": "http://git-adapter:8000",
            "WEB_URL": "https://web",
            "A": "b",
            **RESULT_VARIABLES,
        },
        "labels": LABELS,
        "image": "tag",
        "pull_policy": "never",
        "command": [
            "node",
            "node_modules/@playwright/test/cli.js",
            "test",
            "--reporter=list,junit,html,/cispeed/reporter.cjs",
            f"--output={RESULTS}/artifacts",
            "--trace=retain-on-failure",
            "--grep",
            "end$$",
        ],
        "networks": ["back", "front"],
    }


def command(arguments: list[str], own: list[str] | None = None) -> list[str] | None:
    """The command of the tests' container; with `own`, of a service that runs Playwright already."""
    found = PlaywrightSource(None, "pw", None) if own is not None else PlaywrightSource("e2e", None, "1")
    services = stack({"pw": {"image": "x", "command": own}})
    name, overlay = playwright_overlay("shop", found, config("").playwright, services, "tag", arguments)
    made = overlay["services"][name].get("command")
    return made.value if isinstance(made, Override) else made  # type: ignore[no-any-return]  # an overlay is plain data


def test_a_shard_writes_a_blob_and_a_chosen_reporter_stays_alone() -> None:
    words = command(["--shard=1/2"])
    assert words is not None
    assert words[3] == "--reporter=list,junit,html,blob,/cispeed/reporter.cjs"
    assert command(["--reporter=dot"]) == [
        *["node", "node_modules/@playwright/test/cli.js", "test"],
        *[f"--output={RESULTS}/artifacts", "--trace=retain-on-failure", "--reporter=dot"],
    ]


def test_a_service_of_its_own_keeps_its_command_and_gets_the_options() -> None:
    assert command([], ["npx", "playwright", "test"]) is None
    assert command(["--grep", "a b$"], ["npx", "playwright", "test"]) == [
        "npx",
        "playwright",
        "test",
        "--grep",
        "a b$$",
    ]
    assert command(["--grep", "a b"], ["sh", "-c", "npx playwright test"]) == [
        *["sh", "-c"],
        "npx playwright test --grep 'a b'",
    ]
    with pytest.raises(ConfigError, match="options cannot be passed on"):
        command(["--grep", "a"], ["./run-tests"])
    with pytest.raises(ConfigError, match="options cannot be passed on"):
        command(["--grep", "a"], [])


def test_a_name_that_is_taken_is_avoided() -> None:
    services = stack({"playwright": {"image": "x"}})
    name, _ = playwright_overlay("shop", PlaywrightSource("e2e", None, "1"), config("").playwright, services, "tag", [])
    assert name == "cispeed-playwright"


@pytest.mark.parametrize("text", ["1/2", "2/2", "10/10"])
def test_shards(text: str) -> None:
    assert shard(text) == text


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/2/3", "-1/2"])
def test_shards_that_are_none(text: str) -> None:
    with pytest.raises(ConfigError, match="write which of how many, such as --shard 1/2"):
        shard(text)


def test_results_are_brought_from_the_usual_places_and_those_that_the_config_names() -> None:
    section = config("playwright: {results: [out, /var/log/x]}").playwright
    assert result_paths(section, "/suite/")[:2] == (RESULTS, "/suite/playwright-report")
    assert result_paths(section, "/suite")[-2:] == ("/suite/out", "/var/log/x")
