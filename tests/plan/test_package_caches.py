"""The variables that put each manager's cache in one place, and what is the user's own already."""

from __future__ import annotations

import pytest

from cispeed_tasks.plan.package_caches import cache_variables, has_cache
from cispeed_tasks.plan.packages import LOCKS, Packages


@pytest.mark.parametrize(
    ("manager", "variables"),
    [
        ("pip", {"PIP_CACHE_DIR": "/c/pip"}),
        (
            "poetry",
            {
                "POETRY_CACHE_DIR": "/c/poetry",
                "POETRY_VIRTUALENVS_PATH": "~/.cache/pypoetry/virtualenvs",
                "PIP_CACHE_DIR": "/c/pip",
            },
        ),
        ("uv", {"UV_CACHE_DIR": "/c/uv", "UV_LINK_MODE": "copy"}),
        ("npm", {"npm_config_cache": "/c/npm"}),
        ("pnpm", {"npm_config_store_dir": "/c/pnpm"}),
        ("yarn", {"YARN_CACHE_FOLDER": "/c/yarn"}),
        ("bun", {"BUN_INSTALL_CACHE_DIR": "/c/bun"}),
    ],
)
def test_each_manager_has_its_variables(manager: str, variables: dict[str, str]) -> None:
    assert cache_variables(Packages(manager, ()), "/c", ()) == variables


def test_no_manager_is_forgotten() -> None:
    assert all(cache_variables(Packages(manager, ()), "/c", ()) for manager in LOCKS)


def test_a_newer_yarn_keeps_the_cache_of_its_repository() -> None:
    assert cache_variables(Packages("yarn", ("yarn.lock", ".yarnrc.yml")), "/c", ()) == {
        "YARN_GLOBAL_FOLDER": "/c/yarn"
    }


@pytest.mark.parametrize(
    ("manager", "known"), [("pip", "PIP_CACHE_DIR"), ("npm", "NPM_CONFIG_CACHE"), ("poetry", "POETRY_CACHE_DIR")]
)
def test_a_place_that_is_set_already_stays(manager: str, known: str) -> None:
    assert cache_variables(Packages(manager, ()), "/c", (known,)) == {}


def test_a_variable_beside_it_stays_too() -> None:
    assert cache_variables(Packages("uv", ()), "/c", ("UV_LINK_MODE",)) == {"UV_CACHE_DIR": "/c/uv"}
    assert "POETRY_VIRTUALENVS_PATH" not in cache_variables(Packages("poetry", ()), "/c", ("POETRY_VIRTUALENVS_PATH",))


def test_pip_s_cache_is_turned_on_where_the_image_turns_it_off() -> None:
    wanted = {"PIP_CACHE_DIR": "/c/pip", "PIP_NO_CACHE_DIR": ""}
    assert cache_variables(Packages("pip", ()), "/c", ("PIP_NO_CACHE_DIR",)) == wanted


@pytest.mark.parametrize(
    ("manager", "target", "found"),
    [
        ("pip", "/root/.cache/pip", True),
        ("pip", "/home/app/.cache", True),
        ("npm", "/root/.npm", True),
        ("npm", "/root/.cache/pip", False),
        ("pip", "/srv/pip", False),
    ],
)
def test_a_cache_of_the_user_s_is_seen(manager: str, target: str, found: bool) -> None:
    assert has_cache(manager, {"/app", target}) == (target if found else None)
