"""The Playwright image: of the version that the tests want, with their code and what they test."""

from __future__ import annotations

import pytest

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.model import Target
from cispeed_tasks.plan.build import plan_targets
from cispeed_tasks.plan.playwright_image import playwright_target
from tests.builders import build, project

LOCK = '{"packages": {"node_modules/@playwright/test": {"version": "1.50.1"}}}'
TESTS = {"e2e/package.json": "", "e2e/package-lock.json": LOCK, "e2e/playwright.config.ts": ""}
BASED = "bases: {browsers: {image: images/browsers, context: base}}\nplaywright: {base: browsers, directory: e2e}"


def target(text: str, files: dict[str, str]) -> Target:
    return project(text, {}, files).targets["playwright-image"]


def test_the_lock_file_chooses_the_official_image() -> None:
    made = target("playwright: {include: [client]}", TESTS)
    lines = made.dockerfile_text.splitlines()
    assert lines[1:6] == [
        "FROM mcr.microsoft.com/playwright:v1.50.1-noble",
        "WORKDIR /suite/e2e",
        'COPY ["e2e/package-lock.json", "e2e/package.json", "./"]',
        "RUN --mount=type=cache,id=npm,target=/root/.npm \\",
        "    npm ci",
    ]
    copies = [line for line in lines if line.startswith("COPY")]
    assert copies[1:3] == ['COPY ["client", "/suite/client"]', 'COPY ["e2e", "."]']
    assert lines[-1] == 'CMD ["node", "node_modules/@playwright/test/cli.js", "test"]'
    assert (made.tag, made.context, made.cause) == (
        "shop-playwright:tests",
        "/repo",
        "the tests in e2e, Playwright 1.50.1",
    )


def test_only_the_tests_and_what_they_test_are_sent() -> None:
    text = str(target("playwright: {include: [client]}", TESTS).ignore_text)
    lines = text.splitlines()
    assert lines[1:4] == ["*", "!e2e", "!client"]
    assert {"**/node_modules", "**/.env", "**/test-results"} <= set(lines)
    assert {"tests", "dist", "build"}.isdisjoint(lines)


def test_a_base_of_the_projects_own_is_built_first() -> None:
    found = project(BASED, {}, {**TESTS, "base/Dockerfile": "FROM node:20\n"})
    assert (
        str(plan_targets(found, ["playwright-image"]))
        == """\
root node:20: pulled, or made where no registry answers
build base-browsers → images/browsers: base image of the config (base/Dockerfile); needed below
build playwright-image → shop-playwright:tests: the tests in e2e, Playwright 1.50.1, on base-browsers"""
    )


def test_an_own_dockerfile_is_taken_as_it_is() -> None:
    text = "FROM mcr.microsoft.com/playwright:v1.50.1-noble\nCOPY . .\n"
    made = target("playwright: {directory: e2e, dockerfile: e2e/Dockerfile}", {**TESTS, "e2e/Dockerfile": text})
    assert (made.dockerfile_text, made.generated) == (text, False)
    assert str(made.ignore_text).endswith("\n.cispeed\n")


OFFICIAL = "FROM mcr.microsoft.com/playwright:v1.49.0\n"
MISMATCH = (
    "Playwright's versions differ: e2e has @playwright/test 1.50.1, the image is v1.49.0; change the image to v1.50.1, "
    "or the package to 1.49.0"
)


@pytest.mark.parametrize(
    ("text", "files", "fault"),
    [
        ("playwright: {directory: e2e, dockerfile: Dockerfile}", {**TESTS, "Dockerfile": OFFICIAL}, MISMATCH),
        (BASED, {**TESTS, "base/Dockerfile": OFFICIAL}, MISMATCH),
        (
            "playwright: {directory: e2e, dockerfile: gone}",
            TESTS,
            "playwright.dockerfile: there is no file 'gone'; correct the path",
        ),
        ("playwright: {directory: gone}", {}, "playwright.directory: there is no directory 'gone'; correct the path"),
        (
            "playwright: {directory: e2e}",
            {"e2e/x.ts": ""},
            "playwright.directory: e2e has no package.json; name the directory that has it",
        ),
        (
            "playwright: {directory: e2e}",
            {"e2e/package.json": ""},
            "no lock file in e2e names the version of @playwright/test: commit one, or write playwright.base",
        ),
    ],
)
def test_faults(text: str, files: dict[str, str], fault: str) -> None:
    services = {"web": {"build": build("web")}}
    found = project(text, services, {**files, "web/Dockerfile": "FROM x\n"})
    assert found.playwright is not None
    with pytest.raises(ConfigError) as caught:
        playwright_target(found.config, found.playwright, found.facts, "shop")
    assert str(caught.value) == fault
    # It concerns the tests only: the rest is planned all the same.
    assert found.playwright_fault == fault
    assert {"web", "playwright-image"} & set(found.targets) == {"web"}


def test_tests_beside_the_projects_own_files_send_everything() -> None:
    made = target("", {name.removeprefix("e2e/"): text for name, text in TESTS.items()})
    lines = made.dockerfile_text.splitlines()
    assert lines[2:4] == ["WORKDIR /suite", 'COPY ["package-lock.json", "package.json", "./"]']
    assert 'COPY [".", "."]' in lines
    assert "*" not in str(made.ignore_text).splitlines()
