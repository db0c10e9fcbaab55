"""Projects of many kinds, whose workflows the tests look at: each setting at least twice, and all together."""

from __future__ import annotations

from dataclasses import replace

from cispeed_tasks.config_schema import CiConfig
from cispeed_tasks.plan.ci_project import CiProject

PLAIN = CiProject(CiConfig(), caches=frozenset({"auto"}), cache_option=" --cache auto")
SETTINGS: tuple[dict[str, object], ...] = (
    {},
    {"runner": "self-hosted"},
    {"runner": "ubuntu-22.04", "branches": ("main", "release/*"), "python": "3.11"},
    {"node": "22", "quick-tests": ("npm test", "cd web\nnpm run 'check: all'")},
    {"install": ("pip install uv", "uv sync --frozen"), "invoke": "uv run inv"},
    {"install": ("uv sync",), "invoke": "uv run inv", "python": "3.14"},
    {"install": ("pipx install poetry==2.2", "poetry install --no-root"), "invoke": "poetry run inv"},
    {"install": ("python -m pip install -r requirements.txt  # all\npython -m pip check",)},
    {"nightly": None, "shards": 1, "playwright-shards": 1, "cache-mounts": True},
    {"merge-queue": False, "shards": 9, "playwright-shards": 7},
    {"cluster": True, "cache-mounts": True, "cluster-tests": ("kubectl get pods", "pytest -m 'cluster and not slow'")},
    {"docker-tests": ("pytest -m docker", 'echo "a # b: c"'), "registry-login": "always"},
    {"minutes": {"quick": 1, "docker": 360, "e2e": 5}, "test-arguments": ()},
    {"test-arguments": ("-m", "not e2e and not 'slow'", "-q")},
)
SHAPES = {
    "bare": PLAIN,
    "whole": replace(PLAIN, has_bases=True, has_playwright=True, has_playwright_image=True),
    "own playwright service": replace(PLAIN, has_playwright=True),
    "ghcr": replace(PLAIN, registry="ghcr.io/org/shop", has_bases=True, has_playwright=True, has_playwright_image=True),
    "other registry": replace(
        PLAIN, registry="registry.example.com:5000/shop", caches=frozenset({"registry", "gha"}), cache_option=""
    ),
    "below": replace(
        PLAIN,
        directory="shop's dir/x",
        state="shop's dir/x/.cispeed",
        config_file="shop's dir/x/cispeed.yaml",
        package_files=("shop's dir/x/pyproject.toml",),
        caches=frozenset({"local"}),
        local_cache="shop's dir/x/.cispeed/cache",
        linters=("ruff check .", "mypy"),
    ),
    "no cache": replace(PLAIN, caches=frozenset({"none"}), cache_option="", has_bases=True),
}


def projects() -> dict[str, CiProject]:
    """Every shape as it is, and every setting in two shapes, by a name of letters and digits."""
    pairs = [(name, 0) for name in SHAPES]
    pairs += [(name, number) for number in range(len(SETTINGS)) for name in _two(number)]
    return {
        f"{name.replace(' ', '-')}-{number}": replace(SHAPES[name], ci=CiConfig.model_validate(SETTINGS[number]))
        for name, number in pairs
    }


def _two(number: int) -> tuple[str, str]:
    names = list(SHAPES)
    return names[number % len(names)], names[(number // 2 + 3) % len(names)]
