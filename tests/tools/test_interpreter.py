"""The interpreter that runs the tests."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from cispeed_tasks.tools.interpreter import program_digests, see_interpreter


def install(place: Path, name: str, **files: str) -> None:
    """Install a distribution of version 1."""
    directory = place / f"{name}-1.dist-info"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    for file, text in files.items():
        (directory / file.replace("_json", ".json")).write_text(text)


def origin(place: Path, *, editable: bool) -> str:
    return json.dumps({"url": place.as_uri(), "dir_info": {"editable": editable}})


def test_what_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    install(tmp_path, "Fake", entry_points_txt="")
    (tmp_path / "Fake-1.dist-info/entry_points.txt").write_text("[pytest11]\nfake = fake.plugin\n")
    found = see_interpreter()
    assert sys.version in found.version
    assert found.packages["fake"] == "1"
    assert "pytest" in found.packages
    assert "fake.plugin" in found.plugins


def test_what_no_index_gave_is_known_by_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    seen = []
    for record in ("fake.py,sha256=a,1", "fake.py,sha256=b,1"):
        install(tmp_path, "fake", direct_url_json=origin(tmp_path / "x", editable=False), RECORD=record)
        seen.append(see_interpreter().packages["fake"])
    assert seen[0] != seen[1]
    assert all(version.startswith("1 ") for version in seen)


def test_where_code_is_imported_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site, editable, added = (tmp_path / name for name in ("site", "an editable", "added"))
    for place in (site, editable, added, tmp_path / "given"):
        place.mkdir()
    monkeypatch.syspath_prepend(site)
    monkeypatch.setattr("site.getsitepackages", lambda: [str(site)])
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'given'}:{tmp_path / 'gone'}:")
    (site / "a.pth").write_text(f"# a comment\nimport sys\n{added}\n../gone\n\n")
    install(site, "fake", direct_url_json=origin(editable, editable=True))
    found = see_interpreter()
    assert {editable, added, tmp_path / "given"} <= set(found.directories)
    assert tmp_path / "gone" not in found.directories
    assert found.packages["fake"] == "1"
    install(site, "fake", direct_url_json="{")
    assert see_interpreter().packages["fake"].startswith("1 ")


def test_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "real").write_text("x")
    (tmp_path / "real").chmod(0o755)
    (tmp_path / "tool").symlink_to("real")
    found = program_digests(["real", "tool", "gone"])
    assert found["real"] == found["tool"]
    assert set(found) == {"real", "tool"}
