"""What a comparison measures: the scenarios with their definitions, what each needs, and the plan of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cispeed_tasks.config import did_you_mean
from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.compare_edits import Edit

BEFORE, AFTER = "before", "after"
EMPTY = "an engine with the root images and nothing else"
CARRIED = "no cache carried over, so that all is built: the figure of `cold`"


@dataclass(frozen=True)
class Scenario:
    """One comparison: what each side does, in words, and the measurements that its figures are the sums of."""

    name: str
    title: str
    before: str
    after: str
    before_of: tuple[str, ...]
    after_of: tuple[str, ...]
    edit: str = ""
    """code or dependency, where something is changed."""

    @property
    def needs_registry(self) -> bool:
        """Whether the after side takes from a registry what another machine has put there."""
        return any(name.startswith("fresh") for name in self.after_of)


SCENARIOS = (
    Scenario(
        "cold",
        "cold",
        f"{EMPTY}: base images, then `docker compose build`",
        f"{EMPTY}: `inv build-optimized`; no registry is configured",
        ("cold",),
        ("cold",),
    ),
    Scenario(
        "fresh-nothing",
        "fresh runner, nothing changed: the verdict",
        f"{EMPTY}; {CARRIED}",
        f"{EMPTY}, a checkout of its own: `inv build-optimized`, which leaves in the registry what is there",
        ("cold",),
        ("fresh-nothing",),
    ),
    Scenario(
        "fresh-up",
        "fresh runner, nothing changed: the stack is up",
        f"{EMPTY}; {CARRIED}; then `docker compose up --detach --wait`, the figure of `ready`",
        f"{EMPTY}, a checkout of its own: `inv full-up`, which pulls",
        ("cold", "ready"),
        ("fresh-up",),
    ),
    Scenario(
        "fresh-code",
        "fresh runner, one code line changed",
        f"{EMPTY}; {CARRIED}",
        f"{EMPTY}, a checkout of its own: `inv build-optimized`, with the registry's images and build cache",
        ("cold",),
        ("fresh-code",),
        "code",
    ),
    Scenario(
        "fresh-dependency",
        "fresh runner, one dependency added",
        f"{EMPTY}; {CARRIED}",
        f"{EMPTY}, a checkout of its own: `inv build-optimized`, with the registry's images and build cache",
        ("cold",),
        ("fresh-dependency",),
        "dependency",
    ),
    Scenario(
        "same-nothing",
        "same machine, nothing changed",
        "`docker compose build` once more, with the engine's layer cache",
        "`inv build-optimized` once more, with the engine's layer cache",
        ("same-nothing",),
        ("same-nothing",),
    ),
    Scenario(
        "same-code",
        "same machine, one code line changed",
        "`docker compose build` after the edit, with the engine's layer cache",
        "`inv build-optimized` after the edit, with the engine's layer cache",
        ("same-code",),
        ("same-code",),
        "code",
    ),
    Scenario(
        "same-dependency",
        "same machine, one dependency added",
        "`docker compose build` after the edit, with the engine's layer cache",
        "`inv build-optimized` after the edit, with the engine's layer cache",
        ("same-dependency",),
        ("same-dependency",),
        "dependency",
    ),
    Scenario(
        "ready",
        "time to a ready stack, images there",
        "`docker compose up --detach --no-build --wait`",
        "`inv full-up --no-build`",
        ("ready",),
        ("ready",),
    ),
)
ORDER = tuple(scenario.name for scenario in SCENARIOS)
LOCAL = ("cold", "same-nothing", "same-code", "same-dependency", "ready")
"""Measurements on an engine that keeps what the one before left, in their order; the others begin empty."""
FRESH = ("fresh-nothing", "fresh-up", "fresh-code", "fresh-dependency")


@dataclass(frozen=True)
class ComparePlan:
    """What is built, on which engines, how often."""

    scenarios: tuple[Scenario, ...]
    runs: int
    before_files: tuple[str, ...]
    before_bases: Mapping[str, str]
    """Base images that the before state needs, each with its build context relative to the repository."""
    roots: tuple[str, ...]
    """Root images, which both sides find on their engines."""
    edits: Mapping[str, Edit]
    """By kind: code, dependency."""
    notes: tuple[str, ...] = ()
    """What is not measured, and why; what was done to the before state."""

    def measurements(self, side: str) -> tuple[str, ...]:
        """What has to be measured on one side, in its order; nothing can be built again that was not built."""
        wanted = {name for one in self.scenarios for name in (one.before_of if side == BEFORE else one.after_of)}
        if any(name in LOCAL for name in wanted):
            wanted.add("cold")
        return tuple(name for name in (*LOCAL, *FRESH) if name in wanted)

    @property
    def needs_registry(self) -> bool:
        """Whether a registry is needed."""
        return any(one.needs_registry for one in self.scenarios)

    def definitions(self) -> str:
        """Every scenario with what each side does, as it was agreed before anything was measured."""
        lines = [
            f"before: {self.compose_command('build')}",
            *(
                f"before, base image {name}: docker build --tag {name} {context}"
                for name, context in self.before_bases.items()
            ),
        ]
        lines += [f"edit, {kind}: {edit}" for kind, edit in self.edits.items()]
        for one in self.scenarios:
            lines += [f"{one.name}: {one.title}", f"  before: {one.before}", f"  after: {one.after}"]
        return "\n".join([*lines, *self.notes])

    def compose_command(self, *words: str) -> str:
        """Compose's command on the before state, as a person types it."""
        files = [word for name in self.before_files for word in ("-f", name)]
        return " ".join(["docker compose", *files, *words])

    def __str__(self) -> str:
        """The plan as it is shown before anything is done."""
        count = "once" if self.runs == 1 else f"{self.runs} times"
        engines = "two engines of their own, each with its own data directory, beside this machine's"
        lines = [
            f"compare {len(self.scenarios)} scenarios, {count}, before and after in turn, on {engines}",
            f"  root images from this machine's engine, not measured: {', '.join(self.roots) or 'none'}",
            f"  before, measured: {', '.join(self.measurements(BEFORE))}",
            f"  after, measured: {', '.join(self.measurements(AFTER))}",
        ]
        if self.needs_registry:
            lines.append("  a registry beside them: the after state is pushed to it with its build cache, not measured")
        return "\n".join([*lines, *(f"  {line}" for line in self.definitions().splitlines())])


def chosen_scenarios(text: str) -> tuple[Scenario, ...]:
    """The scenarios that a user named, separated by commas; all by default.

    Raises:
        UsageError: a name that there is not, with the likely one.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in ORDER:
            raise UsageError(f"--scenarios: there is no scenario '{name}'{did_you_mean(name, list(ORDER))}")
    return tuple(one for one in SCENARIOS if not names or one.name in names)


def possible(scenarios: Iterable[Scenario], edits: Mapping[str, Edit]) -> tuple[tuple[Scenario, ...], tuple[str, ...]]:
    """Those scenarios whose edits can be made, and a sentence for each of the others."""
    kept, notes = [], []
    for one in scenarios:
        if one.edit and one.edit not in edits:
            notes.append(f"not measured: {one.name}, since {WANTS[one.edit]}")
        else:
            kept.append(one)
    return tuple(kept), tuple(notes)


WANTS = {
    "code": "no file of code reaches exactly one service's image",
    "dependency": "a dependency can be added without a resolver to poetry.lock, requirements.txt or package-lock.json only",
}
