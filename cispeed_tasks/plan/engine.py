"""Which steps give this machine a Docker Engine, and which undo them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DEBIAN_SUITE = "forky"
"""Debian 12 and 13 have no Compose ≥ 2.33 and buildx ≥ 0.17 of their own; forky's packages install on both."""

DEBIAN_PACKAGES = ("docker.io", "docker-cli", "docker-buildx", "docker-compose", "containerd")
UBUNTU_PACKAGES = ("docker.io", "docker-buildx", "docker-compose-v2")
COMMON_PACKAGES = ("iptables", "debootstrap", "git", "ca-certificates")
ARCHIVE_FILES = ("/etc/apt/sources.list.d/cispeed-docker.sources", "/etc/apt/preferences.d/cispeed-docker")
DAEMON_CONFIG = "/etc/docker/daemon.json"
DAEMON_LOG = "/var/log/cispeed-dockerd.log"
MINIMUM = {"engine": (25, 0), "compose": (2, 33), "buildx": (0, 17)}


@dataclass(frozen=True)
class Machine:
    """What was seen on this machine before anything is done."""

    system: str
    """`platform.system()`: Linux, Darwin or Windows."""
    distribution: str
    """`ID` of /etc/os-release, such as debian or ubuntu."""
    codename: str
    is_root: bool
    has_apt: bool
    has_systemd: bool
    engine_version: str | None
    """The version of the engine that answers, or None."""
    remote: str | None
    """Where DOCKER_HOST or the current context points when that is not this machine's own socket."""
    dockerd: str | None
    """The path of an installed dockerd."""
    compose_version: str | None
    buildx_version: str | None
    mirror: str | None
    """The package archive's address, as this machine's own apt sources name it."""
    keyring: str | None
    daemon_config_exists: bool
    missing_packages: tuple[str, ...] = field(default=())
    """Those of `packages(distribution)` that are not installed."""


@dataclass(frozen=True)
class Step:
    """One thing to do, why, and how it is undone."""

    action: str
    subject: str
    cause: str
    undo: str

    def __str__(self) -> str:
        """A line of the printed plan."""
        return f"{self.action} {self.subject}: {self.cause} (undo: {self.undo})"


@dataclass(frozen=True)
class EnginePlan:
    """The steps in their order; `refusal` is the sentence for a machine on which nothing can be done."""

    steps: tuple[Step, ...]
    answer: str
    refusal: str | None = None

    def __str__(self) -> str:
        """The plan as it is shown, a line a step."""
        if self.refusal:
            return self.refusal
        return "\n".join([self.answer, *(f"  {step}" for step in self.steps)])


def packages(distribution: str) -> tuple[str, ...]:
    """The distribution's packages that make an engine with buildx and Compose, and the root images."""
    return (UBUNTU_PACKAGES if distribution == "ubuntu" else DEBIAN_PACKAGES) + COMMON_PACKAGES


def plan_engine(machine: Machine) -> EnginePlan:
    """Decide what `engine-up` does here; where an engine and its plugins answer, nothing."""
    outdated = _outdated(machine)
    if machine.engine_version and not outdated:
        return EnginePlan((), f"Docker Engine {machine.engine_version} answers; nothing to do.")
    refusal = _refusal(machine, outdated)
    if refusal:
        return EnginePlan((), "", refusal)
    steps = [] if machine.dockerd and not outdated else _install_steps(machine)
    if not machine.engine_version:
        steps += _start_steps(machine)
    what = "no Docker Engine answers" if not machine.engine_version else "; ".join(outdated)
    return EnginePlan(tuple(steps), f"{what[0].upper()}{what[1:]}. To do:")


def _outdated(machine: Machine) -> list[str]:
    seen = {"engine": machine.engine_version, "compose": machine.compose_version, "buildx": machine.buildx_version}
    if machine.engine_version is None:
        seen.pop("engine")
    return outdated(seen)


