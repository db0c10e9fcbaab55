"""What each service is: where its source lies, which packages it installs, and which image each mode gives it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cispeed_tasks.config_schema import Config, ServiceConfig
from cispeed_tasks.errors import ConfigError
from cispeed_tasks.model import Assumption, Folder, Mount, Service, Stack
from cispeed_tasks.plan.dockerfile import Dockerfile
from cispeed_tasks.plan.dockerfile_once import read_once
from cispeed_tasks.plan.hollow_source import HollowSource, with_hollow_source
from cispeed_tasks.plan.image_names import canonical
from cispeed_tasks.plan.packages import Packages, find_packages, named_packages
from cispeed_tasks.plan.places import in_directory, is_inside

DEFAULT_WORKDIR = "/app"
SERVERS = re.compile(r"\b(nginx|httpd|caddy|traefik|haproxy|scratch|distroless|static-web-server)\b")
DEPENDENCY_DIRECTORIES = ("node_modules", ".venv", "venv", "site-packages", "__pypackages__")


@dataclass(frozen=True)
class Facts:
    """What was seen of the checkout: folders and texts by absolute path."""

    root: Path
    folders: Mapping[str, Folder]
    texts: Mapping[str, str]
    secrets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The Compose files' top-level secrets: where each one's value is, never the value."""


@dataclass(frozen=True)
class ServiceShape:
    """A service with everything that was inferred or configured about it."""

    service: Service
    config: ServiceConfig
    source: str | None
    """Absolute path of the source directory, where there is one in the checkout."""
    workdir: str
    packages: tuple[Packages, ...]
    image_source: str
    """own (a Dockerfile of the user's), generated (from a template), or image (used as it is)."""
    dockerfile: str | None
    """Absolute path of the user's Dockerfile, where there is one."""
    context: str | None
    stage: str | None
    assumptions: tuple[Assumption, ...] = ()
    serves_only: bool = False
    """Whether its Dockerfile ends in an image that installs no packages, such as nginx with a built front end."""
    hollow: HollowSource | None = None
    """What it gets in hollow mode; None where it runs as Compose says, or from its full image."""

    @property
    def can_be_hollow(self) -> bool:
        """Whether hollow mode mounts its source and installs its packages at start; else it runs as Compose says."""
        return self.hollow is not None


def shape_services(stack: Stack, config: Config, facts: Facts) -> dict[str, ServiceShape]:
    """Work out the shape of every service, by its name."""
    return {
        name: shape_service(
            service, config.services.get(name, ServiceConfig()), facts, shares_image=image_owner(stack, name) != name
        )
        for name, service in stack.services.items()
    }


def image_owner(stack: Stack, name: str) -> str:
    """The service whose build makes the image of `name`: itself, or the one whose image it names."""
    service = stack.services[name]
    if service.build is not None or service.image is None:
        return name
    for other, owner in stack.services.items():
        names = {canonical(word) for word in (owner.image, f"{stack.project}-{other}") if word}
        if owner.build is not None and canonical(service.image) in names:
            return other
    return name


def shape_service(service: Service, config: ServiceConfig, facts: Facts, *, shares_image: bool = False) -> ServiceShape:
    """Work out the shape of one service; raises ConfigError when its Dockerfile is missing.

    Args:
        service: the service.
        config: its section of the config.
        facts: what was seen of the checkout.
        shares_image: whether its image is the one that another service builds.
    """
    dockerfile, context, stage = _own_dockerfile(service, config, facts)
    source, workdir = _source(service, config, facts, context, dockerfile, stage)
    folder = facts.folders.get(source or "", Folder())
    if config.managers:
        packages = tuple(named_packages(manager, folder.files) for manager in config.managers)
        assumptions: tuple[Assumption, ...] = ()
    else:
        packages, assumptions = find_packages(service.name, folder.files)
    kind = _image_source(service, config, dockerfile, bool(packages and source and not shares_image))
    if kind == "generated" and not (packages and source):
        raise ConfigError(
            f"services.{service.name}: no lock file or manifest of a package manager in {source or 'its context'}, so no "
            f"Dockerfile can be generated; write services.{service.name}.source, .managers or .dockerfile"
        )
    if kind == "generated" and len(packages) > 1 and not config.managers:
        text = (
            f"its image is generated for {packages[0].manager}; what {packages[1].manager} would install is not in it"
        )
        assumptions += (Assumption(service.name, text, f"services.{service.name}.dockerfile: with both"),)
    serves_only = kind == "own" and not config.base and _serves_only(facts.texts.get(dockerfile or ""), service, stage)
    shape = ServiceShape(
        service, config, source, workdir, packages, kind, dockerfile, context, stage, assumptions, serves_only
    )
    return with_hollow_source(shape, facts)


