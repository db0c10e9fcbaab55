"""Lines of RUN, and what their commands do."""

from __future__ import annotations

import re

import pytest

from cispeed_tasks.plan.build_commands import BUILD, GIT, NODE_INSTALL, PYTHON_INSTALL
from cispeed_tasks.plan.context_tree import ContextTree
from cispeed_tasks.plan.context_use import Use, use_of
from tests.plan.littered_contexts import target


def use(line: str) -> Use:
    return use_of(target(f"FROM scratch\n{line}\n"), "Dockerfile", ContextTree([]))


@pytest.mark.parametrize(
    ("line", "what", "expected"),
    [
        ("RUN npm ci", NODE_INSTALL, True),
        ("RUN cd web && npm install --omit=dev", NODE_INSTALL, True),
        ("RUN --mount=type=cache,target=/c pnpm i", NODE_INSTALL, True),
        ("RUN yarn", NODE_INSTALL, True),
        ("RUN yarn --frozen-lockfile", NODE_INSTALL, True),
        ('RUN ["npm", "ci"]', NODE_INSTALL, True),
        ("RUN <<EOF\nnpm ci\nEOF", NODE_INSTALL, True),
        ("RUN npm install -g pnpm", NODE_INSTALL, False),
        ("RUN npm run build", NODE_INSTALL, False),
        ("RUN apt-get install npm", NODE_INSTALL, False),
        ("CMD npm ci", NODE_INSTALL, False),
        ("RUN uv sync --locked", PYTHON_INSTALL, True),
        ("RUN poetry install", PYTHON_INSTALL, True),
        ("RUN pip install -r requirements.txt", PYTHON_INSTALL, True),
        ("RUN pip install poetry", PYTHON_INSTALL, False),
    ],
)
def test_packages_are_installed(line: str, what: re.Pattern[str], expected: bool) -> None:
    assert use(line).installs(what) is expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (BUILD, "npm run build", True),
        (BUILD, "pnpm --silent build", True),
        (BUILD, "vite build", True),
        (BUILD, "apt-get install build-essential", False),
        (BUILD, "npm run build-docs", False),
        (GIT, "git rev-parse HEAD", True),
        (GIT, "git --no-pager log -1", True),
        (GIT, "git clone https://example.org/x", False),
        (GIT, "apt-get install git curl", False),
        (GIT, 'requires = ["setuptools_scm"]', True),
    ],
)
def test_words_of_commands(pattern: re.Pattern[str], text: str, expected: bool) -> None:
    assert bool(pattern.search(text)) is expected
