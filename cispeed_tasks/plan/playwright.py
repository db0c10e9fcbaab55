"""The Playwright image and container: which version, which base, which command, which results."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cispeed_tasks.config_schema import Config, PlaywrightConfig
from cispeed_tasks.errors import ConfigError
from cispeed_tasks.model import Folder, Override, Service, Stack
from cispeed_tasks.plan.places import in_directory
from cispeed_tasks.plan.services import Facts

TARGET = "playwright-image"
RESULTS = "/tmp/cispeed-results"  # noqa: S108  # a path in the container, where every user may write
RUNS_TESTS = re.compile(r"^FROM\s.*\bplaywright\b|playwright[\"', ]+test\b|@playwright/test", re.MULTILINE)
USUAL_RESULTS = ("playwright-report", "test-results", "blob-report", "results", "junit.xml", "results.xml")
"""Where Playwright projects put their results, relative to the working directory (playwright.dev, 'Reporters')."""


@dataclass(frozen=True)
class PlaywrightSource:
    """What tests this repository has: a directory of its own, or a service of the Compose files that runs them."""

    directory: str | None
    service: str | None
    version: str | None


def find_playwright(config: Config, stack: Stack, facts: Facts) -> PlaywrightSource | None:
    """Find the tests: the config's, else a Compose service with Playwright's image, else a directory with its config."""
    section = config.playwright
    service = section.service or next((name for name, s in stack.services.items() if _runs_playwright(s, facts)), None)
    if service and not section.directory:
        return PlaywrightSource(None, service, None)
    directory = section.directory or next((name for name in _candidates(facts)), None)
    if directory is None:
        return None
    return PlaywrightSource(directory, None, locked_version(facts, facts.root / directory))


def locked_version(facts: Facts, directory: Path) -> str | None:
    """The version of @playwright/test in the lock file of `directory`, or None where none says."""
    text = facts.texts.get(str(directory / "package-lock.json"))
    if text:
        try:
            packages = json.loads(text).get("packages", {})
        except ValueError as error:
            raise ConfigError(
                f"{directory}/package-lock.json is no JSON: {error}; make it anew with npm install"
            ) from error
        found = packages.get("node_modules/@playwright/test", {}).get("version")
        return str(found) if found else None
    for name in ("pnpm-lock.yaml", "yarn.lock", "bun.lock"):
        match = re.search(r"@playwright/test@(?:npm:)?(\d+\.\d+\.\d+)", facts.texts.get(str(directory / name), ""))
        if match:
            return match[1]
    return None


def playwright_overlay(
    project: str,
    source: PlaywrightSource,
    section: PlaywrightConfig,
    stack: Stack,
    tag: str | None,
    arguments: Sequence[str],
    ports: Mapping[tuple[str, int], str] | None = None,
) -> tuple[str, dict[str, Any]]:
    """The name of the service that runs the tests, and the overlay that adds or completes it.

    `ports` are those that are published on this machine, by service and inner port; tests get them as variables.
    """
    own = stack.services[source.service].raw.get("environment") or {} if source.service else {}
    guessed = {name: url for name, url in base_urls(stack).items() if name not in own}
    published = {_variable(name, f"PORT_{inner}"): port for (name, inner), port in (ports or {}).items()}
    environment = {**guessed, **published, **section.env, **_result_variables()}
    common: dict[str, Any] = {
        "init": True,
        "shm_size": section.shm_size,
        "environment": environment,
        "labels": {"cispeed.project": project, "cispeed.kind": "playwright"},
    }
    if source.service:
        service = stack.services[source.service]
        command = _own_command(service, arguments)
        return source.service, {
            "services": {source.service: {**common, **({"command": Override(command)} if command else {})}}
        }
    networks = sorted({name for service in stack.services.values() for name in service.raw.get("networks") or {}})
    name = "playwright" if "playwright" not in stack.services else "cispeed-playwright"
    entry = {
        **common,
        "image": tag,
        "pull_policy": "never",
        "command": _literal(
            ["node", "node_modules/@playwright/test/cli.js", "test", *_reporters(arguments), *arguments]
        ),
        **({"networks": networks} if networks else {}),
    }
    return name, {"services": {name: entry}}


def _variable(service: str, what: str) -> str:
    return f"{re.sub(r'[^A-Z0-9]', '_', service.upper())}_{what}"


def base_urls(stack: Stack) -> dict[str, str]:
    """`NAME_URL` of every service that publishes a port, by its name in the stack's network."""
    found = {}
    for name, service in stack.services.items():
        if service.ports:
            found[_variable(name, "URL")] = f"http://{name}:{service.ports[0].target}"
    return found


