"""The keys of cispeed.yaml, their types, defaults and descriptions: the one place that says them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

Text = Annotated[str, StringConstraints(min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_.-]+$")]
AGE_PATTERN = r"^[1-9]\d{0,5}[mhdw]$"
Age = Annotated[str, StringConstraints(pattern=AGE_PATTERN)]
"""A number of minutes, hours, days or weeks."""
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
ManagerName = Literal["poetry", "pip", "uv", "npm", "pnpm", "yarn", "bun"]

ClusterName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$")]
"""A host name of at most 32 letters, which is what k3d allows."""
PortMapping = Annotated[
    str, StringConstraints(pattern=r"^(\d{1,3}(\.\d{1,3}){3}:)?[1-9]\d{0,4}:[1-9]\d{0,4}(/(tcp|udp))?$")
]

MountAction = Literal["keep", "drop", "bake", "fresh"]
CacheWord = Literal["auto", "none", "local", "registry", "gha", "inline"]
WORD, MAPPING = "[word]", "[mapping]"
"""How a value that may be either is told apart; no place in the file has such a name."""


class Section(BaseModel):
    """A part of the file; a key that it does not know is a fault."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, alias_generator=lambda s: s.replace("_", "-")
    )


class RootConfig(Section):
    """How a root image is made where no registry answers."""

    suite: Text = Field(description="Debian suite that debootstrap installs, such as trixie")
    packages: tuple[Text, ...] = Field((), description="Debian packages to install in it")
    commands: tuple[Text, ...] = Field((), description="shell commands to run after the packages are installed")
    env: dict[str, str] = Field(default_factory=dict, description="environment variables of the image")


class BaseImageConfig(Section):
    """A shared base image of the project's own."""

    image: Text = Field(description="name and tag, as FROM lines name it")
    context: Text = Field(description="build context, relative to the project's directory")
    dockerfile: Text = Field("Dockerfile", description="Dockerfile, relative to the context")
    target: Text | None = Field(None, description="stage to build; the last one by default")
    args: dict[str, str] = Field(default_factory=dict, description="build arguments")
    max_age: Age | None = Field(
        None,
        description="how long what it installs from moving archives may be kept, such as 7d or 24h; for ever by default",
    )
    runtime: Text | None = Field(
        None, description="image that finished services stand on; for Python the base's own root image"
    )


class ServiceConfig(Section):
    """What cannot be inferred of a service."""

    base: Name | None = Field(
        None,
        description="base image (a key of `bases`) that it runs from when hollow, and installs its packages on when full",
    )
    dockerfile: Text | None = Field(
        None, description="own Dockerfile for full mode, relative to the project's directory"
    )
    context: Text | None = Field(None, description="build context of that Dockerfile; the Compose file's by default")
    target: Text | None = Field(None, description="stage of that Dockerfile")
    managers: tuple[ManagerName, ...] = Field((), description="package managers; inferred from the lock files")
    source: Text | None = Field(
        None, description="source directory on the host; inferred from the bind mount or build context"
    )
    workdir: Text | None = Field(
        None, description="directory of the source in the container; inferred from the bind mount"
    )
    command: Text | None = Field(None, description="command in full mode; the Compose file's by default")
    hollow_command: Text | None = Field(None, description="command in hollow mode; the Compose file's by default")
    build_script: Text | None = Field(
        None, description="script of package.json that builds the front end, such as build"
    )
    build_args: dict[str, str] = Field(
        default_factory=dict, description="ARG and ENV of a generated Dockerfile with their defaults"
    )
    system_packages: tuple[Text, ...] = Field((), description="distribution packages that the running service needs")
    mounts: dict[str, MountAction] = Field(
        default_factory=dict,
        description="what full mode does with a mount, by its place in the container: keep, drop, bake or fresh",
    )
    user: Literal["app", "root"] = Field(
        "app", description="user of a generated image; root where the service cannot do without"
    )
    tests: tuple[Text, ...] = Field(
        (), description="files, folders and globs of its tests; by default found by their folder and their names"
    )
    test_command: Text | None = Field(
        None, description="command that runs its tests in its source directory, such as npm test; pytest by default"
    )


class PlaywrightConfig(Section):
    """The Playwright image and run."""

    service: Text | None = Field(None, description="a service of the Compose files that runs Playwright already")
    directory: Text | None = Field(None, description="directory with package.json, playwright.config and the tests")
    base: Name | None = Field(
        None, description="base image (a key of `bases`); mcr.microsoft.com/playwright by default"
    )
    dockerfile: Text | None = Field(None, description="own Dockerfile, relative to the project's directory")
    include: tuple[Text, ...] = Field((), description="directories whose code the image holds beside the tests")
    env: dict[str, str] = Field(
        default_factory=dict, description="environment of the run, such as base URLs by service name"
    )
    results: tuple[Text, ...] = Field(
        (), description="paths in an own container's image to bring back besides the usual ones"
    )
    shm_size: Text = Field("1g", description="shared memory of the container, as docker writes sizes")


