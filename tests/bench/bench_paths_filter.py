"""Times many filters against many files: the project's matcher, pathspec a pattern, and dorny/paths-filter as recorded.

Run it with `python tests/bench/bench_paths_filter.py`; it needs nothing but the project and its libraries.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cispeed_tasks.plan.filters import Filter, FilterMatcher, Rule
from cispeed_tasks.plan.patterns import glob_spec
from cispeed_tasks.run.changes import match_filters

AREAS = ("services", "packages", "apps", "libs", "tools")
TOPICS = ("auth", "billing", "cart", "search", "user", "mail", "web", "api", "core", "data")
FOLDERS = ("src", "tests", "docs", "src/components", "src/utils", "migrations", "src/api/handlers", ".config")
NAMES = ("index", "main", "handler", "model", "view", "README", "test", "util")
ENDINGS = ("ts", "tsx", "js", "py", "go", "md", "json", "yaml", "css", "sql")
SHARED = ("package.json", ".github/workflows/ci.yml", "libs/core-1/**", "**/*.sql", "**/Dockerfile", "**/migrations/**")

# Seconds that `Filter.match` of paths-filter at b41dfa9 (picomatch 2.3.1) took on Node 20, without reading the filters.
RECORDED = {(100, 10_000): 0.19, (1000, 50_000): 9.8}


@dataclass(frozen=True)
class Repository:
    """Filters as text and as rules, and the files they are matched against."""

    filters_yaml: str
    filters: tuple[Filter, ...]
    files: list[tuple[str, str]]


def repository(filter_count: int, file_count: int, seed: int) -> Repository:
    """Invent a repository of many components: a filter for each, most of its patterns in the component's folder."""
    draw = random.Random(seed)  # noqa: S311 - a repeatable draw is wanted
    components = [f"{draw.choice(AREAS)}/{draw.choice(TOPICS)}-{number}" for number in range(max(20, filter_count))]
    paths: set[str] = set()
    while len(paths) < file_count:
        folder = f"{draw.choice(components)}/{draw.choice(FOLDERS)}"
        paths.add(f"{folder}/{draw.choice(NAMES)}{draw.randint(0, 99)}.{draw.choice(ENDINGS)}")
    filters = [
        Filter(f"filter{number}", tuple(Rule((pattern,)) for pattern in patterns(component, draw)))
        for number, component in enumerate(components[:filter_count])
    ]
    text = "".join(
        f"{each.name}:\n" + "".join(f"  - '{rule.patterns[0]}'\n" for rule in each.rules) for each in filters
    )
    return Repository(text, tuple(filters), [(path, "modified") for path in sorted(paths)])


def patterns(component: str, draw: random.Random) -> Iterator[str]:
    """Draw a filter's patterns, in about the mixture that real filters have."""
    name = component.split("/")[1]
    narrow = (f"{component}/src/**/*.ts", f"{component}/**/*.{{ts,tsx}}", f"{component}/*.json", f"{component}/src/*")
    negated = (f"!{component}/docs/**", "!**/*.md", f"!{component}/**/*.md")
    extglobs = (f"{component}/!(docs)/**", f"{component}/+(src|tests)/**", f"@(apps|libs)/{name}/**")
    yield f"{component}/**"
    for share, choices in ((0.5, narrow), (0.4, SHARED), (0.15, negated), (0.1, extglobs)):
        if draw.random() < share:
            yield draw.choice(choices)


def fastest(run: Callable[[], object], rounds: int) -> float:
    """Return the seconds of the fastest of some rounds."""
    times: list[float] = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def match_all(repo: Repository) -> dict[str, list[str]]:
    """Match with the project's matcher; the filters were read before, as in the recorded figure."""
    matcher = FilterMatcher(repo.files)
    return {each.name: matcher.match(each, "some") for each in repo.filters}


def match_by_pathspec(repo: Repository, share: int) -> dict[str, list[str]]:
    """Match one filter in `share` by a `PathSpec` of its patterns."""
    paths = [path for path, _ in repo.files]
    return {
        each.name: list(glob_spec(pattern for rule in each.rules for pattern in rule.patterns).match_files(paths))
        for each in repo.filters[::share]
    }


def report(filter_count: int, file_count: int, *, rounds: int, share: int, seed: int) -> None:
    """Time one size and print what came out, each figure with its ratio to the recorded one."""
    repo = repository(filter_count, file_count, seed)
    # The first round of all: later ones find globs that were read already.
    cold = fastest(lambda: match_filters(repo.filters_yaml, repo.files), 1)
    found = match_all(repo)
    if any(found[name] != paths for name, paths in match_by_pathspec(repo, share).items()):
        raise SystemExit("pathspec and the matcher disagree")
    recorded = RECORDED.get((filter_count, file_count))
    print(f"{filter_count} filters x {file_count} files, {sum(map(len, found.values()))} matches")
    rows = [
        ("matcher", fastest(lambda: match_all(repo), rounds)),
        ("matcher, first round, and reading the YAML", cold),
        (f"pathspec (from 1 filter in {share})", share * fastest(lambda: match_by_pathspec(repo, share), 1)),
    ]
    for name, seconds in [*rows, ("paths-filter on Node, recorded", recorded or 0.0)]:
        ratio = f"{seconds / recorded:8.2f} x" if recorded else ""
        print(f"  {name:44} {seconds:9.3f} s {ratio}")


def main() -> None:
    """Read the command line and time the sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", action="append", metavar="FILTERSxFILES", help="such as 100x10000; may be repeated")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of which the fastest counts (default: 3)")
    parser.add_argument("--share", type=int, default=20, help="time pathspec on one filter in so many (default: 20)")
    parser.add_argument("--seed", type=int, default=1, help="of the invented repository (default: 1)")
    options = parser.parse_args()
    for size in options.size or ["100x10000", "1000x50000"]:
        filter_count, file_count = map(int, size.split("x"))
        report(filter_count, file_count, rounds=options.rounds, share=options.share, seed=options.seed)


if __name__ == "__main__":
    main()
