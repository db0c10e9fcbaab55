"""Write Compose overlays as YAML, with Compose's own tags `!override` and `!reset`."""

from __future__ import annotations

from typing import Any

import yaml

from cispeed_tasks.model import Override, Reset


class _Dumper(yaml.SafeDumper):
    """A dumper of readable YAML: blocks, literal text for several lines, keys in the order given, no anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002  # the base class's signature
        return True


def dump(model: Any, header: str) -> str:  # noqa: ANN401  # any plain data
    """The YAML text of a model, under a comment that says what made it."""
    comment = "".join(f"# {line}\n" for line in header.splitlines())
    return comment + yaml.dump(model, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def _override(dumper: yaml.SafeDumper, data: Override) -> yaml.Node:
    node = dumper.represent_data(data.value)
    node.tag = "!override"
    if isinstance(node, yaml.CollectionNode):
        node.flow_style = not data.value
    return node


def _reset(dumper: yaml.SafeDumper, _: Reset) -> yaml.Node:
    return dumper.represent_scalar("!reset", "null")


def _text(dumper: yaml.SafeDumper, data: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


_Dumper.add_representer(Override, _override)
_Dumper.add_representer(Reset, _reset)
_Dumper.add_representer(str, _text)
