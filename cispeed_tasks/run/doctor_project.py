"""What `inv doctor` looks at of the repository, as the facts that are judged."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from cispeed_tasks.config import LoadedConfig, load_config
from cispeed_tasks.config_builder import builder_of
from cispeed_tasks.errors import CispeedError, ConfigError, ToolError, UsageError
from cispeed_tasks.plan.cache_entries import NEW
from cispeed_tasks.plan.doctor_engine import NO_ENGINE, Builder, Engine, NoEngine
from cispeed_tasks.plan.doctor_repository import (
    BuildCache,
    ConfigFaults,
    Git,
    Leftovers,
    Registry,
    RootImages,
    StateDirectory,
    Understood,
)
from cispeed_tasks.plan.places import in_directory
from cispeed_tasks.plan.prune import Wish
from cispeed_tasks.plan.roots import recipe_for
from cispeed_tasks.plan.targets import root_images as root_images_of
from cispeed_tasks.run import cache, prune
from cispeed_tasks.run.look import View, look_with
from cispeed_tasks.run.modes import project_name
from cispeed_tasks.run.playwright_results import SUFFIX
from cispeed_tasks.tools import (
    buildx_builder,
    cache_directory,
    checkout,
    compose,
    containers,
    engine_http,
    git,
    host,
    resources,
)
from cispeed_tasks.tools import (
    registry as registries,
)
from cispeed_tasks.tools.parallel import Answer
from cispeed_tasks.tools.registry_access import Access, access


def load(start: Path) -> LoadedConfig:
    """The config; raises ConfigError with every fault."""
    return load_config(start, os.environ.get("CISPEED_CONFIG", "cispeed.yaml"))


def view(loaded: Answer[LoadedConfig]) -> View:
    """The whole repository; raises ConfigError with every fault."""
    found = loaded.get()
    if not has_compose_files(found):
        raise ConfigError("no Compose file here; go to a repository that has one")
    return look_with(found)


def has_compose_files(loaded: LoadedConfig) -> bool:
    """Whether there is anything to look at."""
    return bool(loaded.config.compose or compose.default_files(loaded.root))


def config(loaded: Answer[LoadedConfig], seen: Answer[View]) -> Understood | ConfigFaults:
    """What the config and the Compose files come to."""
    try:
        if not has_compose_files(loaded.get()):
            return ConfigFaults()
        found = seen.get()
    except (ConfigError, UsageError) as error:
        return ConfigFaults(tuple(line.strip() for line in str(error).splitlines()))
    project = found.project
    assumed = tuple(str(one) for shape in project.shapes.values() for one in shape.assumptions)
    where = found.loaded.path.name if found.loaded.path else "no cispeed.yaml"
    return Understood(where, len(project.stack.services), project.playwright_fault, assumed)


def builder(loaded: Answer[LoadedConfig]) -> Builder | None:
    """The builder that a build here would use: the environment's, the config's, or the one in use."""
    try:
        wanted = builder_of(loaded.get().config)
    except ConfigError:
        wanted = None
    name = buildx_builder.chosen() or (wanted.name if wanted else None)
    found = buildx_builder.inspect(name)
    if found is not None:
        return Builder(found.name, found.driver, found.status)
    return Builder(str(name), str(wanted.driver), "not made yet") if wanted and wanted.driver else None


def git_facts(start: Path) -> Git:
    """What git says of the checkout."""
    try:
        root = git.find_root(start)
    except UsageError as error:
        return Git(str(error), trust=str(start) if "safe.directory" in str(error) else "")
    except ToolError:
        return Git(is_missing=True)
    return Git(is_shallow=git.is_shallow(root), default_branch=git.default_branch(root))


def state_directory(loaded: Answer[LoadedConfig]) -> StateDirectory:
    """How .cispeed/ is."""
    try:
        root = loaded.get().root
    except ConfigError:
        root = Path.cwd().resolve()
    path = root / checkout.STATE
    exists = path.is_dir()
    is_writable = os.access(path if exists else root, os.W_OK)
    if not git.is_checkout(root):
        return StateDirectory(str(path), exists, None, None, is_writable)
    probe = f"{path}/x"
    return StateDirectory(str(path), exists, git.ignores(root, probe), git.tracks(root, str(path)), is_writable)


def registry_access(
    loaded: Answer[LoadedConfig], seen: Answer[View], found: Answer[Engine | NoEngine]
) -> Access | None:
    """What this user may do in the project's registry; None where none is configured."""
    config = loaded.get().config
    if not config.registry:
        return None
    insecure = engine_http.insecure_registries() if isinstance(found.get(), Engine) else frozenset()
    name = f"{config.registry.rstrip('/')}/{_an_image(seen)}"
    return access(name, timeout=config.timeouts.registry, insecure=insecure)


