"""Full mode on the engine: what mounts brought is in layers, volumes, secrets or configs, and nowhere that it must not be."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from tests.docker.repositories import Repository, docker, make_repository

ZSTD = b"\x28\xb5\x2f\xfd"
"""What every frame of zstd begins with (RFC 8878)."""
IMAGE = "debian:trixie-slim"
KEY = "canary-key-4471"
COMPOSE = f"""
name: harbour
services:
  app:
    build: app
    command: sleep 300
    environment: {{WORD: "${{WORD:-none}}"}}
    volumes:
      - ./app:/srv
      - /srv/node_modules
      - ./static:/static
      - ./uploads:/uploads
  proxy:
    image: {IMAGE.split(":", maxsplit=1)[0]}:${{RELEASE:-trixie-slim}}
    command: sleep 300
    volumes:
      - ./proxy/site:/site:ro
      - ./proxy/proxy.conf:/etc/proxy.conf:ro
      - ./proxy/${{TLS:-tls}}:/etc/tls:ro
      - ./static:/html:ro
      - ./app:/code:ro
      - ./api.key:/run/api.key:ro
  small:
    image: {IMAGE}
    command: sleep 300
    volumes:
      - ./small.sh:/docker-entrypoint.d/small.sh:ro
"""
FILES = {
    "compose.yaml": COMPOSE,
    ".gitignore": "*.key\n.env\n.cispeed/\nnode_modules/\n",
    "app/Dockerfile": f"FROM {IMAGE}\nWORKDIR /srv\nCOPY main.txt ./\nRUN mkdir node_modules && echo made > node_modules/made\n",
    "app/main.txt": "main\n",
    "app/other.txt": "other\n",
    "app/.env": f"SECRET={KEY}\n",
    "app/node_modules/host": "of the host\n",
    "proxy/site/index.html": "index\n",
    "proxy/proxy.conf": "listen $port;\n",
    "proxy/tls/cert.txt": "certificate\n",
    "proxy/tls/server.key": f"{KEY}\n",
    "api.key": f"{KEY}\n",
    "small.sh": "#!/bin/sh\necho $HOME $$ done\n",
    "uploads/.gitkeep": "",
}


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    repository = make_repository(tmp_path_factory.mktemp("harbour") / "harbour", "harbour", FILES)
    (repository.path / "small.sh").chmod(0o755)
    (repository.path / "proxy/site/index.html").chmod(0o640)
    os.chown(repository.path / "proxy/site/index.html", 1234, 1235)
    os.chown(repository.path / "proxy/site", 1234, 1235)
    for words in (
        ["init", "--quiet"],
        ["add", "--all"],
        ["-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *words], cwd=repository.path, check=True)
    repository.inv("full-up")
    yield repository
    repository.inv("down", "--volumes")


def shell(harbour: Repository, service: str, script: str) -> str:
    return docker("exec", harbour.containers("full")[service]["Id"], "sh", "-c", script)


def test_nothing_of_the_checkout_is_mounted_but_what_enters_no_image(harbour: Repository) -> None:
    binds = {
        (name, mount["Source"].removeprefix(f"{harbour.path}/"), mount["Destination"])
        for name, entry in harbour.containers("full").items()
        for mount in entry["Mounts"]
        if mount["Type"] == "bind"
    }
    assert binds == {
        ("app", "app/.env", "/srv/.env"),
        ("proxy", "api.key", "/run/api.key"),
        ("proxy", "proxy/tls/server.key", "/etc/tls/server.key"),
    }


def test_the_containers_see_what_the_mounts_brought(harbour: Repository) -> None:
    assert shell(harbour, "app", "cat main.txt other.txt .env") == f"main\nother\nSECRET={KEY}\n"
    assert shell(harbour, "app", "ls node_modules") == "made\n"
    assert shell(harbour, "proxy", "cat /etc/proxy.conf /etc/tls/cert.txt /etc/tls/server.key") == (
        f"listen $port;\ncertificate\n{KEY}\n"
    )
    assert shell(harbour, "proxy", "stat -c '%u:%g %a' /site /site/index.html") == "1234:1235 755\n1234:1235 640\n"
    assert shell(harbour, "small", "stat -c %a /docker-entrypoint.d/small.sh; cat /docker-entrypoint.d/small.sh") == (
        "755\n#!/bin/sh\necho $HOME $$ done\n"
    )


def test_what_one_service_writes_another_reads(harbour: Repository) -> None:
    shell(harbour, "app", "echo made > /static/style.css; echo new > /srv/new.txt; test -d /uploads")
    assert shell(harbour, "proxy", "cat /html/style.css /code/main.txt /code/new.txt") == "made\nmain\nnew\n"
    assert shell(harbour, "proxy", "touch /code/x 2>&1 || echo refused").endswith("refused\n")


def test_an_edit_reaches_the_next_up_also_through_a_volume_that_an_image_fills(harbour: Repository) -> None:
    harbour.write("app/other.txt", "edited\n")
    harbour.inv("full-up")
    assert shell(harbour, "app", "cat other.txt") == "edited\n"
    assert shell(harbour, "proxy", "cat /code/other.txt; ls /code/new.txt 2>&1 || true").startswith("edited\nls:")


def unpack_zstd(blob: Path) -> None:
    """Unpack a layer in its place, where zstd has packed it."""
    if blob.read_bytes()[:4] == ZSTD:
        blob.write_bytes(zstandard.ZstdDecompressor().stream_reader(blob.read_bytes()).readall())


def test_no_layer_holds_a_secret(harbour: Repository, tmp_path: Path) -> None:
    images = sorted({entry["Config"]["Image"] for entry in harbour.containers("full").values()} - {IMAGE})
    assert images == ["harbour-app:full-mounts", "harbour-proxy:full-mounts"]
    docker("save", "--output", str(tmp_path / "images.tar"), *images)
    with tarfile.open(tmp_path / "images.tar") as archive:
        archive.extractall(tmp_path / "images", filter="data")
    found = []
    names = set()
    for blob in (path for path in (tmp_path / "images").rglob("*") if path.is_file()):
        unpack_zstd(blob)
        if not tarfile.is_tarfile(blob):
            assert KEY.encode() not in blob.read_bytes()
            continue
        with tarfile.open(blob) as layer:
            for member in layer:
                file = layer.extractfile(member) if member.isfile() else None
                names.add(member.name)
                if file and KEY.encode() in file.read():
                    found.append(member.name)
    assert found == []
    assert {"srv/other.txt", "etc/tls/cert.txt", "site/index.html"} <= names
    assert not {"srv/.env", "etc/tls/server.key", "srv/node_modules/host"} & names


def test_the_table_says_all_that_is_done(harbour: Repository) -> None:
    rows = {(row["service"], row["mount"]): row for row in json.loads(harbour.inv("modes", "--json"))}
    assert {key: (row["action"], row["secrets"]) for key, row in rows.items()} == {
        ("app", "/srv"): ("bake", [".env"]),
        ("app", "/srv/node_modules"): ("drop", []),
        ("app", "/static"): ("fresh", []),
        ("app", "/uploads"): ("fresh", []),
        ("proxy", "/site"): ("bake", []),
        ("proxy", "/etc/proxy.conf"): ("bake", []),
        ("proxy", "/etc/tls"): ("bake", ["server.key"]),
        ("proxy", "/html"): ("fresh", []),
        ("proxy", "/code"): ("fresh", []),
        ("proxy", "/run/api.key"): ("secret", [""]),
        ("small", "/docker-entrypoint.d/small.sh"): ("config", []),
    }
    table = harbour.inv("modes")
    assert "one volume with proxy" in table
    assert "git ignores it, so it enters no image" in table


def test_status_proves_what_runs(harbour: Repository) -> None:
    rows = {row["service"]: row for row in json.loads(harbour.inv("status", "--json"))}
    assert rows["app"]["as_checkout"] is True, rows
    assert rows["proxy"]["as_checkout"] is True, rows


def test_a_literal_stack_says_what_it_breaks(harbour: Repository) -> None:
    said = harbour.inv("full-up", "--strip-all", "--standalone", "stripped.yml")
    assert "app:/srv (source partly in the image): its image does not hold it" in said
    model = json.loads(docker("compose", "-f", str(harbour.path / "stripped.yml"), "config", "--format", "json"))
    assert [name for name, entry in model["services"].items() if entry.get("volumes")] == []
    (harbour.path / "stripped.yml").unlink()
