"""Points in time as a user writes them: `7d` ago, or a date."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from cispeed_tasks.config_schema import AGE_PATTERN
from cispeed_tasks.errors import UsageError

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def read_since(text: str, now: datetime) -> str:
    """Return the time that `text` means, as ISO 8601 in UTC; nothing for nothing.

    Raises:
        UsageError: it is neither an age nor a date.
    """
    if not text:
        return ""
    if re.fullmatch(AGE_PATTERN, text):
        then = now - timedelta(**{UNITS[text[-1]]: int(text[:-1])})
        return then.astimezone(UTC).isoformat(timespec="milliseconds")
    try:
        then = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--since {text}: neither an age such as 7d or 12h, nor a date such as 2026-01-31") from error
    return (then if then.tzinfo else then.astimezone()).astimezone(UTC).isoformat(timespec="milliseconds")
