"""The task that looks at all that the tasks stand on."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command


@command("start here", help={"json": "print a list of lines for programs"})
def doctor(context: Context, json: bool = False) -> None:
    """Look at Docker, this machine and this repository, and say of each thing whether it is well and what mends it.

    Versions against what each feature needs, image store, disk, memory, clocks, the registry and the rights to it, build
    caches, config, git, leftovers. It changes nothing, and works without an engine, a config or a repository. Each line
    is ok, a warning or a fault; with a fault the exit code is 1.

    Example: inv doctor
    """
    from cispeed_tasks.run import doctor as run_doctor

    run_doctor.doctor(as_json=json)
