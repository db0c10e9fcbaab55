"""A repository without cispeed.yaml goes through check, build, both modes and down."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator

import pytest

from tests.docker.repositories import Repository, docker, engine_state, make_repository
from tests.docker.shop import FILES


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    repository = make_repository(tmp_path_factory.mktemp("shop"), "corner-shop", FILES)
    repository.inv("down", "--volumes")  # what a run that was killed may have left
    yield repository
    repository.inv("down", "--volumes")


def answer(repository: Repository, mode: str, wanted: str = "") -> str:
    """What the shop answers; it has no health check, so it may need a moment after it was started."""
    deadline = time.monotonic() + 30
    found = ""
    while time.monotonic() < deadline:
        ports = repository.containers(mode)["storefront"]["NetworkSettings"]["Ports"]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{ports['3000/tcp'][0]['HostPort']}", timeout=10) as page:
                found = str(page.read().decode())
        except OSError:
            found = ""
        if found and wanted in found:
            return found
        time.sleep(0.3)
    return found


def test_check_says_what_was_inferred(shop: Repository) -> None:
    output = shop.inv("check")
    assert "no cispeed.yaml; everything is inferred" in output
    assert "Compose files: compose.yaml, compose.override.yaml" in output
    rows = [" ".join(line.split()) for line in output.splitlines()]
    assert "catalogue pip catalogue → /code its own Dockerfile hollow half of its Dockerfile" in rows
    assert "storefront npm web → /srv/web its own Dockerfile hollow half of its Dockerfile" in rows
    assert not any(row.startswith("report") for row in rows)


def test_programs_are_told_the_same(shop: Repository) -> None:
    told = json.loads(shop.inv("check", "--json"))
    assert (told["config"], told["compose"]) == (None, ["compose.yaml", "compose.override.yaml"])
    storefront = next(row for row in told["services"] if row["service"] == "storefront")
    assert storefront == {
        "service": "storefront",
        "packages": "npm",
        "source": "web → /srv/web",
        "full_image": "its own Dockerfile",
        "hollow": "hollow half of its Dockerfile",
    }


def test_a_profile_is_honoured(shop: Repository) -> None:
    output = shop.inv("check", env={"COMPOSE_PROFILES": "tools"})
    assert "report" in output


def test_full_mode_answers_beside_the_development_stack(shop: Repository) -> None:
    before = engine_state()
    shop.inv("full-up")
    assert answer(shop, "full") == "welcome: 42 apples, back in 1m\n"
    found = shop.containers("full")
    assert {name: [(m["Type"], m["Destination"]) for m in entry["Mounts"]] for name, entry in found.items()} == {
        "catalogue": [("volume", "/var/prices")],
        "notice": [],
        "storefront": [],
    }
    assert docker("logs", found["notice"]["Id"]) == "closed on Sundays\n"
    assert found["catalogue"]["Name"] == "/corner-shop-full-catalogue-1"
    assert docker("exec", found["catalogue"]["Id"], "cat", "/flavour") == "canary-flavour\n"
    volumes = engine_state()["volumes"] - before["volumes"]
    assert volumes == {"corner-shop-full_prices"}


def test_a_second_up_beside_a_development_stack_keeps_its_ports(shop: Repository) -> None:
    before = {name: entry["Id"] for name, entry in shop.containers("full").items()}
    shop.inv("full-up", "--no-build")
    assert {name: entry["Id"] for name, entry in shop.containers("full").items()} == before


def test_hollow_mode_answers_and_sees_an_edit_after_a_restart(shop: Repository) -> None:
    shop.inv("hollow-up")
    assert answer(shop, "hollow") == "welcome: 42 apples, back in 1m\n"
    found = shop.containers("hollow")
    assert docker("exec", found["catalogue"]["Id"], "printenv", "TZ") == "Europe/Vienna\n"
    gone = subprocess.run(
        ["docker", "run", "--rm", "corner-shop-catalogue:hollow", "ls", "/code/app.py"],
        capture_output=True,
        check=False,
    )
    assert gone.returncode != 0
    shop.write("catalogue/app.py", FILES["catalogue/app.py"].replace("apples", "pears"))
    docker("restart", "--time", "1", found["catalogue"]["Id"])
    assert "42 pears" in answer(shop, "hollow", "pears")


def test_no_value_of_an_environment_file_is_written(shop: Repository) -> None:
    shop.inv("full-up", "--standalone", "full.yml")
    written = [path for path in [*(shop.path / ".cispeed").rglob("*"), shop.path / "full.yml"] if path.is_file()]
    assert written
    assert [path.name for path in written if b"canary-" in path.read_bytes()] == []


def test_down_leaves_nothing(shop: Repository) -> None:
    shop.inv("down", "--volumes")
    state = engine_state()
    assert not [
        name
        for names in state.values()
        for name in names
        if name.startswith("corner-shop-") and "-pip-" not in name and "-npm-" not in name
    ]
