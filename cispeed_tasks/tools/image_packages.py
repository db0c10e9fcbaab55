"""The installed packages of an image, copied out of it to where a person's checkout has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from cispeed_tasks.tools import process

FIND = "find / -xdev -type d \\( -name node_modules -o -name site-packages -o -name dist-packages \\) -prune -print"
OF_THE_SYSTEM = "/usr/lib/"
COPY_SECONDS = 300.0


def copy_packages(image: str, place: Path, env: Mapping[str, str]) -> None:
    """Copy node_modules, and Python's packages as a virtual environment, of an image into a directory.

    `env` are the variables by which docker finds the image's engine. An image without a shell has none to copy.
    """
    found = process.ask(
        ["docker", "run", "--rm", "--network", "none", "--entrypoint", "sh", image, "-c", FIND],
        env=env,
        check=False,
        timeout=120,
    )
    directories = [line for line in found.stdout.splitlines() if line.startswith("/")]
    wanted = _wanted(directories, _workdir(image, env), place)
    if not wanted:
        return
    container = process.ask(["docker", "create", image], env=env).stdout.strip()
    try:
        for source, target in wanted.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            process.ask(["docker", "cp", f"{container}:{source}", str(target)], env=env, timeout=COPY_SECONDS)
    finally:
        process.ask(["docker", "rm", "--force", container], env=env, check=False)


def _wanted(directories: list[str], workdir: str, place: Path) -> dict[str, Path]:
    own = [one for one in directories if not one.startswith(OF_THE_SYSTEM)]
    nodes = {
        one: place / one.removeprefix(workdir).lstrip("/")
        for one in own
        if one.endswith("/node_modules") and one.startswith(f"{workdir.rstrip('/')}/")
    }
    packages = [one for one in own if one.endswith("-packages")]
    python = {one: place / ".venv" / one.lstrip("/") for one in packages}
    targets = {**nodes, **python}
    return {source: target for source, target in targets.items() if not target.exists()}


def _workdir(image: str, env: Mapping[str, str]) -> str:
    done = process.ask(["docker", "image", "inspect", "--format", "{{json .Config.WorkingDir}}", image], env=env)
    return str(json.loads(done.stdout) or "/")
