"""A size for all cache mounts: what was used last stays, and nothing is left that is a broken part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cispeed_tasks.plan.amounts import read_size
from cispeed_tasks.plan.kept_mounts_limit import (
    HEADERS,
    Contents,
    MountFile,
    read_listing,
    stands_by_files,
    within,
)


def contents(*files: tuple[str, int, int], by_files: bool = True) -> Contents:
    return Contents(tuple(MountFile(*file) for file in files), by_files)


@pytest.mark.parametrize(
    ("text", "bytes_"), [("2GB", 2 * 10**9), ("500 MB", 5 * 10**8), ("1.5kB", 1500), ("10B", 10), ("1TB", 10**12)]
)
def test_sizes_are_read_as_docker_prints_them(text: str, bytes_: int) -> None:
    assert read_size(text) == bytes_


def test_a_listing_is_read_whatever_the_names_are() -> None:
    text = "12 100 90 ./a b\n0 5 7 ./x/\udc80y\n7 1 1 ./new\nline\nrubbish\n"
    assert read_listing(text) == (MountFile("a b", 12, 100), MountFile("x/\udc80y", 0, 7), MountFile("new", 7, 1))


def test_all_is_kept_within_the_limit() -> None:
    found = {"pip": contents(("a", 10, 1), ("b", 10, 2)), "npm": contents(("c", 10, 3))}
    assert within(found, 10**6) == {"pip": frozenset(), "npm": frozenset()}


def test_the_files_that_were_used_least_lately_go_first_over_all_mounts() -> None:
    found = {"pip": contents(("old", 10**6, 1), ("new", 10**6, 9)), "npm": contents(("middle", 10**6, 5))}
    assert within(found, 2_100_000) == {"pip": frozenset({"old"}), "npm": frozenset()}
    assert within(found, 1_100_000) == {"pip": frozenset({"old"})}
    assert within(found, 1000) == {}


def test_files_that_belong_together_stay_or_go_together() -> None:
    found = {
        "uv": contents(("a", 10**6, 1), ("b", 10**6, 7), by_files=False),
        "pip": contents(("c", 10**6, 9), ("d", 10**6, 3)),
    }
    assert within(found, 3_100_000) == {"pip": frozenset({"d"}), "uv": frozenset()}
    assert within(found, 2_100_000) == {"pip": frozenset()}, "the room that uv would not fit in is not wasted"


@pytest.mark.parametrize(
    ("place", "is_so"),
    [
        ("/root/.cache/pip", True),
        ("/home/me/.npm", True),
        ("/var/cache/apt", True),
        ("/root/.cache/uv", False),
        ("/root/.cache", False),
        ("/go/pkg/mod", False),
        ("/var/lib/apt", False),
    ],
)
def test_only_some_managers_do_without_a_part(place: str, is_so: bool) -> None:
    assert stands_by_files([place]) is is_so


def test_every_place_of_a_mount_has_to_be_such_a_one() -> None:
    assert not stands_by_files(["/root/.cache/pip", "/x"])


FILES = st.lists(
    st.tuples(st.text("ab", min_size=1), st.integers(0, 5000), st.integers(0, 9)), unique_by=lambda f: f[0]
)


@given(st.dictionaries(st.sampled_from("xyz"), st.tuples(FILES, st.booleans())), st.integers(0, 60_000))
def test_what_is_kept_always_fits(drawn: dict[str, tuple[list[tuple[str, int, int]], bool]], limit: int) -> None:
    found = {key: contents(*files, by_files=by_files) for key, (files, by_files) in drawn.items()}
    gone = within(found, limit)
    kept = {key: [file for file in found[key].files if file.path not in paths] for key, paths in gone.items()}
    assert sum(file.stored for files in kept.values() for file in files) <= limit
    assert all(not paths for key, paths in gone.items() if not found[key].by_files)
    assert all(file.stored >= file.size + HEADERS for files in kept.values() for file in files)
