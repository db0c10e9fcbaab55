"""Tasks that bring the stack up, look at it, and take it down."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command

SERVICES = "services to start, with what they depend on, separated by commas; all by default"
KEEP_PORTS = "publish the very ports that the Compose files name, and fail where one is taken"
NO_BUILD = "start the images that are there, building nothing"


@command(
    "stack",
    words="service",
    help={
        "service": "services by their Compose names; all by default",
        "services": SERVICES,
        "no_build": NO_BUILD,
        "standalone": "write the modified Compose file as this one file, and start nothing",
        "keep_ports": KEEP_PORTS,
        "strip_all": "remove every `volumes` section, as it is written, and say what that breaks",
    },
    wants_compose=True,
)
def full_up(
    context: Context,
    service: list[str] | None = None,
    services: str = "",
    no_build: bool = False,
    standalone: str | None = None,
    keep_ports: bool = False,
    strip_all: bool = False,
) -> None:
    """Bring the stack up in full mode: images hold everything, nothing is mounted from the checkout.

    Builds what is needed, and returns when every service is ready.

    Example: inv full-up backend client
    """
    from cispeed_tasks.run import stack

    options = stack.Options(no_build, standalone, keep_ports, strip_all)
    stack.up("full", _names(service, services), options)


@command(
    "stack",
    words="service",
    help={
        "service": "services by their Compose names; all by default",
        "services": SERVICES,
        "no_build": NO_BUILD,
        "keep_ports": KEEP_PORTS,
        "watch": "then watch the checkout until Ctrl-C, as docker compose watch does",
    },
    wants_compose=True,
)
def hollow_up(
    context: Context,
    service: list[str] | None = None,
    services: str = "",
    no_build: bool = False,
    keep_ports: bool = False,
    watch: bool = False,
) -> None:
    """Bring the stack up in hollow mode: base images, the source mounted, packages installed at start.

    An edit on the host is seen at once. Packages are installed once for each lock file, into a volume. What cannot be
    hollow runs from its full image, and the reason is said; --watch brings edits into that as well, builds it anew when
    its lock file changes, and restarts a hollow service when its own does.

    Example: inv hollow-up --watch
    """
    from cispeed_tasks.run import stack

    options = stack.Options(no_build, keep_ports=keep_ports, watching=watch)
    stack.up("hollow", _names(service, services), options)


@command("stack", help={"volumes": "also remove the data volumes of the full and hollow stacks"}, wants_compose=True)
def down(context: Context, volumes: bool = False) -> None:
    """Take down what full-up, hollow-up and playwright-test started; data volumes are kept.

    Example: inv down
    """
    from cispeed_tasks.run import stack

    stack.down(with_volumes=volumes)


@command(
    "stack",
    help={
        "json": "print a list of services for programs",
        "check": "fail where nothing is up, or a service runs another image than the checkout makes",
    },
    wants_compose=True,
)
def status(context: Context, json: bool = False, check: bool = False) -> None:
    """Show how each service of the running stacks is, its ports, and whether it runs what the checkout holds now.

    The last is proven: the running image has the fingerprint of the checkout, or what differs is named.

    Example: inv status
    """
    from cispeed_tasks.run import stack

    stack.status(as_json=json, check=check)


@command("stack", words="service", help={"service": "services by their Compose names; all by default"})
def logs(context: Context, service: list[str] | None = None) -> None:
    """Show what the services of the running stacks wrote.

    Example: inv logs backend
    """
    from cispeed_tasks.run import stack

    stack.logs(service or [])


def _names(words: list[str] | None, listed: str) -> list[str]:
    return [*(words or []), *(name.strip() for name in listed.split(",") if name.strip())]
