"""The table of settings has a row for every key that the config knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from cispeed_tasks import config_schema
from cispeed_tasks.config import json_schema
from cispeed_tasks.plan.settings_table import settings_table

TABLE = settings_table(json_schema())


def test_every_key_has_a_row_with_its_description() -> None:
    fields = list(every_field())
    assert len(fields) > 60
    for key, description in fields:
        rows = [line for line in TABLE.splitlines() if f"{key}` |" in line]
        assert any(description in row for row in rows), key


def every_field() -> Iterator[tuple[str, str]]:
    sections = [one for one in vars(config_schema).values() if is_section(one)]
    for section in sections:
        for field in section.model_fields.values():
            yield str(field.alias), str(field.description)


def is_section(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, BaseModel) and bool(value.model_fields)


def test_rows() -> None:
    assert "| `bases.NAME.image` | required | name and tag, as FROM lines name it |" in TABLE
    assert "| `timeouts.ready` | `300` | seconds until the whole stack has to be ready |" in TABLE
    assert (
        "| `services.NAME.user` | `app` | user of a generated image; root where the service cannot do without (app, root) |"
        in TABLE
    )
    assert TABLE.count("compression of the layers") == 1
