"""Give this machine a Docker Engine, and take it away again; what was done is recorded so that it can be undone."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

from cispeed_tasks.errors import ToolError, WorkFailed
from cispeed_tasks.plan.engine import (
    ARCHIVE_FILES,
    DAEMON_CONFIG,
    DAEMON_LOG,
    Machine,
    Step,
    apt_pin,
    apt_source,
    packages,
    plan_engine,
)
from cispeed_tasks.tools import apt, engine, host, process, terminal

RECORD = Path("/var/lib/cispeed/engine.json")
PID_FILE = Path("/var/run/docker.pid")
INSTALL_SECONDS = 900.0
START_SECONDS = 60.0


def look() -> Machine:
    """See what this machine has."""
    release = host.os_release()
    distribution = release.get("ID", "")
    mirror, keyring = host.apt_mirror(distribution)
    has_apt = process.on_path("apt-get") is not None
    wanted = packages(distribution)
    where = engine.endpoint()
    return Machine(
        system=host.system(),
        distribution=distribution,
        codename=release.get("VERSION_CODENAME", ""),
        is_root=host.is_root(),
        has_apt=has_apt,
        has_systemd=host.has_systemd(),
        engine_version=engine.version(),
        remote=None if where in {"unix:///var/run/docker.sock", "unix:///run/docker.sock"} else where,
        dockerd=process.on_path("dockerd"),
        compose_version=engine.plugin_version("compose"),
        buildx_version=engine.plugin_version("buildx"),
        mirror=mirror,
        keyring=keyring,
        daemon_config_exists=Path(DAEMON_CONFIG).exists(),
        missing_packages=tuple(name for name in wanted if name not in apt.installed(wanted)) if has_apt else wanted,
    )


def engine_up(*, dry_run: bool) -> None:
    """Install and start an engine where none answers; says first what it will do and how that is undone."""
    machine = look()
    plan = plan_engine(machine)
    if plan.refusal:
        raise ToolError(plan.refusal)
    terminal.plan(str(plan))
    if dry_run:
        return
    for step in plan.steps:
        _act(step, machine)
    if plan.steps:
        _recheck()
        terminal.outcome("ok", f"Docker Engine {engine.version()} answers.")


def _recheck() -> None:
    """What was installed has to be enough; an archive may hold older versions than its suite's name promises."""
    again = plan_engine(look())
    if again.steps or again.refusal:
        raise ToolError(f"after installing: {again}")


def engine_down(*, purge: bool) -> None:
    """Stop the engine that `engine_up` started; with `purge`, also remove what it installed and wrote."""
    record = _record()
    if not record:
        terminal.tell("engine-up has done nothing on this machine; nothing to undo.")
        return
    _stop(record)
    if purge:
        _purge(record)


def _act(step: Step, machine: Machine) -> None:
    started = time.monotonic()
    if step.action == "install":
        _install(step.subject.split())
    elif step.action == "write":
        _write(Path(step.subject), machine)
    else:
        _start(systemd=machine.has_systemd)
    terminal.outcome("ok", f"{step.action} {step.subject} ({terminal.seconds(time.monotonic() - started)})")


def _write(path: Path, machine: Machine) -> None:
    texts = {
        ARCHIVE_FILES[0]: apt_source(machine.mirror or "", machine.keyring),
        ARCHIVE_FILES[1]: apt_pin(),
        DAEMON_CONFIG: json.dumps({"features": {"containerd-snapshotter": True}}, indent=2) + "\n",
    }
    _remember("files", [str(path)])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(texts[str(path)])


def _install(wanted: list[str]) -> None:
    before = apt.all_installed()
    terminal.note("  installing, which takes about half a minute …")
    try:
        apt.install(wanted, timeout=INSTALL_SECONDS)
    except WorkFailed as error:
        raise ToolError(
            f"the engine's packages could not be installed, and nothing was started; mend what apt names, then type inv engine-up again.\n{error}"
        ) from error
    finally:
        _remember("packages", sorted(apt.all_installed() - before))


def _start(*, systemd: bool) -> None:
    if systemd:
        process.ask(["systemctl", "enable", "--now", "docker"])
        _remember("systemd", ["docker"])
    else:
        _clear_stale_pid_file()
        _remember("pid", process.detach(["dockerd"], log=Path(DAEMON_LOG)))
    deadline = time.monotonic() + START_SECONDS
    while engine.version() is None:
        if time.monotonic() > deadline:
            raise ToolError(
                f"dockerd does not answer after {START_SECONDS:g} s; mend what its last lines name, then type inv engine-up again ({DAEMON_LOG}):\n{_log_tail()}"
            )
        _fail_if_dead(_record().get("pid"))
        time.sleep(0.2)


def _fail_if_dead(pid: object) -> None:
    if isinstance(pid, int) and not host.process_is(pid, "dockerd"):
        raise ToolError(
            f"dockerd ended at once; mend what its last lines name, then type inv engine-up again ({DAEMON_LOG}):\n{_log_tail()}"
        )


def _clear_stale_pid_file() -> None:
    """An engine that was killed leaves its pid file, and a new one refuses to start beside it."""
    if PID_FILE.is_file():
        text = PID_FILE.read_text().strip()
        if not (text.isdigit() and host.process_is(int(text), "dockerd")):
            PID_FILE.unlink()


def _log_tail() -> str:
    log = Path(DAEMON_LOG)
    return (
        "\n".join(f"    {line}" for line in log.read_text(errors="replace").splitlines()[-8:]) if log.exists() else ""
    )


def _stop(record: dict[str, object]) -> None:
    if record.get("systemd"):
        process.ask(["systemctl", "disable", "--now", "docker", "docker.socket"], check=False)
        terminal.outcome("ok", "The engine is stopped; its images and volumes are kept.")
        return
    pid = record.get("pid")
    if not isinstance(pid, int) or not host.process_is(pid, "dockerd"):
        terminal.tell("The engine that engine-up started is not running.")
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + START_SECONDS
    while host.process_is(pid, "dockerd"):
        if time.monotonic() > deadline:
            raise ToolError(
                f"dockerd (process {pid}) does not stop; {DAEMON_LOG} may say why, and `kill -9 {pid}` ends it"
            )
        time.sleep(0.2)
    terminal.outcome("ok", "The engine is stopped; its images and volumes are kept.")


def _purge(record: dict[str, object]) -> None:
    names = record.get("packages")
    if isinstance(names, list) and names:
        apt.remove([str(name) for name in names], timeout=INSTALL_SECONDS)
        terminal.outcome("ok", f"removed {len(names)} packages")
    files = record.get("files")
    for name in files if isinstance(files, list) else []:
        Path(name).unlink(missing_ok=True)
        terminal.outcome("ok", f"removed {name}")
    RECORD.unlink(missing_ok=True)
    terminal.tell(
        "Images and volumes are left in /var/lib/docker and /var/lib/containerd; remove those by hand if unwanted."
    )


def _record() -> dict[str, object]:
    return dict(json.loads(RECORD.read_text())) if RECORD.is_file() else {}


def _remember(key: str, value: object) -> None:
    record = _record()
    known = record.get(key)
    record[key] = sorted({*known, *value}) if isinstance(known, list) and isinstance(value, list) else value
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    temporary = RECORD.with_suffix(".new")
    temporary.write_text(json.dumps(record, indent=2) + "\n")
    temporary.replace(RECORD)
