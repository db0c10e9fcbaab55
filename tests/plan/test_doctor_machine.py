"""The machine, judged by figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cispeed_tasks.plan.doctor import Line, Machine, Unseen
from cispeed_tasks.plan.doctor_engine import NoEngine, read_engine
from cispeed_tasks.plan.doctor_machine import (
    LITTLE_MEMORY,
    LITTLE_ROOM,
    NO_ROOM,
    PRUNE,
    SKEW_SECONDS,
    Clocks,
    Memory,
    Room,
    ahead,
    judge_cgroups,
    judge_clock,
    judge_disk,
    judge_memory,
    judge_proxy,
)

LINUX = Machine("Linux", is_root=False, has_systemd=True, can_install=True, has_dockerd=True)
MAC = Machine("Darwin", is_root=False, has_systemd=False, can_install=False, has_dockerd=False)
ENGINE = read_engine("unix:///x", {"MemoryLimit": True, "CgroupVersion": "2", "CgroupDriver": "systemd"}, {}, "2")
GONE = NoEngine("gone")


def room(free: float, inodes: float | None = 0.5) -> Room:
    return Room("the engine", "/var/lib/docker", int(free), int(100e9), inodes)


@pytest.mark.parametrize(
    ("free", "state"),
    [(LITTLE_ROOM, "ok"), (LITTLE_ROOM - 1, "warning"), (NO_ROOM, "warning"), (NO_ROOM - 1, "fault")],
)
def test_room_on_the_disk(free: float, state: str) -> None:
    line = judge_disk([room(free), room(90e9)])
    assert (line.state, line.mend) == (state, "" if state == "ok" else PRUNE)


def test_a_disk_says_whose_it_is_and_what_is_free() -> None:
    words = "20.0 GB free of 100.0 GB for the engine (/var/lib/docker)"
    assert judge_disk([room(20e9, None)]) == Line("disk", "ok", words)


def test_a_disk_without_inodes_is_full_as_well() -> None:
    line = judge_disk([room(50e9, 0.01)])
    assert line.state == "warning"
    assert line.words.endswith("almost no inodes are left in /var/lib/docker")


@pytest.mark.parametrize(
    ("memory", "state"),
    [
        (Memory(8 * 10**9, 4 * 10**9), "ok"),
        (Memory(int(LITTLE_MEMORY) - 1, 10**9 * 4), "warning"),
        (Memory(8 * 10**9, 4 * 10**9, limit=10**9), "warning"),
        (Memory(8 * 10**9, 10**8), "warning"),
        (Memory(), "ok"),
    ],
)
def test_memory(memory: Memory, state: str) -> None:
    assert judge_memory(memory, LINUX).state == state


def test_memory_is_given_where_the_system_has_its_switch() -> None:
    assert judge_memory(Memory(10**9), MAC).mend == "Docker Desktop's Settings → Resources → Memory"
    assert judge_memory(Memory(8 * 10**9, 10**8), LINUX) == Line(
        "memory", "warning", "8.0 GB for the engine, 0.1 GB free; little is left", "docker stats --no-stream, then inv down"
    )  # fmt: skip


def test_limits_that_do_not_hold() -> None:
    assert judge_cgroups(ENGINE) == Line("cgroups", "ok", "v2, systemd")
    line = judge_cgroups(replace(ENGINE, limits_memory=False))
    assert (line.state, "mem_limit" in line.words, "cgroup_enable=memory" in line.mend) == ("warning", True, True)
    assert judge_cgroups(GONE).words == "cannot be told: no engine answers"


def test_a_clock_is_read_as_the_engine_writes_it() -> None:
    assert ahead(1_000_000_010.0, "2001-09-09T01:46:40.000000000Z") == 10.0
    assert ahead(1.0, "soon") is None


def test_clocks_that_agree() -> None:
    assert judge_clock(Clocks(SKEW_SECONDS, -SKEW_SECONDS), LINUX) == Line(
        "clock", "ok", "within a minute of the engine and the registry's"
    )
    assert judge_clock(Clocks(0.1), LINUX).words == "within a minute of the engine's"
    assert judge_clock(Clocks(), LINUX).words == "cannot be told: no engine answers"


def test_clocks_that_differ() -> None:
    assert judge_clock(Clocks(0.0, -300.4), LINUX) == Line(
        "clock",
        "warning",
        "300 s behind the registry's: tokens, certificates and ages of images go wrong",
        "sudo timedatectl set-ntp true",
    )
    asleep = judge_clock(Clocks(4000.0), MAC)
    assert (asleep.words.split(":")[0], asleep.mend) == ("4000 s ahead of the engine's", "restart Docker Desktop")


def test_an_engine_past_the_proxy() -> None:
    line = judge_proxy(ENGINE, ["HTTPS_PROXY"], LINUX)
    assert (line.state, line.words) == (
        "warning",
        "HTTPS_PROXY is set here, and the engine has none: it pulls and pushes past the proxy",
    )
    assert '"proxies": {"http-proxy": "ADDRESS"' in line.mend
    assert judge_proxy(replace(ENGINE, has_proxy=True), ["HTTPS_PROXY"], LINUX).state == "ok"
    assert judge_proxy(GONE, [], LINUX) == Line("proxy", "ok", "none")
    assert judge_proxy(GONE, ["HTTP_PROXY"], LINUX).state == "warning"


def test_what_could_not_be_seen_is_said() -> None:
    late = Unseen("no answer in time")
    lines = [judge_disk(late), judge_memory(late, LINUX), judge_clock(late, LINUX), judge_cgroups(late)]
    assert {line.words for line in lines} == {"cannot be told: no answer in time"}
