"""What engine-up does on each kind of machine, printed as a user sees it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cispeed_tasks.plan.engine import Machine, apt_pin, apt_source, packages, plan_engine, version_numbers

BARE = Machine(
    system="Linux",
    distribution="debian",
    codename="trixie",
    is_root=True,
    has_apt=True,
    has_systemd=False,
    engine_version=None,
    remote=None,
    dockerd=None,
    compose_version=None,
    buildx_version=None,
    mirror="http://archive.example.org/debian",
    keyring=None,
    daemon_config_exists=False,
    missing_packages=packages("debian"),
)
PRESENT = replace(
    BARE, engine_version="27.5.1", compose_version="v2.40.3+ds1", buildx_version="0.29.1", dockerd="/usr/sbin/dockerd"
)


def test_debian_as_root_without_an_engine() -> None:
    assert (
        str(plan_engine(BARE))
        == """\
No Docker Engine answers. To do:
  write /etc/apt/sources.list.d/cispeed-docker.sources: adds forky of http://archive.example.org/debian, where Docker is new enough (undo: the file is removed)
  write /etc/apt/preferences.d/cispeed-docker: so that only Docker's packages come from forky (undo: the file is removed)
  install docker.io docker-cli docker-buildx docker-compose containerd iptables debootstrap git ca-certificates: not installed, or too old (undo: inv engine-down --purge)
  write /etc/docker/daemon.json: turns on the containerd image store, which exports caches (undo: the file is removed)
  start dockerd: in the background, log in /var/log/cispeed-dockerd.log (undo: inv engine-down)"""
    )


def test_ubuntu_installs_its_own_packages() -> None:
    machine = replace(BARE, distribution="ubuntu", has_systemd=True, daemon_config_exists=True, missing_packages=())
    assert (
        str(plan_engine(machine))
        == """\
No Docker Engine answers. To do:
  install docker.io docker-buildx docker-compose-v2 iptables debootstrap git ca-certificates: not installed, or too old (undo: inv engine-down --purge)
  start dockerd: systemd starts it (undo: inv engine-down)"""
    )


def test_an_engine_that_is_installed_is_only_started() -> None:
    machine = replace(PRESENT, engine_version=None, mirror=None, daemon_config_exists=True)
    assert (
        str(plan_engine(machine))
        == """\
No Docker Engine answers. To do:
  start dockerd: in the background, log in /var/log/cispeed-dockerd.log (undo: inv engine-down)"""
    )


def test_an_outdated_compose_is_replaced_and_the_engine_not_started_again() -> None:
    machine = replace(PRESENT, compose_version="2.26.1", missing_packages=("docker-compose",))
    lines = str(plan_engine(machine)).splitlines()
    assert lines[0] == "Compose is 2.26.1, 2.33 or newer is needed. To do:"
    assert [line.split()[:2] for line in lines[1:]] == [
        ["write", "/etc/apt/sources.list.d/cispeed-docker.sources:"],
        ["write", "/etc/apt/preferences.d/cispeed-docker:"],
        ["install", "docker-compose:"],
    ]


@pytest.mark.parametrize("machine", [PRESENT, replace(PRESENT, system="Darwin", remote="unix:///x", is_root=False)])
def test_where_an_engine_answers_nothing_is_done(machine: Machine) -> None:
    assert str(plan_engine(machine)).splitlines() == ["Docker Engine 27.5.1 answers; nothing to do."]


REFUSALS = [
    (
        replace(BARE, system="Darwin"),
        "On macOS an engine comes with Docker Desktop: install and start it; every other task works there too.",
    ),
    (
        replace(BARE, system="Windows"),
        "On Windows an engine comes with Docker Desktop: install and start it; every other task works there too.",
    ),
    (
        replace(BARE, remote="tcp://build:2376"),
        "Docker is set to tcp://build:2376, and nothing answers there: start that engine or unset DOCKER_HOST.",
    ),
    (
        replace(BARE, distribution="fedora", has_apt=False),
        "engine-up installs on Debian and Ubuntu only, and this is fedora: install Docker Engine with the buildx and Compose plugins by hand (docs.docker.com/engine/install).",
    ),
    (
        replace(BARE, is_root=False),
        "engine-up needs root to install and start an engine: run it as root, or ask for Docker Engine, buildx and Compose to be installed.",
    ),
    (
        replace(BARE, mirror=None),
        "No package archive is named in this machine's apt sources: add one, or install Docker Engine with buildx and Compose by hand.",
    ),
    (
        replace(PRESENT, system="Darwin", engine_version="24.0.7"),
        "engine is 24.0.7, 25.0 or newer is needed. Update Docker (Docker Desktop, or docs.docker.com/engine/install) and run this again.",
    ),
    (
        replace(PRESENT, remote="tcp://build:2376", buildx_version="0.16.2"),
        "buildx is 0.16.2, 0.17 or newer is needed. Update Docker (Docker Desktop, or docs.docker.com/engine/install) and run this again.",
    ),
]


@pytest.mark.parametrize(("machine", "sentence"), REFUSALS)
def test_a_machine_on_which_nothing_can_be_done_is_told_what_to_do(machine: Machine, sentence: str) -> None:
    plan = plan_engine(machine)
    assert (plan.steps, str(plan)) == ((), sentence)


@pytest.mark.parametrize(
    ("text", "numbers"), [("v2.40.3+ds1", (2, 40, 3)), ("27.5.1", (27, 5, 1)), ("0.29.1-desktop.1", (0, 29, 1, 1)), ("dev", ())]
)  # fmt: skip
def test_versions(text: str, numbers: tuple[int, ...]) -> None:
    assert version_numbers(text) == numbers


def test_the_archive_and_its_pins() -> None:
    assert (
        apt_source("http://mirror/debian", "/usr/share/keyrings/debian.gpg")
        == """\
# Made by `inv engine-up`; `inv engine-down --purge` removes it.
Types: deb
URIs: http://mirror/debian
Suites: forky
Components: main
Signed-By: /usr/share/keyrings/debian.gpg
"""
    )
    assert "Signed-By" not in apt_source("http://mirror/debian", None)
    assert (
        apt_pin()
        == """\
# Made by `inv engine-up`; `inv engine-down --purge` removes it.
Package: *
Pin: release n=forky
Pin-Priority: 100

Package: docker.io docker-cli docker-buildx docker-compose containerd
Pin: release n=forky
Pin-Priority: 990
"""
    )
