"""The words that more than one room says, as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Mount:
    """A mount of a service, as the resolved Compose model has it; `source` of a bind is an absolute path."""

    type: str
    source: str | None
    target: str
    read_only: bool = False


@dataclass(frozen=True)
class Build:
    """The build section of a service. `context` is an absolute directory or a URL; `raw` is the whole section."""

    context: str
    dockerfile: str
    dockerfile_inline: str | None
    target: str | None
    args: Mapping[str, str | None]
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Port:
    """A published port; `published` is None when the engine chooses one."""

    target: int
    published: str | None
    protocol: str = "tcp"
    host_ip: str | None = None


@dataclass(frozen=True)
class Service:
    """A Compose service after profiles, files and variables are resolved; its values stay in memory."""

    name: str
    image: str | None
    build: Build | None
    mounts: tuple[Mount, ...]
    ports: tuple[Port, ...]
    command: tuple[str, ...] | None
    entrypoint: tuple[str, ...] | None
    working_dir: str | None
    healthcheck: Mapping[str, Any] | None
    depends_on: Mapping[str, str]
    """The name of each service that it waits for, with the condition."""
    restart: str | None
    profiles: tuple[str, ...]
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Stack:
    """A Compose project as `docker compose config` resolves it."""

    project: str
    services: Mapping[str, Service]
    volumes: Mapping[str, Mapping[str, Any]]
    networks: Mapping[str, Mapping[str, Any]]
    secrets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    configs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class ContainerState:
    """One container as the engine sees it; `running_for` is in seconds."""

    service: str
    status: str
    health: str | None
    exit_code: int
    restarts: int
    running_for: float
    name: str = ""
    health_output: str = ""
    """The last line that its health check printed."""


@dataclass(frozen=True)
class Override:
    """A value that replaces, rather than merges with, what the user's Compose files say (Compose's `!override`)."""

    value: Any


@dataclass(frozen=True)
class Reset:
    """An entry of the user's Compose files that is taken away (Compose's `!reset`)."""


@dataclass(frozen=True)
class Assumption:
    """Something that was inferred and may be wrong, and the line of cispeed.yaml that would settle it."""

    subject: str
    text: str
    write: str

    def __str__(self) -> str:
        """A line for a person."""
        return f"{self.subject}: {self.text} (to settle it: {self.write})"


@dataclass(frozen=True)
class Folder:
    """What was seen of a directory: the names of its files (and of those in requirements/), and package.json's scripts."""

    files: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    """Those of its directories that are virtual environments of Python."""


@dataclass(frozen=True)
class Target:
    """One image to build, as bake uses the word."""

    name: str
    kind: str
    """base, hollow, full or playwright."""
    subject: str
    """The base's or service's name that the image is for."""
    tag: str
    context: str
    """An absolute directory or a URL."""
    dockerfile: Path
    """An absolute path."""
    dockerfile_text: str = field(repr=False)
    stage: str | None
    args: Mapping[str, str | None]
    contexts: Mapping[str, str]
    """Named contexts: the name as the Dockerfile writes it → `target:NAME`, `docker-image://…` or a directory."""
    cause: str
    generated: bool
    ignore_text: str | None = field(default=None, repr=False)
    """The text of the generated ignore file; None leaves the context's own in force."""
    copied_to: Path | None = None
    """Where a user's own Dockerfile is built from, beside a generated ignore file; an absolute path."""
    dependency_names: tuple[str, ...] = ()
    """The targets that it stands on."""
    inline: bool = False
    """Whether its Dockerfile stands in the Compose file, where it may hold values of the environment."""
    labels: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The labels that the user's build section gives the image."""
    max_age: float | None = None
    """Seconds after which a base that installs from moving archives is built anew."""
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What a Compose build section says besides (secrets, ssh, network, shm_size …), in bake's words."""

    @property
    def built_from(self) -> Path:
        """The Dockerfile that the engine reads: its own one, or the copy of it; an absolute path."""
        return self.copied_to or self.dockerfile

    @property
    def repository(self) -> str:
        """Its tag without what stands behind the last colon."""
        return self.tag.rsplit(":", 1)[0] if ":" in self.tag.rsplit("/", 1)[-1] else self.tag


class ContextFile(NamedTuple):
    """An entry of a build context: its path with slashes, relative to it, in which lone surrogates are raw bytes.

    A named tuple, since there may be tens of thousands of them.
    """

    path: str
    kind: str
    """file, directory, link or other."""
    mode: int = 0o644
    """The permission bits."""
    size: int = 0
    stamp: tuple[int, int, int] = (0, 0, 0)
    """When its content and its entry changed, in nanoseconds, and its inode: whether it is still what was looked at."""
    link: str | None = None
    """What a link says, as it says it."""

    @property
    def executable(self) -> bool:
        """Whether it is a file that its owner may run."""
        return self.kind == "file" and bool(self.mode & 0o100)


@dataclass(frozen=True)
class SeenImage:
    """An image with the project's label; `target` and `kind` are its labels, `created` seconds since 1970."""

    id: str
    target: str
    kind: str
    tags: tuple[str, ...]
    created: float
    bytes: int
    in_use: bool = False


@dataclass(frozen=True)
class SeenVolume:
    """A volume with the project's label; `kind` is dependencies, cache or data."""

    name: str
    kind: str
    bytes: int
    in_use: bool


@dataclass(frozen=True)
class Observed:
    """What the engine and .cispeed/ have of one project."""

    images: tuple[SeenImage, ...] = ()
    volumes: tuple[SeenVolume, ...] = ()
    containers: tuple[tuple[str, str], ...] = ()
    """Stopped containers: id and name."""
    results: tuple[str, ...] = ()
    """Names of result folders of Playwright runs, oldest first."""


@dataclass(frozen=True)
class MountArchive:
    """A cache mount as it was saved once, in a directory or a registry.

    `place` is the archive's file, or the image's reference; `saved` is in seconds since 1970; `locks` are the lock files
    that it was saved for, each with its digest. `fault` says why it cannot be used.
    """

    key: str
    prefix: str
    place: str
    saved: float = 0.0
    bytes: int = 0
    files: int = 0
    locks: Mapping[str, str] = field(default_factory=dict)
    project: str = ""
    fault: str | None = None
