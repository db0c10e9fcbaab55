"""The JSON of `docker compose config` becomes a Stack."""

from __future__ import annotations

from cispeed_tasks.model import Build, Mount, Port
from cispeed_tasks.plan.stack import read_stack

BUILD = {"context": "/repo/web", "args": {"A": 1, "B": None}, "target": "prod"}
MODEL = {
    "name": "shop",
    "services": {
        "web": {
            "image": "web:1",
            "build": BUILD,
            "volumes": [
                {"type": "bind", "source": "/repo/web", "target": "/app", "read_only": True},
                {"type": "tmpfs", "target": "/scratch"},
            ],
            "ports": [{"target": 80, "published": "8080", "host_ip": "127.0.0.1"}, {"target": 53, "protocol": "udp"}],
            "command": ["run", 1],
            "entrypoint": None,
            "depends_on": {"db": {"condition": "service_healthy"}, "log": {}},
            "restart": "always",
        },
        "db": None,
    },
    "volumes": {"data": None},
}


def test_every_part_that_matters_is_read() -> None:
    stack = read_stack(MODEL)
    web, db = stack.services["web"], stack.services["db"]
    assert (stack.project, list(stack.services), stack.volumes, stack.networks) == (
        "shop",
        ["db", "web"],
        {"data": {}},
        {},
    )
    assert web.build == Build("/repo/web", "Dockerfile", None, "prod", {"A": "1", "B": None}, BUILD)
    assert web.mounts == (Mount("bind", "/repo/web", "/app", read_only=True), Mount("tmpfs", None, "/scratch"))
    assert web.ports == (Port(80, "8080", "tcp", "127.0.0.1"), Port(53, None, "udp"))
    assert (web.command, web.entrypoint, web.restart) == (("run", "1"), None, "always")
    assert web.depends_on == {"db": "service_healthy", "log": "service_started"}
    assert (db.image, db.build, db.mounts, db.command) == (None, None, (), None)
