"""What the commands of RUN instructions do: build, install packages, read the repository's history."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cispeed_tasks.plan.dockerfile import Dockerfile

_COMMAND = re.compile(r"&&|\|\||[;|&\n]")
BUILD = re.compile(
    r"\b(?:(?:npm|pnpm|yarn|bun|turbo|nx)\s+(?:-\S+\s+)*(?:run\s+)?build|(?:vite|next|nuxt|ng|astro|webpack)\s+build)(?![\w-])"
)
"""A command that makes what a front end's build makes."""
NODE_INSTALL = re.compile(r"\b(?:(?:npm|pnpm|yarn|bun)\b.*\s(?:ci|i|install)\b|yarn\s*(?:--.*)?$)")
PYTHON_INSTALL = re.compile(r"\b(?:pip3?|uv|poetry|pipenv|pdm)\s(?:.*\s)?(?:install|sync)\b")
INSTALLER = re.compile(r"\s(?:-g|--global)\b|\bpip3?\b.*\b(?:poetry|uv|pipenv|pdm)\b|\bcorepack\b")
"""A command that installs a package manager, not the packages of the source."""
NODE = re.compile(r"(?<![\w.-])(?:node|nodejs|npm|npx|pnpm|yarn|bun|deno|playwright)(?![\w-])")
GIT = re.compile(
    r"\bgit(?:\s+-\S+(?:\s+[./]\S*)?)*\s+(?:rev-parse|describe|log|show|status|rev-list|tag|branch|diff|submodule|archive"
    r"|checkout|name-rev|ls-files|symbolic-ref|for-each-ref|cat-file|shortlog)\b"
    r"|setuptools[-_]scm|hatch-vcs|versioneer|versioningit|dynamic-versioning|dunamai|flit[-_]scm|\bpbr\b|\bvergen\b"
    r"|source\s*=\s*[\"']scm[\"']|\bgitpython\b|git-rev|git-describe"
)
"""What reads the history of the repository while an image is built."""


def run_commands(dockerfiles: Sequence[Dockerfile]) -> Iterator[str]:
    """The single commands of all RUNs of some Dockerfiles, heredocs among them."""
    for dockerfile in dockerfiles:
        for stage in dockerfile.stages:
            for instruction in stage.instructions:
                if instruction.keyword == "RUN":
                    text = "\n".join([" ".join(instruction.words()), *instruction.heredocs])
                    yield from (command.strip() for command in _COMMAND.split(text))
