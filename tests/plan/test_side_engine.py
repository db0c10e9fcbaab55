"""The network, the files and the packages of an engine beside the machine's own."""

from __future__ import annotations

import json
from collections import Counter

from cispeed_tasks.plan.side_engine import (
    PACKAGES,
    Side,
    containerd_config,
    daemon_config,
    in_namespace,
    missing_packages,
    network_down,
    network_up,
    registry_config,
)

ONE, OTHER = Side(3), Side(4)


def places(side: Side) -> set[str]:
    return {
        side.name,
        side.outside,
        side.inside,
        side.network,
        side.state,
        side.runtime,
        side.socket,
        side.containerd,
        side.cgroup,
        side.host,
    }


def test_two_share_nothing() -> None:
    assert len(places(ONE) | places(OTHER)) == 2 * len(places(ONE))


def test_its_network_is_of_its_number_and_every_rule_is_taken_away_again() -> None:
    made = [" ".join(argv) for argv in network_up(ONE)]
    assert made[:3] == [
        "ip netns add cispeed3",
        "ip link add cispeed3 type veth peer name cispeed3i netns cispeed3",
        "ip address add 198.18.3.1/30 dev cispeed3",
    ]
    inserted = Counter(line.replace(" -I ", " -D ") for line in made if line.startswith("iptables"))
    removed = Counter(line for argv in network_down(ONE) if (line := " ".join(argv)).startswith("iptables"))
    assert inserted == removed
    assert sum(removed.values()) == 3


def test_interface_names_are_short_enough_for_linux() -> None:
    assert max(len(word) for argv in network_up(Side(63)) for word in argv if word.startswith("cispeed")) <= 15


def test_all_that_it_has_lies_in_directories_of_its_own() -> None:
    settings = json.loads(daemon_config(ONE, (ONE.registry,)))
    for key in ("data-root", "exec-root", "pidfile", "containerd"):
        assert settings[key].startswith((f"{ONE.state}/", f"{ONE.runtime}/")), key
    assert settings["hosts"] == [f"unix://{ONE.runtime}/docker.sock"]
    assert settings["insecure-registries"] == ["198.18.3.1:5000"]
    assert settings["features"] == {"containerd-snapshotter": True}
    assert f'address = "{settings["containerd"]}"' in containerd_config(ONE)


def test_a_program_in_its_network_ends_with_the_one_that_started_it() -> None:
    assert in_namespace(ONE, "dockerd", "--debug") == [
        "nsenter",
        "--net=/run/netns/cispeed3",
        "setpriv",
        "--pdeathsig",
        "TERM",
        "dockerd",
        "--debug",
    ]


def test_a_registry_keeps_its_data_where_it_is_told() -> None:
    settings = json.loads(registry_config("/room/data", ONE.registry))
    assert settings["storage"]["filesystem"] == {"rootdirectory": "/room/data"}
    assert settings["http"] == {"addr": "198.18.3.1:5000"}


def test_only_what_is_missing_is_installed() -> None:
    assert missing_packages(dict.fromkeys(PACKAGES, True)) == ()
    assert missing_packages({**dict.fromkeys(PACKAGES, True), "ip": False, "docker-registry": False}) == (
        "docker-registry",
        "iproute2",
    )
