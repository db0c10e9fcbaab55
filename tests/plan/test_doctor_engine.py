"""Docker, judged by what it says of itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cispeed_tasks.plan.doctor import Line, Machine, Unseen
from cispeed_tasks.plan.doctor_engine import (
    Builder,
    Engine,
    NoEngine,
    Settings,
    judge_builder,
    judge_buildkit,
    judge_buildx,
    judge_compose,
    judge_engine,
    judge_image_store,
    read_engine,
)

ROOT = Machine("Linux", is_root=True, has_systemd=False, can_install=True, has_dockerd=False)
PERSON = Machine("Linux", is_root=False, has_systemd=True, can_install=False, has_dockerd=True)
MAC = Machine("Darwin", is_root=False, has_systemd=False, can_install=False, has_dockerd=False)
INFO: dict[str, Any] = {
    "ServerVersion": "28.5.2",
    "Driver": "overlayfs",
    "DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]],
    "DockerRootDir": "/var/lib/docker",
    "MemTotal": 8_000_000_000,
    "NCPU": 4,
    "CgroupVersion": "2",
    "CgroupDriver": "systemd",
    "MemoryLimit": True,
    "SystemTime": "2026-11-25T03:02:16.657047957Z",
    "HttpProxy": "",
}
ENGINE = read_engine("unix:///var/run/docker.sock", INFO, {"Os": "linux", "Arch": "arm64"}, "2", 5.0)
GONE = NoEngine("no Docker Engine answers at unix:///x.sock")
LATE = Unseen("no answer in time")
BARE = Settings(None)
INSTALL = "install it anew: docs.docker.com/engine/install"


def test_an_engine_is_read_from_its_own_answers() -> None:
    assert (
        Engine(
            where="unix:///var/run/docker.sock",
            version="28.5.2",
            platform="linux/arm64",
            has_buildkit=True,
            has_image_store=True,
            storage="overlayfs",
            root="/var/lib/docker",
            memory=8_000_000_000,
            cpus=4,
            cgroups="v2, systemd",
            limits_memory=True,
            time="2026-11-25T03:02:16.657047957Z",
            has_proxy=False,
            asked=5.0,
        )
        == ENGINE
    )


def test_an_engine_that_says_little_is_read_as_well() -> None:
    found = read_engine("tcp://old:2375", {}, {"Version": "18.03"}, "")
    assert (found.version, found.has_buildkit, found.has_image_store, found.memory) == ("18.03", False, False, 0)


def test_an_engine_that_is_new_enough() -> None:
    line = judge_engine(ENGINE, ROOT)
    assert line == Line("engine", "ok", "28.5.2, linux/arm64, at unix:///var/run/docker.sock")


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("24.0.7", "24.0.7, 25.0 or newer is needed, for health checks every 100 ms while a stack starts (`start_interval`)"),
        (
            "20.10.24",
            ("20.10.24, 25.0 or newer is needed, for BuildKit as the default builder; health checks every 100 ms while a "
            "stack starts (`start_interval`)"),
        ),
    ],
)  # fmt: skip
def test_an_old_engine_lacks_what_is_named(version: str, words: str) -> None:
    assert judge_engine(replace(ENGINE, version=version), ROOT) == Line("engine", "fault", words, "inv engine-up")


@pytest.mark.parametrize(
    ("machine", "mend"),
    [
        (ROOT, "inv engine-up"),
        (replace(ROOT, is_root=False), "inv engine-up, as root"),
        (PERSON, "sudo systemctl start docker"),
        (MAC, "open -a Docker"),
        (replace(MAC, remote="unix:///Users/me/.docker/run/docker.sock"), "open -a Docker"),
        (replace(PERSON, remote="unix:///run/user/1000/docker.sock"), "systemctl --user start docker"),
        (replace(PERSON, has_dockerd=False), INSTALL),
        (
            replace(ROOT, remote="tcp://far:2376"),
            "unset DOCKER_HOST DOCKER_CONTEXT; docker context use default, or start the engine there",
        ),
    ],
)
def test_no_engine_is_mended_as_the_machine_has_it(machine: Machine, mend: str) -> None:
    assert judge_engine(GONE, machine) == Line("engine", "fault", GONE.words, mend)


def test_an_engine_that_this_user_may_not_use() -> None:
    line = judge_engine(NoEngine("this user may not use it", is_denied=True), PERSON)
    assert (line.state, line.mend) == ("fault", 'sudo usermod -aG docker "$USER", then log in again')


def test_an_engine_that_is_stuck_is_started_again() -> None:
    assert judge_engine(LATE, PERSON) == Line("engine", "fault", "no answer in time", "sudo systemctl restart docker")


def test_buildkit_that_is_turned_off_is_turned_on() -> None:
    line = judge_buildkit(ENGINE, Settings("0"), ROOT)
    assert (line.state, line.mend) == ("warning", "unset DOCKER_BUILDKIT")


def test_an_old_engine_is_told_every_way_to_buildkit() -> None:
    old = replace(ENGINE, has_buildkit=False)
    assert judge_buildkit(old, BARE, ROOT) == Line(
        "BuildKit",
        "warning",
        "off by default on an engine before 23.0",
        'export DOCKER_BUILDKIT=1; for good: docker buildx install, which writes {"aliases": {"builder": "buildx"}} into '
        '~/.docker/config.json, or echo \'{"features": {"buildkit": true}}\' | tee /etc/docker/daemon.json && '
        "inv engine-down && inv engine-up; `docker info` names buildx under its plugins, and the engine's version",
    )
    assert judge_buildkit(old, Settings("1"), ROOT).state == "ok"
    assert judge_buildkit(old, Settings(None, has_builder_alias=True), ROOT).state == "ok"


def test_a_missing_buildx_and_an_old_one() -> None:
    assert judge_buildx(None, ROOT) == Line("buildx", "fault", "missing; 0.17 or newer is needed", "inv engine-up")
    old = judge_buildx("v0.13.1", PERSON)
    assert (old.state, old.mend) == ("fault", INSTALL)
    assert old.words.startswith("v0.13.1, 0.17 or newer is needed, for bake's --allow; times of images")


def test_what_a_buildx_cannot_do_yet_is_a_warning() -> None:
    words = "v0.19.2; what is missing without 0.20: times of images, and why a build failed (`docker buildx history`)"
    assert judge_buildx("v0.19.2", MAC) == Line(
        "buildx", "warning", words, "update Docker Desktop (docs.docker.com/engine/install)"
    )
    assert judge_buildx("v0.20.0", MAC) == Line("buildx", "ok", "v0.20.0")


@pytest.mark.parametrize(
    ("version", "state", "lacks"),
    [("2.40.3-3", "ok", ""), ("2.33.0", "ok", ""), ("2.32.4", "fault", "additional_contexts"), ("v2.26.1", "fault", "--watch"), ("2.20.0", "fault", "!override")],
)  # fmt: skip
def test_compose_is_judged_by_what_its_version_lacks(version: str, state: str, lacks: str) -> None:
    line = judge_compose(version, ROOT)
    assert (line.subject, line.state) == ("Compose", state)
    assert lacks in line.words


def test_a_builder_in_error_is_a_fault() -> None:
    line = judge_builder(Builder("ci", "kubernetes", "error"), ENGINE)
    assert (line.state, line.mend) == ("fault", "docker buildx inspect --bootstrap ci, or docker buildx use default")
    assert judge_builder(Builder("ci", "docker-container", "inactive"), ENGINE).state == "ok"
    assert judge_builder(None, ENGINE).mend == "docker buildx use default"


def test_images_outside_of_containerd_s_store_mean_no_cache_is_written() -> None:
    old = replace(ENGINE, has_image_store=False, storage="overlay2")
    line = judge_image_store(old, Builder("default", "docker", "running"), replace(PERSON, daemon_config_exists=True))
    assert line == Line(
        "image store",
        "warning",
        "overlay2, not containerd's: `--cache local` and `--cache registry` are read and never written",
        'put "features": {"containerd-snapshotter": true} into the object in /etc/docker/daemon.json, then sudo systemctl restart docker',
    )
    assert judge_image_store(old, Builder("ci", "docker-container", "running"), PERSON).state == "ok"
    assert judge_image_store(ENGINE, None, PERSON).state == "ok"


def test_without_an_engine_what_hangs_on_it_cannot_be_told() -> None:
    lines = [judge_buildkit(GONE, BARE, ROOT), judge_builder(None, GONE), judge_image_store(GONE, None, ROOT)]
    assert {(line.state, line.words) for line in lines} == {("warning", "cannot be told: no engine answers")}
    assert judge_image_store(LATE, None, ROOT).words == "cannot be told: no answer in time"
