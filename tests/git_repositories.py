"""Real git repositories in directories of their own: a checkout, its bare origin, and shallow clones of that."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

FOREIGN = ("CI", "GIT_", "GITHUB_", "GITLAB_", "CISPEED", "COMPOSE_", "HOLLOW")
IDENTITY = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "C",
    "GIT_COMMITTER_EMAIL": "c@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def environment(**more: str) -> dict[str, str]:
    """This process's variables without those of a CI system or of a user's git."""
    return {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)} | IDENTITY | more


def isolate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give this process that environment."""
    for key in set(os.environ) - set(environment()):
        monkeypatch.delenv(key)
    for key, value in IDENTITY.items():
        monkeypatch.setenv(key, value)


@dataclass(frozen=True)
class Repository:
    """A repository with a working tree."""

    path: Path

    def git(self, *words: str) -> str:
        argv = ["git", "-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main", *words]
        done = subprocess.run(argv, cwd=self.path, env=environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            (self.path / name).write_text(text)

    def commit(self, *names: str, **files: str) -> str:
        """Write the files (a name alone is its own text), commit all that there is, and return the commit's id."""
        self.write({name: name for name in names} | files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", "x")
        return self.git("rev-parse", "HEAD")


def repository(path: Path) -> Repository:
    """An empty repository without a commit."""
    path.mkdir(parents=True, exist_ok=True)
    made = Repository(path)
    made.git("init", "--quiet")
    return made


def with_origin(path: Path) -> Repository:
    """A repository in `path`/work whose origin is the bare one in `path`/origin.git."""
    made = repository(path / "work")
    made.git("init", "--quiet", "--bare", str(path / "origin.git"))
    made.git("remote", "add", "origin", (path / "origin.git").as_uri())
    return made


def clone(path: Path, name: str, *words: str) -> Repository:
    """A clone of `path`/origin.git, which an URL makes git fetch as from another machine."""
    Repository(path).git("clone", "--quiet", *words, (path / "origin.git").as_uri(), name)
    return Repository(path / name)


def topic_and_main(path: Path) -> Repository:
    """A repository with an origin, where `topic` left `main` after its first commit, and both went on."""
    made = with_origin(path)
    made.commit("a", "b")
    made.git("checkout", "--quiet", "-b", "topic")
    made.commit("of-topic")
    made.git("checkout", "--quiet", "main")
    made.commit("of-main")
    made.git("push", "--quiet", "origin", "main", "topic")
    return made