def shard(text: str) -> str:
    """Check `1/2`; raises ConfigError."""
    match = re.fullmatch(r"(\d+)/(\d+)", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise ConfigError(f"--shard {text}: write which of how many, such as --shard 1/2")
    return text


def _runs_playwright(service: Service, facts: Facts) -> bool:
    if service.image and "playwright" in service.image:
        return True
    if service.build is None or "://" in service.build.context:
        return False
    path = in_directory(service.build.context, service.build.dockerfile)
    return bool(RUNS_TESTS.search(facts.texts.get(path, "")))


def _candidates(facts: Facts) -> list[str]:
    return sorted(
        Path(name).relative_to(facts.root).as_posix()
        for name, folder in facts.folders.items()
        if _has_config(folder) and facts.root in (Path(name), *Path(name).parents)
    )


def _has_config(folder: Folder) -> bool:
    return any(name.startswith("playwright.config.") for name in folder.files)


def _result_variables() -> dict[str, str]:
    """Where reporters write (playwright.dev, 'Reporters'); older versions read the second name of each pair."""
    return {
        "CISPEED_RESULTS": RESULTS,
        "PLAYWRIGHT_HTML_OPEN": "never",
        "PW_TEST_HTML_REPORT_OPEN": "never",
        "PLAYWRIGHT_HTML_OUTPUT_DIR": f"{RESULTS}/html",
        "PLAYWRIGHT_HTML_REPORT": f"{RESULTS}/html",
        "PLAYWRIGHT_JUNIT_OUTPUT_FILE": f"{RESULTS}/junit.xml",
        "PLAYWRIGHT_JUNIT_OUTPUT_NAME": f"{RESULTS}/junit.xml",
        "PLAYWRIGHT_BLOB_OUTPUT_DIR": f"{RESULTS}/blob",
    }


def merge_command() -> list[str]:
    """The command of the container that merges blob reports (playwright.dev, 'Sharding')."""
    cli = "node_modules/@playwright/test/cli.js"
    return ["node", cli, "merge-reports", "--reporter=html,junit", f"{RESULTS}-blobs"]


def merge_variables() -> dict[str, str]:
    """Its variables: where the merged reports go."""
    return _result_variables()


def _reporters(arguments: Sequence[str]) -> list[str]:
    chosen = any(word.startswith("--reporter") for word in arguments)
    blob = ",blob" if any(word.startswith("--shard") for word in arguments) else ""
    reporters = [] if chosen else [f"--reporter=list,junit,html{blob},/cispeed/reporter.cjs"]
    return [*reporters, f"--output={RESULTS}/artifacts", "--trace=retain-on-failure"]


def _own_command(service: Service, arguments: Sequence[str]) -> list[str] | None:
    """A service's own Playwright command with what the user asked for added; None leaves it as it is."""
    words = list(service.command or ())
    if not arguments:
        return None
    if "playwright" not in " ".join(words):
        raise ConfigError(
            f"the command of {service.name} is not `playwright test`, so options cannot be passed on to it; leave them out"
        )
    if words[0].endswith("sh") and "-c" in words:
        return _literal([*words[:-1], f"{words[-1]} {shlex.join(arguments)}"])
    return _literal([*words, *arguments])


def _literal(words: Sequence[str]) -> list[str]:
    """Words that Compose must not take for variables, such as the end of a regular expression."""
    return [word.replace("$", "$$") for word in words]


def result_paths(section: PlaywrightConfig, workdir: str) -> tuple[str, ...]:
    """The paths in the container whose contents are brought back, existing or not."""
    own = [
        path if path.startswith("/") else f"{workdir.rstrip('/')}/{path}" for path in (*USUAL_RESULTS, *section.results)
    ]
    return (RESULTS, *own)
