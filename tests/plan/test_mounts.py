"""What full mode does with every kind of mount, as shared knowledge of real projects has it, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pytest

from cispeed_tasks.model import Mount
from cispeed_tasks.plan.mounts import decide_mounts
from cispeed_tasks.plan.written_mounts import as_written, written_mounts
from tests.builders import bind, build, checkout, project, volume

SOURCE = {"web/Dockerfile": "", "web/package.json": "", "web/src/a.js": "", "db/init/x.sql": "select"}
COPIES_ALL = "FROM x\nWORKDIR /app\nCOPY . .\n"


def decided(
    services: Mapping[str, Any],
    files: Mapping[str, str],
    ignored: Collection[str] = (),
    config: str = "",
    **top: Any,
) -> list[str]:
    found = project(config, services, files, **top)
    return [str(one) for one in decide_mounts(found, checkout(found, files, ignored))]


def of_web(dockerfile: str, *mounts: dict[str, Any], ignored: Collection[str] = (), **files: str) -> list[str]:
    """The decisions about a service that is built of web/."""
    services = {"web": {"build": build("web"), "volumes": list(mounts)}}
    return decided(services, {**SOURCE, "web/Dockerfile": dockerfile, **files}, ignored)


def of_image(
    *mounts: dict[str, Any], files: Mapping[str, str], ignored: Collection[str] = (), **more: Any
) -> list[str]:
    """The decisions about a service that runs an image of somebody else's."""
    return decided({"proxy": {"image": "nginx", "volumes": list(mounts), **more}}, files, ignored)


def test_mounts_that_are_no_binds() -> None:
    assert of_web(
        COPIES_ALL,
        bind("web", "/app"),
        volume("modules", "/app/node_modules"),
        volume(None, "/app/.venv"),
        volume(None, "/app/.next"),
        volume("pip", "/root/.cache/pip"),
        volume("data", "/data"),
        volume(None, "/scratch"),
        {"type": "tmpfs", "target": "/tmp"},  # noqa: S108  # a mount of a container
    ) == [
        "drop web:/app (source in the image): the image holds it",
        "drop web:/app/node_modules (dependency volume): the image holds the packages",
        "drop web:/app/.venv (dependency shield): the image holds the packages",
        "drop web:/app/.next (shield): nothing is mounted any more that it shielded from",
        "drop web:/root/.cache/pip (dependency cache): the image holds the packages",
        "keep web:/data (named volume): a volume of this stack's own",
        "keep web:/scratch (anonymous volume): belongs to the container",
        "keep web:/tmp (tmpfs): belongs to the container",
    ]


def test_volumes_of_others_and_of_several() -> None:
    services = {
        "a": {
            "image": "x",
            "volumes": [volume("both", "/b"), volume("outer", "/o"), volume("modules", "/node_modules")],
        },
        "b": {"image": "x", "volumes": [volume("both", "/b")]},
    }
    assert decided(services, {}, volumes={"outer": {"external": True}}) == [
        "keep a:/b (shared volume): a volume of this stack's own",
        "keep a:/o (external volume): an empty volume of this stack's own stands in for it",
        "keep a:/node_modules (named volume): a volume of this stack's own",
        "keep b:/b (shared volume): a volume of this stack's own",
    ]


def test_what_lies_outside_of_the_checkout_stays_and_is_said() -> None:
    socket = {"type": "bind", "source": "/var/run/docker.sock", "target": "/var/run/docker.sock"}
    found = project("", {"proxy": {"image": "x", "volumes": [socket]}}, {})
    decision = decide_mounts(found, checkout(found, {}))[0]
    assert (decision.action, decision.kind, decision.is_warning) == ("keep", "host bind", True)


