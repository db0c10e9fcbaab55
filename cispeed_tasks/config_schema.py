"""The keys of cispeed.yaml, their types, defaults and descriptions: the one place that says them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

Text = Annotated[str, StringConstraints(min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_.-]+$")]
AGE_PATTERN = r"^[1-9]\d{0,5}[mhdw]$"
PIN_PATTERN = r"^[0-9a-f]{40} [A-Za-z0-9._-]+$"
CRON_PATTERN = r"^[\d*/,-]+ [\d*/,-]+ [\d*/,-]+ [A-Za-z\d*/,-]+ [A-Za-z\d*/,-]+$"
Age = Annotated[str, StringConstraints(pattern=AGE_PATTERN)]
"""A number of minutes, hours, days or weeks."""
SIZE_PATTERN = r"^\d+(\.\d+)? ?([kMGT]i?)?B$"
Size = Annotated[str, StringConstraints(pattern=SIZE_PATTERN)]
"""A number of bytes as Docker prints it, such as 500MB or 1.5GiB."""
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
ManagerName = Literal["poetry", "pip", "uv", "npm", "pnpm", "yarn", "bun"]

CLUSTER_NAME_PATTERN = r"^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$"
ClusterName = Annotated[str, StringConstraints(pattern=CLUSTER_NAME_PATTERN)]
"""A host name of at most 32 letters, which is what k3d allows."""
PORTS_PATTERN = r"^(\d{1,3}(\.\d{1,3}){3}:)?[1-9]\d{0,4}:[1-9]\d{0,4}(/(tcp|udp))?$"
PortMapping = Annotated[str, StringConstraints(pattern=PORTS_PATTERN)]
"""A port of this machine, with or without its address, and one of a cluster."""

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


class BuildConfig(Section):
    """How images are built."""

    parallel: int | None = Field(
        None,
        ge=1,
        description="images that are built at once; by default as many as the engine's CPUs and memory allow",
    )
    compression: Literal["zstd", "gzip", "uncompressed"] = Field(
        "zstd",
        description="how the engine's own builder packs the layers of images, where the engine has containerd's store; "
        "gzip for registries and machines that are older than Docker 23",
    )


class BuilderConfig(Section):
    """A builder of buildx; one that is missing is created where `driver` says how."""

    name: Name = Field(description="the builder's name, as `docker buildx ls` shows it")
    driver: Literal["docker-container", "kubernetes", "remote"] | None = Field(
        None, description="what it is created with where it is missing; without it, it has to be there"
    )
    endpoint: Text | None = Field(
        None,
        description="remote: BuildKit's address, such as tcp://buildkit.example:1234; docker-container: a Docker context",
    )
    options: dict[str, str] = Field(
        default_factory=dict,
        description="the driver's options, such as image, namespace or replicas, as buildx names them",
    )
    platforms: tuple[Text, ...] = Field(
        (), description="platforms that it builds for, such as linux/amd64; its own choice"
    )
    flags: Text | None = Field(None, description="BuildKit's flags, in one line")
    config: Text | None = Field(
        None, description="BuildKit's config file (buildkitd.toml), relative to the project's directory"
    )


BuilderChoice = Annotated[
    Annotated[Name, Tag(WORD)] | Annotated[BuilderConfig, Tag(MAPPING)],
    Discriminator(_kind),
]


class CacheMountsConfig(Section):
    """How cache mounts of Dockerfiles are kept beyond the engine that they are on."""

    directory: Text | None = Field(
        None, description="directory of the archives, relative to the project's; .cispeed/cache-mounts by default"
    )
    registry: Text | None = Field(
        None, description="registry that keeps them instead of a directory, such as ghcr.io/org/repository"
    )
    limit: Size = Field("2GB", description="size of all that is kept, such as 500MB; what was used last stays")
    keep: tuple[Text, ...] = Field((), description="the only mounts that are kept, by their ids; all by default")
    drop: tuple[Text, ...] = Field((), description="mounts that are not kept, by their ids")
    image: Text | None = Field(
        None, description="image that reads and writes them, with a shell, cp, find and stat; the project's by default"
    )
    write: Literal["always", "main", "never"] | None = Field(
        None,
        description="who saves: always, only CI on the default branch (main), never; a directory always, a registry main",
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
    cache_mount: Seconds = Field(300, description="seconds for saving or restoring one cache mount")
    prepare: Seconds = Field(600, description="seconds for each command before the tests")
    shard: Seconds = Field(300, description="seconds that a shard waits at most for an image that another one builds")
    playwright: Seconds = Field(1800, description="seconds for the whole Playwright run")


class BudgetConfig(Section):
    """What an image may cost; what is not named may cost anything."""

    image_bytes: Size | None = Field(None, description="size of the image, such as 500MB")
    build_seconds: Seconds | None = Field(None, description="seconds that its build may take")
    context_bytes: Size | None = Field(None, description="size of its build context, such as 10MB")
    growth_percent: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = Field(
        None, description="how much larger than that of the base branch the image may be, in percent"
    )


class BudgetsConfig(BudgetConfig):
    """What every image may cost, and what single ones may."""

    images: dict[str, BudgetConfig] = Field(
        default_factory=dict, description="budgets of single images, by the target's name; they go before those of all"
    )


Cron = Annotated[str, StringConstraints(pattern=CRON_PATTERN)]
"""Minute, hour, day, month, weekday."""
Pin = Annotated[str, StringConstraints(pattern=PIN_PATTERN)]
"""A commit's whole id, and the version that it is."""
Minutes = Annotated[int, Field(ge=1, le=360)]
Count = Annotated[int, Field(ge=1, le=50)]


