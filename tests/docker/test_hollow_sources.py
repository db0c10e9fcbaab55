"""Hollow mode of Compose files with only `build:`, of sources outside a service's directory, and `--watch`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docker.repositories import Repository, docker, make_repository

COMPOSE = """
name: sources
services:
  plain: {build: ./plain}
  outside:
    build: {context: ., dockerfile: services/outside/Dockerfile, additional_contexts: {texts: ./texts}}
    volumes: ["./lent:/lent"]
  built: {build: ./built, init: true}
  static: {build: ./static, init: true}
"""
PLAIN = """FROM python:3.13-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY start.sh main.py ./
COPY words words
RUN chmod +x start.sh
ENTRYPOINT ["./start.sh"]
CMD ["python", "main.py"]
"""
OUTSIDE = """FROM python:3.13-slim
WORKDIR /srv/app
COPY services/outside/requirements.txt /tmp/requirements.txt
RUN pip install -r /tmp/requirements.txt
COPY services/outside/ ./
COPY shared /srv/shared
COPY --from=texts . /srv/texts
ENV PYTHONPATH=/srv
CMD ["python", "-u", "main.py"]
"""
LOOP = """import time
import packaging.version
from {module} import WORD
print(WORD, packaging.__version__{more}, flush=True)
time.sleep(9999)
"""
BUILT = """FROM python:3.13-slim
WORKDIR /app
COPY requirements.txt main.py ./
RUN pip install -r requirements.txt
RUN python main.py > made.txt
CMD ["sleep", "9999"]
"""
STATIC = """FROM python:3.13-slim
WORKDIR /site
COPY pages pages
CMD ["sleep", "9999"]
"""
FILES = {
    "compose.yaml": COMPOSE,
    "plain/Dockerfile": PLAIN,
    "plain/requirements.txt": "packaging==25.0\n",
    "plain/start.sh": '#!/bin/sh\necho started by the script\nexec "$@"\n',
    "plain/main.py": LOOP.format(module="words", more=""),
    "plain/words/__init__.py": "WORD = 'plain'\n",
    "services/outside/Dockerfile": OUTSIDE,
    "services/outside/requirements.txt": "packaging==25.0\n",
    "services/outside/main.py": LOOP.format(
        module="shared", more=", open('/srv/texts/a.txt').read(), open('/lent/b.txt').read()"
    ),
    "services/outside/.venv/pyvenv.cfg": "home = /nowhere\n",
    "shared/__init__.py": "WORD = 'outside'\n",
    "texts/a.txt": "text a",
    "lent/b.txt": "text b",
    "built/Dockerfile": BUILT,
    "built/requirements.txt": "packaging==25.0\n",
    "built/main.py": "print('made')\n",
    "static/Dockerfile": STATIC,
    "static/pages/index.html": "first",
}


said_while_starting: list[str] = []


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    repository = make_repository(tmp_path_factory.mktemp("sources"), "sources", FILES)
    said_while_starting.append(repository.inv("hollow-up"))
    yield repository
    repository.inv("down", "--volumes")


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


def said(repository: Repository, service: str) -> str:
    return docker("logs", repository.containers("hollow")[service]["Id"])


def said_by_what_is_there(repository: Repository, service: str) -> str:
    """As `said`, while the container may be replaced between two questions."""
    container = repository.containers("hollow").get(service, {}).get("Id", "none")
    return subprocess.run(["docker", "logs", container], capture_output=True, text=True, check=False).stdout


def test_an_edit_is_seen_where_the_compose_file_mounts_nothing(sources: Repository) -> None:
    assert wait_for(lambda: "plain 25.0" in said(sources, "plain"))
    assert "started by the script" in said(sources, "plain")
    sources.write("plain/words/__init__.py", "WORD = 'edited'\n")
    docker("restart", "--time", "0", sources.containers("hollow")["plain"]["Id"])
    assert wait_for(lambda: "edited 25.0" in said(sources, "plain"))


def test_sources_outside_the_services_directory_are_mounted(sources: Repository) -> None:
    assert wait_for(lambda: "outside 25.0 text a text b" in said(sources, "outside"))
    found = sources.containers("hollow")["outside"]
    mounts = {m["Destination"]: m["Source"] for m in found["Mounts"] if m["Type"] == "bind"}
    start = str(sources.path)
    assert mounts == {
        "/cispeed/start.sh": f"{start}/.cispeed/start.sh",
        "/lent": f"{start}/lent",
        "/srv/app": f"{start}/services/outside",
        "/srv/shared": f"{start}/shared",
        "/srv/texts": f"{start}/texts",
        "/tmp/requirements.txt": f"{start}/services/outside/requirements.txt",  # noqa: S108
    }


def test_a_virtual_environment_of_the_hosts_is_not_seen(sources: Repository) -> None:
    container = sources.containers("hollow")["outside"]["Id"]
    assert docker("exec", container, "ls", "-A", "/srv/app/.venv") == ""
    docker("exec", container, "touch", "/srv/app/.venv/x")
    assert [path.name for path in (sources.path / "services/outside/.venv").iterdir()] == ["pyvenv.cfg"]


def test_what_an_image_makes_of_its_source_runs_from_the_image_and_why_is_said(sources: Repository) -> None:
    container = sources.containers("hollow")["built"]
    assert (container["Config"]["Image"], container["Mounts"]) == ("sources-built:full", [])
    assert (
        "built: in hollow mode it runs from its full image, since of its Dockerfile line 5: what `python main.py > made.txt` "
        "makes is only in the image (to settle it: services.built.hollow-command: what it runs on the mounted source)"
    ) in " ".join(said_while_starting[0].split())


def page(repository: Repository) -> str:
    return docker("exec", repository.containers("hollow")["static"]["Id"], "cat", "/site/pages/index.html")


def test_watching_brings_edits_into_what_runs_from_an_image(sources: Repository) -> None:
    inv = str(Path(sys.executable).parent / "inv")
    watching = subprocess.Popen(
        [inv, "hollow-up", "--no-build", "--watch"],
        cwd=sources.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        edits = iter(range(1000))

        def is_seen() -> bool:
            sources.write("static/pages/index.html", text := f"edit {next(edits)}")
            return wait_for(lambda: page(sources) == text, 3)

        assert wait_for(is_seen, 60)
        before = sources.containers("hollow")["static"]["Id"]
        sources.write("static/Dockerfile", STATIC.replace("9999", "8888"))
        assert wait_for(lambda: sources.containers("hollow").get("static", {}).get("Id") not in {None, before}, 60)
        sources.write("plain/requirements.txt", "packaging==24.1\n")
        assert wait_for(lambda: "edited 24.1" in said_by_what_is_there(sources, "plain"), 60)
    finally:
        os.killpg(watching.pid, signal.SIGINT)
        output, _ = watching.communicate(timeout=60)
    assert watching.returncode == 0, output
    assert "The stack is left up" in output
    assert sources.containers("hollow")["static"]["Config"]["Cmd"] == ["sleep", "8888"]


def test_a_lock_file_that_changed_is_installed_by_a_restart(sources: Repository) -> None:
    sources.write("plain/requirements.txt", "packaging==24.2\n")
    docker("restart", "--time", "0", sources.containers("hollow")["plain"]["Id"])
    assert wait_for(lambda: "edited 24.2" in said(sources, "plain"), 60)
