"""Text of cispeed.yaml → Config, or every fault at once with file:line:column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cispeed_tasks.config_builder import builder_faults
from cispeed_tasks.config_cache import cache_faults, cache_mount_faults
from cispeed_tasks.config_cluster import cluster_faults
from cispeed_tasks.config_schema import (
    AGE_PATTERN,
    CLUSTER_NAME_PATTERN,
    CRON_PATTERN,
    MAPPING,
    PIN_PATTERN,
    PORTS_PATTERN,
    SIZE_PATTERN,
    WORD,
    Config,
)
from cispeed_tasks.errors import ConfigError

FILE_NAME = "cispeed.yaml"
NAME_WANTED = "name: two or more letters, digits, '_', '.', '-' are"
WANTED = {
    AGE_PATTERN: "age: a number and m, h, d or w are, such as 7d",
    SIZE_PATTERN: "size: a number and B, kB, MB or GB are, such as 500MB",
    PIN_PATTERN: "pin: the 40 digits of a commit and its version are",
    CRON_PATTERN: "cron line: five fields are, such as 17 3 * * *",
    CLUSTER_NAME_PATTERN: "name of a cluster: up to 32 lower-case letters, digits and hyphens are",
    PORTS_PATTERN: "pair of ports: HOST:NODE is, such as 8080:80 or 127.0.0.1:8080:30080/tcp",
}
"""What a text has to be whose pattern does not fit."""
Loc = tuple[str | int, ...]
"""The path of a value in the file: keys and indices."""

UNREADABLE = (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, OverflowError)
"""What PyYAML raises for a scalar that is not what its tag or its look says, such as the date 2001-99-99."""


@dataclass(frozen=True)
class LoadedConfig:
    """A Config, the directory that its paths are relative to, and where each value stands in its file."""

    config: Config
    root: Path
    path: Path | None = None
    positions: Mapping[Loc, tuple[int, int]] = field(default_factory=dict, repr=False)

    def fault(self, loc: Loc, message: str) -> str:
        """A fault at the place of `loc`: `cispeed.yaml:7:5: services.web: message`."""
        return _fault(self.path.name if self.path else FILE_NAME, self.positions, loc, message)


def find_config(start: Path, name: str = FILE_NAME) -> Path | None:
    """The file `name` in `start` or the nearest directory above it."""
    return next((path for folder in (start, *start.parents) if (path := folder / name).is_file()), None)


def load_config(start: Path, name: str = FILE_NAME) -> LoadedConfig:
    """Read the config that is in force in `start`; without one, defaults for the nearest repository.

    Raises:
        ConfigError: all faults of the file, a line each.
    """
    path = find_config(start, name)
    if path is None and name != FILE_NAME:
        raise ConfigError(
            f"there is no config file '{name}' here or in a directory above; correct CISPEED_CONFIG, or go to its directory"
        )
    if path is None:
        return LoadedConfig(Config(), repository(start))
    loaded = parse_config(_text(path), path)
    if loaded.config.directory is None:
        return loaded
    root = (path.parent / loaded.config.directory).resolve()
    if not root.is_dir():
        raise ConfigError(
            loaded.fault(("directory",), f"the directory '{loaded.config.directory}' does not exist; correct the path")
        )
    others = sorted(loaded.config.model_fields_set - {"directory", "ci"})
    if (root / FILE_NAME).is_file() and root != path.parent:
        if others:
            raise ConfigError(
                loaded.fault(
                    (others[0],),
                    f"is not read: {loaded.config.directory}/{FILE_NAME} says what holds there, so put it there",
                )
            )
        return _with_ci(parse_config(_text(root / FILE_NAME), root / FILE_NAME), loaded)
    return LoadedConfig(loaded.config, root, path, loaded.positions)


def _with_ci(inner: LoadedConfig, outer: LoadedConfig) -> LoadedConfig:
    """The config of a directory with the `ci:` of the one that names the directory: workflows are the repository's."""
    if "ci" not in outer.config.model_fields_set:
        return inner
    return replace(inner, config=inner.config.model_copy(update={"ci": outer.config.ci}))


