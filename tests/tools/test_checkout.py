"""Reading the checkout, and writing into .cispeed/."""

from __future__ import annotations

from pathlib import Path

from cispeed_tasks.model import Folder
from cispeed_tasks.tools import checkout


def test_a_folder_is_its_files_its_requirements_and_its_scripts(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "dev.txt").touch()
    (tmp_path / "setup.py").touch()
    (tmp_path / "package.json").write_text('{"scripts": {"test": "x", "build": "y"}}')
    assert checkout.folder(tmp_path) == Folder(
        ("package.json", "requirements/dev.txt", "setup.py"), ("build", "test"), ("requirements",)
    )


def test_virtual_environments_are_known_by_their_mark(tmp_path: Path) -> None:
    for name in (".venv", "env", "venv"):
        (tmp_path / name).mkdir()
    (tmp_path / ".venv/pyvenv.cfg").touch()
    (tmp_path / "env/pyvenv.cfg").touch()
    assert checkout.folder(tmp_path) == Folder((), (), (".venv", "env", "venv"), (".venv", "env"))


def test_a_broken_manifest_has_no_scripts(tmp_path: Path) -> None:
    for text in ("{", "[]", '{"scripts": []}', "\ud800"):
        (tmp_path / "package.json").write_text(text, encoding="utf-8", errors="surrogatepass")
        assert checkout.folder(tmp_path) == Folder(("package.json",))


def test_folders_are_found_by_a_file_but_not_in_what_was_installed(tmp_path: Path) -> None:
    for name in ("e2e", "a/b", "a/b/c", "node_modules/x", ".git", "dist"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / name / "playwright.config.ts").touch()
    (tmp_path / "link").symlink_to(tmp_path / "e2e")
    assert checkout.folders_with(tmp_path, "playwright.config.*", depth=2) == [tmp_path / "a/b", tmp_path / "e2e"]
    assert checkout.folders_with(tmp_path / "e2e", "playwright.config.*", depth=0) == [tmp_path / "e2e"]


def test_texts_of_files_that_exist_with_whatever_bytes(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_bytes(b"FROM x # caf\xe9\n")
    found = checkout.texts([f"{tmp_path}/Dockerfile", f"{tmp_path}/gone", str(tmp_path)])
    assert found == {str(tmp_path / "Dockerfile"): "FROM x # caf\udce9\n"}
    written = checkout.write_state(tmp_path, "copy", found[str(tmp_path / "Dockerfile")])
    assert written.read_bytes() == b"FROM x # caf\xe9\n"


def test_what_is_generated_is_ignored_by_git_and_left_alone_when_it_is_the_same(tmp_path: Path) -> None:
    path = checkout.write_state(tmp_path, "dockerfiles/web.Dockerfile", "FROM x\n")
    assert (tmp_path / ".cispeed/.gitignore").read_text().endswith("\n*\n")
    before = path.stat()
    checkout.write_state(tmp_path, "dockerfiles/web.Dockerfile", "FROM x\n")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    checkout.write_state(tmp_path, "dockerfiles/web.Dockerfile", "FROM y\n")
    assert path.read_text() == "FROM y\n"
    assert [entry.name for entry in path.parent.iterdir()] == ["web.Dockerfile"]


def test_generated_data_can_be_read_by_a_person(tmp_path: Path) -> None:
    assert checkout.write_json(tmp_path, "x.json", {"é": [1]}).read_text() == '{\n  "é": [\n    1\n  ]\n}\n'


def test_a_mount_point_belongs_to_whoever_owns_the_place(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    point = source / "node_modules"
    checkout.make_mount_point(point)
    checkout.make_mount_point(point)
    assert point.is_dir()
    assert point.stat().st_uid == source.stat().st_uid
