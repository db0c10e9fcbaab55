"""Judges Docker: the engine, BuildKit, buildx, the builder, Compose, and where images are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cispeed_tasks.plan.doctor import Line, Machine, Unseen, unseen
from cispeed_tasks.plan.engine import MINIMUM, version_numbers

INSTALL = "docs.docker.com/engine/install"
CHECK_INFO = "docker info"
NO_ENGINE = "no engine answers"


@dataclass(frozen=True)
class Need:
    """What one of our features needs of a tool, from which version on."""

    tool: str
    version: tuple[int, int]
    feature: str


NEEDS = (
    Need("engine", (23, 0), "BuildKit as the default builder"),
    Need("engine", (25, 0), "health checks every 100 ms while a stack starts (`start_interval`)"),
    Need("buildx", (0, 17), "bake's --allow"),
    Need("buildx", (0, 20), "times of images, and why a build failed (`docker buildx history`)"),
    Need("compose", (2, 24), "the overlays of hollow and full mode (`!override`, `!reset`)"),
    Need("compose", (2, 32), "`inv hollow-up --watch` (its action restart)"),
    Need("compose", (2, 33), "the optimised overlay (`additional_contexts: service:…`)"),
)


@dataclass(frozen=True)
class NoEngine:
    """Why no engine answers; `is_denied` where it is there and this user may not use it."""

    words: str
    is_denied: bool = False


@dataclass(frozen=True)
class Engine:
    """What an engine says of itself."""

    where: str
    version: str
    platform: str
    """Such as linux/amd64."""
    has_buildkit: bool
    """Whether BuildKit is what it builds with unless it is told otherwise."""
    has_image_store: bool
    """Whether its images are in containerd's store."""
    storage: str
    root: str
    memory: int
    cpus: int
    cgroups: str
    """The cgroup version and driver, such as `v2, systemd`."""
    limits_memory: bool
    time: str
    """Its clock when it was asked, as ISO 8601 has it."""
    has_proxy: bool
    asked: float = 0.0
    """This machine's clock then, in seconds since 1970."""


@dataclass(frozen=True)
class Settings:
    """What this user has set of the docker command line."""

    buildkit: str | None
    """The variable DOCKER_BUILDKIT."""
    has_builder_alias: bool = False
    """Whether ~/.docker/config.json makes `docker build` an alias of buildx."""


@dataclass(frozen=True)
class Builder:
    """The builder in use, as buildx says it."""

    name: str
    driver: str
    status: str


def read_engine(
    where: str, info: Mapping[str, Any], version: Mapping[str, Any], builder: str, asked: float = 0.0
) -> Engine:
    """The engine of its answers to /info and /version (docs.docker.com/reference/api/engine).

    Args:
        where: its address.
        info: its answer to /info.
        version: its answer to /version.
        builder: its default builder; 2 is BuildKit.
        asked: when it was asked, in seconds since 1970.
    """
    return Engine(
        where=where,
        version=str(info.get("ServerVersion") or version.get("Version") or ""),
        platform=f"{version.get('Os', '')}/{version.get('Arch', '')}",
        has_buildkit=builder == "2",
        has_image_store=any("io.containerd.snapshotter" in str(value) for _, value in info.get("DriverStatus") or ()),
        storage=str(info.get("Driver") or ""),
        root=str(info.get("DockerRootDir") or ""),
        memory=int(info.get("MemTotal") or 0),
        cpus=int(info.get("NCPU") or 0),
        cgroups=f"v{info.get('CgroupVersion') or '1'}, {info.get('CgroupDriver') or 'no driver'}",
        limits_memory=bool(info.get("MemoryLimit")),
        time=str(info.get("SystemTime") or ""),
        has_proxy=bool(info.get("HttpProxy") or info.get("HttpsProxy")),
        asked=asked,
    )


def judge_engine(engine: Engine | NoEngine | Unseen, machine: Machine) -> Line:
    """Whether an engine answers, and is new enough."""
    if isinstance(engine, Engine):
        return _version("engine", engine.version, f"{engine.version}, {engine.platform}, at {engine.where}", machine)
    if isinstance(engine, NoEngine) and engine.is_denied:
        group = f'{machine.sudo}usermod -aG docker "$USER", then log in again'
        return Line("engine", "fault", engine.words, group)
    is_stuck = isinstance(engine, Unseen) and not machine.is_elsewhere
    return Line("engine", "fault", engine.words, machine.restart if is_stuck else _start(machine))


