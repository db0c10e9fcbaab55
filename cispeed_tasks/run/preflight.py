"""Before a build: whether the engine's disk will hold it, and how many images are built at once."""

from __future__ import annotations

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.plan.build import BuildPlan
from cispeed_tasks.plan.capacity import Capacity, Parallel, disk_need, parallel
from cispeed_tasks.plan.targets import root_images
from cispeed_tasks.run.build_times import image_bytes
from cispeed_tasks.run.look import View
from cispeed_tasks.tools import engine_capacity, engine_http, terminal


def capacity() -> Capacity:
    """What the engine has; raises ToolError where none answers."""
    found = engine_capacity.figures()
    return Capacity(found.cpus, found.memory, found.disk_free, found.has_containerd_store)


def check_disk(view: View, plan: BuildPlan) -> None:
    """Warn where the engine's disk may not hold what is built; raises WorkFailed where nothing can be built at all."""
    if not plan.of("build"):
        return
    here, recorded = capacity(), image_bytes(view)
    need = disk_need(plan, recorded, _outside(plan), here)
    match need.fault(here):
        case ("error", words):
            raise WorkFailed(words)
        case (_, words):
            terminal.warn(words)


def at_once(view: View, plan: BuildPlan) -> Parallel:
    """How many images are built at once, which is said where a wave has more."""
    found = parallel(view.project.config.build.parallel, capacity())
    largest = max((len(wave) for wave in plan.waves()), default=0)
    if largest > found.count:
        terminal.note(
            f"{found.count} of {largest} images are built at a time, since {found.cause}"
            + ("" if view.project.config.build.parallel else " (`build: {parallel: N}` in cispeed.yaml says otherwise)")
        )
    return found


def _outside(plan: BuildPlan) -> dict[str, int]:
    names = root_images(step.target for step in plan.steps)
    images = engine_http.inspect_images(names)
    return {name: int(image.get("Size") or 0) for name, image in images.items() if image}
