"""JSON for Flask by orjson, which knows dates and UUIDs."""

from typing import Any

import orjson
from flask.json.provider import JSONProvider


class OrjsonProvider(JSONProvider):
    """Used by `jsonify` and by the request's `get_json`."""

    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        """Serialise."""
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """Parse; orjson's error is a ValueError, as Flask expects."""
        return orjson.loads(s)