@pytest.mark.parametrize(
    ("lines", "mount", "held"),
    [
        ("COPY . /app", ("web", "/app"), True),
        ("COPY ./ /app/", ("web", "/app"), True),
        ("ADD . /app", ("web", "/app"), True),
        ("WORKDIR /app\nCOPY . .", ("web", "/app/"), True),
        ("WORKDIR /srv\nWORKDIR app\nCOPY . ./", ("web", "/srv/app"), True),
        ("COPY . /app", ("web/src", "/app/src"), True),
        ("COPY src /app/src", ("web/src", "/app/src"), True),
        ("COPY src/ /app/src/", ("web/src", "/app/src"), True),
        ("COPY s* /app/src/", ("web/src", "/app/src"), True),
        ('COPY ["package.json", "/etc/x/"]', ("web/package.json", "/etc/x/package.json"), True),
        ("COPY package.json Dockerfile /etc/x/", ("web/package.json", "/etc/x/package.json"), True),
        ("COPY package.json /etc/x", ("web/package.json", "/etc/x"), True),
        ("WORKDIR /etc\nCOPY *.json ./", ("web/package.json", "/etc/package.json"), True),
        ("ARG D=/app\nCOPY . $D", ("web", "/app"), True),
        ("COPY . /app", ("web", "/srv"), False),
        ("COPY src /app", ("web", "/app"), False),
        ("COPY --from=y . /app", ("web", "/app"), False),
        ("ARG D\nCOPY . $D", ("web", "/app"), False),
        ("COPY . /app\nCOPY Dockerfile /app/package.json", ("web/package.json", "/app/package.json"), False),
        ("RUN x", ("web", "/app"), False),
    ],
)
def test_an_image_holds_what_is_copied_to_the_mounts_place(lines: str, mount: tuple[str, str], held: bool) -> None:
    assert of_web(f"FROM x\n{lines}\n", bind(*mount))[0].startswith("drop" if held else "bake")


def test_stages_count_that_the_image_stands_on_or_copies_from() -> None:
    start = "FROM x AS one\nWORKDIR /app\nCOPY . .\n"
    for text in (
        f"{start}FROM one\nRUN y\n",
        f"{start}FROM x\nCOPY --from=one /app /app\n",
        f"{start}FROM x\nWORKDIR /app\nCOPY --from=0 /app .\n",
    ):
        assert of_web(text, bind("web", "/app")) == ["drop web:/app (source in the image): the image holds it"]
    assert of_web(f"{start}FROM x\n", bind("web", "/app"))[0].startswith("bake")


def test_a_source_that_is_partly_there_is_baked_but_for_what_others_lie_over() -> None:
    found = project(
        "",
        {
            "web": {
                "build": build("web"),
                "volumes": [bind("web", "/app"), volume("d", "/app/data"), volume(None, "/app/node_modules")],
            }
        },
        files := {
            **SOURCE,
            "web/Dockerfile": "FROM x\nCOPY src /app/src\n",
            "web/.env": "",
            "web/a.log": "",
            "web/data/x": "",
        },
    )
    decision = decide_mounts(found, checkout(found, files, ["web/tmp", "web/.env"]))[0]
    assert (
        str(decision)
        == "bake web:/app (source partly in the image): a layer on the image holds it (3 files); as secrets: .env"
    )
    assert decision.left_out == (".env", "a.log", "data", "node_modules", "tmp")


def test_what_the_images_own_ignore_file_leaves_out_is_not_missed() -> None:
    files = {"web/.dockerignore": "src\n"}
    assert of_web(COPIES_ALL, bind("web", "/app"), **files) == [
        "bake web:/app (source partly in the image): a layer on the image holds it (4 files)"
    ]
    files = {"web/.dockerignore": "tests\n", "web/tests/test_a.js": ""}
    assert of_web(COPIES_ALL, bind("web", "/app"), **files) == [
        "drop web:/app (source in the image): the image holds it but for 1 file of tests, docs and the like"
    ]


def test_private_files_of_a_source_in_the_image_are_handed_over() -> None:
    files = {
        "web/.dockerignore": ".env*\n",
        "web/.env": "",
        "web/.env.example": "",
        "web/certs/a.pem": "",
        "web/b.pyc": "",
    }
    found = of_web(COPIES_ALL, bind("web", "/app"), ignored=["web/.env", "web/certs", "web/b.pyc"], **files)
    assert found == [
        "drop web:/app (source in the image): the image holds it but for 1 file of tests, docs and the like; as secrets: .env"
    ]


def test_a_file_into_an_image_that_is_built_here() -> None:
    assert of_web("FROM x\n", bind("web/package.json", "/etc/p.json")) == [
        "bake web:/etc/p.json (file for an image built here): a layer on the image holds it"
    ]