class CiMinutesConfig(Section):
    """After how many minutes a job of a workflow is ended."""

    quick: Minutes = Field(15, description="minutes for each job that lints and tests")
    docker: Minutes = Field(30, description="minutes for each job that builds images or starts the stack")
    e2e: Minutes = Field(60, description="minutes for each job that runs end-to-end tests")


class CiConfig(Section):
    """What the generated CI workflows do."""

    runner: Text = Field("ubuntu-24.04", description="label of the machines that jobs run on")
    branches: tuple[Text, ...] = Field(("main",), description="branches whose pushes are checked")
    python: Text = Field("3.13", description="Python version of the tasks and of the tests")
    node: Text | None = Field(None, description="Node version of the tests that want one; the machine's own by default")
    install: tuple[Text, ...] = Field(
        (),
        description="commands that install the tasks, the linters and what the tests import; "
        "pip installs cispeed-tasks, the linters and pytest by default",
    )
    invoke: Text = Field("inv", description="how the tasks are called, such as uv run inv or poetry run inv")
    linters: tuple[Text, ...] | None = Field(
        None, description="commands of `inv lint`; ruff, black, isort and mypy by default, those that are configured"
    )
    test_arguments: tuple[str, ...] = Field(("-m", "not e2e"), description="arguments for pytest in quick-ci")
    quick_tests: tuple[Text, ...] = Field((), description="more commands of quick-ci, after the affected tests")
    docker_tests: tuple[Text, ...] = Field((), description="commands of docker-ci that test the stack while it is up")
    shards: Count = Field(3, description="how many machines build images at most")
    playwright_shards: Count = Field(2, description="on how many machines the Playwright tests are divided")
    cache: CacheWord | None = Field(
        None, description="build cache of the workflows; that of `cache:` by default, and auto where that names none"
    )
    cache_mounts: bool = Field(
        False, description="whether the workflows keep what `RUN --mount=type=cache` mounts in GitHub's cache"
    )
    registry_login: Literal["push", "always"] = Field(
        "push", description="log in to `registry:` where something is pushed, or (always) also where images are pulled"
    )
    nightly: Cron | None = Field("17 3 * * *", description="when full-ci runs each night, as cron and in UTC")
    merge_queue: bool = Field(
        True,
        description="pull requests go through a merge queue: full-ci runs in it and once one is ready for review; "
        "without one it runs for every push to a pull request that is no draft",
    )
    cluster: bool = Field(False, description="whether full-ci also loads the images into a Kubernetes cluster")
    cluster_tests: tuple[Text, ...] = Field((), description="commands of full-ci that run while that cluster is up")
    actions: dict[str, Pin] = Field(
        default_factory=dict,
        description="other pins of GitHub actions than these tasks bring: COMMIT VERSION by OWNER/NAME",
    )
    minutes: CiMinutesConfig = Field(
        default_factory=CiMinutesConfig, description="after how many minutes a job is ended"
    )


class Config(Section):
    """A whole cispeed.yaml."""

    project: Name | None = Field(
        None, description="name that labels what the tasks make; the Compose project's by default"
    )
    directory: Text | None = Field(
        None,
        description="directory of the repository this file is about; its own cispeed.yaml is then read instead, but for `ci:`",
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
    builder: BuilderChoice | None = Field(
        None,
        description="the builder of buildx that images are built on, by name or with what creates it; the one in use",
    )
    build: BuildConfig = Field(default_factory=BuildConfig, description="how images are built")
    cache: Annotated[
        Annotated[CacheWord, Tag(WORD)] | Annotated[CacheEnvironments, Tag(MAPPING)],
        Discriminator(_kind),
    ] = Field(
        "none", description="build cache that survives the machine: a word for everywhere, or a choice by environment"
    )
    cache_mounts: CacheMountsConfig = Field(
        default_factory=CacheMountsConfig, description="how cache mounts are kept beyond the engine that they are on"
    )
    cluster: ClusterConfig = Field(
        default_factory=ClusterConfig, description="a Kubernetes cluster in containers, for tests"
    )
    prepare: tuple[PrepareConfig, ...] = Field((), description="commands before the tests, in their order")
    budgets: BudgetsConfig = Field(
        default_factory=BudgetsConfig,
        description="what images may cost; `inv report --check` fails where one costs more",
    )
    ci: CiConfig = Field(default_factory=CiConfig, description="what the generated CI workflows do")
    timeouts: TimeoutsConfig = Field(default_factory=TimeoutsConfig, description="how long is waited, in seconds")
