"""Answers which filters changed files are in, and writes lists of files, as dorny/paths-filter does."""

from __future__ import annotations

from collections.abc import Sequence

from cispeed_tasks.errors import ConfigError, UsageError
from cispeed_tasks.plan.file_lists import STYLES
from cispeed_tasks.plan.filter_rules import read_filters
from cispeed_tasks.plan.filters import QUANTIFIERS, FilterMatcher
from cispeed_tasks.tools.yaml_files import parse_yaml

_NAME = "filters"


def match_filters(
    filters_yaml: str,
    files: Sequence[tuple[str, str]],
    *,
    quantifier: str = "some",
) -> dict[str, list[str]]:
    """Return the paths in every filter, in the filters' and the files' order.

    Args:
        filters_yaml: the text of the filters, in paths-filter's format.
        files: (path, status) of each changed file; the path with `/` and relative to the repository's root, the status
            a word such as `added` or, where there is none, an empty text.
        quantifier: `some`, `every` or `some-with-excludes`, as paths-filter v4.0.3 defines them.

    Raises:
        ConfigError: the text, or a pattern in it, is wrong; the message holds every fault, a line each.
        UsageError: there is no such quantifier.
    """
    if quantifier not in QUANTIFIERS:
        raise UsageError(f"unknown quantifier {quantifier!r}; it is one of {', '.join(QUANTIFIERS)}")
    document = parse_yaml(filters_yaml, _NAME)
    filters, faults = read_filters(document.data)
    if faults:
        lines = sorted((document.position(fault.place), fault.message) for fault in faults)
        raise ConfigError("\n".join(f"{position.of(_NAME)}: {message}" for position, message in lines))
    matcher = FilterMatcher(files)
    return {each.name: matcher.match(each, quantifier) for each in filters}


def format_files(paths: Sequence[str], style: str) -> str:
    """Return the paths as one text, safe for where it goes.

    Args:
        paths: the paths, in order.
        style: `none` (nothing at all), `csv`, `json`, `shell` (quoted words) or `escape` (words with backslashes).

    Raises:
        UsageError: there is no such style.
    """
    if style not in STYLES:
        raise UsageError(f"unknown list format {style!r}; it is one of {', '.join(STYLES)}")
    return STYLES[style](paths)
