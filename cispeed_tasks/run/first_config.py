"""Find the Compose files of a repository that has no cispeed.yaml yet."""

from __future__ import annotations

import fnmatch
from pathlib import Path

from cispeed_tasks.config import LoadedConfig, repository
from cispeed_tasks.config_schema import Config
from cispeed_tasks.errors import ConfigError, ToolError, UsageError
from cispeed_tasks.run.look import look_with
from cispeed_tasks.tools import checkout, compose, git, user_files

PATTERNS = ("compose*.y*ml", "docker-compose*.y*ml", "*.compose.y*ml")
DEPTH = 2
OURS = "# Made by cispeed"


def first_config(start: Path) -> LoadedConfig:
    """The defaults for the repository around `start`, with the Compose files named where Compose does not find them.

    Raises:
        ConfigError: there is no Compose file, or more than one that could be meant.
    """
    root = repository(start)
    if compose.default_files(root):
        return LoadedConfig(_with_profile(root, Config()), root)
    top = _top(start)
    found = other_compose_files(top, ())
    plain = [name for name in found if name.rsplit("/", 1)[-1] in compose.FILE_NAMES]
    chosen = plain if len(plain) == 1 else list(found)
    if not found:
        raise ConfigError(
            f"{top} has no Compose file (compose.yaml, docker-compose.yml …), also not {DEPTH} directories deeper: "
            "go to the repository that has one, or write one"
        )
    if len(chosen) > 1:
        raise ConfigError(
            f"{top} has no Compose file that Compose takes by itself, but {', '.join(found)}: "
            f"name those that belong together in cispeed.yaml, such as `compose: [{chosen[0]}]`"
        )
    return _named(top, chosen[0])


def other_compose_files(root: Path, files: tuple[str, ...]) -> tuple[str, ...]:
    """The Compose files in `root` and below that are not among `files`, those that lie higher first; none of ours."""
    folders = {path for pattern in PATTERNS for path in checkout.folders_with(root, pattern, depth=DEPTH)}
    names = {
        path.relative_to(root).as_posix()
        for folder in folders
        for path in folder.iterdir()
        if path.is_file() and any(fnmatch.fnmatch(path.name, pattern) for pattern in PATTERNS)
    }
    theirs = (name for name in names - set(files) if not (user_files.read(root / name) or "").startswith(OURS))
    return tuple(sorted(theirs, key=lambda name: (name.count("/"), name)))


def _named(top: Path, name: str) -> LoadedConfig:
    """The config that names a file below, and where its paths start if that is not its own directory."""
    faults: list[ConfigError] = []
    for directory in (None, "."):
        try:
            config = LoadedConfig(_with_profile(top, Config(compose=(name,), compose_directory=directory)), top)
            look_with(config)
        except ConfigError as error:
            faults.append(error)
        else:
            return config
    raise ConfigError(f"{top} has only {name} for a Compose file: {faults[0]}") from faults[0]


def _with_profile(root: Path, config: Config) -> Config:
    """The config with the one profile that there is, where nothing is active without it."""
    files = config.compose or compose.default_files(root)
    invocation = compose.Invocation(root, tuple(files), start=config.compose_directory)
    if compose.resolve(invocation).get("services"):
        return config
    profiles = compose.profiles(invocation)
    return config.model_copy(update={"profiles": profiles}) if len(profiles) == 1 else config


def _top(start: Path) -> Path:
    try:
        return git.find_root(start)
    except (UsageError, ToolError):
        return start
