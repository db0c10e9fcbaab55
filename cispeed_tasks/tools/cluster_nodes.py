"""The containers of a cluster, and what goes on in its nodes, by `docker exec`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.tools import engine, process

ASK_SECONDS = 60.0
SAVE_SECONDS = 600.0
CRICTL = ("crictl", "images", "-o", "json")
CTR = ("ctr", "--namespace", "k8s.io", "images")


def containers() -> list[dict[str, Any]]:
    """All containers of the engine, running or not, as it lists them."""
    with engine.client() as docker:
        return [dict(row) for row in docker.api.containers(all=True)]


def ask(node: str, argv: Sequence[str], *, stdin: str | None = None) -> process.Completed:
    """Run a program in a node; whatever its exit code is."""
    options = ["-i"] if stdin is not None else []
    return process.ask(["docker", "exec", *options, node, *argv], stdin=stdin, timeout=ASK_SECONDS, check=False)


def image_lists(node: str) -> tuple[str | None, str | None]:
    """What a node prints of its images: crictl's JSON and ctr's table, each None where it has no such program.

    Raises:
        WorkFailed: neither answers.
    """
    crictl, ctr = ask(node, CRICTL), ask(node, (*CTR, "ls"))
    if crictl.exit_code and ctr.exit_code:
        raise WorkFailed(f"the node {node} does not say which images it has: {process.failure(ctr)}")
    return (None if crictl.exit_code else crictl.stdout), (None if ctr.exit_code else ctr.stdout)


def write(node: str, path: str, text: str) -> None:
    """Write a file in a node, with the directories above it; raises WorkFailed."""
    ask(node, ["mkdir", "-p", path.rpartition("/")[0]])
    done = ask(node, ["cp", "/dev/stdin", path], stdin=text)
    if done.exit_code:
        raise WorkFailed(process.failure(done))


def export_images(node: str, names: Sequence[str], archive: Path) -> None:
    """Write images of a node into an archive on this machine, whole or not at all; raises WorkFailed."""
    partial = archive.with_name(f".{archive.name}")
    code = process.save(["docker", "exec", node, *CTR, "export", "-", *names], partial, timeout=SAVE_SECONDS)
    if code:
        partial.unlink(missing_ok=True)
        raise WorkFailed(f"the images of the node {node} could not be exported (exit code {code})")
    partial.replace(archive)


def run_registry(name: str, image: str, network: str, labels: Mapping[str, str]) -> None:
    """Run a registry on a network, reached from this machine by a free port of 127.0.0.1; raises WorkFailed."""
    argv = ["docker", "run", "--detach", "--name", name, "--network", network, "--publish", "127.0.0.1::5000"]
    argv += [word for key, value in labels.items() for word in ("--label", f"{key}={value}")]
    argv += ["--entrypoint", "registry", image, "serve", "/etc/docker/registry/config.yml"]
    process.ask(argv)
