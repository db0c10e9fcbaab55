"""Remembers test runs that passed whole: under .cispeed/green/, and in the registry where one is configured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cispeed_tasks.config_schema import Config
from cispeed_tasks.errors import CispeedError
from cispeed_tasks.plan.green_run import GreenRun, from_labels, green_labels, green_text, read_green
from cispeed_tasks.tools import checkout, engine_http, terminal
from cispeed_tasks.tools.registry import Answer

__all__ = ["GreenRun", "GreenRuns"]

DIRECTORY = "green"
KEPT = 500
REPOSITORY = "cispeed-green"


class GreenRuns:
    """The green runs of one project; only what passed whole is ever written here."""

    def __init__(self, root: Path, config: Config) -> None:
        self._root = root
        self._registry = config.registry.rstrip("/") if config.registry else None
        self._timeout = config.timeouts.registry

    def find(self, keys: Sequence[str]) -> dict[str, GreenRun]:
        """The recorded runs of some keys, local ones first; a registry that is silent knows of none."""
        found = {key: run for key in keys if (run := self._read(key))}
        missing = [key for key in keys if key not in found]
        if missing and self._registry:
            for run in self._ask(missing):
                self._write(run)
                found[run.key] = run
        return found

    def record(self, run: GreenRun) -> None:
        """Remember a run; a fault of the registry is said and stops nothing."""
        self._write(run)
        if self._registry:
            from cispeed_tasks.tools import buildx

            try:
                buildx.push_labels(self._reference(run.key), green_labels(run))
            except CispeedError as error:
                terminal.warn(f"the green run is remembered here only: {str(error).splitlines()[0]}")

    def _path(self, key: str) -> Path:
        return self._root / checkout.STATE / DIRECTORY / f"{key}.json"

    def _read(self, key: str) -> GreenRun | None:
        text = checkout.text(self._path(key))
        return read_green(text, key) if text is not None else None

    def _write(self, run: GreenRun) -> None:
        path = checkout.write_state(self._root, f"{DIRECTORY}/{run.key}.json", green_text(run))
        old = sorted(path.parent.glob("*.json"), key=lambda one: one.stat().st_mtime, reverse=True)[KEPT:]
        for one in old:
            one.unlink(missing_ok=True)

    def _reference(self, key: str) -> str:
        return f"{self._registry}/{REPOSITORY}:{key}"

    def _ask(self, keys: Sequence[str]) -> list[GreenRun]:
        from cispeed_tasks.tools import buildx
        from cispeed_tasks.tools.registry_head import heads

        references = {self._reference(key): key for key in keys}
        try:
            answers = heads(list(references), timeout=self._timeout, insecure=engine_http.insecure_registries())
            there = [reference for reference in references if answers[reference].answer is Answer.THERE]
            labels = {reference: buildx.labels_of(reference) for reference in there}
        except CispeedError as error:
            terminal.warn(f"the registry was not asked for green runs: {str(error).splitlines()[0]}")
            return []
        runs = (from_labels(found, references[reference]) for reference, found in labels.items())
        return [run for run in runs if run is not None]
