"""Where cispeed.yaml is looked for, and where `directory:` leads."""

from __future__ import annotations

from pathlib import Path

import pytest

from cispeed_tasks.config import find_config, load_config
from cispeed_tasks.config_schema import Config
from cispeed_tasks.errors import ConfigError


def test_the_file_is_looked_for_upwards(tmp_path: Path) -> None:
    deep = tmp_path / "services" / "web"
    deep.mkdir(parents=True)
    assert find_config(deep, "no-such-name.yaml") is None
    (tmp_path / "cispeed.yaml").write_text("project: outer\n")
    assert load_config(deep).config.project == "outer"
    assert load_config(deep).root == tmp_path
    (deep / "cispeed.yaml").write_text("project: inner\n")
    assert load_config(deep).root == deep


def test_without_a_config_the_compose_file_marks_the_repository(tmp_path: Path) -> None:
    deep = tmp_path / "services" / "web"
    deep.mkdir(parents=True)
    (tmp_path / "docker-compose.yml").touch()
    loaded = load_config(deep)
    assert (loaded.config, loaded.root, loaded.path) == (Config(), tmp_path, None)


def test_a_file_that_is_no_utf8_has_a_place_too(tmp_path: Path) -> None:
    (tmp_path / "cispeed.yaml").write_bytes(b"project: shop\nregistry: caf\xe9\n")
    with pytest.raises(ConfigError, match=r"^cispeed\.yaml:2:14: this is not UTF-8 text; save it as that$"):
        load_config(tmp_path)


def test_directory_leads_to_the_repository_that_is_meant(tmp_path: Path) -> None:
    (tmp_path / "sample").mkdir()
    (tmp_path / "cispeed.yaml").write_text("directory: sample\n")
    assert load_config(tmp_path).root == tmp_path / "sample"
    (tmp_path / "sample" / "cispeed.yaml").write_text("project: inner\n")
    loaded = load_config(tmp_path)
    assert (loaded.config.project, loaded.path) == ("inner", tmp_path / "sample" / "cispeed.yaml")


def test_directory_and_other_keys_hold_together_only_without_a_config_there(tmp_path: Path) -> None:
    (tmp_path / "sample").mkdir()
    (tmp_path / "cispeed.yaml").write_text("project: outer\ndirectory: sample\n")
    assert load_config(tmp_path).config.project == "outer"
    (tmp_path / "sample" / "cispeed.yaml").touch()
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path)
    assert (
        str(caught.value)
        == "cispeed.yaml:1:1: project: is not read: sample/cispeed.yaml says what holds there, so put it there"
    )


def test_ci_stays_that_of_the_file_which_names_the_directory(tmp_path: Path) -> None:
    (tmp_path / "sample").mkdir()
    (tmp_path / "cispeed.yaml").write_text("directory: sample\nci: {runner: outer}\n")
    (tmp_path / "sample" / "cispeed.yaml").write_text("project: inner\nci: {runner: inner}\n")
    config = load_config(tmp_path).config
    assert (config.project, config.ci.runner) == ("inner", "outer")
    (tmp_path / "cispeed.yaml").write_text("directory: sample\n")
    assert load_config(tmp_path).config.ci.runner == "inner"


def test_directory_has_to_exist(tmp_path: Path) -> None:
    (tmp_path / "cispeed.yaml").write_text("directory: smaple\n")
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path)
    assert str(caught.value) == "cispeed.yaml:1:1: directory: the directory 'smaple' does not exist; correct the path"
