"""A COPY, ADD or mount and a context's paths, and which of them it takes."""

from __future__ import annotations

import pytest

from cispeed_tasks.model import ContextFile
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile
from cispeed_tasks.plan.inputs import derive_inputs
from tests.plan.contexts import TREE, entries, taken

SRC = ["src", "src/.env", "src/app.py", "src/deep", "src/deep/x.py"]


@pytest.mark.parametrize(
    ("sources", "files"),
    [
        ("a.txt", ["a.txt"]),
        ("a.txt b.md", ["a.txt", "b.md"]),
        ("src", SRC),
        ("src/", SRC),
        ("./src/./", SRC),
        ("/src", SRC),
        ("../../src", SRC),
        ("lib/../src", SRC),
        ("src/deep/x.py", ["src/deep/x.py"]),
        ("docs", ["docs", "docs/empty"]),
        ("gone", []),
        ("*.txt", ["a.txt"]),
        ("gone* a.txt", ["a.txt"]),
        ("*.py", []),
        ("*/*.py", ["lib/y.py", "src/app.py"]),
        ("**/*.py", ["lib/y.py", "src/app.py"]),
        ("src/**", ["src/.env", "src/app.py", "src/deep", "src/deep/x.py"]),
        ("s*", SRC),
        (".*", [".dot"]),
        ("?.md", ["b.md"]),
        ("[ab].*", ["a.txt", "b.md"]),
        ("[^a]*/[y-z].*", ["lib/y.py", "lib/z.md"]),
        ("src[^x]app.py", ["src/app.py"]),
        ("[*]", []),
        ("app", ["app", "src/app.py"]),
        ("to-src", ["to-src", *SRC]),
        ("to-src/deep", ["src/deep", "src/deep/x.py", "to-src"]),
        ("to-src/*.py", ["src/app.py", "to-src"]),
        ("to*", ["to-src", *SRC]),
        ("to*/app.py", []),
        ("'src'/app.py", ["src/app.py"]),
        ('"src"/de?p', ["src/deep", "src/deep/x.py"]),
        (r"s\rc/app.py", ["src/app.py"]),
        (r"\*.txt", ["a.txt"]),
        ("--chown=1:1 --chmod=755 --link a.txt", ["a.txt"]),
        ("--exclude=*.py --exclude=deep src", ["src", "src/.env"]),
        ("--exclude=**/*.py src", ["src", "src/.env", "src/deep"]),
        ('--exclude="*.py" src/', ["src", "src/.env", "src/deep", "src/deep/x.py"]),
        ("--exclude=* --exclude=!deep/x.py src", ["src", "src/deep", "src/deep/x.py"]),
        ("--exclude=src/deep .dot src", [".dot", *SRC]),
        ("--exclude=app.py src/app.py", ["src/app.py"]),
        ("--exclude=*.py */*.py", ["lib/y.py", "src/app.py"]),
        ("--exclude=$X src", SRC),
        ("--exclude=app.py to-src", ["src", "src/.env", "src/deep", "src/deep/x.py", "to-src"]),
        ("--from=other src", []),
    ],
)
def test_copy_takes(sources: str, files: list[str]) -> None:
    assert taken(f"COPY {sources} /x/") == sorted(files)


def test_everything_is_everything() -> None:
    everything = sorted(entry.path for entry in entries(*TREE.split()))
    for source in (".", "./", "/", "..", "src/..", "*", "''."):
        assert taken(f"COPY {source} /") == everything
    assert taken("COPY --exclude=src . /") == [path for path in everything if not path.startswith("src")]


@pytest.mark.parametrize(
    ("line", "files"),
    [
        ('COPY ["a.txt", "b.md", "/x/"]', ["a.txt", "b.md"]),
        ('COPY --link ["a b", "/x/"]', ["a b"]),
        (r'COPY ["a\\*c", "/x/"]', ["a*c", "abc"]),
        (r'COPY ["a[*]c", "/x/"]', ["a*c"]),
        ("COPY <<one <<-'two' a.txt /x/\none: abc\none\n\ttwo", ["a.txt"]),
        ("COPY <<EOF /x\nCOPY b.md /\nEOF\nCOPY abc /", ["abc"]),
        ("ADD abc /x", ["abc"]),
        ("ADD --exclude=q a.tar --keep-git-dir=true /", ["a.tar"]),
        ("RUN cat b.md", []),
        ("RUN <<EOF\nCOPY b.md /\nEOF", []),
        ("RUN --mount=target=/c,source=dir make", ["dir", "dir/q"]),
        ("RUN --mount=type=bind,src=/dir/q,dst=/c,rw --network=none make", ["dir/q"]),
        ("RUN --mount=type=bind,from=other,source=dir,target=/c make", []),
        ('RUN --mount=type=cache,target=/c,source=dir --mount=type=secret,id="dir" make', []),
        ("RUN --mount=type=tmpfs,target=/c --mount=type=ssh make", []),
        ('RUN --mount=source=ab*,target=/c --mount="source=dir",target=/d,from= make', ["dir", "dir/q"]),
        ("RUN --mount=target=/c,source=to-dir make", ["dir", "dir/q", "to-dir"]),
    ],
)
def test_the_other_forms_take(line: str, files: list[str]) -> None:
    tree = [*entries("a.txt", "b.md", "a*c", "abc", "a.tar", "dir/q", "to-dir=>dir"), ContextFile("a b", "file")]
    found = derive_inputs(read_dockerfile(f"FROM scratch\n{line}\n"), None, tree, {})
    assert (found.whole, list(found.files)) == (None, files)


@pytest.mark.parametrize("line", ["RUN --mount=target=/c make", "RUN --mount=target=/c,source=/ make", "ADD . /"])
def test_a_mount_or_copy_of_the_root_is_the_whole_context_by_right(line: str) -> None:
    assert taken(line, "a b/c") == ["a", "b", "b/c"]


@pytest.mark.parametrize(
    ("tree", "source", "files"),
    [
        ("l=>f f", "l", ["f", "l"]),
        ("l=>/f f", "l", ["f", "l"]),
        ("d/l=>../../f f", "d/l", ["d/l", "f"]),
        ("l=>m m=>d/f d/f", "l", ["d/f", "l", "m"]),
        ("l=>d d/m=>../e e/f", "l/m/f", ["d/m", "e/f", "l"]),
        ("l=>d d/f d/m=>../e e/f", "l", ["d", "d/f", "d/m", "l"]),
        ("l=>m m=>l", "l", ["l", "m"]),
        ("l=>/etc/passwd", "l", ["l"]),
        ("l=>. f", "l", ["f", "l"]),
        ("f l=>f", "l/x", ["l"]),
    ],
)
def test_links_are_followed_inside_the_context_and_are_inputs_themselves(
    tree: str, source: str, files: list[str]
) -> None:
    assert taken(f"COPY {source} /x/", tree) == files
