"""Settings that all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# What a CI service says of itself decides caches, events and output: a test that wants that says it itself.
for name in [name for name in os.environ if name == "CI" or name.startswith(("CI_", "GITHUB_", "GITLAB_", "ACTIONS_"))]:
    del os.environ[name]

# Whoever installs the package has it compiled; tasks that tests start need not compile it each time either.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# How long an example takes says more of a busy machine than of the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")