def test_files_and_directories_into_images_of_others() -> None:
    files = {"proxy/nginx.conf": "server", "proxy/site/index.html": "", "proxy/site/a.html": ""}
    assert of_image(bind("proxy/nginx.conf", "/etc/nginx/nginx.conf"), bind("proxy/site", "/html"), files=files) == [
        "bake proxy:/etc/nginx/nginx.conf (file for an image of others): a layer on the image holds it",
        "bake proxy:/html (source not in the image): a layer on the image holds it (2 files)",
    ]
    conf = bind("proxy/nginx.conf", "/etc/nginx/nginx.conf")
    assert of_image(conf, files=files) == [
        "config proxy:/etc/nginx/nginx.conf (file for an image of others): small, so it is handed over when the container is made"
    ]
    assert of_image(conf, files=files, read_only=True)[0].startswith("bake")
    assert of_image(conf, volume("c", "/etc/nginx"), files=files)[0].startswith("bake")
    assert of_image(conf, files={"proxy/nginx.conf": "x" * 20_000})[0].startswith("bake")


@pytest.mark.parametrize(
    "name",
    [
        ".env",
        "api.env.local/.env.prod",
        "server.key",
        "tls.pem",
        "id_ed25519",
        "db_password.txt",
        "htpasswd",
        "secrets.yml",
    ],
)
def test_files_with_secrets_enter_no_image(name: str) -> None:
    expected = "secret proxy:/x (private file): it holds a secret by its name, so it enters no image"
    assert of_image(bind(name, "/x"), files={name: ""}) == [expected]
    shown = "secret proxy:/x (private file): git ignores it, so it enters no image"
    assert of_image(bind("plain.conf", "/x"), files={"plain.conf": ""}, ignored=["plain.conf"]) == [shown]


@pytest.mark.parametrize("name", [".env.example", "env.sample", "token.py", "password-reset.html", "keys.js", "monkey"])
def test_files_that_only_sound_like_secrets(name: str) -> None:
    assert of_image(bind(name, "/x"), files={name: "x"})[0].startswith("config")


def test_a_directory_that_git_ignores() -> None:
    files = {"certs/a.pem": "", "certs/b.key": "", "dist/x": ""}
    assert of_image(bind("certs", "/certs"), files=files, ignored=["certs"]) == [
        "secret proxy:/certs (private directory): git ignores it, so it enters no image; as secrets: a.pem, b.key"
    ]
    many = {f"dist/{number}": "" for number in range(40)}
    assert of_image(bind("dist", "/html"), files=many, ignored=["dist"]) == [
        "fresh proxy:/html (output directory): git ignores it and its 40 files, so an empty volume takes its place; `keep` mounts it"
    ]


def test_empty_and_missing_directories() -> None:
    assert of_web(
        COPIES_ALL,
        bind("web/logs", "/app/logs"),
        bind("gone", "/gone"),
        bind("uploads", "/uploads"),
        bind("test-results", "/results"),
        **{"web/logs/.gitkeep": "", "uploads/.gitkeep": ""},
    ) == [
        "drop web:/app/logs (empty directory): the image has the directory",
        "fresh web:/gone (missing directory): an empty volume; it holds nothing in the checkout",
        "fresh web:/uploads (empty directory): an empty volume; it holds nothing in the checkout",
        "keep web:/results (report directory): results come out here",
    ]


def test_what_one_service_writes_and_another_reads_is_one_volume() -> None:
    services = {
        "app": {"build": build("web"), "volumes": [bind("web", "/app"), bind("static", "/static")]},
        "proxy": {
            "image": "nginx",
            "volumes": [bind("static", "/html", read_only=True), bind("web", "/code", read_only=True)],
        },
    }
    files = {**SOURCE, "web/Dockerfile": COPIES_ALL}
    found = project("", services, files)
    decisions = decide_mounts(found, checkout(found, files))
    assert [str(one) for one in decisions] == [
        "drop app:/app (source in the image): the image holds it; one volume with proxy",
        "fresh app:/static (missing directory): an empty volume; one volume with proxy",
        "fresh proxy:/html (missing directory): an empty volume; one volume with app",
        "fresh proxy:/code (shared source): a volume; one volume with app",
    ]
    assert [one.volume for one in decisions] == ["cispeed-web", "cispeed-static", "cispeed-static", "cispeed-web"]
    assert [one.fills for one in decisions] == [True, False, False, False]


