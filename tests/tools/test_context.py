"""Walking a build context."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from cispeed_tasks.tools.context import context_files, effective_ignore


def walked(root: Path, ignore: str = "") -> list[str]:
    return [entry.path for entry in context_files(root, read_ignore_file(ignore))]


@pytest.fixture
def context(tmp_path: Path) -> Path:
    for name in ("a.txt", "src/app.py", "src/deep/x.py", "node_modules/p/index.js", "node_modules/p/keep.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "empty").mkdir()
    return tmp_path


def test_entries_are_sorted_and_directories_are_entries(context: Path) -> None:
    (context / "src-x").touch()
    assert walked(context, "node_modules") == [
        "a.txt",
        "empty",
        "src",
        "src-x",
        "src/app.py",
        "src/deep",
        "src/deep/x.py",
    ]


def test_a_directory_that_is_left_out_is_there_for_what_is_brought_back(context: Path) -> None:
    assert walked(context, "*\n!*/p/keep.txt") == ["node_modules", "node_modules/p", "node_modules/p/keep.txt"]
    assert walked(context, "*\n!nothing/here") == []


def test_a_pruned_directory_is_not_even_opened(context: Path) -> None:
    class Names(list[str]):
        def excludes(self, path: str) -> bool:
            self.append(path)
            return path == "node_modules"

        def may_keep_below(self, directory: str) -> bool:
            return directory != "node_modules"

    asked = Names()
    context_files(context, asked)
    assert "node_modules" in asked
    assert not any(path.startswith("node_modules/") for path in asked)


def test_links_are_entries_and_not_followed(context: Path) -> None:
    (context / "to-src").symlink_to("./src//")
    (context / "broken").symlink_to("/no/where")
    found = {entry.path: entry for entry in context_files(context, read_ignore_file("node_modules"))}
    assert (found["to-src"].kind, found["to-src"].link) == ("link", "./src//")
    assert (found["broken"].kind, found["broken"].link) == ("link", "/no/where")
    assert "to-src/app.py" not in found


def test_a_file_tells_its_kind_mode_and_size(context: Path) -> None:
    (context / "a.txt").chmod(0o750)
    os.mkfifo(context / "pipe")
    found = {entry.path: entry for entry in context_files(context, read_ignore_file("node_modules"))}
    status = (context / "a.txt").stat()
    entry = found["a.txt"]
    assert (entry.kind, entry.mode, entry.executable, entry.size) == ("file", 0o750, True, 5)
    assert entry.stamp == (status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    assert (found["src"].kind, found["src"].executable) == ("directory", False)
    assert found["pipe"].kind == "other"


def test_any_name_is_kept(context: Path) -> None:
    for name in (b"caf\xe9", "naïve \n'x'".encode(), b"-rf", b"*"):
        Path(os.fsdecode(os.fsencode(context) + b"/src/" + name)).touch()
    found = walked(context, "node_modules\nsrc/-*")
    assert {"src/caf\udce9", "src/naïve \n'x'", "src/*"} < set(found)
    assert "src/-rf" not in found


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(WorkFailed, match="gone: cannot be read as part of a build context: No such file"):
        context_files(tmp_path / "gone", read_ignore_file(""))


def in_force(context: Path, dockerfile: Path | None) -> tuple[str, str] | None:
    found = effective_ignore(context, dockerfile)
    return found and (found[0].relative_to(context).as_posix(), found[1])


def test_the_ignore_file_beside_the_dockerfile_comes_first_even_when_it_is_empty(tmp_path: Path) -> None:
    (tmp_path / "docker").mkdir()
    dockerfile = tmp_path / "docker/web.Dockerfile"
    assert in_force(tmp_path, dockerfile) is None
    (tmp_path / ".dockerignore").write_bytes(b"\xef\xbb\xbfa\r\ncaf\xe9\n")
    assert in_force(tmp_path, dockerfile) == (".dockerignore", "\ufeffa\r\ncaf\udce9\n")
    (tmp_path / "docker/web.Dockerfile.dockerignore").write_text("")
    assert in_force(tmp_path, dockerfile) == ("docker/web.Dockerfile.dockerignore", "")
    assert in_force(tmp_path, None) == (".dockerignore", "\ufeffa\r\ncaf\udce9\n")


def test_an_ignore_file_that_is_a_link_counts_when_the_engine_is_sure_to_follow_it(tmp_path: Path) -> None:
    context = tmp_path / "context"
    (context / "rules").mkdir(parents=True)
    for path in (tmp_path / "outside", context / "rules/ignore"):
        path.write_text("*.md")
    (context / "to-rules").symlink_to("rules")
    link = context / ".dockerignore"
    for text, expected in {
        "rules/ignore": "*.md",
        "to-rules/ignore": "",
        "../outside": "",
        str(context / "rules/ignore"): "",
        "nowhere": "",
    }.items():
        link.symlink_to(text)
        assert in_force(context, None) == (".dockerignore", expected)
        link.unlink()
    link.mkdir()
    assert in_force(context, None) is None
