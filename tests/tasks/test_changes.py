"""`inv changes` as it is typed: what it prints, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.git_repositories import Repository
from tests.inv_changes import COMPOSE, FILTERS, answer, inv, shop


@pytest.fixture
def work(tmp_path: Path) -> Repository:
    return shop(tmp_path)


def test_the_filters_of_a_file(work: Repository) -> None:
    work.write({"api/a b.md": "", "common/é": "", "filters.yml": f"{FILTERS}#\n"})
    assert answer(work, "--filters", "filters.yml") == {
        "shared": ["common/é"],
        "api": ["api/a b.md", "common/é"],
        "docs": ["api/a b.md"],
        "new": ["api/a b.md", "common/é"],
    }


def test_the_filters_of_the_services(work: Repository) -> None:
    work.write({"db/init/1.sql": "", "db/x": "", "api/new\nline/x": ""})
    everything = ["api/new\nline/x", "db/init/1.sql", "db/x"]
    assert answer(work) == {"api": everything[:1], "db": everything[1:2], "web": everything}
    work.write({"compose.yaml": f"{COMPOSE}#\n"})
    assert [len(paths) for paths in answer(work, "--base", "HEAD").values()] == [2, 2, 4]


def test_the_services_of_a_project_below_the_root(work: Repository) -> None:
    below = Repository(work.path / "sub dir (x)")
    below.write({"compose.yaml": COMPOSE, "tasks.py": "from cispeed_tasks import ns\n"})
    below.write({"api/Dockerfile": "FROM scratch\n", "web/Dockerfile": "FROM x\nCOPY . /\n", ".gitignore": "*.pyc"})
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "x")
    below.write({"api/x": ""})
    work.write({"api/y": ""})
    inside = "sub dir (x)/api/x"
    assert answer(below, "--base", "HEAD") == {"api": [inside], "db": [], "web": [inside]}
    assert answer(below, "--files-from", "-", given=inside.encode())["api"] == [inside]


def test_what_a_person_reads(work: Repository) -> None:
    work.write({f"docs/{number}.md": "" for number in range(5)} | {"docs/new\nline.md": ""})
    commit = work.git("rev-parse", "HEAD")[:12]
    assert inv(work, "--filters", "filters.yml") == (
        0,
        f"""\
origin/main...the working tree: since this branch left origin/main, committed or not ({commit})
6 files changed

Filters
  changed  filter  files
  -        shared  0
  -        api     0
  ✓        docs    6      docs/0.md, docs/1.md, docs/2.md … and 3 more
  ✓        new     5      docs/0.md, docs/1.md, docs/2.md … and 2 more
""",
    )
    code, said = inv(work, "--filters", "filters.yml", "--list-files", "SHELL")
    assert code == 0
    assert "docs/2.md docs/3.md docs/4.md 'docs/new\nline.md'\n" in said


def test_references_and_what_is_staged(work: Repository) -> None:
    work.git("tag", "v1")
    work.commit(**{"api/x": "", "y.md": ""})
    work.write({"api/z": ""})
    work.git("add", "api/z")
    work.write({"untracked.md": ""})
    common = ("--filters", "filters.yml")
    assert answer(work, *common, "--base", "v1")["new"] == ["api/x", "api/z", "y.md", "untracked.md"]
    assert answer(work, *common, "--base", "v1", "--head", "HEAD")["new"] == ["api/x", "y.md"]
    assert answer(work, *common, "--staged")["new"] == ["api/z"]
    assert answer(work, *common, "--base", "", "--head", " ")["docs"] == ["y.md", "untracked.md"]


@pytest.mark.parametrize("name", ["-", "list.txt"])
def test_a_list_of_files_needs_no_git(work: Repository, tmp_path: Path, name: str) -> None:
    listed = b"A\tapi/x.md\ncommon/y\nR100\tdocs/old.md\tdocs/new.md\n"
    (work.path / "list.txt").write_bytes(listed)
    arguments = ("--filters", "filters.yml", "--files-from", name)
    found = answer(work, *arguments, given=listed, PATH=str(tmp_path))
    assert found["api"] == ["api/x.md", "common/y"]
    assert found["docs"] == ["api/x.md", "docs/new.md", "docs/old.md"]
    assert found["new"] == ["api/x.md", "docs/new.md"]


def test_a_list_between_nuls_and_bytes_that_are_no_text(work: Repository) -> None:
    listed = b"D\tapi/new\nline\0api/\xff\0"
    assert answer(work, "--filters", "filters.yml", "--files-from", "-", given=listed)["api"] == [
        "api/new\nline",
        "api/\ufffd",
    ]


def test_quantifiers(work: Repository) -> None:
    (work.path / "q.yml").write_text("f: ['api/**', '!**/*.md']\n")
    given = b"api/x\napi/x.md\ny\n"
    found = {
        quantifier: answer(work, "--filters", "q.yml", "--files-from", "-", "--quantifier", quantifier, given=given)[
            "f"
        ]
        for quantifier in ("some", "every", "some-with-excludes")
    }
    assert found == {"some": ["api/x", "api/x.md", "y"], "every": ["api/x"], "some-with-excludes": ["api/x"]}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--base", "mian"), "'mian' is no branch, tag or commit of this repository or of origin"),
        (("--base=-x",), "'-x' is no branch, tag or commit of this repository or of origin"),
        (("--base", "main", "--staged"), "--staged compares what is staged with HEAD; leave out --base and --head"),
        (("--base", "main", "--files-from", "-"), "--files-from lists the changed files; leave out --base, --head and --staged"),
        (("--quantifier", "every"), "--quantifier is about the rules of a file; write also --filters FILE"),
        (("--filters", "filters.yml", "--quantifier", "all"), "unknown quantifier 'all'; it is one of some, every, some-with-excludes"),
        (("--list-files", "xml"), "unknown list format 'xml'; it is one of none, csv, json, shell, escape"),
        (("--filters", "none.yml"), "--filters none.yml: there is no such file; correct the path"),
        (("--filters", "api"), "--filters api: cannot be read: Is a directory; name a file that you may read"),
        (("--filters", "bad.yml"), "bad.yml:1:5: a pattern is text, not the number 1; put quotes around it if it is a name\nbad.yml:2:4: pattern '': a pattern cannot be empty; take it out"),
        (("--filters", "filters.yml", "--files-from", "none"), "--files-from none: there is no such file; correct the path"),
        (("--github-output",), "--github-output: the variable GITHUB_OUTPUT is not set; it is in a step of a GitHub workflow"),
    ],
)  # fmt: skip
def test_a_users_mistake_is_a_sentence(work: Repository, words: tuple[str, ...], sentence: str) -> None:
    (work.path / "bad.yml").write_text("f: [1]\ng: ''\n")
    assert inv(work, *words) == (2, f"{sentence}\n")


def test_no_repository(tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_text("from cispeed_tasks import ns\n")
    (tmp_path / "f.yml").write_text("f: a\n")
    code, said = inv(Repository(tmp_path), "--filters", "f.yml")
    assert code == 2
    assert said.startswith(f"{tmp_path} is no git repository's checkout (not a git repository")


def test_git_is_missing(work: Repository, tmp_path: Path) -> None:
    assert inv(work, "--filters", "filters.yml", PATH=str(tmp_path)) == (
        3,
        "`git` is not installed or not on PATH; install it\n",
    )
