"""Edits of a comparison: one line of code and one locked dependency, without a package manager."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

import cispeed_tasks
from cispeed_tasks.plan.compare_edits import code_edit, dependency_edit
from cispeed_tasks.plan.compare_packages import NODE, PYTHON
from cispeed_tasks.plan.compare_poetry import with_dependency

SAMPLE = Path(cispeed_tasks.__file__).parent / "sample"
POETRY = ("orchestrator", "rag_service", "git_adapter", "coding_agent")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("api/main.py", "# one line more"),
        ("web/src/app.ts", "// one line more"),
        ("web/src/App.svelte", "<!-- one line more"),
        ("db/init.sql", "-- one line more"),
        ("web/app.css", "/* one line more"),
    ],
)
def test_one_comment_more_in_the_files_own_language(path: str, line: str) -> None:
    edit = code_edit("app", {path: "content\n"}, [path])
    assert edit is not None
    assert edit.texts[path].splitlines()[0] == "content"
    assert edit.texts[path].splitlines()[1].startswith(line)
    assert str(edit) == f"one line more at the end of a file ({path})"


def test_code_comes_before_style_and_the_largest_file_first() -> None:
    texts = {"a.css": "x" * 50, "small.py": "x", "large.py": "x" * 9, "README.md": "x" * 99}
    edit = code_edit("app", texts, list(texts))
    assert edit is not None
    assert list(edit.texts) == ["large.py"]


@pytest.mark.parametrize("path", ["tests/a.py", "api/test_a.py", "web/a.spec.ts", "vite.config.js", "migrations/1.sql"])
def test_what_is_no_code_of_the_program_is_left_alone(path: str) -> None:
    assert code_edit("app", {path: "content\n"}, [path]) is None


def test_what_the_image_does_not_take_is_left_alone() -> None:
    assert code_edit("app", {"a.py": "content\n"}, []) is None


@pytest.mark.parametrize("service", POETRY)
def test_a_lock_file_of_poetry_gets_one_package_and_the_hash_that_poetry_would_write(service: str) -> None:
    folder = SAMPLE / "services" / service
    project, lock = (folder / "pyproject.toml").read_text(), (folder / "poetry.lock").read_text()
    found = with_dependency(project, lock, PYTHON)
    assert found is not None
    before, after = tomllib.loads(lock), tomllib.loads(found[1])
    assert [one for one in after["package"] if one not in before["package"]] == [
        {
            "name": "toolz",
            "version": "1.1.0",
            "description": "",
            "optional": False,
            "python-versions": ">=3.9",
            "groups": ["main"],
            "files": [{"file": PYTHON.file, "hash": f"sha256:{PYTHON.sha256}"}],
        }
    ]
    assert "toolz==1.1.0" in tomllib.loads(found[0])["project"]["dependencies"]
    assert after["metadata"]["content-hash"] != before["metadata"]["content-hash"]
    # The hash is right when the result can be added to once more, which takes the same check.
    another = type(PYTHON)("six", "1.17.0", "six-1.17.0-py2.py3-none-any.whl", "0")
    assert with_dependency(*found, another) is not None


def test_a_lock_file_that_is_stale_or_of_another_form_is_left_alone() -> None:
    folder = SAMPLE / "services/orchestrator"
    project, lock = (folder / "pyproject.toml").read_text(), (folder / "poetry.lock").read_text()
    assert with_dependency(project.replace("tenacity>=9.2", "tenacity>=9.1"), lock, PYTHON) is None
    assert with_dependency("no toml [", lock, PYTHON) is None
    assert with_dependency(project, lock.replace("content-hash", "other"), PYTHON) is None


def test_pinned_requirements_get_a_line() -> None:
    edit = dependency_edit("app", {"api/requirements.txt": "# pinned\nflask==3.1.3  # via app\nx[y]==1\n"}, "api/")
    assert edit is not None
    assert edit.texts == {"api/requirements.txt": "# pinned\nflask==3.1.3  # via app\nx[y]==1\ntoolz==1.1.0\n"}
    assert str(edit) == "toolz 1.1.0 added (api/requirements.txt)"


@pytest.mark.parametrize("text", ["", "flask\n", "-r other.txt\n", "flask==3 \\\n    --hash=sha256:0\n", "toolz==1\n"])
def test_requirements_that_want_a_resolver_or_hashes_are_left_alone(text: str) -> None:
    assert dependency_edit("app", {"requirements.txt": text}, "") is None


def test_the_lock_file_of_npm_gets_one_package() -> None:
    files = {name: (SAMPLE / "client" / name).read_text() for name in ("package.json", "package-lock.json")}
    edit = dependency_edit("client", files, "")
    assert edit is not None
    package, lock = (json.loads(edit.texts[name]) for name in ("package.json", "package-lock.json"))
    assert package["dependencies"][NODE.name] == lock["packages"][""]["dependencies"][NODE.name] == NODE.version
    assert lock["packages"][f"node_modules/{NODE.name}"] == {"version": NODE.version, "integrity": NODE.integrity}


def test_what_is_there_already_is_not_added() -> None:
    files = {
        "package.json": "{}",
        "package-lock.json": json.dumps({"packages": {"": {}, f"node_modules/{NODE.name}": {"version": "1"}}}),
    }
    assert dependency_edit("app", files, "") is None
