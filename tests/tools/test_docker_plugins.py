"""Plugins of the docker CLI that are started without it: only where it is certain which file it would take."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cispeed_tasks.tools import docker_plugins, process
from cispeed_tasks.tools.docker_plugins import CALLED_BY, directly


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with `docker` on PATH and one system directory of plugins, which is empty."""
    program(tmp_path / "bin/docker", "by docker")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin")
    monkeypatch.setenv("DOCKER_CONFIG", f"{tmp_path}/home")
    monkeypatch.setattr(docker_plugins, "PLACES", (f"{tmp_path}/system",))
    return tmp_path


def program(path: Path, says: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "{says}: $* ${{{CALLED_BY}:-}}"\n')
    path.chmod(0o755)


def test_the_one_plugin_is_started_as_the_cli_would(places: Path) -> None:
    program(places / "system/docker-buildx", "plugin")
    done = process.ask(["docker", "buildx", "ls"], env={"MORE": "1"})
    assert done.stdout == f"plugin: buildx ls {places}/bin/docker\n"
    assert done.argv == ("docker", "buildx", "ls")
    assert process.Question(["docker", "buildx", "ls"], places).answer(10).stdout == done.stdout


def test_what_is_not_certain_is_left_to_the_cli(places: Path) -> None:
    assert process.ask(["docker", "compose", "ls"]).stdout == "by docker: compose ls \n"
    program(places / "system/docker-compose", "plugin")
    program(places / "home/cli-plugins/docker-compose", "own plugin")
    assert directly(["docker", "compose"], None) == (["docker", "compose"], None)
    assert directly(["docker", "ps"], {"A": "1"}) == (["docker", "ps"], {"A": "1"})


def test_a_second_name_of_the_same_file_is_no_choice(places: Path) -> None:
    program(places / "system/docker-compose", "plugin")
    (places / "home/cli-plugins").mkdir(parents=True)
    (places / "home/cli-plugins/docker-compose").symlink_to(places / "system/docker-compose")
    assert directly(["docker", "compose"], None)[0][1:] == ["compose"]


def test_more_places_in_the_settings_are_the_cli_s_to_look_at(places: Path) -> None:
    program(places / "system/docker-buildx", "plugin")
    (places / "home").mkdir()
    (places / "home/config.json").write_text(json.dumps({"cliPluginsExtraDirs": ["/opt/plugins"]}))
    assert directly(["docker", "buildx"], None) == (["docker", "buildx"], None)


def test_without_docker_its_absence_is_what_is_said(places: Path) -> None:
    program(places / "system/docker-buildx", "plugin")
    (places / "bin/docker").unlink()
    assert directly(["docker", "buildx"], None) == (["docker", "buildx"], None)
