"""The keys of cispeed.yaml as a table in Markdown, from their JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
HEAD = ("| key | default | what it says |", "|---|---|---|")


def settings_table(schema: Schema) -> str:
    """A row for every key, in the order of the schema; a part that several keys hold is told once."""
    return "\n".join((*HEAD, *_rows(schema, schema, "", set())))


def _rows(schema: Schema, section: Schema, prefix: str, told: set[str]) -> Iterator[str]:
    for name, found in section["properties"].items():
        key = f"{prefix}{name}"
        default = "required" if name in section.get("required", ()) else _default(found)
        yield f"| `{key}` | {default} | {_escaped(found['description'])}{_choices(found)} |"
        for inner, steps in _sections(found):
            if inner not in told:
                told.add(inner)
                yield from _rows(schema, schema["$defs"][inner], f"{key}{steps}.", told)


def _sections(schema: Schema, steps: str = "") -> Iterator[tuple[str, str]]:
    """The parts that a value may hold, each with what stands between its keys and the value's."""
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2], steps
    for inner in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _sections(inner, steps)
    named = [schema.get("additionalProperties"), *schema.get("patternProperties", {}).values()]
    for inner in named:
        if isinstance(inner, Mapping):
            yield from _sections(inner, f"{steps}.NAME")
    if isinstance(schema.get("items"), Mapping):
        yield from _sections(schema["items"], f"{steps}[]")


def _default(schema: Schema) -> str:
    default = schema.get("default")
    return "" if default in (None, [], {}) or isinstance(default, Mapping) else f"`{_word(default)}`"


def _word(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _choices(schema: Schema) -> str:
    """The words that a value may be, where the description does not name them."""
    words = [str(word) for word in _words(schema)]
    return f" ({', '.join(words)})" if any(word not in schema["description"] for word in words) else ""


def _words(schema: Schema) -> list[object]:
    inner = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if isinstance(schema.get("items"), Mapping):
        inner.append(schema["items"])
    if isinstance(schema.get("additionalProperties"), Mapping):
        inner.append(schema["additionalProperties"])
    return [*schema.get("enum", ()), *(word for one in inner for word in _words(one))]


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
