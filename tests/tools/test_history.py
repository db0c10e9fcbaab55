"""The store of the history: two writers, a kill, damage, a newer version."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from cispeed_tasks.tools import history

STATE = ".cispeed"
WRITER = """
import sys
from pathlib import Path
from cispeed_tasks.tools import history
for number in range(int(sys.argv[3])):
    row = (f"{sys.argv[2]}{number}", f"2026-{number:06}", "build", "api", "built", f"{sys.argv[2]} {number}")
    history.append(Path(sys.argv[1]), [row])
    print(number, flush=True)
"""


def row(identity: str, at: str = "2026", name: str = "api", result: str = "built", kind: str = "build") -> history.Row:
    return (identity, at, kind, name, result, f"text of {identity}")


def writer(root: Path, name: str, count: int) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", WRITER, str(root), name, str(count)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)


def test_rows_come_in_the_order_of_time(tmp_path: Path) -> None:
    assert history.append(tmp_path, [row("b", "2026-02"), row("a", "2026-03"), row("c", "2026-01")]) == 3
    assert list(history.texts(tmp_path)) == ["text of c", "text of b", "text of a"]
    assert list(history.texts(tmp_path, since="2026-02")) == ["text of b", "text of a"]


def test_kinds_and_last_ones_are_found(tmp_path: Path) -> None:
    rows = [row(f"{name}{day}", f"2026-0{day}", name) for name in ("api", "web") for day in (1, 2, 3)]
    history.append(tmp_path, [*rows, row("t", "2026-09", kind="test"), row("f", "2026-08", result="failed")])
    assert list(history.texts(tmp_path, kinds=["test"])) == ["text of t"]
    found = list(history.last_texts(tmp_path, kind="build", result="built", count=2))
    assert sorted(found) == ["text of api2", "text of api3", "text of web2", "text of web3"]


def test_a_row_is_kept_once(tmp_path: Path) -> None:
    assert history.append(tmp_path, [row("a")]) == 1
    assert history.append(tmp_path, [row("a"), row("b")]) == 1
    assert list(history.texts(tmp_path)) == ["text of a", "text of b"]


def test_without_a_history_there_is_nothing(tmp_path: Path) -> None:
    assert list(history.texts(tmp_path)) == []
    assert not (tmp_path / STATE).exists()


def test_git_ignores_it(tmp_path: Path) -> None:
    history.append(tmp_path, [row("a")])
    assert "*" in (tmp_path / STATE / ".gitignore").read_text().splitlines()


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    writers = [writer(tmp_path, name, 40) for name in "abcd"]
    assert [one.wait(60) for one in writers] == [0, 0, 0, 0]
    for one in writers:
        assert one.stdout is not None
        one.stdout.close()
    assert len(list(history.texts(tmp_path))) == 160


def test_a_kill_loses_nothing_that_was_written(tmp_path: Path) -> None:
    killed = writer(tmp_path, "a", 100_000)
    assert killed.stdout is not None
    with killed.stdout as said:
        for _ in range(25):
            last = said.readline()
        os.kill(killed.pid, signal.SIGKILL)
        last = ([last, *said.readlines()])[-1]
    killed.wait(60)
    history.append(tmp_path, [row("z", "2027")])
    texts = list(history.texts(tmp_path))
    assert set(texts) >= {f"a {number}" for number in range(int(last) + 1)} | {"text of z"}


@pytest.mark.parametrize("damage", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_store_is_set_aside(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / STATE).mkdir()
    (tmp_path / STATE / history.FILE).write_bytes(damage)
    with pytest.raises(history.SetAside, match="damaged"):
        list(history.texts(tmp_path))
    with pytest.raises(history.SetAside, match=r"it is kept as .*history-damaged-.*a new history was begun"):
        history.append(tmp_path, [row("a")])
    kept = list((tmp_path / STATE).glob("history-damaged-*.sqlite"))
    assert [path.read_bytes() for path in kept] == [damage]
    assert list(history.texts(tmp_path)) == ["text of a"]


def test_a_store_that_breaks_in_the_middle_is_set_aside(tmp_path: Path) -> None:
    history.append(tmp_path, [row(f"{number:05}") for number in range(5000)])
    path = tmp_path / STATE / history.FILE
    data = bytearray(path.read_bytes())
    data[8192 : len(data) // 2] = b"\x5a" * (len(data) // 2 - 8192)
    path.write_bytes(bytes(data))
    with pytest.raises(history.SetAside, match="damaged"):
        list(history.texts(tmp_path))


def test_a_newer_store_is_kept_for_its_own_version(tmp_path: Path) -> None:
    (tmp_path / STATE).mkdir()
    with sqlite3.connect(tmp_path / STATE / history.FILE) as store:
        store.execute(f"PRAGMA user_version = {history.SCHEMA + 1}")
    store.close()
    with pytest.raises(history.SetAside, match="newer version of cispeed"):
        history.append(tmp_path, [row("a")])
    assert len(list((tmp_path / STATE).glob("history-newer-*.sqlite"))) == 1
    assert list(history.texts(tmp_path)) == ["text of a"]
