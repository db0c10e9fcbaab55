"""What a doctor's lines come to, and how its commands are written."""

from __future__ import annotations

import pytest

from cispeed_tasks.plan.doctor import Line, Machine, Unseen, as_data, collapsed, outcome, unseen

ROOT = Machine("Linux", is_root=True, has_systemd=False, can_install=True, has_dockerd=True)
STORE = '"features": {"containerd-snapshotter": true}'


def test_without_a_fault_or_a_warning_all_is_well() -> None:
    assert outcome([Line("git", "ok", "x")]) == ("ok", "all is well")


@pytest.mark.parametrize(
    ("states", "found"),
    [
        (["ok", "warning"], ("warning", "no fault, 1 warning")),
        (["warning", "warning"], ("warning", "no fault, 2 warnings")),
        (["fault"], ("fault", "1 fault; what stands behind → mends them")),
        (["fault", "fault", "warning"], ("fault", "2 faults and 1 warning; what stands behind → mends them")),
    ],
)
def test_the_worst_line_decides(states: list[str], found: tuple[str, str]) -> None:
    assert outcome([Line("x", state, "y") for state in states]) == found  # type: ignore[arg-type]


def test_what_is_said_of_several_subjects_alike_is_one_line() -> None:
    gone = Unseen("no engine answers")
    lines = [unseen("clock", gone), Line("git", "ok", "x"), unseen("cgroups", gone)]
    assert [str(line) for line in collapsed(lines)] == ["clock, cgroups: cannot be told: no engine answers", "git: x"]


def test_a_program_reads_every_line() -> None:
    line = Line("disk", "fault", "full", "inv prune")
    assert as_data({"This machine": [line]}) == [
        {"group": "This machine", "subject": "disk", "state": "fault", "text": "full", "mend": "inv prune"}
    ]


@pytest.mark.parametrize(
    ("machine", "command"),
    [
        (ROOT, f"echo '{{{STORE}}}' | tee /etc/docker/daemon.json && inv engine-down && inv engine-up"),
        (
            Machine("Linux", False, True, True, True),
            f"echo '{{{STORE}}}' | sudo tee /etc/docker/daemon.json && sudo systemctl restart docker",
        ),
        (
            Machine("Linux", False, True, True, True, daemon_config_exists=True),
            f"put {STORE} into the object in /etc/docker/daemon.json, then sudo systemctl restart docker",
        ),
        (
            Machine("Linux", False, True, True, True, remote="tcp://far:2376"),
            f"put {STORE} into /etc/docker/daemon.json where tcp://far:2376 is, and restart that engine",
        ),
        (
            Machine("Linux", False, True, True, True, remote="unix:///run/user/1000/docker.sock"),
            f"put {STORE} into the object in ~/.config/docker/daemon.json, then systemctl --user restart docker",
        ),
        (
            Machine("Darwin", False, False, False, False),
            f"put {STORE} into Docker Desktop's Settings → Docker Engine, then Apply & restart",
        ),
    ],
)
def test_a_setting_of_the_engine_is_put_where_its_machine_has_it(machine: Machine, command: str) -> None:
    assert machine.daemon_setting(STORE) == command
