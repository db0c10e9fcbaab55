"""What is seen of the sources of mounts: what git ignores and tracks, submodules, siblings of the project, what may not be read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cispeed_tasks.plan.mount_sources import Checkout
from cispeed_tasks.run.look import look
from cispeed_tasks.run.mount_sources import see_checkout

GIT = ("git", "-c", "protocol.file.allow=always", "-c", "user.name=A", "-c", "user.email=a@b.c")


def git(place: Path, *words: str) -> None:
    subprocess.run([*GIT, *words], cwd=place, check=True, capture_output=True)


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def seen(project: Path, *mounts: str) -> Checkout:
    listed = ", ".join(f'"{mount}"' for mount in mounts)
    (project / "compose.yaml").write_text(f"services: {{a: {{image: x, volumes: [{listed}]}}}}\n")
    return see_checkout(look(project).project)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    write(
        root,
        {
            ".gitignore": "*.key\nuploads/\n",
            "conf/a": "",
            "conf/b.key": "",
            "uploads/x": "",
            "new/y": "",
            "deploy/z": "",
        },
    )
    git(tmp_path, "init", "--quiet", "repository")
    git(root, "add", "conf", ".gitignore")
    git(root, "commit", "--quiet", "-m", "x")
    return root


def test_what_git_ignores_and_tracks(repository: Path) -> None:
    found = seen(repository, "./conf:/conf", "./uploads:/uploads", "./new:/new", "./gone:/gone", "./conf/b.key:/k")
    sources = {Path(path).relative_to(repository).as_posix(): one for path, one in found.sources.items()}
    assert {name: (one.kind, one.is_ignored, one.is_tracked) for name, one in sources.items()} == {
        "conf": ("directory", False, True),
        "uploads": ("directory", True, False),
        "new": ("directory", False, False),
        "gone": ("missing", False, False),
        "conf/b.key": ("file", True, False),
    }
    assert [file.path for file in sources["conf"].private_files()] == ["b.key"]


def test_a_sibling_of_the_project_belongs_to_the_checkout(repository: Path) -> None:
    found = seen(repository / "deploy", "../uploads:/uploads", "../conf:/conf", "../../elsewhere:/e")
    assert sorted(Path(path).name for path in found.sources) == ["conf", "uploads"]
    assert found.root == str(repository)


def test_submodules_have_ignore_files_of_their_own(repository: Path, tmp_path: Path) -> None:
    write(tmp_path / "other", {".gitignore": "local.py\n", "code.py": ""})
    git(tmp_path, "init", "--quiet", "other")
    git(tmp_path / "other", "add", "--all")
    git(tmp_path / "other", "commit", "--quiet", "-m", "x")
    git(repository, "submodule", "add", "--quiet", str(tmp_path / "other"), "mod")
    (repository / "mod/local.py").touch()
    found = seen(repository, "./mod:/mod", ".:/all")
    assert found.source(str(repository / "mod")).ignored == {"local.py"}
    assert "mod/local.py" in found.source(str(repository)).ignored


def test_without_git_nothing_is_known_to_be_ignored(tmp_path: Path) -> None:
    write(tmp_path / "plain", {"conf/a": ""})
    found = seen(tmp_path / "plain", "./conf:/conf").source(str(tmp_path / "plain/conf"))
    assert (found.is_tracked, found.ignored) == (None, frozenset())


def test_what_may_not_be_read_counts_as_empty(tmp_path: Path) -> None:
    write(tmp_path, {"sub/pgdata/x": "", "sub/code": ""})
    (tmp_path / "sub/pgdata").chmod(0o700)
    for place in (tmp_path, *list(tmp_path.parents)[:3]):
        place.chmod(place.stat().st_mode | 0o755)
    script = (
        "import os\nfrom pathlib import Path\nfrom cispeed_tasks.plan.ignore_patterns import read_ignore_file\n"
        f"from cispeed_tasks.tools.context import readable_files\nos.setresuid(4321, 4321, 4321)\n"
        f"print([entry.path for entry in readable_files(Path({str(tmp_path)!r}), read_ignore_file(''))])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == "['sub', 'sub/code', 'sub/pgdata']\n", done.stderr


def test_what_a_link_leads_to_counts(repository: Path) -> None:
    (repository / "linked.conf").symlink_to("conf/b.key")
    (repository / "outer.conf").symlink_to("/etc/hostname")
    (repository / "plain.conf").symlink_to("conf/a")
    git(repository, "add", "linked.conf", "outer.conf", "plain.conf")
    found = seen(repository, "./linked.conf:/l", "./outer.conf:/o", "./plain.conf:/p")
    ignored = {Path(path).name: one.is_ignored for path, one in found.sources.items()}
    assert ignored == {"linked.conf": True, "outer.conf": True, "plain.conf": False}


def test_a_pipe_is_not_waited_for(repository: Path) -> None:
    os.mkfifo(repository / "pipe")
    assert seen(repository, "./pipe:/pipe").source(str(repository / "pipe")).kind == "other"
