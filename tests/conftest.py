"""Settings that all tests share."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes says more of a busy machine than of the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")
