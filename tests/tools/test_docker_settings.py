"""Where the docker command line has its settings, and what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from cispeed_tasks.tools.docker_settings import directory, settings


def test_a_variable_says_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"currentContext": "far"}')
    assert directory({"DOCKER_CONFIG": str(tmp_path)}) == tmp_path
    assert settings({"DOCKER_CONFIG": str(tmp_path)}) == {"currentContext": "far"}


@pytest.mark.parametrize("text", ["[]", "{", "\xff"])
def test_what_cannot_be_read_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_bytes(text.encode("latin-1"))
    assert settings({"DOCKER_CONFIG": str(tmp_path)}) == {}


def test_a_user_without_a_home_has_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    monkeypatch.chdir(tmp_path)
    assert directory({}) == Path(".docker")
    assert settings({}) == {}