def source_mount(shape: ServiceShape) -> Mount | None:
    """The bind mount that brings the source directory, where the Compose file has it."""
    binds = (mount for mount in shape.service.mounts if mount.type == "bind")
    return next((mount for mount in binds if mount.source == shape.source and mount.target == shape.workdir), None)


def is_dependency_mount(mount: Mount) -> bool:
    """Whether a volume holds installed packages, by the name of the directory that it is mounted on."""
    return mount.type in {"volume", "bind"} and Path(mount.target).name in DEPENDENCY_DIRECTORIES


def in_checkout(path: str | None, root: Path) -> bool:
    """Whether an absolute path is the checkout or lies inside it."""
    return path is not None and is_inside(path, str(root))


def is_remote(context: str) -> bool:
    """Whether a build context is a URL or a git repository (Compose specification, 'context')."""
    return "://" in context or context.startswith(("git@", "github.com/"))


def command_words(text: str) -> tuple[str, ...]:
    """A command of the config as an argument list; a shell runs it when it has a shell's signs."""
    if any(sign in text for sign in "|&;<>$`\n"):
        return ("/bin/sh", "-c", text)
    return tuple(shlex.split(text))


def _own_dockerfile(service: Service, config: ServiceConfig, facts: Facts) -> tuple[str | None, str | None, str | None]:
    if config.dockerfile:
        path = in_directory(facts.root, config.dockerfile)
        if path not in facts.texts:
            raise ConfigError(
                f"services.{service.name}.dockerfile: there is no file '{config.dockerfile}'; correct the path"
            )
        context = service.build.context if service.build else str(Path(path).parent)
        if config.context:
            context = in_directory(facts.root, config.context)
        return path, context, config.target
    if service.build is None or is_remote(service.build.context) or service.build.dockerfile_inline is not None:
        return None, service.build.context if service.build else None, service.build.target if service.build else None
    path = in_directory(service.build.context, service.build.dockerfile)
    known = path if path in facts.texts else None
    if known is None and not config.base:
        raise ConfigError(
            f"services.{service.name}: its Dockerfile {path} does not exist; correct build.dockerfile in the Compose file"
        )
    return known, service.build.context, service.build.target


def _source(
    service: Service,
    config: ServiceConfig,
    facts: Facts,
    context: str | None,
    dockerfile: str | None,
    stage: str | None,
) -> tuple[str | None, str]:
    mount = _source_bind(service, facts, context)
    source = mount.source if mount else context
    if config.source:
        source = in_directory(facts.root, config.source)
    if source is None or is_remote(source) or source not in facts.folders:
        source = None
    workdir = config.workdir or (mount.target if mount else None) or service.working_dir
    return source, workdir or _workdir(facts.texts.get(dockerfile or ""), service, stage)


def _source_bind(service: Service, facts: Facts, context: str | None) -> Mount | None:
    """The bind that looks most like the source: it holds a package manager's files, or is the build context."""
    binds = [
        m
        for m in service.mounts
        if m.type == "bind" and m.source in facts.folders and in_checkout(m.source, facts.root)
    ]
    with_packages = [m for m in binds if find_packages(service.name, facts.folders[str(m.source)].files)[0]]
    return next(iter(with_packages), None) or next((m for m in binds if m.source == context), None)


def _workdir(text: str | None, service: Service, stage: str | None) -> str:
    if text is None:
        return DEFAULT_WORKDIR
    try:
        return _read(text, service).workdir(stage) or DEFAULT_WORKDIR
    except ConfigError as error:
        raise ConfigError(f"services.{service.name}: {error}") from error


def _serves_only(text: str | None, service: Service, stage: str | None) -> bool:
    try:
        root = _read(text, service).root_image(stage) if text else None
    except ConfigError as error:
        raise ConfigError(f"services.{service.name}: {error}") from error
    return bool(root and SERVERS.search(root))


def _read(text: str, service: Service) -> Dockerfile:
    try:
        return read_once(text, service.build.args if service.build else {})
    except ConfigError as error:
        raise ConfigError(f"the Dockerfile of {service.name}:{error}") from error


def _image_source(service: Service, config: ServiceConfig, dockerfile: str | None, can_be_generated: bool) -> str:
    if config.dockerfile:
        return "own"
    if config.base:
        return "generated"
    if dockerfile or service.build:
        return "own"
    return "generated" if can_be_generated else "image"
