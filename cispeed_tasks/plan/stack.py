"""The resolved Compose model → Stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cispeed_tasks.model import Build, Mount, Port, Service, Stack


def read_stack(model: Mapping[str, Any]) -> Stack:
    """Turn the JSON of `docker compose config` into the words of this project."""
    return Stack(
        project=str(model["name"]),
        services={name: _service(name, raw or {}) for name, raw in sorted((model.get("services") or {}).items())},
        volumes={name: raw or {} for name, raw in (model.get("volumes") or {}).items()},
        networks={name: raw or {} for name, raw in (model.get("networks") or {}).items()},
        secrets={name: raw or {} for name, raw in (model.get("secrets") or {}).items()},
        configs={name: raw or {} for name, raw in (model.get("configs") or {}).items()},
    )


def _service(name: str, raw: Mapping[str, Any]) -> Service:
    depends = raw.get("depends_on") or {}
    return Service(
        name=name,
        image=raw.get("image"),
        build=_build(raw["build"]) if raw.get("build") else None,
        mounts=tuple(
            Mount(str(m["type"]), m.get("source"), str(m["target"]), bool(m.get("read_only")))
            for m in raw.get("volumes") or ()
        ),
        ports=tuple(
            Port(
                int(p["target"]),
                str(p["published"]) if p.get("published") else None,
                p.get("protocol", "tcp"),
                p.get("host_ip"),
            )
            for p in raw.get("ports") or ()
        ),
        command=_words(raw.get("command")),
        entrypoint=_words(raw.get("entrypoint")),
        working_dir=raw.get("working_dir"),
        healthcheck=raw.get("healthcheck"),
        depends_on={other: str(how.get("condition", "service_started")) for other, how in depends.items()},
        restart=raw.get("restart"),
        profiles=tuple(raw.get("profiles") or ()),
        raw=raw,
    )


def _build(raw: Mapping[str, Any]) -> Build:
    args = raw.get("args") or {}
    return Build(
        context=str(raw.get("context", ".")),
        dockerfile=str(raw.get("dockerfile") or "Dockerfile"),
        dockerfile_inline=raw.get("dockerfile_inline"),
        target=raw.get("target"),
        args={key: None if value is None else str(value) for key, value in args.items()},
        raw=raw,
    )


def _words(value: Any) -> tuple[str, ...] | None:  # noqa: ANN401  # a JSON value
    return None if value is None else tuple(str(word) for word in value)
