"""Overlays as YAML: text that a person reads, and that Compose itself understands."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from cispeed_tasks.model import Override, Reset
from cispeed_tasks.tools.compose_yaml import dump

BASE = """\
name: shop
services:
  web:
    image: web:1
    build: {context: .}
    container_name: web
    command: [old, command]
    environment: {KEPT: "1"}
    ports: ["8080:80"]
    volumes: ["./src:/app", "data:/data"]
    develop: {watch: [{path: ., action: rebuild}]}
volumes:
  data: {name: pinned}
"""


def resolved(directory: Path, *texts: str) -> dict[str, Any]:
    """What the real Compose makes of these files, one over the other."""
    for number, text in enumerate(texts):
        (directory / f"{number}.yml").write_text(text, encoding="utf-8")
    files = [word for number in range(len(texts)) for word in ("-f", f"{number}.yml")]
    argv = ["docker", "compose", *files, "config", "--format", "json"]
    done = subprocess.run(argv, cwd=directory, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_compose_reads_overrides_and_resets(tmp_path: Path) -> None:
    overlay = {
        "services": {
            "web": {
                "build": Reset(),
                "container_name": Reset(),
                "develop": Reset(),
                "command": Override(["new", "a $$HOME"]),
                "ports": Override([]),
                "volumes": Override([{"type": "volume", "source": "data", "target": "/data"}]),
                "environment": {"ADDED": "yes", "TIME": "0:0", "NUMBER": "010"},
            }
        },
        "volumes": {"data": Override({"name": "shop_data"})},
    }
    model = resolved(tmp_path, BASE, dump(overlay, "Made."))
    web = model["services"]["web"]
    assert {key: web.get(key) for key in ("build", "container_name", "develop", "ports")} == dict.fromkeys(
        ("build", "container_name", "develop", "ports")
    )
    assert web["command"] == ["new", "a $$HOME"]
    assert web["environment"] == {"KEPT": "1", "ADDED": "yes", "TIME": "0:0", "NUMBER": "010"}
    assert web["volumes"] == [{"type": "volume", "source": "data", "target": "/data"}]
    assert model["volumes"] == {"data": {"name": "shop_data"}}


def test_text_of_several_lines_arrives_as_it_is(tmp_path: Path) -> None:
    script = "#!/bin/sh\nset -eu\n\n  echo 'a: b' # é\n  case x in *) ;; esac\n"
    overlay: dict[str, Any] = {
        "services": {"web": {"configs": [{"source": "s"}]}},
        "configs": {"s": {"content": script}},
    }
    text = dump(overlay, "Made.")
    assert "    content: |\n      #!/bin/sh\n" in text
    assert resolved(tmp_path, BASE, text)["configs"]["s"]["content"] == script
    overlay["configs"]["s"]["content"] = "\ttab \nno end"
    assert resolved(tmp_path, BASE, dump(overlay, "x"))["configs"]["s"]["content"] == "\ttab \nno end"


def test_the_text_is_one_that_a_person_reads() -> None:
    shared = ["a"]
    model = {"b": shared, "a": shared, "é": "ü", "n": None, "o": Override({"x": 1}), "e": Override([]), "r": Reset()}
    assert (
        dump(model, "Made by cispeed.\nBy hand: x")
        == """\
# Made by cispeed.
# By hand: x
b:
- a
a:
- a
é: ü
n: null
o: !override
  x: 1
e: !override []
r: !reset 'null'
"""
    )
