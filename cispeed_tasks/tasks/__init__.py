"""What a user can say: one function a task, gathered here into the collection `ns`."""

from __future__ import annotations

from invoke.collection import Collection

from cispeed_tasks.tasks import (
    build,
    changes,
    check,
    cluster,
    dockerignore,
    engine,
    init,
    inputs,
    invoke_extensions,
    modes,
    optimize,
    override,
    playwright,
    prune,
    stack,
    test_affected,
)

MODULES = (
    engine,
    init,
    check,
    build,
    optimize,
    dockerignore,
    stack,
    modes,
    override,
    playwright,
    test_affected,
    changes,
    inputs,
    cluster,
    prune,
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
