"""Tells which filters changed files are in, and writes lists of files, as dorny/paths-filter does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.errors import ConfigError, UsageError
from cispeed_tasks.plan.changed_paths import on_one_line
from cispeed_tasks.plan.commit_range import Wish
from cispeed_tasks.plan.file_lists import STYLES
from cispeed_tasks.plan.filter_results import FilterResults, printable
from cispeed_tasks.plan.filter_rules import read_filters
from cispeed_tasks.plan.filters import QUANTIFIERS, Filter, FilterMatcher
from cispeed_tasks.run.changed_files import ChangedFiles, changed_files, listed_files
from cispeed_tasks.run.changes_printed import print_json, print_table
from cispeed_tasks.tools import detours, git, github, given
from cispeed_tasks.tools.yaml_files import parse_yaml

_STATUSES = ("added", "modified", "deleted")


@dataclass(frozen=True)
class Sources:
    """Where the answer comes from; None stands for git, and for the filters that follow from the services."""

    wish: Wish
    files_from: str | None = None
    filters: str | None = None
    quantifier: str = "some"


@dataclass(frozen=True)
class Form:
    """How the answer is given."""

    as_json: bool = False
    list_files: str = "none"
    github_output: bool = False


def changes(sources: Sources, form: Form) -> None:
    """Say which filters the changed files are in.

    Raises:
        UsageError: an option is wrong, or names what there is not.
        ConfigError: the filters, or the repository that they follow from, are wrong.
        ToolError: git is needed and not installed.
    """
    _check_options(sources, form)
    outputs = github.require_outputs() if form.github_output else None
    results, found = _of_filters(sources, sources.filters) if sources.filters else _of_services(sources)
    if outputs:
        github.write_outputs(outputs, results.outputs(None if form.list_files == "none" else STYLES[form.list_files]))
    if form.as_json:
        print_json(results, found)
    else:
        print_table(results, found, form.list_files)


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
    _check_word("quantifier", quantifier, QUANTIFIERS)
    filters = load_filters(filters_yaml, "filters")
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
    _check_word("list format", style, STYLES)
    return STYLES[style](paths)


def load_filters(text: str, name: str) -> tuple[Filter, ...]:
    """Return the filters of a text that `name` stands for in messages; raises ConfigError with every fault."""
    document = parse_yaml(text, name)
    filters, faults = read_filters(document.data)
    if faults:
        lines = sorted((document.position(fault.place), fault.message) for fault in faults)
        raise ConfigError("\n".join(f"{position.of(name)}: {message}" for position, message in lines))
    return filters


def match_all(filters: Iterable[Filter], found: ChangedFiles, quantifier: str) -> FilterResults:
    """Return which filters changed files are in; where it cannot be told what changed, a file may have any status."""
    files = found.files
    if found.is_everything:
        files = tuple((path, status) for path, _ in files for status in _STATUSES)
    matcher = FilterMatcher(files)
    matched = {each.name: matcher.match(each, quantifier) for each in filters}
    if found.is_everything:
        matched = {name: list(dict.fromkeys(paths)) for name, paths in matched.items()}
    return FilterResults({name: printable(paths) for name, paths in matched.items()}, found.is_everything)


def match_services(filters: Iterable[Filter], found: ChangedFiles) -> FilterResults:
    """Return which services changed files belong to; line breaks in names, which patterns pass by, are no hindrance."""
    paths: dict[str, list[str]] = {}
    for path, _ in found.files:
        paths.setdefault(on_one_line(path), []).append(path)
    matcher = FilterMatcher([(path, "modified") for path in paths])
    matched = {each.name: matcher.match(each, "some") for each in filters}
    files = {name: printable(path for line in lines for path in paths[line]) for name, lines in matched.items()}
    return FilterResults(files, found.is_everything)


def _check_options(sources: Sources, form: Form) -> None:
    wish = sources.wish
    if sources.files_from and (wish.base or wish.head or wish.staged):
        raise UsageError("--files-from lists the changed files; leave out --base, --head and --staged")
    if sources.quantifier != "some" and not sources.filters:
        raise UsageError("--quantifier is about the rules of a file; write also --filters FILE")
    _check_word("quantifier", sources.quantifier, QUANTIFIERS)
    _check_word("list format", form.list_files, STYLES)


def _check_word(what: str, word: str, known: Iterable[str]) -> None:
    if word not in known:
        raise UsageError(f"unknown {what} {word!r}; it is one of {', '.join(known)}")


def _of_filters(sources: Sources, name: str) -> tuple[FilterResults, ChangedFiles]:
    filters = load_filters(given.read(name, "--filters"), name)
    found = _found(sources, Path.cwd())
    return match_all(filters, found, sources.quantifier), found


def _of_services(sources: Sources) -> tuple[FilterResults, ChangedFiles]:
    from cispeed_tasks.plan.derived_filters import derived_filters
    from cispeed_tasks.plan.detours import Detours
    from cispeed_tasks.run.look import look

    view = look()
    config = [view.loaded.path] if view.loaded.path else []
    shared = [*(view.root / name for name in view.compose.files), view.root / ".env", *config]
    found = _found(sources, view.root)
    top = view.root if sources.files_from and not git.is_checkout(view.root) else git.find_root(view.root)
    filters, _ = read_filters(derived_filters(view.project, top, shared, Detours(*detours.find_detours(top))))
    return match_services(filters, found), found


def _found(sources: Sources, start: Path) -> ChangedFiles:
    if sources.files_from:
        return listed_files(given.read(sources.files_from, "--files-from"), sources.files_from)
    return changed_files(start, sources.wish)
