"""What the types of `cluster:` cannot say: which ports there are, and which keys a file of the user's own leaves no room for."""

from __future__ import annotations

from cispeed_tasks.config_schema import Config

LAST_PORT = 65535
SAID_BY_FILE = ("agents", "image", "ports", "registry")


def cluster_faults(config: Config) -> list[tuple[tuple[str | int, ...], str]]:
    """Every fault of `cluster:`, with the place of its value."""
    cluster = config.cluster
    given = [key for key in SAID_BY_FILE if key in cluster.model_fields_set] if cluster.config else []
    faults: list[tuple[tuple[str | int, ...], str]] = [
        (("cluster", key), f"is not used, since {cluster.config} is taken as it is: say it there") for key in given
    ]
    for number, mapping in enumerate(cluster.ports):
        ports = [part for part in mapping.partition("/")[0].split(":") if "." not in part]
        if any(int(port) > LAST_PORT for port in ports):
            faults.append((("cluster", "ports", number), f"'{mapping}' has a port beyond {LAST_PORT}"))
    return faults
