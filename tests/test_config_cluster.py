"""`cluster:` in cispeed.yaml: its faults, in the user's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from cispeed_tasks.config import parse_config
from cispeed_tasks.config_schema import ClusterConfig
from cispeed_tasks.errors import ConfigError

PATH = Path("/repo/cispeed.yaml")


def faults(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, PATH)
    return str(caught.value).splitlines()


def test_a_whole_section() -> None:
    text = "cluster: {provider: kind, name: shop, agents: 2, ports: [8080:80, '127.0.0.1:9000:30000/udp'], preload: [postgres:16]}"
    found = parse_config(text, PATH).config.cluster
    assert found == ClusterConfig(
        provider="kind", name="shop", agents=2, ports=("8080:80", "127.0.0.1:9000:30000/udp"), preload=("postgres:16",)
    )


def test_every_fault_has_its_place() -> None:
    text = """\
cluster:
  provider: minikube
  name: Shop_X
  agents: -1
  ports: ['80', 'a:b']
  image: 5
  agent: 3
"""
    assert faults(text) == [
        "cispeed.yaml:2:3: cluster.provider: 'minikube' is none of the known words; there is: auto, k3d, kind",
        "cispeed.yaml:3:3: cluster.name: 'Shop_X' is no name of a cluster: up to 32 lower-case letters, digits and hyphens are",
        "cispeed.yaml:4:3: cluster.agents: should be greater than or equal to 0, and is -1",
        "cispeed.yaml:5:11: cluster.ports.0: '80' is no pair of ports: HOST:NODE is, such as 8080:80 or 127.0.0.1:8080:30080/tcp",
        "cispeed.yaml:5:17: cluster.ports.1: 'a:b' is no pair of ports: HOST:NODE is, such as 8080:80 or 127.0.0.1:8080:30080/tcp",
        "cispeed.yaml:6:3: cluster.image: should be text, and is 5; put it in quotes",
        "cispeed.yaml:7:3: cluster: unknown key 'agent'; did you mean 'agents'?",
    ]


def test_a_port_ends_at_65535() -> None:
    assert faults("cluster: {ports: ['65536:80', '80:65535', '10.0.0.1:80:70000']}") == [
        "cispeed.yaml:1:19: cluster.ports.0: '65536:80' has a port beyond 65535",
        "cispeed.yaml:1:43: cluster.ports.2: '10.0.0.1:80:70000' has a port beyond 65535",
    ]


def test_a_file_of_the_users_own_leaves_no_room_for_what_it_says() -> None:
    assert faults("cluster:\n  config: k3d.yaml\n  agents: 1\n  registry: false\n") == [
        "cispeed.yaml:3:3: cluster.agents: is not used, since k3d.yaml is taken as it is: say it there",
        "cispeed.yaml:4:3: cluster.registry: is not used, since k3d.yaml is taken as it is: say it there",
    ]
