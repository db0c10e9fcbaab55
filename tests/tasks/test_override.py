"""`inv override --dev`, with Compose and without an engine: valid, and nothing else of the model changes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import cispeed_tasks
from tests.git_repositories import environment

COMPOSE = """\
name: shop
services:
  api:
    build: {context: api, args: {A: "${A:-canary-argument}"}}
    user: "${WHO:-0}"
    environment: {PLACE: "${PLACE:-canary-place}", PIP_NO_CACHE_DIR: "1"}
    env_file: [api.env]
    volumes: ["./api:/code", "data:/data"]
  web:
    build: web
    environment: [PRICE=5$$]
    volumes: ["./web:/srv/web", "/srv/web/node_modules"]
  db: {image: "postgres:${TAG:-canary-tag}"}
volumes: {data: {}}
"""
FILES = {
    "tasks.py": "from cispeed_tasks import ns\n",
    "compose.yaml": COMPOSE,
    "compose.override.yaml": "services: {web: {environment: {MORE: '1'}}}\n",
    "api.env": "KEY=canary-key\n",
    "api/Dockerfile": "FROM python:3.13\nCOPY . .\n",
    "api/requirements.txt": "",
    "web/Dockerfile": "FROM node:20\nCOPY . .\n",
    "web/package-lock.json": "",
}
SAMPLE = Path(cispeed_tasks.__file__).parent / "sample"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def run(directory: Path, argv: Sequence[str], **env: str) -> subprocess.CompletedProcess[str]:
    variables = environment(DOCKER_HOST="unix:///no/such.sock", PYTHONDONTWRITEBYTECODE="1", **env)
    return subprocess.run(argv, cwd=directory, env=variables, capture_output=True, text=True, check=False)


def override(directory: Path, *words: str, **env: str) -> tuple[int, str, str]:
    done = run(directory, [sys.executable, "-m", "invoke", "override", *words], **env)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def model(directory: Path, *files: str) -> dict[str, Any]:
    options = [word for name in files for word in ("-f", name)]
    done = run(directory, ["docker", "compose", *options, "config", "--format", "json"])
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def without_cache(merged: dict[str, Any], plain: dict[str, Any]) -> dict[str, Any]:
    """The merged model less the volumes and variables of caches, which are checked to be there on the way."""
    merged["volumes"] = {key: value for key, value in merged["volumes"].items() if not key.startswith("cispeed-cache")}
    for name, service in merged["services"].items():
        own = plain["services"][name]
        mounts = service.get("volumes") or []
        kept = [mount for mount in mounts if not str(mount.get("source")).startswith("cispeed-cache")]
        if kept == mounts:
            continue
        assert len(mounts) - len(kept) == 1
        variables = {
            key: own["environment"][key] for key in service["environment"] if key in own.get("environment", {})
        }
        assert len(service["environment"]) > len(variables)
        service |= {"volumes": kept, "environment": variables}
        for key in ("volumes", "environment"):
            if not service[key] and key not in own:
                del service[key]
    return merged


def test_only_volumes_and_variables_are_added(shop: Path) -> None:
    assert override(shop, "--dev", "--write")[0] == 0
    files = ("compose.yaml", "compose.override.yaml")
    plain, merged = model(shop, *files), model(shop, *files, "compose.cache.yaml")
    assert merged["services"]["web"]["environment"] == {
        "MORE": "1",
        "PRICE": "5$$",
        "npm_config_cache": "/var/cache/packages/npm",
    }
    assert merged["services"]["api"]["environment"]["PIP_NO_CACHE_DIR"] == ""
    assert merged["volumes"]["cispeed-cache"] == {
        "name": "shop_cispeed-cache",
        "labels": {"cispeed.kind": "cache", "cispeed.project": "shop"},
    }
    assert without_cache(merged, plain) == plain


def test_the_same_on_the_sample(tmp_path: Path) -> None:
    path = shutil.copytree(
        SAMPLE, tmp_path / "sample", ignore=shutil.ignore_patterns(".cispeed", "node_modules", ".venv")
    )
    (path / "tasks.py").write_text("from cispeed_tasks import ns\n")
    assert override(path, "--dev", "--write")[0] == 0
    plain, merged = model(path), model(path, "docker-compose.yml", "docker-compose.cache.yml")
    cached = {name for name, service in merged["services"].items() if service != plain["services"][name]}
    assert cached == set(plain["services"]) - {"db"}
    assert without_cache(merged, plain) == plain


def test_no_value_of_the_environment_is_written(shop: Path) -> None:
    code, text, _ = override(shop, "--dev", PLACE="canary-shell", COMPOSE_PROJECT_NAME="canary-name", WHO="canary-who")
    assert code == 0
    assert "canary" not in text
    assert override(shop, "--dev")[1] == text


def test_what_is_printed_is_what_is_written(shop: Path) -> None:
    code, text, aside = override(shop, "--dev")
    assert (code, aside) == (0, "")
    assert not (shop / "compose.cache.yaml").exists()
    for _ in range(2):
        assert override(shop, "--dev", "--write") == (
            0,
            (
                "✓ wrote compose.cache.yaml; to use it:\n"
                "  docker compose -f compose.yaml -f compose.override.yaml -f compose.cache.yaml up\n"
            ),
            "",
        )
        assert (shop / "compose.cache.yaml").read_text() == text


def test_an_older_one_is_replaced_and_nobody_else_s_is(shop: Path) -> None:
    path = shop / "compose.cache.yaml"
    path.write_text("# Made by cispeed (an older one)\nservices: {}\n")
    assert override(shop, "--dev", "--write")[0] == 0
    assert "older" not in path.read_text()
    path.write_text("services: {}\n")
    code, _, said = override(shop, "--dev", "--write")
    wanted = f"{path} exists and was not made by this task; it is left as it is: move it away first\n"
    assert (code, said, path.read_text()) == (2, wanted, "services: {}\n")


def test_files_that_a_variable_names_are_not_shown(shop: Path) -> None:
    (shop / "compose.yaml").rename(shop / "canary.yaml")
    code, text, _ = override(shop, "--dev", COMPOSE_FILE="canary.yaml")
    assert code == 0
    assert "docker compose -f … -f compose.cache.yaml up" in text
    assert "canary" not in text


def test_the_one_there_is_need_not_be_named(shop: Path) -> None:
    assert override(shop) == override(shop, "--dev")
    assert override(shop)[0] == 0


def test_where_nothing_installs_packages(shop: Path) -> None:
    (shop / "compose.yaml").write_text("services: {web: {image: nginx}}\n")
    code, _, said = override(shop, "--dev")
    assert (code, said) == (2, "no service here needs a cache: none installs packages, or each has one\n")
