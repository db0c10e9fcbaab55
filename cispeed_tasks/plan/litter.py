"""The well-known litter of build contexts: patterns by reason, and the rule by which each may leave something out."""

from __future__ import annotations

import re

from cispeed_tasks.plan.generated_dockerfile import IGNORED

MORE = {
    "what builds and tests leave": (
        "**/.next",
        "**/.nuxt",
        "**/.turbo",
        "**/.parcel-cache",
        "**/.nyc_output",
        "**/.pnpm-store",
        "**/.nox",
        "**/.hypothesis",
        "**/.eggs",
    ),
    "secrets of this machine": ("**/.env.local", "**/.env.*.local"),
}
"""What the source of a service whose Dockerfile is generated was never seen to hold; other contexts hold it."""
WHY = {
    "version control": "the history, which no build here reads",
    "editors and systems": "settings of one person's machine",
    "what builds and tests leave": "made anew wherever it is needed",
    "virtual environments": "packages for this machine, not for the image",
    "tests and documentation": "nothing here takes them",
    "containers and this tool": "no part of a program, and each change of them would undo the cache of a COPY",
    "secrets of this machine": "they must never reach an image",
}
GROUPS = {reason: (*patterns, *MORE.get(reason, ())) for reason, patterns in IGNORED.items()}
"""The candidate patterns by reason; each is `name` or `**/name`, where a name may have wildcards."""

_OF_PYTHON = (
    "__pycache__ *.py[co] .pytest_cache .mypy_cache .ruff_cache .coverage htmlcov .tox *.egg-info .venv venv .nox"
    " .hypothesis .eggs"
)
_OF_NODE = "node_modules .svelte-kit .vite coverage .next .nuxt .turbo .parcel-cache .nyc_output .pnpm-store"
PYTHON, NODE = frozenset(_OF_PYTHON.split()), frozenset(_OF_NODE.split())
IS_PYTHON = re.compile(r".*\.py|pyproject\.toml|requirements.*\.txt|Pipfile")
IS_NODE = re.compile(r"package\.json|.*\.[cm]?[jt]sx?")

_NAMES = {
    "always": "__pycache__ .cispeed",
    "history": ".git .svn .hg",
    "settings": ".github .gitlab-ci.yml .idea .vscode .devcontainer",
    "own": "Dockerfile* *.Dockerfile docker-compose*.y*ml compose*.y*ml .dockerignore",
    "cache": ".DS_Store *.swp .pytest_cache .mypy_cache .ruff_cache .coverage htmlcov .tox .vite test-results"
    " playwright-report .turbo .parcel-cache .nyc_output .pnpm-store .nox .hypothesis .eggs",
    "compiled": "*.py[co]",
    "output": "dist build .svelte-kit .next .nuxt *.egg-info coverage",
    "packages": "node_modules",
    "environment": ".venv venv",
    "secret": ".env .env.* .env.local .env.*.local *.pem *.key id_rsa*",
}
RULES = {name: rule for rule, names in _NAMES.items() for name in names.split()}
"""The rule of each name; what has none is left out only where nothing takes it."""


ANY = "\0"
"""Stands for what a wildcard of a name matches, in a path that there is not yet."""


def name_of(pattern: str) -> str:
    """The name that a candidate pattern looks for."""
    return pattern.removeprefix("**/")


def is_for(pattern: str, *, python: bool, node: bool) -> bool:
    """Whether a pattern is worth proposing in a context that has such code, though nothing of it is there today."""
    name = name_of(pattern)
    languages = [there for there, names in ((python, PYTHON), (node, NODE)) if name in names]
    return any(languages) or not languages