def _an_image(seen: Answer[View]) -> str:
    """An image that is pushed there, where the repository can be understood: rights are often one image's."""
    try:
        targets = seen.get().project.targets.values()
    except (CispeedError, OSError):
        return "cispeed:full"
    return next((f"{one.subject.lower()}:{one.kind}" for one in targets if one.kind == "full"), "cispeed:full")


def registry(loaded: Answer[LoadedConfig], asked: Answer[Access | None]) -> Registry | None:
    """The project's registry, as it answered."""
    one = asked.get()
    name = str(loaded.get().config.registry)
    return Registry(name, one.host, one.silence, one.may_read, one.may_push, one.has_login) if one else None


def root_images(seen: Answer[View], found: Answer[Engine | NoEngine]) -> RootImages:
    """Where the root images come from that this engine does not have."""
    _require(found)
    project = seen.get().project
    names = root_images_of(project.targets.values())
    images = engine_http.inspect_images(names)
    missing = [name for name in names if images[name] is None]
    if not missing:
        count = "all of them are" if len(names) > 1 else "it is"
        return RootImages(", ".join(names), is_there=True, words=f"{count} on this engine", can_be_made=True)
    answer, words = registries.find(missing[0], timeout=project.config.timeouts.registry)
    can_be_made = recipe_for(missing[0], project.config.roots) is not None and host.is_root()
    is_there = answer is registries.Answer.THERE
    said = f"a registry has {missing[0]}" if is_there else words.strip().splitlines()[0]
    return RootImages(missing[0], is_there, said, can_be_made)


def build_cache(seen: Answer[View], builder: Answer[Builder | None]) -> BuildCache:
    """The cache that a build here would have, and those that lie on this disk."""
    found = seen.get()
    used = builder.get()
    plan = cache.choose(found, tuple(found.project.targets.values()), None, used.driver if used else "")
    places = {
        Path(in_directory(found.root, entry.place.removesuffix(NEW)))
        for one in plan.targets.values()
        for entry in (*one.reads, *one.writes)
        if entry.type == "local"
    }
    local = found.root / checkout.STATE / "cache"
    places |= set(local.iterdir()) if local.is_dir() else set()
    faults = {str(path): cache_directory.fault(path) for path in sorted(places) if path.is_dir()}
    words = str(plan) if plan.cause else "none but the engine's own (`cache:` in cispeed.yaml)"
    return BuildCache(words, plan.warnings, faults, sum(resources.bytes_of(Path(path)) for path in faults))


def leftovers(seen: Answer[View], found: Answer[Engine | NoEngine]) -> Leftovers:
    """What `inv prune` would remove, and stacks of tests that are still up."""
    _require(found)
    one = seen.get()
    removals = prune.plan_of(one, Wish()).removals
    name = project_name(one, SUFFIX)
    stacks = (name,) if containers.exists(name) else ()
    return Leftovers(dict(Counter(r.kind for r in removals)), sum(r.bytes or 0 for r in removals), stacks)


def _require(found: Answer[Engine | NoEngine]) -> None:
    one = found.get()
    if isinstance(one, NoEngine):
        raise ToolError(f"{NO_ENGINE}; inv engine-up starts one")
