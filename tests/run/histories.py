"""Histories of repositories: edits as people make them, a commit each."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cispeed_tasks
from tests.git_repositories import Repository, repository

SAMPLE = Path(cispeed_tasks.__file__).parent / "sample"
LITTER = shutil.ignore_patterns(".cispeed", "node_modules", "__pycache__", ".venv", ".*_cache")
Edit = Callable[[Path], object]


@dataclass(frozen=True)
class Commit:
    """A commit by its id, what was done in it, and the targets that have to be affected; None where nobody said."""

    id: str
    done: str
    affected: frozenset[str] | None = None


@dataclass(frozen=True)
class History:
    repository: Repository
    commits: list[Commit] = field(default_factory=list)

    def commit(self, done: str, edit: Edit, affected: set[str] | None = None) -> None:
        edit(self.repository.path)
        found = self.repository.commit()
        self.commits.append(Commit(found, done, None if affected is None else frozenset(affected)))

    def checkout(self, commit: Commit, into: Path) -> Path:
        """Another checkout of a commit, in a directory of the same name."""
        path = into / commit.id / self.repository.path.name
        if not path.exists():
            path.parent.mkdir(parents=True)
            self.repository.git("worktree", "add", "--quiet", "--detach", str(path), commit.id)
        return path


def append(name: str, text: str) -> Edit:
    def edit(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        with (root / name).open("a") as file:
            file.write(text)

    return edit


def replace(name: str, old: str, new: str) -> Edit:
    def edit(root: Path) -> None:
        text = (root / name).read_text()
        assert old in text, f"{name} has no {old!r}"
        (root / name).write_text(text.replace(old, new))

    return edit


POETRY = "services/rag_service"


def sample_history(path: Path) -> History:
    """The sample, and what may happen to it in a week."""
    shutil.copytree(SAMPLE, path, ignore=LITTER)
    history = History(repository(path))
    history.commit("the beginning", lambda _: None)
    for done, edit, affected in SAMPLE_EDITS:
        history.commit(done, edit, affected)
    return history


SAMPLE_EDITS: list[tuple[str, Edit, set[str] | None]] = [
    ("one line of code", append(f"{POETRY}/rag_service/text.py", "# x\n"), {"rag_service"}),
    ("a README", append("README.md", "x\n"), set()),
    ("a test", append(f"{POETRY}/tests/test_text.py", "# x\n"), set()),
    ("a lock file", append(f"{POETRY}/poetry.lock", "# x\n"), {"rag_service"}),
    ("a new file", append(f"{POETRY}/rag_service/new.py", "x = 1\n"), {"rag_service"}),
    ("a file less", lambda root: (root / f"{POETRY}/rag_service/new.py").unlink(), {"rag_service"}),
    ("a file renamed", lambda root: (root / f"{POETRY}/rag_service/text.py").rename(root / f"{POETRY}/rag_service/words.py"), {"rag_service"}),
    ("an executable", lambda root: (root / f"{POETRY}/rag_service/app.py").chmod(0o755), {"rag_service"}),
    ("the shared base", append("images/python-poetry-base/Dockerfile", "LABEL x=y\n"), None),
    ("a comment in the Compose file", append("docker-compose.yml", "# x\n"), set()),
    ("a comment in the config", append("cispeed.yaml", "# x\n"), set()),
    ("a command of the config", replace("cispeed.yaml", "--port 5174", "--port 5174 --strictPort"), {"admin"}),
    ("code that two images hold", append("services/backend/backend/app.py", "# x\n"), {"backend", "migrate"}),
    ("code that the tests hold too", append("client/src/main.js", "// x\n"), {"client", "playwright-image"}),
    ("an ignore file", append(f"{POETRY}/.dockerignore", "nothing\n"), {"rag_service"}),
]  # fmt: skip


def generated_history(path: Path, seed: int, commits: int) -> History:
    """A small repository with services of several kinds, and a random walk through its files."""
    chance = random.Random(seed)  # noqa: S311  # a seed makes it the same each time
    history = History(repository(path))
    history.commit("the beginning", lambda root: _lay_out(root, FILES))
    for number in range(commits):
        done, edit = _random_edit(chance, path, number)
        history.commit(done, edit)
    return history


FILES = {
    "compose.yaml": """name: walk
