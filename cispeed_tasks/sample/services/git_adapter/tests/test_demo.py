from git import Repo

from git_adapter.demo import COMMITS, ensure_repository
from git_adapter.repository import Repository


def test_repository_is_created_once(tmp_path):
    path = tmp_path / "somewhere" / "repository"
    assert ensure_repository(path) is True
    assert ensure_repository(path) is False
    assert len(list(Repo(path).iter_commits())) == len(COMMITS)


def test_commits_are_the_same_everywhere(tmp_path):
    for name in ("one", "two"):
        ensure_repository(tmp_path / name)
    assert Repo(tmp_path / "one").head.commit == Repo(tmp_path / "two").head.commit


def test_nothing_unfinished_is_left(tmp_path):
    ensure_repository(tmp_path / "repository")
    assert [path.name for path in tmp_path.iterdir()] == ["repository"]


def test_binary_and_large_files_are_left_out(tmp_path):
    ensure_repository(tmp_path / "repository")
    repo = Repo(tmp_path / "repository")
    (tmp_path / "repository" / "image.bin").write_bytes(b"\0\1\2")
    (tmp_path / "repository" / "large.txt").write_text("x" * 5000)
    repo.index.add(["image.bin", "large.txt"])
    repo.index.commit("Add files that are not read")
    paths = Repository(tmp_path / "repository", max_file_bytes=4000).paths()
    assert "image.bin" not in paths
    assert "large.txt" not in paths
    assert "README.md" in paths
