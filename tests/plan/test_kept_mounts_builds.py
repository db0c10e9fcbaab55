"""The Dockerfiles that look at, read and write cache mounts; their shell lines are run here on plain directories."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from cispeed_tasks.plan.kept_mounts_builds import FILLED, PART, SmallBuild, look_build, read_build, write_build
from cispeed_tasks.plan.kept_mounts_found import MountIdentity
from cispeed_tasks.plan.kept_mounts_limit import read_listing

PIP = MountIdentity("pip", "shop")
OWN = MountIdentity("/own", "shop", 1000, 10, 0o750)


def run(build: SmallBuild, place: Path) -> int:
    """Run the one shell line of a Dockerfile, the places of its image being directories below `place`."""
    line = re.search(r'\["/bin/sh".*\]', build.text)
    assert line
    words = json.loads(line[0].replace("/cispeed-", f"{place}/cispeed-"))
    return subprocess.run(words, env={**os.environ, "CISPEED_RUN": "one"}, timeout=20, check=False).returncode


@pytest.fixture
def mount(tmp_path: Path) -> Path:
    """A mount with files, as the steps see it."""
    path = tmp_path / "cispeed-mount"
    (path / "http/deep").mkdir(parents=True)
    (path / "http/deep/wheel").write_text("wheel")
    (path / ".dot").write_text("dot")
    (path / "..odd").write_text("odd")
    (path / "a b").write_text("a b")
    (path / "link").symlink_to("http")
    path.chmod(0o2711)
    return path


def files(path: Path) -> list[str]:
    return sorted(str(one.relative_to(path)) for one in path.rglob("*"))


def test_a_mount_is_named_as_buildkit_knows_it_and_locked() -> None:
    text = look_build("debian", [PIP, OWN]).text
    assert "--mount=type=cache,id=pip,target=/cispeed-0,sharing=locked " in text
    assert "--mount=type=cache,id=/own,target=/cispeed-1,sharing=locked,uid=1000,gid=10,mode=0750 " in text
    assert "--network=none" in text
    assert look_build("debian", [PIP]).namespace == "shop"


def test_looking_lists_sizes_and_times(tmp_path: Path) -> None:
    for number in (0, 1):
        (tmp_path / f"cispeed-{number}/x").mkdir(parents=True)
    os.utime((tmp_path / "cispeed-0/x"), (1, 1))
    (tmp_path / "cispeed-1/x/a b").write_text("12345")
    os.utime((tmp_path / "cispeed-1/x/a b"), (900, 1000))
    (tmp_path / f"cispeed-1/{PART}").mkdir()
    (tmp_path / f"cispeed-1/{PART}/half").write_text("left by a run that was killed")
    assert run(look_build("debian", [PIP, OWN]), tmp_path) == 0
    assert (tmp_path / "cispeed-seen/0").read_text() == ""
    assert [tuple(one) for one in read_listing((tmp_path / "cispeed-seen/1").read_text())] == [("x/a b", 5, 1000)]


def test_reading_leaves_out_what_is_listed_and_is_no_use_of_the_rest(mount: Path, tmp_path: Path) -> None:
    (tmp_path / "cispeed-left-out").write_bytes(b"a b\0.dot\0gone\0")
    os.utime(mount / "http/deep/wheel", (900, 1000))
    assert run(read_build("debian", PIP), tmp_path) == 0
    assert files(tmp_path / "cispeed-read/mount") == ["..odd", "http", "http/deep", "http/deep/wheel", "link"]
    assert (tmp_path / "cispeed-read/mount").stat().st_mode & 0o7777 == 0o2711
    assert (tmp_path / "cispeed-read/run").read_text() == "one\n"
    assert (mount / "http/deep/wheel").stat().st_atime == 900
    assert (mount / "a b").read_text() == "a b"


def test_reading_with_nothing_to_leave_out_takes_all(mount: Path, tmp_path: Path) -> None:
    (tmp_path / "cispeed-left-out").write_bytes(b"")
    assert run(read_build("debian", PIP), tmp_path) == 0
    assert files(tmp_path / "cispeed-read/mount") == files(mount)


def restored(mount: Path, tmp_path: Path, *, replace: bool) -> int:
    """Write what `mount` holds into an engine's mount of the same name."""
    saved = tmp_path / "cispeed-saved"
    saved.mkdir()
    mount.rename(saved / "mount")
    (tmp_path / "there").rename(mount)
    return run(write_build("debian", PIP, archive="x.tar", image=None, replace=replace), tmp_path)


def test_writing_fills_an_empty_mount_and_gives_it_its_mode(mount: Path, tmp_path: Path) -> None:
    wanted = files(mount)
    (tmp_path / "there" / PART).mkdir(parents=True)
    (tmp_path / "there" / PART / "half").write_text("left by a run that was killed")
    assert restored(mount, tmp_path, replace=False) == 0
    assert files(mount) == wanted
    assert mount.stat().st_mode & 0o7777 == 0o2711


def test_writing_leaves_a_mount_that_has_files(mount: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there/.own").write_text("own")
    assert restored(mount, tmp_path, replace=False) == FILLED
    assert files(mount) == [".own"]


def test_replacing_takes_the_old_files_away_when_the_new_ones_are_there(mount: Path, tmp_path: Path) -> None:
    wanted = files(mount)
    (tmp_path / "there/http/old").mkdir(parents=True)
    (tmp_path / "there/.own").write_text("own")
    assert restored(mount, tmp_path, replace=True) == 0
    assert files(mount) == wanted


def test_replacing_by_what_is_not_there_takes_nothing_away(tmp_path: Path) -> None:
    (tmp_path / "cispeed-mount").mkdir()
    (tmp_path / "cispeed-mount/own").write_text("own")
    build = write_build("debian", PIP, archive=None, image="registry.example/x:1", replace=True)
    assert build.text.startswith("FROM registry.example/x:1 AS saved\n")
    assert run(build, tmp_path) != 0
    assert files(tmp_path / "cispeed-mount") == ["own"]
