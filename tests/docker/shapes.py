"""Repositories of shapes that this project was not made for, each with what shows that its stack works."""

from __future__ import annotations

import base64
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.docker import shape_django, shape_images, shape_npm, shape_uv
from tests.docker.repositories import Repository, make_repository
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


@dataclass(frozen=True)
class Shape:
    """One kind of repository."""

    project: str
    files: Mapping[str, str]
    ignored: Mapping[str, str]
    entry: tuple[str, int]
    """The service that is asked by HTTP, and its port in the container."""
    pages: Mapping[str, str]
    """What stands in the answer, by path."""
    built: tuple[str, ...]
    """The services with a build section."""
    secret_targets: frozenset[str]
    """Where containers have what git ignores: the only mounts from the checkout that full mode may keep."""
    edit: Edit
    lock: tuple[str, ...] = ()
    """The command that writes the lock file."""
    user: str = ""
    """Name and password of the pages."""
    executable: tuple[str, ...] = field(default=())
    """Files with the executable bit."""


DJANGO = Shape(
    project="bookshelf",
    files=shape_django.FILES,
    ignored=shape_django.IGNORED,
    entry=("nginx", 80),
    pages={
        "/books/": '{"books": ["The Dispossessed"]}',
        "/static/books/site.css": "rebeccapurple",
        "/nothing-here": "No such shelf",
    },
    built=("migrate", "web"),
    secret_targets=frozenset({"/run/keys/secret_key"}),
    edit=Edit("bookshelf/urls.py", '"books": [', '"shelf": [', "/books/"),
    executable=("docker/web/entrypoint.sh", "manage.py"),
)
NPM = Shape(
    project="parcels",
    files=shape_npm.FILES,
    ignored=shape_npm.IGNORED,
    entry=("web", 3000),
    pages={
        "/": '{"api":{"text":"hello, parcel","due":172800000,"signed":true},"web":"hello, browser","odd":true,"edition":"first"}'
    },
    built=("api", "web"),
    secret_targets=frozenset({"/run/signing.key"}),
    edit=Edit("apps/web/server.js", "'first'", "'second'", "/"),
    lock=("npm", "install", "--package-lock-only", "--no-audit", "--no-fund"),
)
UV = Shape(
    project="gauges",
    files=shape_uv.FILES,
    ignored=shape_uv.IGNORED,
    entry=("dashboard", 8080),
    pages={
        "/": '{"freezing":0.0,"reading":{"celsius":100.0,"major":25,"station":"canary-station"},"title":"Gauges"}',
    },
    built=("collector", "dashboard"),
    secret_targets=frozenset(),
    edit=Edit("services/dashboard/src/dashboard/__init__.py", '"Gauges"', '"Dials"', "/"),
    lock=(sys.executable, "-m", "uv", "lock", "--quiet"),
)
IMAGES = Shape(
    project="harbour",
    files=shape_images.FILES,
    ignored=shape_images.IGNORED,
    entry=("proxy", 80),
    pages={"/": "<h1>Harbour</h1>", "/report/ships.txt": "Erebus, Terror"},
    built=(),
    secret_targets=frozenset({"/etc/nginx/users.htpasswd"}),
    edit=Edit("site/index.html", "Harbour", "Haven", "/"),
    user="clerk:canary-of-the-clerk",
)
SHAPES = (DJANGO, NPM, UV, IMAGES)


def make_shape(directory: Path, shape: Shape) -> Repository:
    """The repository, committed, with what git ignores beside it."""
    repository = make_repository(directory / shape.project, shape.project, {**shape.files, **shape.ignored})
    for name in shape.executable:
        (repository.path / name).chmod(0o755)
    if shape.lock:
        subprocess.run(shape.lock, cwd=repository.path, check=True, timeout=120)
    git_repository(repository.path).commit()
    return repository


def wait_for_page(shape: Shape, base: str, path: str, wanted: str) -> str:
    """What stands at a path, as soon as the wanted text is in it; after half a minute whatever there is."""
    headers = {"Authorization": f"Basic {base64.b64encode(shape.user.encode()).decode()}"} if shape.user else {}
    request = urllib.request.Request(f"{base}{path}", headers=headers)
    deadline = time.monotonic() + 30
    found = ""
    while wanted not in found and time.monotonic() < deadline:
        found = _read(request)
        time.sleep(0 if wanted in found else 0.2)
    return found


def _read(request: urllib.request.Request) -> str:
    try:
        with urllib.request.urlopen(request, timeout=10) as page:
            return str(page.read().decode())
    except urllib.error.HTTPError as error:
        return error.read().decode()
    except OSError as error:
        return str(error)
