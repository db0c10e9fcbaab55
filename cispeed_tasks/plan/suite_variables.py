"""Which environment variables decide how tests end: those that runners read, and those that the tests' inputs name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_READ_BY_RUNNERS = re.compile(
    r"(?i)(PYTEST|PYTHON|HYPOTHESIS_|COVERAGE_|COV_|DJANGO_|NODE_|NPM_CONFIG_|VITEST|JEST_|TOX_|NOX|LC_).*"
    r"|LANG|LANGUAGE|TZ|CI"
)
_SET_BY_RUNNERS = re.compile(r"PYTEST_(CURRENT_TEST|VERSION|XDIST_.*)")
_OF_THE_SESSION = re.compile(
    r"_|PATH|HOME|USER|USERNAME|LOGNAME|SHELL|SHLVL|PWD|OLDPWD|TERM|TERM_.*|COLORTERM|HOSTNAME|HOST|MAIL|EDITOR|PAGER"
    r"|DISPLAY|LINES|COLUMNS|LS_COLORS|TMPDIR|VIRTUAL_ENV|VIRTUAL_ENV_PROMPT|PS1|INVOCATION_ID|(SSH|XDG|GPG|DBUS|CISPEED)_.*"
)
"""They differ from terminal to terminal, their names are words that any text has, and no test should depend on them."""


def counted_variables(variables: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    """Return the variables that count, with their values.

    Args:
        variables: the environment.
        names: the words of the inputs, in small letters; `app_` is the beginning of a name, as settings classes take it.
    """
    starts = tuple(name for name in names if name.endswith("_") and name.strip("_"))
    return {name: value for name, value in variables.items() if _counts(name, names, starts)}


def _counts(name: str, names: Collection[str], starts: tuple[str, ...]) -> bool:
    if _SET_BY_RUNNERS.fullmatch(name) or _OF_THE_SESSION.fullmatch(name):
        return False
    small = name.casefold()
    return bool(_READ_BY_RUNNERS.fullmatch(name)) or small in names or small.startswith(starts)
