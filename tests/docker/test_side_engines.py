"""Engines beside the machine's own: nothing of them stays, not even after a kill, and the first one is not disturbed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from cispeed_tasks.plan.side_engine import RUNTIME, STATE
from cispeed_tasks.run import side_engines
from cispeed_tasks.tools import leftovers
from tests.docker.repositories import docker
from tests.docker.side_engines import docker_on

ROOT = "debian:trixie-slim"
KILLED = f"""
import subprocess, os, time
from cispeed_tasks.run import side_engines
with side_engines.side_engines(1, with_registry=True) as around:
    engine = around.engines[0]
    side_engines.load(["{ROOT}"], engine)
    words = ["docker", "run", "--detach", "{ROOT}", "sleep", "600"]
    subprocess.run(words, env={{**os.environ, **engine.env}}, check=True, stdout=subprocess.DEVNULL)
    print("it runs", flush=True)
    time.sleep(600)
"""


def traces() -> dict[str, object]:
    """What there is of side engines on this machine."""
    rules = [asked("iptables", "-S"), asked("iptables", "-t", "nat", "-S")]
    return {
        "namespaces": [line for line in asked("ip", "netns").splitlines() if line.startswith("cispeed")],
        "links": [line for line in asked("ip", "-o", "link").splitlines() if "cispeed" in line],
        "rules": [line for text in rules for line in text.splitlines() if "cispeed" in line],
        "processes": leftovers.processes_of([STATE, RUNTIME], "/cispeed0"),
        "directories": [path for place in (STATE, RUNTIME) if Path(place).exists() for path in Path(place).iterdir()],
    }


def asked(*argv: str) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=True, timeout=30).stdout


def test_two_engines_have_nothing_of_each_other_and_the_first_one_keeps_its_way_out() -> None:
    before = asked("iptables", "-S", "FORWARD")
    with side_engines.side_engines(2, with_registry=False) as around:
        one, other = around.engines
        side_engines.load([ROOT], one)
        assert docker_on(one, "image", "ls", "--quiet") != ""
        assert docker_on(other, "image", "ls", "--quiet") == ""
        probe = ("run", "--rm", ROOT, "cat", "/proc/net/route")
        assert len(docker(*probe).splitlines()) == len(docker_on(one, *probe).splitlines()) > 1
        one.keep(f"{around.room}/kept")
        other.empty(f"{around.room}/kept")
        assert docker_on(other, "run", "--rm", ROOT, "echo", "whole") == "whole\n"
    assert asked("iptables", "-S", "FORWARD") == before


def test_what_a_killed_run_left_is_taken_away_at_the_next_start() -> None:
    with subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "it runs\n"
        process.send_signal(signal.SIGKILL)
    assert traces()["namespaces"] != []
    with side_engines.side_engines(1, with_registry=False) as around:
        assert docker_on(around.engines[0], "ps", "--all", "--quiet") == ""
    assert {name: found for name, found in traces().items() if found} == {}
