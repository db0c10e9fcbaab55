"""Fixtures that several tools' tests share."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def docker_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """A docker config of the test's own, empty until it is written; without the proxies of this machine."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    directory = tmp_path / "docker-config"
    directory.mkdir()
    monkeypatch.setenv("DOCKER_CONFIG", str(directory))

    def write(content: object) -> None:
        (directory / "config.json").write_text(content if isinstance(content, str) else json.dumps(content))

    return write


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Puts a credential helper on PATH, a shell script; gives the file where it notes what it was asked for."""
    directory = tmp_path / "helpers"
    directory.mkdir()
    monkeypatch.setenv("PATH", f"{directory}{os.pathsep}{os.environ['PATH']}")

    def write(name: str, script: str) -> Path:
        path, asked = directory / f"docker-credential-{name}", directory / f"{name}.asked"
        path.write_text(f'#!/bin/sh\n[ "$1" = get ] || exit 2\ncat >>"{asked}"; echo >>"{asked}"\n{script}\n')
        path.chmod(0o755)
        return asked

    return write


def auth(username: str, password: str) -> dict[str, str]:
    """An entry of `auths`, as `docker login` writes it."""
    return {"auth": base64.b64encode(f"{username}:{password}".encode()).decode()}
