"""An engine beside the machine's own: its network, its files, and what is run to make the one and take it away."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

PACKAGES = {"ip": "iproute2", "iptables": "iptables", "nsenter": "util-linux", "docker-registry": "docker-registry"}
"""The programs that it needs besides an engine, each with the Debian and Ubuntu package that has it."""
MOST = 64
"""How many there may be on one machine at once."""
BLOCK = "198.18"
"""Addresses that are set aside for measurements between networks (RFC 2544), so that no real network has them."""
STATE = "/var/lib/cispeed/engines"
RUNTIME = "/run/cispeed/engines"
SHUTDOWN_SECONDS = 2
REGISTRY_PORT = 5000


@dataclass(frozen=True)
class Side:
    """One side engine by its number: the names, the addresses and the places that nothing else has."""

    number: int

    @property
    def name(self) -> str:
        """The name of its network namespace, and of the interface outside."""
        return f"cispeed{self.number}"

    @property
    def outside(self) -> str:
        """This machine's address as the engine sees it."""
        return f"{BLOCK}.{self.number}.1"

    @property
    def inside(self) -> str:
        """The engine's address: ports that its containers publish are there."""
        return f"{BLOCK}.{self.number}.2"

    @property
    def network(self) -> str:
        """The network between the two."""
        return f"{BLOCK}.{self.number}.0/30"

    @property
    def state(self) -> str:
        """The directory of what it keeps: images, caches, volumes."""
        return f"{STATE}/{self.number}"

    @property
    def runtime(self) -> str:
        """The directory of what it needs while it runs."""
        return f"{RUNTIME}/{self.number}"

    @property
    def socket(self) -> str:
        """The engine's socket."""
        return f"{self.runtime}/docker.sock"

    @property
    def containerd(self) -> str:
        """The socket of its own containerd: one that is shared would show the other engine's images."""
        return f"{self.runtime}/containerd.sock"

    @property
    def registry(self) -> str:
        """The address of a registry that runs beside it on this machine."""
        return f"{self.outside}:{REGISTRY_PORT}"

    @property
    def cgroup(self) -> str:
        """The control group of all its containers, by which they are found when nobody knows of them any more."""
        return f"/{self.name}"

    @property
    def host(self) -> str:
        """What DOCKER_HOST says to use it."""
        return f"unix://{self.socket}"


def network_up(side: Side) -> tuple[tuple[str, ...], ...]:
    """The commands that give it a network namespace with a way out."""
    inner = f"{side.name}i"
    return (
        ("ip", "netns", "add", side.name),
        ("ip", "link", "add", side.name, "type", "veth", "peer", "name", inner, "netns", side.name),
        ("ip", "address", "add", f"{side.outside}/30", "dev", side.name),
        ("ip", "link", "set", side.name, "up"),
        ("ip", "-n", side.name, "link", "set", "lo", "up"),
        ("ip", "-n", side.name, "address", "add", f"{side.inside}/30", "dev", inner),
        ("ip", "-n", side.name, "link", "set", inner, "up"),
        ("ip", "-n", side.name, "route", "add", "default", "via", side.outside),
        *(("iptables", *words) for words in _rules(side, "-I")),
    )


def network_down(side: Side) -> tuple[tuple[str, ...], ...]:
    """The commands that take it away; each may fail where its part is not there."""
    return (
        *(("iptables", *words) for words in _rules(side, "-D")),
        ("ip", "link", "delete", side.name),
        ("ip", "netns", "delete", side.name),
    )


def _rules(side: Side, action: str) -> tuple[tuple[str, ...], ...]:
    """The engine that is there drops what it does not know, so that these stand before its own rules."""
    return (
        ("-w", "-t", "nat", action, "POSTROUTING", "-s", side.network, "!", "-o", side.name, "-j", "MASQUERADE"),
        ("-w", action, "FORWARD", "-i", side.name, "-j", "ACCEPT"),
        ("-w", action, "FORWARD", "-o", side.name, "-j", "ACCEPT"),
    )


def containerd_config(side: Side) -> str:
    """The file that its containerd is started with."""
    return (
        "version = 2\n"
        f'root = "{side.state}/containerd"\n'
        f'state = "{side.runtime}/containerd"\n'
        'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n'
        "[grpc]\n"
        f'  address = "{side.containerd}"\n'
    )


def daemon_config(side: Side, registries: tuple[str, ...] = ()) -> str:
    """The file that its dockerd is started with; `registries` are those without TLS that it may use."""
    settings: dict[str, Any] = {
        "hosts": [side.host],
        "containerd": side.containerd,
        "data-root": f"{side.state}/docker",
        "exec-root": f"{side.runtime}/docker",
        "pidfile": f"{side.runtime}/docker.pid",
        "cgroup-parent": side.cgroup,
        "exec-opts": ["native.cgroupdriver=cgroupfs"],
        "features": {"containerd-snapshotter": True},
        "insecure-registries": list(registries),
        "shutdown-timeout": SHUTDOWN_SECONDS,
    }
    return json.dumps(settings, indent=2) + "\n"


def in_namespace(side: Side, *argv: str) -> list[str]:
    """A command that runs in the engine's network and ends with the program that started it."""
    return ["nsenter", f"--net=/run/netns/{side.name}", "setpriv", "--pdeathsig", "TERM", *argv]


def registry_config(directory: str, address: str) -> str:
    """The file that a registry is started with, its data in `directory`."""
    settings = {
        "version": 0.1,
        "storage": {"filesystem": {"rootdirectory": directory}, "delete": {"enabled": True}},
        "http": {"addr": address},
        "log": {"level": "error"},
    }
    return json.dumps(settings, indent=2) + "\n"


def missing_packages(programs: dict[str, bool]) -> tuple[str, ...]:
    """The packages to install, by whether each program of `PACKAGES` is there."""
    return tuple(sorted({PACKAGES[name] for name, is_there in programs.items() if not is_there}))
