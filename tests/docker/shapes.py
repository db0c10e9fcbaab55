"""Repositories of shapes that this project was not made for, each with what shows that its stack works."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.docker import shape_django, shape_images, shape_npm, shape_uv
from tests.docker.repositories import Repository
from tests.git_repositories import repository as git_repository

CANARY = "canary-"
"""What every value that git ignores begins with: it may not be in an image or in a generated file."""


@dataclass(frozen=True)
class Edit:
    """A change of a source file, and where it is seen."""

    file: str
    old: str
    new: str
    page: str
    seen: tuple[str, str]
    """What stands in that page before and after."""
    restart: str = ""
    """The service that has to be started again to see it."""


@dataclass(frozen=True)
class Shape:
    """One kind of repository."""

    project: str
    compose: tuple[str, ...]
    """Its Compose files in their order."""
    files: Mapping[str, str]
    ignored: Mapping[str, str]
    entry: tuple[str, int]
    """The service that is asked by HTTP, and its port in the container."""
    pages: Mapping[str, str]
    """What stands in the answer, by path."""
    built: tuple[str, ...]
    """The services with a build section."""
    port: int
    """The fixed port of this machine that the Compose file publishes."""
    edit: Edit
    lock: tuple[str, ...] = ()
    """The command that writes the lock file."""
    user: tuple[str, str] | None = None
    """Name and password of the pages."""
    executable: tuple[str, ...] = field(default=())
    """Files with the executable bit."""

    def wanted_pages(self, *, edited: bool) -> dict[str, str]:
        """What stands in the answers, by path; after the edit the new text."""
        wanted = self.pages[self.edit.page]
        return {**self.pages, self.edit.page: wanted.replace(*self.edit.seen) if edited else wanted}

    def make_edit(self, root: Path) -> None:
        """Change the source file in the checkout."""
        path = root / self.edit.file
        path.write_text(path.read_text().replace(self.edit.old, self.edit.new))


DJANGO = Shape(
    project="bookshelf",
    compose=("compose.yaml", "compose.override.yaml"),
    files=shape_django.FILES,
    ignored=shape_django.IGNORED,
    entry=("nginx", 80),
    pages={
        "/books/": '{"books": ["The Dispossessed"]}',
        "/static/books/site.css": "rebeccapurple",
        "/nothing-here": "No such shelf",
    },
    built=("migrate", "web"),
    port=8093,
    edit=Edit("bookshelf/urls.py", '"books": [', '"shelf": [', "/books/", seen=('"books"', '"shelf"')),
    executable=("docker/web/entrypoint.sh", "manage.py"),
)
NPM = Shape(
    project="parcels",
    compose=("compose.yaml",),
    files=shape_npm.FILES,
    ignored=shape_npm.IGNORED,
    entry=("web", 3000),
    pages={
        "/": '{"api":{"text":"hello, parcel","due":172800000,"signed":true},"web":"hello, browser","odd":true,"edition":"first"}'
    },
    built=("api", "web"),
    port=8094,
    edit=Edit("apps/web/server.js", "'first'", "'second'", "/", seen=("first", "second")),
)
UV = Shape(
    project="gauges",
    compose=("compose.yml",),
    files=shape_uv.FILES,
    ignored=shape_uv.IGNORED,
    entry=("dashboard", 8080),
    pages={
        "/": '{"freezing":0.0,"reading":{"celsius":100.0,"major":25,"station":"canary-station"},"title":"Gauges"}',
    },
    built=("collector", "dashboard"),
    port=8095,
    edit=Edit(
        "services/dashboard/src/dashboard/__init__.py",
        '"Gauges"',
        '"Dials"',
        "/",
        seen=("Gauges", "Dials"),
        restart="dashboard",
    ),
    lock=(sys.executable, "-m", "uv", "lock", "--quiet"),
)
IMAGES = Shape(
    project="harbour",
    compose=("docker-compose.yml",),
    files=shape_images.FILES,
    ignored=shape_images.IGNORED,
    entry=("proxy", 80),
    pages={"/": "<h1>Harbour</h1>", "/report/ships.txt": "Erebus, Terror"},
    built=(),
    port=8096,
    edit=Edit("site/index.html", "Harbour", "Haven", "/", seen=("Harbour", "Haven")),
    user=("clerk", "canary-of-the-clerk"),
)
SHAPES = (DJANGO, NPM, UV, IMAGES)


def make_shape(directory: Path, shape: Shape) -> Repository:
    """The repository, committed, with what git ignores beside it."""
    repository = Repository(directory / shape.project, shape.project)
    for name, text in {**shape.files, **shape.ignored}.items():
        repository.write(name, text)
    for name in shape.executable:
        (repository.path / name).chmod(0o755)
    if shape.lock:
        subprocess.run(shape.lock, cwd=repository.path, check=True, timeout=120)
    git_repository(repository.path).commit()
    return repository


def wait_for_page(shape: Shape, base: str, path: str, wanted: str) -> str:
    """What stands at a path, as soon as the wanted text is in it; after half a minute whatever there is."""
    deadline = time.monotonic() + 30
    found = ""
    while wanted not in found and time.monotonic() < deadline:
        found = _read(f"{base}{path}", shape.user)
        time.sleep(0 if wanted in found else 0.2)
    return found


def _read(address: str, user: tuple[str, str] | None) -> str:
    try:
        return requests.get(address, auth=user, timeout=10).text
    except requests.RequestException as error:
        return str(error)
