"""Builds in a few words: a Dockerfile's text and the files of its context."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cispeed_tasks.model import ContextFile
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile
from cispeed_tasks.plan.findings_model import SeenBuild
from cispeed_tasks.plan.ignore_patterns import read_ignore_file

LOCK = json.dumps({"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "2.1.3"}}}})
PACKAGE = json.dumps({"name": "web", "dependencies": {"ms": "2.1.3"}})
PYTHON = {"requirements.txt": "flask==3.1.0\n", "app.py": "", "pkg/mod.py": "", "README.md": ""}
NODE = {"package.json": PACKAGE, "package-lock.json": LOCK, "src/index.js": ""}
POETRY = {"pyproject.toml": "[tool.poetry]\nname = 'x'\n", "poetry.lock": "package = []\n", "x/__init__.py": ""}
UV = {"pyproject.toml": "[project]\nname = 'x'\n", "uv.lock": 'source = { editable = "." }\n', "x/__init__.py": ""}


def seen(text: str, files: Mapping[str, str] = PYTHON, ignore: str = "", **more: Any) -> SeenBuild:
    """The build of a service `web` whose Dockerfile is web/Dockerfile, as it is seen."""
    args = more.pop("args", {})
    rules = read_ignore_file(ignore)
    entries: dict[str, ContextFile] = {}
    for name, content in files.items():
        if rules.excludes(name):
            continue
        for count in range(1, name.count("/") + 1):
            above = "/".join(name.split("/")[:count])
            entries[above] = ContextFile(above, "directory")
        entries[name] = ContextFile(name, "file", size=len(content))
    service = more.pop("service", "web")
    file = more.pop("file", "web/Dockerfile")
    dockerfile = read_dockerfile(text, args)
    texts = {name: content for name, content in files.items() if name in entries}
    return SeenBuild(service, file, text, dockerfile, args=args, files=entries, texts=texts, ignore=ignore, **more)
