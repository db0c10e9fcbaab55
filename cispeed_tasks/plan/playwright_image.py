"""The Playwright image: its Dockerfile, its base, and that both are of one version."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from cispeed_tasks.config_schema import Config
from cispeed_tasks.errors import ConfigError
from cispeed_tasks.model import Target
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile
from cispeed_tasks.plan.generated_dockerfile import IGNORED, NODE_COMMANDS
from cispeed_tasks.plan.packages import find_packages
from cispeed_tasks.plan.places import in_directory
from cispeed_tasks.plan.playwright import TARGET, PlaywrightSource
from cispeed_tasks.plan.services import Facts
from cispeed_tasks.plan.templates import render

OFFICIAL = "mcr.microsoft.com/playwright"
OFFICIAL_VERSION = re.compile(r"mcr\.microsoft\.com/playwright(?:/\w+)?:v(\d+\.\d+\.\d+)")


def playwright_target(config: Config, source: PlaywrightSource, facts: Facts, project: str) -> Target:
    """The target of the Playwright image.

    Raises:
        ConfigError: no lock file names the version, or the image is of another version than the package.
    """
    section, directory = config.playwright, str(source.directory)
    text, generated = _dockerfile(config, source, facts)
    base_text = _base_text(config, facts)
    for image in OFFICIAL_VERSION.findall(text + base_text):
        if source.version and image != source.version:
            raise ConfigError(
                f"Playwright's versions differ: {directory} has @playwright/test {source.version}, the image is v{image}; "
                f"change the image to v{source.version}, or the package to {image}"
            )
    path = (
        facts.root / section.dockerfile
        if section.dockerfile
        else facts.root / ".cispeed/dockerfiles/playwright.Dockerfile"
    )
    return Target(
        name=TARGET,
        kind="playwright",
        subject="playwright",
        tag=f"{project.lower()}-playwright:tests",
        context=str(facts.root),
        dockerfile=path,
        dockerfile_text=text,
        stage=None,
        args={},
        contexts={},
        cause=f"the tests in {directory}" + (f", Playwright {source.version}" if source.version else ""),
        generated=generated,
        ignore_text=_ignore([directory, *section.include]) if generated else None,
    )


def _dockerfile(config: Config, source: PlaywrightSource, facts: Facts) -> tuple[str, bool]:
    section, directory = config.playwright, str(source.directory)
    if section.dockerfile:
        text = facts.texts.get(in_directory(facts.root, section.dockerfile))
        if text is None:
            raise ConfigError(f"playwright.dockerfile: there is no file '{section.dockerfile}'; correct the path")
        return text, False
    folder = facts.folders.get(str(facts.root / directory))
    if folder is None:
        raise ConfigError(f"playwright.directory: there is no directory '{directory}'; correct the path")
    packages = next((p for p in find_packages("playwright", folder.files)[0] if not p.is_python), None)
    if packages is None:
        raise ConfigError(f"playwright.directory: {directory} has no package.json; name the directory that has it")
    locked, unlocked, cache = NODE_COMMANDS[packages.manager]
    values = {"manager": packages.manager, "install": locked if packages.locked else unlocked, "cache": cache}
    reporter = render("reporter.cjs.j2").rstrip("\n")
    base = _base_image(config, source, directory)
    return render(
        "playwright.Dockerfile.j2",
        base=base,
        directory=directory,
        workdir=posixpath.normpath(f"/suite/{directory}"),
        copied=[*(posixpath.normpath(f"{directory}/{name}") for name in packages.manifests), "./"],
        include=section.include,
        reporter=reporter,
        **values,
    ), True


def _base_image(config: Config, source: PlaywrightSource, directory: str) -> str:
    if config.playwright.base:
        return config.bases[config.playwright.base].image
    if source.version is None:
        raise ConfigError(
            f"no lock file in {directory} names the version of @playwright/test: commit one, or write playwright.base"
        )
    return f"{OFFICIAL}:v{source.version}-noble"


def _base_text(config: Config, facts: Facts) -> str:
    if not config.playwright.base:
        return ""
    section = config.bases[config.playwright.base]
    text = facts.texts.get(in_directory(facts.root / section.context, section.dockerfile), "")
    images = read_dockerfile(text, section.args).outside_images(section.target) if text else ()
    return "\n".join([section.image, *images])


def _ignore(directories: Sequence[str]) -> str:
    lines = [
        "# Made by cispeed: only the tests and the code that they test are sent.",
        *([] if "." in directories else ["*", *(f"!{name}" for name in directories)]),
    ]
    litter = [
        pattern
        for reason, patterns in IGNORED.items()
        if reason != "tests and documentation"
        for pattern in patterns
        if pattern not in {"dist", "build"}
    ]
    return "\n".join([*lines, *litter]) + "\n"
