"""What full mode does with each mount, and that an image holds what its Dockerfile copies to the mount's place."""

from __future__ import annotations

from typing import Any

import pytest

from cispeed_tasks.plan.mounts import decide_mounts, is_held, kept_volumes
from cispeed_tasks.plan.targets import Project
from tests.builders import ROOT, bind, build, project, volume

EXISTING = frozenset({"/repo/web", "/repo/web/src", "/repo/db/init", "/repo/web/a.conf"})


def shop(dockerfile: str, *mounts: dict[str, Any], **section: Any) -> Project:
    files = {"web/Dockerfile": dockerfile, "web/package.json": "", "db/init/x.sql": ""}
    return project("", {"web": {"build": build("web", **section), "volumes": list(mounts)}}, files)


def decided(found: Project) -> list[str]:
    return [str(d) for d in decide_mounts(found.shapes["web"], found.targets.get("web"), ROOT, EXISTING)]


def test_every_kind_of_mount_has_its_treatment() -> None:
    found = shop(
        "FROM x\nWORKDIR /app\nCOPY . .\n",
        bind("web", "/app"),
        bind("db/init", "/init"),
        bind("web/gone", "/gone"),
        {"type": "bind", "source": "/var/run/docker.sock", "target": "/var/run/docker.sock"},
        volume("modules", "/app/node_modules"),
        volume(None, "/app/.venv"),
        volume("data", "/data"),
        volume(None, "/cache"),
        {"type": "tmpfs", "target": "/scratch"},
    )
    assert decided(found) == [
        "drop web:/app (source in the image): the image holds it",
        "bake web:/init (source not in the image): a layer on the image holds it",
        "fresh web:/gone (empty directory): an empty volume; it holds nothing in the checkout",
        "keep web:/var/run/docker.sock (host bind): lies outside the checkout",
        "drop web:/app/node_modules (dependency volume): the image holds the packages",
        "drop web:/app/.venv (dependency volume): the image holds the packages",
        "keep web:/data (named volume): a volume of this stack's own",
        "keep web:/cache (anonymous volume): belongs to the container",
        "keep web:/scratch (tmpfs): belongs to the container",
    ]


@pytest.mark.parametrize(
    ("lines", "mount", "held"),
    [
        ("COPY . /app", ("web", "/app"), True),
        ("COPY ./ /app/", ("web", "/app"), True),
        ("ADD . /app", ("web", "/app"), True),
        ("WORKDIR /app\nCOPY . .", ("web", "/app"), True),
        ("WORKDIR /srv\nWORKDIR app\nCOPY . ./", ("web", "/srv/app"), True),
        ("COPY . /app", ("web/src", "/app/src"), True),
        ("COPY src /app/src", ("web/src", "/app/src"), True),
        ("COPY src /app/src/", ("web/src", "/app/src"), True),
        ('COPY ["a.conf", "/etc/x/"]', ("web/a.conf", "/etc/x/a.conf"), True),
        ("COPY a.conf b.conf /etc/x", ("web/a.conf", "/etc/x/a.conf"), True),
        ("COPY . /app", ("web", "/srv"), False),
        ("COPY src /app", ("web", "/app"), False),
        ("COPY --from=y . /app", ("web", "/app"), False),
        ("COPY s* /app/", ("web/src", "/app/src"), False),
        ("ARG D\nCOPY . $D", ("web", "/app"), False),
        ("RUN x", ("web", "/app"), False),
    ],
)
def test_an_image_holds_what_is_copied_to_the_mounts_place(lines: str, mount: tuple[str, str], held: bool) -> None:
    found = shop(f"FROM x\n{lines}\n", bind(*mount))
    shape = found.shapes["web"]
    assert is_held(shape, found.targets["web"], shape.service.mounts[0]) is held


def test_parent_stages_count_with_their_working_directory() -> None:
    text = "FROM x AS one\nWORKDIR /app\nFROM one AS two\nCOPY . .\nFROM two AS three\nRUN y\nFROM x AS other\nCOPY . /app\n"
    assert decided(shop(text, bind("web", "/app"), target="three")) == [
        "drop web:/app (source in the image): the image holds it"
    ]
    assert decided(shop("FROM x AS one\nCOPY . /app\nFROM x\n", bind("web", "/app"))) == [
        "bake web:/app (source not in the image): a layer on the image holds it"
    ]


def test_a_generated_image_holds_its_source_for_certain_only_as_a_whole() -> None:
    services = {"web": {"image": "node:20", "volumes": [bind("web", "/app"), bind("web/src", "/app/src")]}}
    found = project("", services, {"web/package.json": ""})
    assert [line.split(":")[0] for line in decided(found)] == ["drop web", "bake web"]


def test_mounts_that_stay_are_said_in_the_users_words() -> None:
    found = shop(
        "FROM x\n",
        volume("data", "/data"),
        bind("web", "/app"),
        bind("pg", "/var/lib/postgresql/data"),
        {"type": "bind", "source": "/root/keys", "target": "/keys"},
        {"type": "bind", "source": "/etc", "target": "/etc", "read_only": True},
    )
    decisions = decide_mounts(found.shapes["web"], None, ROOT, frozenset())
    raw = {
        "volumes": [
            {"type": "volume", "source": "data", "target": "/data", "volume": {"nocopy": True}},
            {"type": "volume", "source": "${HOME}/keys", "target": "/keys", "volume": {}},
        ]
    }
    assert kept_volumes(decisions, raw) == [
        {"type": "volume", "source": "data", "target": "/data", "volume": {"nocopy": True}},
        {"type": "bind", "source": "${HOME}/keys", "target": "/keys"},
        {"type": "bind", "target": "/etc", "source": "/etc", "read_only": True},
        {"type": "volume", "target": "/app"},
        {"type": "volume", "target": "/var/lib/postgresql/data"},
    ]


@pytest.mark.parametrize(
    ("target", "read_only", "treatment"),
    [
        ("/var/lib/postgresql/data", False, "fresh web:/var/lib/postgresql/data (data directory)"),
        ("/data", False, "fresh web:/data (data directory)"),
        ("/data/db/", False, "fresh web:/data/db/ (data directory)"),
        ("/opt/couchdb/data", False, "fresh web:/opt/couchdb/data (data directory)"),
        ("/app/node_modules", False, "drop web:/app/node_modules (dependency directory)"),
        ("/var/lib/config", True, "bake web:/var/lib/config (source not in the image)"),
        ("/database", False, "bake web:/database (source not in the image)"),
        ("/app/data", False, "bake web:/app/data (source not in the image)"),
    ],
)
def test_data_of_the_development_stack_is_never_shared(target: str, read_only: bool, treatment: str) -> None:
    found = shop("FROM x\n", bind("web/src", target, read_only=read_only))
    assert [line.rsplit(": ", 1)[0] for line in decided(found)] == [treatment]


def test_data_outside_the_checkout_is_not_shared_either() -> None:
    found = shop("FROM x\n", {"type": "bind", "source": "/mnt/disk", "target": "/var/lib/mysql"})
    assert [line.split(" ", 1)[0] for line in decided(found)] == ["fresh"]
