"""Reads a repository's committed files and its history."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from git import Blob, Commit, Repo


class FileMissing(Exception):
    """The commit holds no such text file."""


class Repository:
    """The current commit of a repository's checked-out branch."""

    def __init__(self, path: Path, max_file_bytes: int) -> None:
        self._repo = Repo(path)
        self._max_file_bytes = max_file_bytes

    @property
    def head(self) -> Commit:
        """The commit that is read."""
        return self._repo.head.commit

    def paths(self) -> list[str]:
        """The names of all text files."""
        return [str(blob.path) for blob in self._text_blobs()]

    def read(self, path: str) -> str:
        """A file's content, as it was committed."""
        for blob in self._text_blobs():
            if blob.path == path:
                return self._text(blob)
        raise FileMissing(path)

    def snapshot(self) -> dict[str, Any]:
        """The commit's id and every text file in it."""
        files = [{"path": blob.path, "content": self._text(blob)} for blob in self._text_blobs()]
        return {"commit": self.head.hexsha, "files": files}

    def history(self, limit: int) -> list[dict[str, Any]]:
        """The latest commits, newest first."""
        return [
            {
                "commit": commit.hexsha,
                "message": str(commit.message).strip(),
                "author": commit.author.name,
                "date": commit.committed_datetime,
            }
            for commit in self._repo.iter_commits(max_count=limit)
        ]

    def _text_blobs(self) -> Iterator[Blob]:
        for item in self.head.tree.traverse():
            if not isinstance(item, Blob) or item.size > self._max_file_bytes:
                continue
            if b"\0" not in item.data_stream.read():
                yield item

    @staticmethod
    def _text(blob: Blob) -> str:
        return blob.data_stream.read().decode("utf-8", errors="replace")
