"""What a tag such as `!!str` makes of a YAML value, by the types of js-yaml 4.1.0's default schema."""

from __future__ import annotations

import base64
import binascii

from cispeed_tasks.tools.yaml_scalars import SCALAR_TAGS, NotOfTypeError

CORE = "tag:yaml.org,2002:"
MERGE = f"{CORE}merge"


def by_tag(tag: str, value: object) -> object:
    """Return what the tag makes of a value: text, a list, a mapping, or None where there is nothing.

    Raises:
        NotOfTypeError: there is no such tag, or it is not for this value.
    """
    if not tag.startswith(CORE):
        raise NotOfTypeError
    name = tag.removeprefix(CORE)
    if value is None:
        return _nothing_by_tag(name)
    if isinstance(value, str):
        return _scalar_by_tag(name, value)
    if isinstance(value, list):
        return _sequence_by_tag(name, value)
    is_set = isinstance(value, dict) and all(each is None for each in value.values())
    if name == "map" or (name == "set" and is_set):
        return value
    raise NotOfTypeError


def _nothing_by_tag(name: str) -> object:
    if name in {"null", "merge"}:
        return None
    if name == "str":
        return ""
    if name in {"map", "set"}:
        return {}
    if name in {"seq", "omap", "pairs"}:
        return []
    raise NotOfTypeError


def _scalar_by_tag(name: str, text: str) -> object:
    if name == "str" or (name == "merge" and text == "<<"):
        return text
    if name == "binary":
        return _decoded(text)
    if name not in SCALAR_TAGS:
        raise NotOfTypeError
    return SCALAR_TAGS[name](text)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise NotOfTypeError from None


def _sequence_by_tag(name: str, values: list[object]) -> object:
    if name == "seq":
        return values
    pairs = [next(iter(each.items())) for each in values if isinstance(each, dict) and len(each) == 1]
    if len(pairs) != len(values) or name not in {"omap", "pairs"}:
        raise NotOfTypeError
    if name == "pairs":
        return [list(pair) for pair in pairs]
    if len({key for key, _ in pairs}) != len(pairs):
        raise NotOfTypeError
    return values