services:
  root: {build: {context: ., dockerfile: root/Dockerfile}}
  api: {build: {context: api, args: {LEVEL: "${LEVEL:-1}"}}}
  web: {build: {context: web, target: run, additional_contexts: {shared: ./shared}}}
  child: {build: ./child}
  job: {image: walk-api, command: ./run}
""",
    "cispeed.yaml": "bases: {common: {image: walk/common:1, context: common}}\n",
    "common/Dockerfile": "FROM debian:trixie-slim\nCOPY *.sh /bin/\n",
    "common/a.sh": "true\n",
    "root/Dockerfile": "FROM walk/common:1\nCOPY root shared /app/\n",
    "root/x": "x",
    "shared/lib/a.py": "a",
    ".dockerignore": "**/*.md\n",
    "api/Dockerfile": "FROM walk/common:1 AS build\nARG LEVEL\nCOPY src /src\nFROM build AS docs\nCOPY docs /docs\nFROM build\nCOPY --from=build /src /app\n",
    "api/src/a.py": "a",
    "api/docs/a.md": "a",
    "web/Dockerfile": "FROM debian:trixie-slim AS deps\nCOPY package*.json ./\nFROM deps AS run\nCOPY --from=shared lib /lib\nCOPY . .\n",
    "web/package.json": "{}",
    "web/src/a.js": "a",
    "web/.dockerignore": "node_modules\n*.log\n",
    "child/Dockerfile": "FROM walk-api\nCOPY --chmod=755 bin /bin/\n",
    "child/bin/a": "a",
    ".gitignore": ".cispeed\n*.secret\n",
}
PLACES = ["", "root/", "shared/lib/", "api/", "api/src/", "api/docs/", "web/", "web/src/", "child/bin/", "common/"]
NAMES = ["a.py", "b.sh", "package-lock.json", "c d", "e.md", "f.log", "x/y", "é.js"]
REWRITES = [
    ("compose.yaml", "LEVEL:-1", "LEVEL:-2"),
    ("compose.yaml", "target: run", "target: deps"),
    ("compose.yaml", "command: ./run", "command: ./go"),
    ("compose.yaml", "additional_contexts: {shared: ./shared}", "additional_contexts: {shared: ./api}"),
    ("api/Dockerfile", "COPY src /src", "COPY src docs /src/"),
    ("web/Dockerfile", "COPY . .", "COPY src src"),
    ("root/Dockerfile", "COPY root shared", "COPY --exclude=*.py root shared"),
    ("child/Dockerfile", "FROM walk-api", "FROM debian:trixie-slim"),
    (".dockerignore", "**/*.md", "shared"),
    ("common/Dockerfile", "COPY *.sh", "COPY a.*"),
]


def _lay_out(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def _random_edit(chance: random.Random, path: Path, number: int) -> tuple[str, Edit]:
    files = sorted(p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file() and ".git/" not in f"{p}/")
    plain = [name for name in files if not name.endswith(("Dockerfile", ".yaml", "ignore"))]
    kind = chance.choice(["write", "write", "write", "delete", "rewrite", "rewrite", "mode", "rename"])
    if kind == "write":
        name = chance.choice(PLACES) + chance.choice(NAMES)
        return f"write {name}", append(name, f"{number}\n")
    if kind == "rewrite":
        name, old, new = chance.choice(
            [r for r in REWRITES if r[1] in (path / r[0]).read_text()] or [("cispeed.yaml", "bases", "bases")]
        )
        return f"rewrite {name}: {new}", replace(name, old, new)
    name = chance.choice(plain)
    if kind == "delete":
        return f"delete {name}", lambda root: (root / name).unlink()
    if kind == "mode":
        return f"make {name} executable", lambda root: (root / name).chmod(0o755)
    other = chance.choice(PLACES) + f"renamed{number}"
    return f"rename {name} to {other}", lambda root: _rename(root / name, root / other)


def _rename(old: Path, new: Path) -> None:
    new.parent.mkdir(parents=True, exist_ok=True)
    old.rename(new)
