"""The development override: which service gets which cache, and what is left alone."""

from __future__ import annotations

from typing import Any

from cispeed_tasks.plan.override import ANY_PLACE, DevOverride, dev_override, file_name, header
from tests.builders import bind, build, project, volume

FILES = {
    "api/Dockerfile": "FROM python:3.13\nCOPY . .\n",
    "api/requirements.txt": "",
    "web/Dockerfile": "FROM node:20\nRUN useradd app\nUSER app\n",
    "web/package-lock.json": "",
    "site/Dockerfile": "FROM node:20 AS build\nFROM nginx\n",
    "site/package-lock.json": "",
}
SERVICES: dict[str, Any] = {
    "api": {"build": build("api")},
    "web": {"build": build("web")},
    "site": {"build": build("site")},
    "db": {"image": "postgres:17"},
}


def made(services: dict[str, Any] | None = None, config: str = "", files: dict[str, str] | None = None) -> DevOverride:
    return dev_override(project(config, services or SERVICES, {**FILES, **(files or {})}), {})


def test_each_service_that_installs_packages_gets_a_cache() -> None:
    labels = {"cispeed.project": "${COMPOSE_PROJECT_NAME}", "cispeed.kind": "cache"}
    assert made() == DevOverride(
        {
            "services": {
                "api": {
                    "environment": {"PIP_CACHE_DIR": "/var/cache/packages/pip"},
                    "volumes": [{"type": "volume", "source": "cispeed-cache", "target": "/var/cache/packages"}],
                },
                "web": {
                    "environment": {"npm_config_cache": f"{ANY_PLACE}/npm"},
                    "volumes": [{"type": "volume", "source": "cispeed-cache-web", "target": ANY_PLACE}],
                },
            },
            "volumes": {"cispeed-cache": {"labels": labels}, "cispeed-cache-web": {"labels": labels}},
        },
        (),
    )


def test_services_of_root_share_a_cache() -> None:
    found = made({"api": {"build": build("api")}, "worker": {"build": build("api")}})
    assert list(found.model["volumes"]) == ["cispeed-cache"]
    assert list(found.model["services"]) == ["api", "worker"]


def test_a_service_of_two_managers_has_one_volume() -> None:
    found = made({"api": {"build": build("api")}}, files={"api/package-lock.json": ""}).model["services"]["api"]
    assert found["environment"] == {
        "PIP_CACHE_DIR": "/var/cache/packages/pip",
        "npm_config_cache": "/var/cache/packages/npm",
    }
    assert len(found["volumes"]) == 1


def test_a_project_of_the_config_is_the_label() -> None:
    labels = made(config="project: corner").model["volumes"]["cispeed-cache"]["labels"]
    assert labels["cispeed.project"] == "corner"


def test_what_is_the_user_s_own_is_left_alone_and_said() -> None:
    services = {
        "api": {"build": build("api"), "volumes": [bind("api", "/app"), volume("c", "/root/.cache/pip")]},
        "web": {"build": build("web"), "tmpfs": [f"{ANY_PLACE}:size=1m"]},
    }
    assert made(services) == DevOverride(
        {},
        (
            "api: the cache of pip is left alone, since /root/.cache/pip is mounted already",
            "web: something of its own is mounted on /var/tmp, so it gets no cache",
        ),
    )
    found = made({"api": {"build": build("api"), "environment": {"PIP_CACHE_DIR": "/x"}}})
    assert found.notes == ("api: the cache of pip is left alone, since its image or Compose settles its place already",)


def test_pnpm_is_warned_about_what_it_installed_before() -> None:
    files = {"p/Dockerfile": "FROM node:20\n", "p/pnpm-lock.yaml": ""}
    found = made({"p": {"build": build("p")}}, files=files)
    assert found.model["services"]["p"]["environment"] == {"npm_config_store_dir": "/var/cache/packages/pnpm"}
    assert found.notes == ("p: what pnpm installed before is bound to another store: remove node_modules once",)


def test_the_file_is_named_after_the_first_one() -> None:
    assert [file_name(name) for name in ("compose.yaml", "docker-compose.yml", "deploy/dev.yml")] == [
        "compose.cache.yaml",
        "docker-compose.cache.yml",
        "deploy/dev.cache.yml",
    ]


def test_the_header_says_how_it_is_used() -> None:
    assert "  docker compose -f a.yml -f b.yml -f a.cache.yml up\n" in header(("a.yml", "b.yml"), "a.cache.yml")
