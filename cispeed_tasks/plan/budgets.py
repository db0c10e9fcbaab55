"""What images cost against their budgets, each with the sentence that a reviewer needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cispeed_tasks.config_schema import BudgetConfig, BudgetsConfig
from cispeed_tasks.plan.amounts import amount, read_size
from cispeed_tasks.plan.history_records import Record
from cispeed_tasks.plan.report_base import Change

WORDS = {
    "image-bytes": ("the image has", "B"),
    "build-seconds": ("the build took", "s"),
    "context-bytes": ("the build context has", "B"),
    "growth-percent": ("the image grew by", "%"),
}


@dataclass(frozen=True)
class Budget:
    """What one image costs against one of its budgets."""

    target: str
    key: str
    """As in cispeed.yaml: image-bytes, build-seconds, context-bytes or growth-percent."""
    value: float | None
    """None where it is not recorded."""
    limit: float
    place: str
    """Where cispeed.yaml says the limit."""
    why: str = ""
    """What takes the most of it."""

    @property
    def unit(self) -> str:
        """The unit of both."""
        return WORDS[self.key][1]

    @property
    def is_over(self) -> bool:
        """Whether it costs too much."""
        return self.value is not None and self.value > self.limit

    def __str__(self) -> str:
        """The sentence."""
        words, unit = WORDS[self.key]
        if self.value is None:
            return f"{self.target}: not checked against {self.place}: nothing to compare is recorded"
        line = f"{self.target}: {words} {_exact(self.value, self.limit, unit)}"
        if not self.is_over:
            return f"{line}, within its budget of {amount(self.limit, unit)}"
        over = amount(self.value - self.limit, unit)
        why = f"; {self.why}" if self.why else ""
        return f"{line}, {over} over its budget of {amount(self.limit, unit)} ({self.place} in cispeed.yaml){why}"


def is_empty(config: BudgetsConfig) -> bool:
    """Whether the config names no budget at all."""
    sections = [config, *config.images.values()]
    return all(_value(section, key) is None for section in sections for key in WORDS)


def check(config: BudgetsConfig, builds: Mapping[str, Record], changes: Iterable[Change]) -> tuple[Budget, ...]:
    """Compare the last build of each target with its budgets; one that the config names and nobody built is there, too.

    Args:
        config: the budgets.
        builds: the last build of each target that ended well.
        changes: the images against those of the base.
    """
    against = {one.target: one for one in changes}
    names = sorted({*builds, *config.images})
    return tuple(one for name in names for one in _of_target(config, name, builds.get(name), against.get(name)))


def _of_target(config: BudgetsConfig, name: str, build: Record | None, change: Change | None) -> Iterator[Budget]:
    own = config.images.get(name)
    for key in WORDS:
        value, place = (_value(own, key), f"budgets.images.{name}.{key}") if own else (None, "")
        if value is None:
            value, place = _value(config, key), f"budgets.{key}"
        if value is not None:
            yield Budget(name, key, _cost(key, build, change), value, place, _why(key, build, change))


def _value(section: BudgetConfig, key: str) -> float | None:
    value = getattr(section, key.replace("-", "_"))
    return read_size(value) if isinstance(value, str) else value


def _cost(key: str, build: Record | None, change: Change | None) -> float | None:
    if build is None:
        return None
    costs = {"image-bytes": build.image_bytes, "build-seconds": build.seconds, "context-bytes": build.context_bytes}
    return costs.get(key, change.growth if change else None)


def _why(key: str, build: Record | None, change: Change | None) -> str:
    """What takes the most of it."""
    if build is None:
        return ""
    if key == "image-bytes" and build.layers:
        largest = max(build.layers, key=lambda one: one.bytes)
        return f"its largest layer, unpacked: {largest.instruction}, {amount(largest.bytes, 'B')}"
    ran = [one for one in build.steps if not one.cached]
    if key == "build-seconds" and ran:
        slowest = max(ran, key=lambda one: one.seconds)
        return f"its slowest step: {slowest.instruction}, {amount(slowest.seconds, 's')}"
    if key == "context-bytes":
        return "`inv dockerignore` says what to leave out"
    if key == "growth-percent" and change and change.layers and change.layers[0].after > change.layers[0].before:
        grown = change.layers[0]
        return (
            f"what grew the most: {grown.instruction}, from {amount(grown.before, 'B')} to {amount(grown.after, 'B')}"
        )
    return ""


def _exact(value: float, limit: float, unit: str) -> str:
    """A value so exactly that it does not look like the limit which it is over."""
    shown = amount(value, unit)
    if value <= limit or shown != amount(limit, unit):
        return shown
    return f"{value:.0f} B" if unit == "B" else f"{value:.2f} {unit}"
