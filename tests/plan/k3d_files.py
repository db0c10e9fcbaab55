"""Whether k3d would take a configuration file, by the keys that its own schema has (tests/data/k3d)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

KEYS = json.loads((Path(__file__).parent.parent / "data/k3d/keys.json").read_text())


def faults(config: Any, path: str = "") -> list[str]:
    """What k3d would refuse in a file of k3d.io/v1alpha5, a line each."""
    missing = [f"{key} is missing" for key in KEYS["required"] if not path and key not in config]
    return missing + list(_faults(config, path))


def _faults(value: Any, path: str) -> Iterator[str]:
    kind = KEYS["kinds"].get(path)
    if kind is None:
        if path.rpartition(".")[0] in KEYS["closed"]:
            yield f"{path} is no key"
        return
    if kind not in {_kind(value), "any"}:
        yield f"{path} is a {_kind(value)}, and should be a {kind}"
    elif path in KEYS["words"] and value not in KEYS["words"][path]:
        yield f"{path} is {value}"
    elif path in KEYS["least"] and value < KEYS["least"][path]:
        yield f"{path} is less than {KEYS['least'][path]}"
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _faults(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from _faults(inner, f"{path}[]")


def _kind(value: Any) -> str:
    kinds = {bool: "boolean", str: "text", int: "number", float: "number", list: "list", dict: "mapping"}
    return kinds[type(value)]
