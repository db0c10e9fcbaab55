"""A failure that an old plugin of docker causes names the version that is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = """#!/bin/sh
case "$*" in
docker-cli-plugin-metadata) echo '{{"SchemaVersion": "0.1.0", "Vendor": "x", "Version": "v{version}"}}' ;;
*version*) echo {version} ;;
*) echo "services.web.build.additional_contexts must be a mapping" >&2; exit 15 ;;
esac
"""
"""A Compose that does not take the files, of some version; docker takes it for its own plugin."""


def check(directory: Path, version: str) -> tuple[int, str]:
    plugin = directory / "docker/cli-plugins/docker-compose"
    plugin.parent.mkdir(parents=True)
    plugin.write_text(PLUGIN.format(version=version))
    plugin.chmod(0o755)
    (directory / "compose.yaml").write_text("services: {web: {image: busybox}}\n")
    done = subprocess.run(
        [sys.executable, "-m", "cispeed_tasks", "check"],
        cwd=directory,
        env={**os.environ, "DOCKER_CONFIG": str(directory / "docker")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("version", "more"),
    [
        (
            "2.26.1",
            "compose is 2.26.1, 2.33 or newer is needed: `inv doctor` says what for, and how it is had\n",
        ),
        ("2.40.3", ""),
    ],
)
def test_the_words_of_compose_and_what_may_be_behind_them(tmp_path: Path, version: str, more: str) -> None:
    words = "    services.web.build.additional_contexts must be a mapping\n"
    assert check(tmp_path, version) == (2, f"Compose does not accept the files in {tmp_path}:\n{words}{more}")