class CacheConfig(Section):
    """A build cache in BuildKit's own words; each target gets a name of its own in it."""

    type: Literal["auto", "none", "local", "registry", "gha", "inline", "s3"] = Field(
        description="kind of cache, as BuildKit names them; auto takes what the CI system and the builder can do"
    )
    ref: Text | None = Field(
        None, description="registry: where caches go, such as ghcr.io/org/repository; `registry:` by default"
    )
    dest: Text | None = Field(
        None, description="local: directory of the caches, relative to the project's; .cispeed/cache by default"
    )
    scope: Text | None = Field(None, description="gha: what the name of every target's scope begins with")
    bucket: Text | None = Field(None, description="s3: name of the bucket")
    region: Text | None = Field(None, description="s3: region of the bucket")
    prefix: Text | None = Field(None, description="s3: what the name of every object begins with")
    endpoint_url: Text | None = Field(None, description="s3: address of a server that is not Amazon's")
    mode: Literal["min", "max"] = Field("max", description="max caches every stage, min those of the finished image")
    compression: Literal["gzip", "zstd", "estargz", "uncompressed"] | None = Field(
        None, description="compression of the layers; BuildKit's choice by default"
    )
    write: Literal["always", "main", "never"] | None = Field(
        None,
        description="who writes it: always, only CI on the default branch (main), never; local always, the others main",
    )


def _kind(value: object) -> str:
    return MAPPING if isinstance(value, dict | Section) else WORD


CacheChoice = Annotated[
    Annotated[CacheWord, Tag(WORD)] | Annotated[CacheConfig, Tag(MAPPING)],
    Discriminator(_kind),
]


class CacheEnvironments(Section):
    """A build cache for each environment; one that is not named has the next wider one's."""

    local: CacheChoice | None = Field(None, description="on a person's machine; none by default")
    ci: CacheChoice | None = Field(None, description="in CI; none by default")
    main: CacheChoice | None = Field(None, description="in CI on the default branch; that of `ci` by default")
    pull_request: CacheChoice | None = Field(None, description="in CI for a pull request; that of `ci` by default")


class ClusterConfig(Section):
    """A Kubernetes cluster in containers, for tests."""

    provider: Literal["auto", "k3d", "kind"] = Field(
        "auto", description="what makes the cluster; auto takes k3d, or kind where that is what is installed"
    )
    name: ClusterName | None = Field(None, description="name of the cluster; PROJECT-cluster by default")
    image: Text | None = Field(
        None,
        description="image of its nodes, such as rancher/k3s:v1.31.5-k3s1 or kindest/node:v1.34.0; by default the provider's own",
    )
    agents: Annotated[int, Field(ge=0, le=20)] = Field(0, description="nodes besides the first")
    ports: tuple[PortMapping, ...] = Field(
        (), description="ports of this machine that lead into the cluster, as 8080:80 or 127.0.0.1:8080:30080/tcp"
    )
    registry: bool = Field(True, description="whether a registry runs beside it, on a free port of this machine")
    preload: tuple[Text, ...] = Field(
        (), description="images that are loaded besides those of full mode, such as postgres:16"
    )
    config: Text | None = Field(
        None, description="your own configuration file of k3d or kind, taken as it is; it says the rest then"
    )


class PrepareConfig(Section):
    """A command that the stack needs before its tests."""

    service: Text = Field(description="service whose image and environment the one-off container has")
    command: Text = Field(description="the command, such as bash scripts/prestart.sh")


class TimeoutsConfig(Section):
    """How long is waited, in seconds."""

    registry: Seconds = Field(5, description="seconds for a registry to answer before a root image is made locally")
    cluster: Seconds = Field(600, description="seconds until the Kubernetes cluster has to be there")
    ready: Seconds = Field(300, description="seconds until the whole stack has to be ready")
    prepare: Seconds = Field(600, description="seconds for each command before the tests")
    playwright: Seconds = Field(1800, description="seconds for the whole Playwright run")


class Config(Section):
    """A whole cispeed.yaml."""

    project: Name | None = Field(
        None, description="name that labels what the tasks make; the Compose project's by default"
    )
    directory: Text | None = Field(
        None, description="directory of the repository this file is about; its own cispeed.yaml is then read instead"
    )
    compose: tuple[Text, ...] = Field((), description="Compose files in their order; Compose's own choice by default")
    compose_directory: Text | None = Field(
        None, description="directory that paths in the Compose files start from; the first file's, as Compose has it"
    )
    profiles: tuple[Text, ...] = Field((), description="Compose profiles that are always active")
    registry: Text | None = Field(None, description="where --push puts images, such as ghcr.io/org/repository")
    roots: dict[str, RootConfig] = Field(default_factory=dict, description="root images, by name and tag")
    bases: dict[Name, BaseImageConfig] = Field(default_factory=dict, description="shared base images")
    services: dict[str, ServiceConfig] = Field(default_factory=dict, description="services, by their Compose names")
    playwright: PlaywrightConfig = Field(default_factory=PlaywrightConfig, description="the Playwright image and run")
    cache: Annotated[
        Annotated[CacheWord, Tag(WORD)] | Annotated[CacheEnvironments, Tag(MAPPING)],
        Discriminator(_kind),
    ] = Field(
        "none", description="build cache that survives the machine: a word for everywhere, or a choice by environment"
    )
    cluster: ClusterConfig = Field(
        default_factory=ClusterConfig, description="a Kubernetes cluster in containers, for tests"
    )
    prepare: tuple[PrepareConfig, ...] = Field((), description="commands before the tests, in their order")
    timeouts: TimeoutsConfig = Field(default_factory=TimeoutsConfig, description="how long is waited, in seconds")
