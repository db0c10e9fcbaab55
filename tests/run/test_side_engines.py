"""What is said where no engine can be started beside the machine's own."""

from __future__ import annotations

import pytest

from cispeed_tasks.errors import ToolError
from cispeed_tasks.run import side_engines
from cispeed_tasks.tools import host, process


def test_without_root_it_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "is_root", lambda: False)
    with pytest.raises(ToolError, match="a second engine needs root, for a network of its own: run this as root"):
        side_engines.require()


def test_on_another_system_it_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "system", lambda: "Darwin")
    with pytest.raises(ToolError, match="on Linux only"):
        side_engines.require()


def test_without_an_engine_it_says_what_installs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "is_root", lambda: True)
    monkeypatch.setattr(process, "on_path", lambda _: None)
    with pytest.raises(ToolError, match="needs dockerd on this machine: `inv engine-up` installs it"):
        side_engines.require()
