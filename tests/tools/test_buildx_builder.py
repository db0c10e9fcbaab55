"""Whether anybody chose another builder than the engine's own, by the files that buildx writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from cispeed_tasks.tools.buildx_builder import is_own_in_use


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("BUILDX_BUILDER", raising=False)
    monkeypatch.delenv("BUILDX_CONFIG", raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    (tmp_path / "buildx/defaults").mkdir(parents=True)
    return tmp_path / "buildx"


def test_nobody_chose_one(home: Path) -> None:
    assert is_own_in_use()
    (home / "current").write_text('{"Key":"unix:///var/run/docker.sock","Name":"","Global":false}')
    assert is_own_in_use()


@pytest.mark.parametrize("text", ['{"Key":"x","Name":"fleet","Global":true}', "{}", "[]", "", "no JSON"])
def test_one_was_chosen_or_the_file_cannot_be_read(home: Path, text: str) -> None:
    (home / "current").write_text(text)
    assert not is_own_in_use()


def test_one_is_the_default_of_an_endpoint(home: Path) -> None:
    (home / "defaults/abc").write_text("fleet")
    assert not is_own_in_use()


def test_the_environment_names_one_or_another_place(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILDX_CONFIG", str(home / "elsewhere"))
    assert is_own_in_use()
    monkeypatch.setenv("BUILDX_BUILDER", "fleet")
    assert not is_own_in_use()
