"""What is known of services: their settings by meaning, and what lies elsewhere and reaches their images."""

from __future__ import annotations

from pathlib import Path

import pytest

from cispeed_tasks.plan.service_facts import ServiceFacts
from cispeed_tasks.run.look import look
from cispeed_tasks.run.service_facts import Facts
from cispeed_tasks.run.tested_checkout import top_directory
from tests.git_repositories import Repository, isolate, repository

COMPOSE = """name: shop
services:
  api:
    build: {context: ., dockerfile: services/api/Dockerfile, additional_contexts: {libs: ../libs}}
    environment: {LEVEL: "${LEVEL:-1}"}
    volumes: ["./config:/config:ro", "/etc/hosts:/etc/hosts:ro", "./services/api:/app"]
  web: {build: web}
"""
FILES = {
    "shop/compose.yaml": COMPOSE,
    "shop/cispeed.yaml": "services: {api: {tests: [services/api/tests]}}\n",
    "shop/services/api/Dockerfile": "FROM base\nCOPY services/api shared /app/\nCOPY --from=libs a.py /app/\n",
    "shop/services/api/app.py": "",
    "shop/services/api/pyproject.toml": "[project]\nname = 'api'\n",
    "shop/services/api/tests/test_a.py": "",
    "shop/shared/money.py": "",
    "shop/docs/guide.md": "",
    "shop/config/a.ini": "",
    "shop/web/Dockerfile": "FROM base\nCOPY src /src\n",
    "shop/web/src/a.js": "",
    "libs/a.py": "",
}


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    isolate(monkeypatch)
    monkeypatch.setenv("DOCKER_HOST", "unix:///no/such.sock")
    made = repository(tmp_path / "work")
    made.commit(**FILES)
    return made


def facts(work: Repository, service: str = "api") -> ServiceFacts:
    """What is known of a service."""
    view = look(work.path / "shop")
    return Facts(view, top_directory(view))(service)


def test_places(work: Repository) -> None:
    assert set(facts(work).places) >= {"config", "services/api", "shared/money.py", "services/api/app.py"}
    assert [place for place in facts(work).places if "docs" in place or place.startswith(("..", "/"))] == []
    assert [place for place in facts(work, "web").places if not place.startswith("web/src")] == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("shop/compose.yaml", "LEVEL:-1", "LEVEL:-2"),
        ("shop/compose.yaml", "/config:ro", "/config"),
        ("shop/compose.yaml", "dockerfile: ", "target: x, dockerfile: "),
        ("shop/cispeed.yaml", "services/api/tests", "services/api/tests/test_a.py"),
        ("shop/services/api/Dockerfile", "FROM base\n", "FROM base AS x\nENV A=1\n"),
        ("libs/a.py", "", "x = 1\n"),
    ],
)
def test_the_section_is_another(work: Repository, name: str, old: str, new: str) -> None:
    if "target" in new:
        work.write({"shop/services/api/Dockerfile": FILES["shop/services/api/Dockerfile"] + "FROM base AS x\n"})
    before, other = facts(work), facts(work, "web")
    work.write({name: FILES[name].replace(old, new, 1)})
    assert facts(work).section != before.section
    assert facts(work, "web") == other


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("shop/compose.yaml", f"# x\n{COMPOSE}"),
        ("shop/compose.yaml", COMPOSE.replace("{build: web}", "{build: web, command: x}")),
        ("shop/services/api/app.py", "x = 1\n"),
        ("shop/shared/money.py", "x = 1\n"),
    ],
)
def test_it_is_the_same(work: Repository, name: str, text: str) -> None:
    before = facts(work)
    work.write({name: text})
    assert facts(work) == before


def test_checkouts_elsewhere_agree(work: Repository, tmp_path: Path) -> None:
    work.commit(**{"shop/compose.yaml": COMPOSE.replace(", additional_contexts: {libs: ../libs}", "")})
    work.git("clone", "--quiet", ".", str(tmp_path / "elsewhere"))
    assert facts(Repository(tmp_path / "elsewhere")) == facts(work)
