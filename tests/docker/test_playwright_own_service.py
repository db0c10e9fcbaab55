"""A repository whose Compose files have a Playwright service already gets that one run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.docker.repositories import Repository

COMPOSE = """
name: own
services:
  web:
    image: python:3.13-slim
    command: python -m http.server 8000 --directory /pages
    stop_signal: SIGKILL
    volumes: ["./pages:/pages:ro"]
    healthcheck:
      test: ["CMD", "python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000')"]
  checks:
    build: ./checks
    command: node node_modules/@playwright/test/cli.js test --reporter=list,junit
    environment: {SITE: "http://web:8000"}
    volumes: ["./checks/tests:/suite/checks/tests"]
    depends_on: {web: {condition: service_healthy}}
"""
DOCKERFILE = """FROM trial-playwright:tests
RUN mkdir -p /suite/checks && mv /suite/playwright/node_modules /suite/checks/node_modules
WORKDIR /suite/checks
COPY . .
"""
CONFIG = """import { defineConfig } from '@playwright/test';
export default defineConfig({ testDir: './tests', use: { baseURL: process.env.SITE,
  launchOptions: { args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] } } });
"""
SPEC = """import { test, expect } from '@playwright/test';
test('greets', async ({ page }) => { await page.goto('/'); await expect(page.locator('h1')).toHaveText('Welcome'); });
test('names the owner', async ({ page }) => { await page.goto('/'); await expect(page.locator('p')).toHaveText('Ada'); });
"""
FILES = {
    "compose.yaml": COMPOSE,
    "pages/index.html": "<h1>Welcome</h1><p>Ada</p>",
    "checks/Dockerfile": DOCKERFILE,
    "checks/package.json": '{"private": true, "type": "module"}',
    "checks/playwright.config.mjs": CONFIG,
    "checks/tests/site.spec.js": SPEC,
}


@pytest.fixture
def own(sample: Repository, new_repository: Callable[..., Repository]) -> Repository:
    sample.inv("playwright-test", "--grep", "newest first")
    return new_repository("own", FILES)


def test_its_own_service_is_run_and_its_results_come_back(own: Repository) -> None:
    output = own.inv("playwright-test")
    assert "✓ Playwright: 2 passed" in output
    assert (own.results() / "junit.xml").is_file()
    assert (own.results() / "logs/web-1.log").is_file()

    own.write("pages/index.html", "<h1>Welcome</h1><p>Grace</p>")
    output = own.inv("playwright-test", "--grep", "owner", expect=1)
    assert "Playwright: tests failed: 1 failed" in output
