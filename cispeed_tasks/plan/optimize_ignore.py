"""The ignore file of an optimised Dockerfile: what was ignored before, and what no image of the service needs."""

from __future__ import annotations

import posixpath
import re

from cispeed_tasks.plan.dockerfile import mounts
from cispeed_tasks.plan.findings_model import SeenBuild
from cispeed_tasks.plan.install_needs import VERSION_TOOLS
from cispeed_tasks.plan.installs import SYSTEM, find_installs

LITTER = {
    "what this tool writes": (
        ".cispeed",
        ".dockerignore",
        "**/*Dockerfile*.optimized*",
        "docker-compose.optimized.yml",
    ),
    "installed packages and virtual environments": ("**/node_modules", "**/.venv"),
    "what Python, tests and checks leave": (
        "**/__pycache__",
        "**/*.py[co]",
        "**/.pytest_cache",
        "**/.mypy_cache",
        "**/.ruff_cache",
        "**/.tox",
    ),
    "version control": ("**/.git", "**/.hg", "**/.svn"),
}
SLIM = re.compile(r"slim|alpine|distroless|^debian|^ubuntu|scratch")
"""Images that have no git of their own."""


def optimized_ignore(build: SeenBuild, header: str) -> str:
    """The text of the ignore file; the lines of the one that is in force come last, and win."""
    lines = [f"# {line}" for line in header.splitlines()]
    named = _named_sources(build)
    for reason, patterns in LITTER.items():
        if reason == "version control" and _needs_history(build):
            lines.append("# version control stays: something in the image may ask git for the version")
            continue
        kept = [pattern for pattern in patterns if not _is_named(pattern, named)]
        lines += [f"# {reason}", *kept]
    if build.ignore.strip():
        lines += ["# from the ignore file in force before", build.ignore.rstrip("\n")]
    return "\n".join(lines) + "\n"


def _named_sources(build: SeenBuild) -> tuple[str, ...]:
    """What COPY, ADD and bind mounts name of the context."""
    found = []
    for stage in build.dockerfile.stages:
        for instruction in stage.instructions:
            if instruction.keyword in {"COPY", "ADD"} and instruction.flag("from") is None:
                found += list(instruction.words()[:-1])
            found += [o.get("source", o.get("src", "")) for o in mounts(instruction) if o["type"] == "bind"]
    return tuple(found)


def _is_named(pattern: str, sources: tuple[str, ...]) -> bool:
    """Whether a source names what a pattern would leave out."""
    name = posixpath.basename(pattern).replace("*", "").replace("[co]", "")
    return any(
        name in re.split(r"[/,\"\[\] ]", source) or ("." in name and source.endswith(name)) for source in sources
    )


def _needs_history(build: SeenBuild) -> bool:
    """Whether the image may look into the repository's history: there is a git in it, or a tool that calls it."""
    roots = [build.dockerfile.root_image(str(s.index)) for s in build.dockerfile.reachable(build.target)]
    if any(root is None or not SLIM.search(root) for root in roots):
        return True
    for step in build.steps():
        installed = [i.packages for i in find_installs(step.commands) if i.manager in SYSTEM]
        if any("git" in names for names in installed) or re.search(r"\bgit\b|\.git\b", step.instruction.rest):
            return True
    manifests = (
        text for path, text in build.texts.items() if posixpath.basename(path).startswith(("pyproject", "setup"))
    )
    return any(VERSION_TOOLS.search(text) for text in manifests)