def parse_config(text: str, path: Path) -> LoadedConfig:
    """Check the text of a config file; `path` is where it stands, and its directory the root of its paths."""
    name = path.name
    positions: dict[Loc, tuple[int, int]] = {}
    faults: list[str] = []
    try:
        data = _data(_node(text, name), (), positions, faults, name)
    except RecursionError as error:
        raise ConfigError(
            f"{name}:1:1: an alias stands inside what it names, or lists are nested too deep; write it out"
        ) from error
    config = _validated(data if data is not None else {}, name, positions, faults)
    if config is not None:
        faults += _name_faults(config, name, positions)
    if faults or config is None:
        raise ConfigError("\n".join(sorted(set(faults), key=_place)))
    return LoadedConfig(config, path.parent, path, positions)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of cispeed.yaml, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Config.model_json_schema()}


def did_you_mean(word: str, known: list[str]) -> str:
    """` ; did you mean 'x'?`, or the list of what there is where nothing is near."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"; did you mean '{near[0]}'?"
    return f"; there is: {', '.join(sorted(known))}" if known else ""


def repository(start: Path) -> Path:
    """The nearest directory upwards with a Compose file, as Compose itself looks for one; else `start`."""
    names = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
    return next(
        (folder for folder in (start, *start.parents) if any((folder / name).is_file() for name in names)), start
    )


def _text(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise ConfigError(f"{path.name}:{line}:{column}: this is not UTF-8 text; save it as that") from error


def _node(text: str, name: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        raise ConfigError(f"{name}:{where}: this is no YAML: {error.problem}") from error
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        where = f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
        raise ConfigError(
            f"{name}:{where}: this is no YAML: the character U+{ord(text[error.position]):04X}; take it out"
        ) from error


def _data(node: yaml.Node | None, loc: Loc, positions: dict[Loc, tuple[int, int]], faults: list[str], name: str) -> Any:  # noqa: ANN401
    """Plain data of a YAML node; the place of every key and value is kept, a key written twice is a fault."""
    if node is None:
        return None
    positions.setdefault(loc, (node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, yaml.SequenceNode):
        return [_data(item, (*loc, index), positions, faults, name) for index, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return _scalar(node, loc, positions, faults, name)
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        place = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if not isinstance(key_node, yaml.ScalarNode):
            faults.append(_fault(name, {loc: place}, loc, "a list or mapping is no key; write a plain word"))
            continue
        key = str(key_node.value)
        if key in found:
            first = positions[(*loc, key)]
            message = f"key '{key}' is written twice, first in line {first[0]}"
            faults.append(_fault(name, {(*loc, key): place}, (*loc, key), message))
            continue
        positions[(*loc, key)] = place
        found[key] = _data(value_node, (*loc, key), positions, faults, name)
    return found


def _scalar(node: yaml.Node, loc: Loc, positions: Mapping[Loc, tuple[int, int]], faults: list[str], name: str) -> Any:  # noqa: ANN401
    try:
        return yaml.SafeLoader("").construct_object(node)
    except UNREADABLE:
        tag = str(node.tag).removeprefix("tag:yaml.org,2002:")
        faults.append(
            _fault(name, positions, loc, f"'{str(node.value)[:60]}' cannot be read as {tag}; put it in quotes")
        )
        return node.value


def _validated(data: Any, name: str, positions: Mapping[Loc, tuple[int, int]], faults: list[str]) -> Config | None:  # noqa: ANN401
    if not isinstance(data, dict):
        faults.append(_fault(name, positions, (), "the file must be a mapping of keys to values"))
        return None
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        faults += [_pydantic_fault(fault, name, positions) for fault in error.errors()]
        return None


def _pydantic_fault(fault: ErrorDetails, name: str, positions: Mapping[Loc, tuple[int, int]]) -> str:
    loc = tuple(part for part in fault["loc"] if part not in {"[key]", WORD, MAPPING})
    kind, given = fault["type"], fault.get("input")
    if kind == "extra_forbidden":
        known = _keys_at(loc[:-1])
        return _fault(name, positions, loc, f"unknown key '{loc[-1]}'{did_you_mean(str(loc[-1]), known)}", cut=1)
    if kind == "string_type":
        return _fault(name, positions, loc, f"should be text, and is {given!r}; put it in quotes")
    if kind in {"tuple_type", "dict_type", "model_type"}:
        wanted = "a list" if kind == "tuple_type" else "a mapping of keys to values"
        return _fault(name, positions, loc, f"should be {wanted}, and is {given!r}")
    if kind == "string_pattern_mismatch":
        wanted = WANTED.get(str(fault.get("ctx", {}).get("pattern")), NAME_WANTED)
        return _fault(name, positions, loc, f"'{given}' is no {wanted}")
    if kind == "missing":
        return _fault(name, positions, loc[:-1], f"the key '{loc[-1]}' is missing; write it")
    if kind == "literal_error":
        known = [
            word.strip("' ") for word in str(fault.get("ctx", {}).get("expected", "")).replace(" or ", ",").split(",")
        ]
        return _fault(name, positions, loc, f"'{given}' is none of the known words{did_you_mean(str(given), known)}")
    message = fault["msg"].replace("Input should be", "should be")
    return _fault(name, positions, loc, f"{message[0].lower()}{message[1:]}, and is {given!r}")


def _keys_at(loc: Loc) -> list[str]:
    """The keys that the section at `loc` may have, from the schema."""
    schema = Config.model_json_schema()
    definitions = schema.get("$defs", {})
    place: dict[str, Any] = schema
    for part in loc:
        place = place.get("properties", {}).get(part) or place.get("additionalProperties") or place.get("items") or {}
        place = _mapping_of(place)
        if "patternProperties" in place:
            place = {"additionalProperties": next(iter(place["patternProperties"].values())), **place}
        if "$ref" in place:
            place = definitions[place["$ref"].rsplit("/", 1)[-1]]
    if "patternProperties" in place and not place.get("properties"):
        return []
    return list(place.get("properties", {}))


def _mapping_of(place: dict[str, Any]) -> dict[str, Any]:
    """Of what may be a word or a mapping, the mapping."""
    choices = place.get("oneOf") or place.get("anyOf") or []
    for choice in choices:
        found = _mapping_of(choice)
        if "$ref" in found or "properties" in found:
            return found
    return place


def _name_faults(config: Config, name: str, positions: Mapping[Loc, tuple[int, int]]) -> list[str]:
    """Names of bases that do not exist, and what else the types cannot say."""
    used: list[tuple[Loc, str | None]] = [
        (("services", service, "base"), section.base) for service, section in config.services.items()
    ]
    used.append((("playwright", "base"), config.playwright.base))
    known = list(config.bases)
    bases = [
        _fault(name, positions, loc, f"there is no base '{base}'{did_you_mean(base, known)}")
        for loc, base in used
        if base is not None and base not in config.bases
    ]
    others = [
        *cache_faults(config),
        *cache_mount_faults(config),
        *builder_faults(config),
        *cluster_faults(config),
    ]
    return bases + [_fault(name, positions, loc, message) for loc, message in others]


def _fault(name: str, positions: Mapping[Loc, tuple[int, int]], loc: Loc, message: str, *, cut: int = 0) -> str:
    place = loc
    while place and place not in positions:
        place = place[:-1]
    line, column = positions.get(place, (1, 1))
    shown = ".".join(str(part) for part in (loc[:-cut] if cut else loc))
    return f"{name}:{line}:{column}: {shown + ': ' if shown else ''}{message}"


def _place(fault: str) -> tuple[int, int, str]:
    _, line, column, text = fault.split(":", 3)
    return int(line), int(column), text
