"""The docker compose command line, and the model that the real one answers with."""

from __future__ import annotations

from pathlib import Path

import pytest

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.stack import read_stack
from cispeed_tasks.tools.compose import Invocation, default_files, resolve

TEXT = """\
name: shop
services:
  web:
    build: {context: web, args: {TOKEN: "${TOKEN}", PRICE: "5$$"}}
    command: [echo, "$$HOME"]
  extra: {image: x, profiles: [more]}
"""


def test_values_are_what_they_are_and_raw_ones_what_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "a$b$$c")
    (tmp_path / "compose.yaml").write_text(TEXT)
    invocation = Invocation(tmp_path, ("compose.yaml",))
    web = read_stack(resolve(invocation)).services["web"]
    assert web.build is not None
    assert (web.build.args, web.command) == ({"TOKEN": "a$b$$c", "PRICE": "5$"}, ("echo", "$HOME"))
    assert web.build.context == str(tmp_path / "web")
    raw = resolve(invocation, interpolate=False)["services"]["web"]
    assert (raw["build"]["args"], raw["command"]) == ({"TOKEN": "${TOKEN}", "PRICE": "5$$"}, ["echo", "$$HOME"])


def test_profiles_and_the_projects_name_are_passed_on(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(TEXT)
    found = read_stack(resolve(Invocation(tmp_path, ("compose.yaml",), "shop-full", ("more",))))
    assert (found.project, list(found.services)) == ("shop-full", ["extra", "web"])


def test_what_compose_refuses_is_a_config_error_in_its_words(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {web: {imgae: x}}\n")
    with pytest.raises(ConfigError) as caught:
        resolve(Invocation(tmp_path, ("compose.yaml",)))
    first, *words = str(caught.value).splitlines()
    assert first == f"Compose does not accept the files in {tmp_path}:"
    assert "imgae" in "\n".join(words)


def test_the_command_line() -> None:
    invocation = Invocation(Path("/repo"), ("a.yml", "b.yml"), "shop", ("p", "q"))
    assert invocation.argv("up", "-d") == [
        *["docker", "compose", "--project-directory", ".", "-f", "a.yml", "-f", "b.yml"],
        *["-p", "shop", "--profile", "p", "--profile", "q", "up", "-d"],
    ]
    assert Invocation(Path("/repo")).argv("ls") == ["docker", "compose", "ls"]


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        ([], ()),
        (["docker-compose.yml"], ("docker-compose.yml",)),
        (["docker-compose.yml", "compose.yaml"], ("compose.yaml",)),
        (["compose.yml", "compose.override.yaml"], ("compose.yml", "compose.override.yaml")),
        (
            ["docker-compose.yaml", "docker-compose.override.yml"],
            ("docker-compose.yaml", "docker-compose.override.yml"),
        ),
    ],
)
def test_the_files_that_compose_takes_by_itself(tmp_path: Path, there: list[str], taken: tuple[str, ...]) -> None:
    for name in there:
        (tmp_path / name).touch()
    assert default_files(tmp_path) == taken
