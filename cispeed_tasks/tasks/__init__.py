"""What a user can say: one function a task, gathered here into the collection `ns`."""

from __future__ import annotations

from invoke.collection import Collection

from cispeed_tasks.tasks import (
    build,
    changes,
    check,
    cluster,
    compare,
    dockerignore,
    doctor,
    engine,
    history,
    images,
    init,
    inputs,
    invoke_extensions,
    kept_mounts,
    lint,
    matrix,
    modes,
    optimize,
    override,
    playwright,
    prune,
    rehearse,
    report,
    sample,
    stack,
    test_affected,
    workflows,
)

MODULES = (
    engine,
    init,
    check,
    doctor,
    sample,
    build,
    matrix,
    optimize,
    images,
    dockerignore,
    stack,
    modes,
    override,
    playwright,
    lint,
    test_affected,
    changes,
    inputs,
    compare,
    kept_mounts,
    cluster,
    history,
    report,
    rehearse,
    prune,
    workflows,
)


def collection() -> Collection:
    """The tasks as `from cispeed_tasks import ns` gives them to a repository's tasks.py."""
    invoke_extensions.install()
    ns = Collection()
    for module in MODULES:
        for task in vars(module).values():
            if isinstance(task, invoke_extensions.GroupedTask):
                ns.add_task(task)
    ns.configure({"cispeed": {"config": "cispeed.yaml"}})
    return ns