def test_output_below_another_services_source_is_shared_too() -> None:
    services = {
        "builder": {"image": "node", "volumes": [bind("front", "/app")]},
        "proxy": {"image": "nginx", "volumes": [bind("front/dist", "/html")]},
    }
    files = {"front/index.js": "", "front/dist/old.js": ""}
    assert decided(services, files, ["front/dist"])[1] == (
        "fresh proxy:/html (output directory): git ignores it, so another service makes what is in it; one volume with builder"
    )


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
    assert [line.rsplit(": ", 1)[0] for line in of_web("FROM x\n", bind("web/src", target, read_only=read_only))] == [
        treatment
    ]


def test_what_git_tracks_is_no_data() -> None:
    mounts = [
        bind("grafana/dashboards", "/var/lib/grafana/dashboards"),
        bind("realm.json", "/opt/keycloak/data/import/realm.json"),
        bind("pgdata", "/var/lib/postgresql/data"),
        bind("gone", "/data/gone"),
    ]
    files = {"grafana/dashboards/a.json": "{}", "realm.json": "{}", "pgdata/PG_VERSION": "17"}
    found = project("", {"a": {"image": "x", "volumes": mounts}}, files)
    decisions = decide_mounts(found, checkout(found, files, ["pgdata"], is_tracked=True))
    assert [(one.action, one.kind) for one in decisions] == [
        ("bake", "source not in the image"),
        ("bake", "file for an image of others"),
        ("fresh", "data directory"),
        ("fresh", "data directory"),
    ]


def test_what_programs_write_and_git_ignores_is_made_anew() -> None:
    files = {"data/app.db": "", "media/a.png": "", "media/b.png": "", "db.sqlite3": ""}
    mounts = [bind("data", "/app/data"), bind("media", "/media"), bind("db.sqlite3", "/srv/db.sqlite3")]
    assert of_image(*mounts, files=files, ignored=["data", "media", "db.sqlite3"]) == [
        "fresh proxy:/app/data (output directory): git ignores it, so an empty volume takes its place; `keep` mounts it",
        "fresh proxy:/media (output directory): git ignores it and its 2 files, so an empty volume takes its place; `keep` mounts it",
        "drop proxy:/srv/db.sqlite3 (data file): git ignores it and programs write it, so the container makes its own; `keep` mounts it",
    ]


def test_data_outside_the_checkout_is_not_shared_either() -> None:
    data = {"type": "bind", "source": "/mnt/disk", "target": "/var/lib/mysql"}
    assert [line.split(" ", 1)[0] for line in of_web("FROM x\n", data)] == ["fresh"]


@pytest.mark.parametrize("action", ["keep", "drop", "bake", "fresh"])
def test_the_config_decides_otherwise(action: str) -> None:
    services = {"web": {"build": build("web"), "volumes": [bind("db/init", "/init")]}}
    config = f"services: {{web: {{mounts: {{/init: {action}}}}}}}"
    (line,) = decided(services, {**SOURCE, "web/Dockerfile": "FROM x\n"}, config=config)
    assert line.startswith(f"{action} web:/init")
    assert action == "bake" or line.endswith("as cispeed.yaml says")


def test_mounts_are_said_in_the_users_words() -> None:
    mounts = (
        Mount("volume", "data", "/data"),
        Mount("bind", "/root/keys", "/keys"),
        Mount("bind", "/etc", "/etc", True),
    )
    entries = [
        {"type": "volume", "source": "data", "target": "/data", "volume": {"nocopy": True}},
        {"type": "volume", "source": "${HOME}/keys", "target": "${KEYS}", "volume": {}},
        {"type": "bind", "source": "/etc", "target": "/etc", "read_only": True},
    ]
    assert [as_written(m, w) for m, w in zip(mounts, written_mounts({"volumes": entries}, mounts), strict=True)] == [
        {"type": "volume", "source": "data", "target": "/data", "volume": {"nocopy": True}},
        {"type": "bind", "source": "${HOME}/keys", "target": "${KEYS}", "bind": {"create_host_path": True}},
        {"type": "bind", "source": "/etc", "target": "/etc", "read_only": True},
    ]
    assert written_mounts({"volumes": entries[:1]}, mounts) == [entries[0], None, None]
    assert as_written(mounts[2], None) == {"type": "bind", "target": "/etc", "source": "/etc", "read_only": True}
