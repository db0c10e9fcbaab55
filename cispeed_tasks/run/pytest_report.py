"""Have pytest say which tests of a run it left out: a run of a part is not one that stands for another."""

from __future__ import annotations

import json
import os
from pathlib import Path

from cispeed_tasks.plan.templates import render
from cispeed_tasks.tools import checkout

MODULE = "cispeed_pytest_report"
DIRECTORY = "pytest"
PATH = "CISPEED_PYTEST_REPORT"
BEFORE = "CISPEED_PYTEST_PLUGINS"
PLUGINS = "PYTEST_PLUGINS"


class PytestReport:
    """A plugin under .cispeed/, and what it writes at the end of a run."""

    def __init__(self, root: Path) -> None:
        plugin = render("pytest_report.py.j2", path=PATH, before=BEFORE)
        self._directory = checkout.write_state(root, f"{DIRECTORY}/{MODULE}.py", plugin).parent.resolve()
        # Two tasks may run at once.
        self._path = self._directory / f"report-{os.getpid()}.json"

    def added_to(self, environment: dict[str, str]) -> dict[str, str]:
        """Return the variables of a process with those that have its pytest load the plugin."""
        before = os.environ.get(PLUGINS, "")
        return {
            **environment,
            "PYTHONPATH": os.pathsep.join([*filter(None, [environment.get("PYTHONPATH")]), str(self._directory)]),
            PLUGINS: ",".join(filter(None, [before, MODULE])),
            BEFORE: before,
            PATH: str(self._path),
        }

    def partial(self) -> str | None:
        """Return why the run that has just ended was one of a part; None where it was whole. It is told once."""
        text = checkout.text(self._path)
        self._path.unlink(missing_ok=True)
        try:
            left_out = json.loads(text or "")
        except ValueError:
            return "pytest did not come to its end"
        if not left_out:
            return None
        return f"it left out {left_out[0]}{f' and {len(left_out) - 1} more' if len(left_out) > 1 else ''}"
