"""`inv dockerignore` in a small repository, with no engine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.tasks.test_inputs import inv

FILES = {
    "tasks.py": "from cispeed_tasks import ns\n",
    "compose.yaml": "name: shop\nservices:\n  web: {build: web}\n  api: {build: {context: ., dockerfile: api/Dockerfile}}\n"
    "  cache: {image: redis}\n",
    "web/Dockerfile": "FROM node\nCOPY . .\nRUN npm ci\n",
    "web/package.json": "{}",
    "web/package-lock.json": "{}",
    "web/src/a.js": "1",
    "web/node_modules/x/index.js": "x" * 5000,
    "web/.dockerignore": "*.log\r\n!keep.log\r\n",
    "api/Dockerfile": "FROM python\nCOPY api/app app\n",
    "api/app/a.py": "1",
    "api/.dockerignore": "*.log\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def test_it_says_what_is_sent_and_what_would_be_and_writes_nothing(repository: Path) -> None:
    code, output = inv(repository, "dockerignore", "web")
    assert code == 0, output
    assert "  web      web/.dockerignore  6 → 3  5.1 kB → 5 B  5.1 kB → 5 B\n" in output
    assert "  node_modules" in output
    assert "--- a/web/.dockerignore\n+++ b/web/.dockerignore\n@@ " in output
    assert "+**/node_modules\n" in output
    assert "Nothing was written; --write writes it." in output
    assert "api/.dockerignore: no build reads it, because the context of api/Dockerfile is the project's" in output
    assert (repository / "web/.dockerignore").read_bytes().decode() == FILES["web/.dockerignore"]


def test_only_the_block_is_written_and_a_second_time_nothing_changes(repository: Path) -> None:
    code, output = inv(repository, "dockerignore", "--write")
    assert code == 0, output
    assert "✓ wrote web/.dockerignore; to undo it, remove the block" in output
    assert "✓ wrote .dockerignore; to undo it, remove the file" in output
    written = {path: (repository / path).read_bytes() for path in ("web/.dockerignore", ".dockerignore")}
    assert written["web/.dockerignore"].endswith(b"# <<< cispeed <<<\r\n*.log\r\n!keep.log\r\n")
    assert b"\n" not in written["web/.dockerignore"].replace(b"\r\n", b"")
    code, output = inv(repository, "dockerignore", "--write")
    assert code == 0, output
    assert "wrote" not in output
    assert {path: (repository / path).read_bytes() for path in written} == written
    assert not list(repository.rglob(".dockerignore.*")) + list(repository.rglob("..dockerignore*"))


def test_programs_get_the_same_data(repository: Path) -> None:
    code, output = inv(repository, "dockerignore", "web", "--json")
    assert code == 0, output
    found = json.loads(output)
    (context,) = found["contexts"]
    assert (context["context"], context["ignore_file"], context["images"]) == ("web", "web/.dockerignore", ["web"])
    assert context["today"] == context["inputs"] == {"files": 6, "bytes": 5053}
    assert context["proposed"] == context["inputs_proposed"] == {"files": 3, "bytes": 5}
    assert context["left_out"][0]["path"] == "node_modules"
    assert [one["code"] for one in found["findings"]] == ["dead-ignore-file"]


def test_the_ignore_file_beside_the_dockerfile_is_the_one_that_changes(repository: Path) -> None:
    (repository / "web/Dockerfile.dockerignore").write_text("")
    code, output = inv(repository, "dockerignore", "web", "--write")
    assert code == 0, output
    assert "✓ wrote web/Dockerfile.dockerignore" in output
    assert "web/.dockerignore: no build reads it, because web/Dockerfile.dockerignore comes first" in output
    assert (repository / "web/.dockerignore").read_bytes().decode() == FILES["web/.dockerignore"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("wep",), "there is no service 'wep'; did you mean 'web'?"),
        (
            ("cache",),
            "'cache' has no build context of its own here: its image is generated, remote or used as it is; leave it out",
        ),
    ],
)
def test_bad_words(repository: Path, words: tuple[str, ...], sentence: str) -> None:
    assert inv(repository, "dockerignore", *words) == (2, f"{sentence}\n")


def test_a_link_and_a_block_without_an_end_are_left_as_they_are(repository: Path) -> None:
    ignore = repository / "web/.dockerignore"
    ignore.write_text("# >>> cispeed: x >>>\n")
    code, output = inv(repository, "dockerignore", "web", "--write")
    assert code == 2
    assert output.startswith("web/.dockerignore:1: the block that begins here has no end")
    ignore.rename(repository / "web/other")
    ignore.symlink_to("other")
    (repository / "web/other").write_text("*.log\n")
    code, output = inv(repository, "dockerignore", "web", "--write")
    assert code == 2
    assert "is a link and is left as it is" in output
    assert (repository / "web/other").read_text() == "*.log\n"


SHARED = {
    "compose.yaml": "name: shop\nservices:\n  web:\n    build: {context: ., dockerfile: web/Dockerfile}\n"
    "  api:\n    build: {context: api, additional_contexts: {root: .}}\n"
    "  job:\n    build: {context: ., dockerfile_inline: 'FROM busybox\n\n        COPY job /job'}\n",
    "web/Dockerfile": "FROM busybox\nCOPY web/src /src\n",
    "api/Dockerfile": "FROM busybox\nCOPY --from=root data /data\nCOPY a.py /\n",
    "job/a": "1",
    "data/dump": "x" * 200_000,
    "media/film": "x" * 200_000,
}


def test_a_context_that_is_a_named_one_as_well_counts_as_taken(repository: Path) -> None:
    for name, text in SHARED.items():
        (repository / name).parent.mkdir(exist_ok=True)
        (repository / name).write_text(text)
    code, output = inv(repository, "dockerignore", "--json")
    assert code == 0, output
    found = {one["context"]: one for one in json.loads(output)["contexts"]}
    assert found["."]["images"] == ["job", "web"]
    assert found["."]["whole_context"] == "api/Dockerfile has it as a named context"
    assert not {"data", "media"} & {one["path"] for one in found["."]["left_out"]}
    (repository / "compose.yaml").write_text(SHARED["compose.yaml"].replace(", additional_contexts: {root: .}", ""))
    code, output = inv(repository, "dockerignore", "--json")
    assert code == 0, output
    found = {one["context"]: one for one in json.loads(output)["contexts"]}
    assert {"data", "media"} <= {one["path"] for one in found["."]["left_out"]}
    assert not {"job", "web"} & {one["path"] for one in found["."]["left_out"]}
