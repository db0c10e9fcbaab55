"""`inv changes` as a step of a workflow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.git_repositories import Repository, clone
from tests.inv_changes import answer, inv, shop


@pytest.fixture
def work(tmp_path: Path) -> Repository:
    return shop(tmp_path)


def read_outputs(path: Path) -> dict[str, str]:
    """The outputs as GitHub's runner reads them."""
    lines, found = path.read_text().split("\n"), {}
    while lines and lines[0]:
        name, delimiter = lines.pop(0).split("<<")
        end = lines.index(delimiter)
        found[name], lines = "\n".join(lines[:end]), lines[end + 1 :]
    return found


def test_outputs_of_a_workflow(work: Repository, tmp_path: Path) -> None:
    target = tmp_path / "outputs"
    target.write_text("before<<x\n1\nx\n")
    arguments = ("--filters", "filters.yml", "--github-output", "--files-from", "-")
    assert inv(work, *arguments, given=b"api/x\0api/a\nEVIL=1\0", GITHUB_OUTPUT=str(target))[0] == 0
    expected = {"shared": "false", "shared_count": "0", "api": "true", "api_count": "2", "docs": "false"}
    expected |= {"docs_count": "0", "new": "false", "new_count": "0", "changes": '["api"]'}
    assert read_outputs(target) == {"before": "1", **expected}
    inv(work, *arguments, "--list-files", "csv", given=b"api/x\0api/a\nEVIL=1\0", GITHUB_OUTPUT=str(target))
    found = read_outputs(target)
    assert (found["api_files"], found["docs_files"], "EVIL" in found) == ('api/x,"api/a\nEVIL=1"', "", False)


def test_when_it_cannot_be_told_everything_counts_and_json_stays_json(work: Repository, tmp_path: Path) -> None:
    event: dict[str, Any] = {"CI": "true", "GITHUB_EVENT_NAME": "schedule", "GITHUB_REF": "refs/heads/main"}
    (work.path / "f.yml").write_text("none: nothing/**\ndeleted: {deleted: 'api/**'}\n")
    outputs = tmp_path / "outputs"
    arguments = ("--filters", "f.yml", "--json", "--github-output")
    code, said = inv(work, *arguments, **event, GITHUB_OUTPUT=str(outputs))
    assert (code, json.loads(said)) == (
        0,
        {"changes": ["none", "deleted"], "files": {"none": [], "deleted": ["api/Dockerfile"]}},
    )
    assert {name: read_outputs(outputs)[name] for name in ("none", "none_count", "deleted_count")} == {
        "none": "true",
        "none_count": "0",
        "deleted_count": "1",
    }
    code, said = inv(work, **event)
    assert said.startswith(
        "cannot tell what changed, so everything counts as changed: a schedule runs without a change; "
        "--base names a state to compare with\n6 files in all\n"
    )
    assert said.count("✓") == 3


def test_a_push_to_a_shallow_clone(work: Repository, tmp_path: Path) -> None:
    before = work.git("rev-parse", "HEAD")
    work.commit(**{"api/x": ""})
    work.commit(**{"y.md": ""})
    work.git("push", "--quiet", "origin", "main")
    payload = tmp_path / "event.json"
    payload.write_text(json.dumps({"before": before, "repository": {"default_branch": "main"}}))
    event: dict[str, Any] = {
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_EVENT_PATH": str(payload),
    }
    copy = clone(tmp_path, "copy", "--depth=1")
    assert answer(copy, "--filters", "filters.yml", **event)["new"] == ["api/x", "y.md"]


def test_nothing_is_written_where_something_is_wrong(work: Repository, tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    assert inv(work, "--base", "mian", "--github-output", GITHUB_OUTPUT=str(outputs))[0] == 2
    assert not outputs.exists()
    (work.path / "f.yml").write_text('"a=b": x\n')
    assert inv(work, "--filters", "f.yml", "--github-output", GITHUB_OUTPUT=str(outputs)) == (
        2,
        "the filter 'a=b' cannot be an output: GitHub takes no empty name, '=', '<<' or line break; rename it\n",
    )
    assert not outputs.exists()
    code, said = inv(work, "--filters", "filters.yml", "--github-output", GITHUB_OUTPUT=str(tmp_path))
    assert (code, said) == (2, f"--github-output: {tmp_path} cannot be written: Is a directory\n")