def outdated(seen: Mapping[str, str | None]) -> list[str]:
    """A sentence for each tool that is missing or too old, with the version that is needed; `seen` are their versions."""
    return [
        f"{name} is {'missing' if version is None else version}, {'.'.join(map(str, MINIMUM[name]))} or newer is needed"
        for name, version in seen.items()
        if version is None or version_numbers(version) < MINIMUM[name]
    ]


def version_numbers(text: str) -> tuple[int, ...]:
    """The leading numbers of a version: `v2.40.3+ds1` is (2, 40, 3)."""
    numbers: list[int] = []
    for part in text.lstrip("v").split("."):
        digits = part[: next((i for i, letter in enumerate(part) if not letter.isdigit()), len(part))]
        if not digits:
            break
        numbers.append(int(digits))
    return tuple(numbers)


def _refusal(machine: Machine, outdated: list[str]) -> str | None:
    if machine.engine_version and outdated:
        need = "; ".join(outdated)
        if machine.remote or machine.system != "Linux":
            return f"{need}. Update Docker (Docker Desktop, or docs.docker.com/engine/install) and run this again."
    if machine.system != "Linux":
        name = {"Darwin": "macOS"}.get(machine.system, machine.system)
        return f"On {name} an engine comes with Docker Desktop: install and start it; every other task works there too."
    if machine.remote:
        return f"Docker is set to {machine.remote}, and nothing answers there: start that engine or unset DOCKER_HOST."
    if not machine.has_apt or machine.distribution not in {"debian", "ubuntu"}:
        return (
            f"engine-up installs on Debian and Ubuntu only, and this is {machine.distribution or 'unknown'}: install "
            "Docker Engine with the buildx and Compose plugins by hand (docs.docker.com/engine/install)."
        )
    if not machine.is_root:
        return "engine-up needs root to install and start an engine: run it as root, or ask for Docker Engine, buildx and Compose to be installed."
    if machine.mirror is None and (machine.dockerd is None or outdated):
        return "No package archive is named in this machine's apt sources: add one, or install Docker Engine with buildx and Compose by hand."
    return None


def _install_steps(machine: Machine) -> list[Step]:
    wanted = machine.missing_packages or packages(machine.distribution)
    install = Step("install", " ".join(wanted), "not installed, or too old", "inv engine-down --purge")
    if machine.distribution == "ubuntu":
        return [install]
    archive = Step(
        "write",
        ARCHIVE_FILES[0],
        f"adds {DEBIAN_SUITE} of {machine.mirror}, where Docker is new enough",
        "the file is removed",
    )
    pin = Step(
        "write", ARCHIVE_FILES[1], f"so that only Docker's packages come from {DEBIAN_SUITE}", "the file is removed"
    )
    return [archive, pin, install]


def _start_steps(machine: Machine) -> list[Step]:
    steps = []
    if not machine.daemon_config_exists:
        steps.append(
            Step(
                "write",
                DAEMON_CONFIG,
                "turns on the containerd image store, which exports caches",
                "the file is removed",
            )
        )
    how = "systemd starts it" if machine.has_systemd else f"in the background, log in {DAEMON_LOG}"
    return [*steps, Step("start", "dockerd", how, "inv engine-down")]


def apt_source(mirror: str, keyring: str | None) -> str:
    """The deb822 source that adds forky; the archive's address is the machine's own."""
    signed = f"Signed-By: {keyring}\n" if keyring else ""
    return (
        "# Made by `inv engine-up`; `inv engine-down --purge` removes it.\n"
        f"Types: deb\nURIs: {mirror}\nSuites: {DEBIAN_SUITE}\nComponents: main\n{signed}"
    )


def apt_pin() -> str:
    """Pins that let exactly Docker's packages come from forky (apt_preferences(5))."""
    return (
        "# Made by `inv engine-up`; `inv engine-down --purge` removes it.\n"
        f"Package: *\nPin: release n={DEBIAN_SUITE}\nPin-Priority: 100\n\n"
        f"Package: {' '.join(DEBIAN_PACKAGES)}\nPin: release n={DEBIAN_SUITE}\nPin-Priority: 990\n"
    )