def judge_buildkit(engine: Engine | NoEngine | Unseen, settings: Settings, machine: Machine) -> Line:
    """Whether `docker build` and `docker compose build` by hand are BuildKit's, as the tasks' own builds are."""
    if settings.buildkit is not None and settings.buildkit.lower() in {"0", "false"}:
        words = (
            f"DOCKER_BUILDKIT={settings.buildkit} turns it off for `docker build` and `docker compose build` by hand"
        )
        return Line("BuildKit", "warning", words, "unset DOCKER_BUILDKIT")
    if not isinstance(engine, Engine):
        return unseen("BuildKit", without(engine))
    if engine.has_buildkit:
        return Line("BuildKit", "ok", "the engine's default builder")
    if settings.buildkit or settings.has_builder_alias:
        return Line("BuildKit", "ok", "turned on here; this engine's own default is the old builder")
    mend = (
        "export DOCKER_BUILDKIT=1; for good: docker buildx install, which writes "
        '{"aliases": {"builder": "buildx"}} into ~/.docker/config.json, or '
        + machine.daemon_setting('"features": {"buildkit": true}')
        + f"; `{CHECK_INFO}` names buildx under its plugins, and the engine's version"
    )
    return Line("BuildKit", "warning", "off by default on an engine before 23.0", mend)


def judge_buildx(version: str | Unseen | None, machine: Machine) -> Line:
    """Whether buildx is there, and new enough."""
    return unseen("buildx", version) if isinstance(version, Unseen) else _version("buildx", version, version, machine)


def judge_compose(version: str | Unseen | None, machine: Machine) -> Line:
    """Whether Compose is there, and new enough."""
    return unseen("Compose", version) if isinstance(version, Unseen) else _version("compose", version, version, machine)


def judge_builder(builder: Builder | Unseen | None, engine: Engine | NoEngine | Unseen) -> Line:
    """Whether the builder in use can build; the engine's own says nothing where no engine answers."""
    if isinstance(builder, Unseen):
        return unseen("builder", builder)
    if builder is None and not isinstance(engine, Engine):
        return unseen("builder", without(engine))
    if builder is None:
        return Line("builder", "warning", "buildx names none", "docker buildx use default")
    words = f"{builder.name}, driver {builder.driver}"
    if builder.status in {"error", "stopped"}:
        mend = f"docker buildx inspect --bootstrap {builder.name}, or docker buildx use default"
        return Line("builder", "fault", f"{words}: {builder.status}", mend)
    return Line("builder", "ok", words)


def judge_image_store(engine: Engine | NoEngine | Unseen, builder: Builder | Unseen | None, machine: Machine) -> Line:
    """Whether the engine's own builder can write build caches."""
    if not isinstance(engine, Engine):
        return unseen("image store", without(engine))
    if engine.has_image_store:
        return Line("image store", "ok", f"containerd's ({engine.storage}); builds can write caches")
    if isinstance(builder, Builder) and builder.driver != "docker":
        return Line("image store", "ok", f"{engine.storage}; the builder {builder.name} writes caches by itself")
    words = f"{engine.storage}, not containerd's: `--cache local` and `--cache registry` are read and never written"
    return Line("image store", "warning", words, machine.daemon_setting('"features": {"containerd-snapshotter": true}'))


def without(engine: NoEngine | Unseen) -> Unseen:
    """What hangs on the engine; the engine's own line says why it does not answer."""
    return Unseen(NO_ENGINE) if isinstance(engine, NoEngine) else engine


def _version(tool: str, version: str | None, words: str | None, machine: Machine) -> Line:
    subject = {"compose": "Compose"}.get(tool, tool)
    least = ".".join(map(str, MINIMUM[tool]))
    if version is None:
        return Line(subject, "fault", f"missing; {least} or newer is needed", _install(machine))
    lacking = [need for need in NEEDS if need.tool == tool and version_numbers(version) < need.version]
    if not lacking:
        return Line(subject, "ok", str(words))
    features = "; ".join(need.feature for need in lacking)
    if version_numbers(version) < MINIMUM[tool]:
        return Line(subject, "fault", f"{version}, {least} or newer is needed, for {features}", _install(machine))
    newest = ".".join(map(str, max(need.version for need in lacking)))
    return Line(subject, "warning", f"{version}; what is missing without {newest}: {features}", _install(machine))


def _install(machine: Machine) -> str:
    if machine.system == "Linux" and machine.can_install and not machine.is_elsewhere:
        return "inv engine-up" if machine.is_root else "inv engine-up, as root"
    return f"update Docker Desktop ({INSTALL})" if machine.system != "Linux" else f"install it anew: {INSTALL}"


def _start(machine: Machine) -> str:
    if machine.is_rootless:
        return "systemctl --user start docker"
    if machine.is_elsewhere:
        return "unset DOCKER_HOST DOCKER_CONTEXT; docker context use default, or start the engine there"
    if machine.system == "Darwin":
        return "open -a Docker"
    if machine.system == "Windows":
        return "start Docker Desktop"
    if machine.has_dockerd and machine.has_systemd:
        return f"{machine.sudo}systemctl start docker"
    return _install(machine)
