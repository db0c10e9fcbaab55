"""Small Compose projects, one for each trap that real ones hold; every value that Compose takes from somewhere is a canary."""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import dedent


@dataclass(frozen=True)
class Case:
    """A project's files, and how it is called."""

    files: dict[str, str]
    env: dict[str, str] = field(default_factory=dict)
    config: str = ""


def case(
    compose: str, files: dict[str, str] | None = None, *, env: dict[str, str] | None = None, config: str = ""
) -> Case:
    """A project of one Compose file and others."""
    return Case({"compose.yaml": dedent(compose), **(files or {})}, env or {}, config)


APP = {"app/Dockerfile": "FROM debian:trixie-slim\nWORKDIR /app\nCOPY . .\n", "app/main": "x\n"}

CORPUS = {
    "dollars that are no variables": case(
        """
        services:
          a:
            image: x
            command: ["sh", "-c", "echo $$HOME $${WORD} ${WORD:-none}"]
            environment: {PRICE: "5$$", WORD: "${WORD}"}
            labels: {a.b: "$$x"}
            healthcheck: {test: "test $$PPID -gt 0", interval: 3s}
        """,
        env={"WORD": "canary-word"},
    ),
    "anchors, merge keys and extension fields": case(
        """
        x-common: &common
          restart: unless-stopped
          environment: &env {A: "1", B: "${B:-2}"}
          volumes: [./app:/app, data:/data]
        services:
          a: {<<: *common, image: x}
          b:
            <<: *common
            build: app
            environment: {<<: *env, C: "3"}
        volumes: {data: {}}
        """,
        env={"B": "canary-b"},
        files={**APP},
    ),
    "extends from another file": case(
        """
        services:
          web:
            extends: {file: common/base.yaml, service: base}
            ports: ["8080:80"]
        """,
        files={
            "common/base.yaml": "services:\n  base:\n    image: x\n    volumes: [../app:/app:ro]\n    environment: ['A=${A:-1}']\n",
            **APP,
        },
    ),
    "include with an environment of its own": case(
        """
        include:
          - path: more/compose.yaml
            env_file: more/vars.env
        services:
          web: {image: x, depends_on: [db]}
        """,
        files={
            "more/compose.yaml": "services:\n  db:\n    image: pg:${TAG}\n    volumes: [db:/var/lib/data, ./init:/init:ro]\n"
            "    environment: {P: '${PASSWORD}'}\nvolumes: {db: {}}\n",
            "more/vars.env": "TAG=canary-tag\nPASSWORD=canary-password\n",
            "more/init/a.sql": "select 1;\n",
        },
    ),
    "environment files": case(
        """
        services:
          a: {image: x, env_file: [a.env, {path: gone.env, required: false}], volumes: ["./app:/app"]}
        """,
        files={
            "a.env": "TOKEN=canary-token\nEMPTY=\n",
            ".env": "COMPOSE_PROJECT_NAME=own\nOTHER=canary-other\n",
            **APP,
        },
    ),
    "tags of the user's own": case(
        "services:\n  a: {image: x, ports: ['1:1'], volumes: ['./app:/app', 'data:/d'], environment: {A: '1'}}\nvolumes: {data: {}}\n",
        env={"B": "canary-b2"},
        files={
            "compose.override.yaml": "services:\n  a:\n    ports: !override ['2:2']\n    volumes: !reset null\n    environment: !override {B: '${B:-2}'}\n",
            **APP,
        },
    ),
    "profiles": case(
        """
        services:
          a: {image: x}
          tools: {image: y, profiles: [debug], volumes: ["./app:/app"]}
        """,
        env={"COMPOSE_PROFILES": "debug"},
        files={**APP},
    ),
    "images that couple services": case(
        """
        name: coupled
        services:
          app: {build: app, image: "own/app:${TAG:-dev}"}
          worker: {image: "own/app:${TAG:-dev}", volumes: ["./app:/app"], command: work}
          other: {image: coupled-third, volumes: ["./app/main:/etc/main:ro"]}
          third: {build: {context: app, args: {A: "${A:-1}", B: null}, target: ""}}
        """,
        env={"TAG": "canary-tag2", "A": "canary-a"},
        files={**APP},
    ),
    "names and ports that are fixed": case(
        """
        name: fixed
        services:
          a:
            image: x
            container_name: mine
            hostname: h
            ports: ["127.0.0.1:5001:5000", "9000-9001:9000-9001/udp", {target: 7, published: "70", protocol: tcp, mode: host}]
            networks: {front: {aliases: [www]}, default: {}}
        networks:
          front: {name: proxy, external: true}
          default: {name: pinned}
        """
    ),
    "volumes that are not the project's": case(
        """
        services:
          a:
            image: x
            volumes:
              - outer:/o
              - pinned:/p
              - sized:/s
              - {type: volume, source: plain, target: /n, volume: {nocopy: true, subpath: sub}}
              - {type: tmpfs, target: /t, tmpfs: {size: 1000000}}
              - /anonymous
        volumes:
          outer: {external: true}
          pinned: {name: "${VOLUME:-v}"}
          sized: {driver: local, driver_opts: {type: tmpfs, device: tmpfs, o: size=1m}}
          plain:
        """,
        env={"VOLUME": "canary-volume"},
    ),
    "mounts with variables in them": case(
        """
        services:
          a:
            image: "x:${TAG}"
            volumes:
              - ${CONF}:/etc/conf:ro
              - ./conf/${NAME}.conf:/etc/${NAME}.conf
              - ${HOME_DIR}/keys:/keys:ro
              - ./app:${PLACE:-/app}
        """,
        env={
            "TAG": "canary-tag3",
            "CONF": "./conf",
            "NAME": "canary-name",
            "HOME_DIR": "/srv/canary-home",
            "PLACE": "/canary-place",
        },
        files={"conf/a.conf": "a\n", "conf/canary-name.conf": "b\n", **APP},
    ),
    "secrets and configs of the user's own": case(
        """
        services:
          a:
            image: x
            secrets: [token, {source: file, target: /etc/file, mode: 0400}]
            configs: [{source: text, target: /etc/text}]
            volumes: ["./app/main:/etc/main:ro", "./a.key:/etc/a.key:ro"]
        secrets:
          token: {environment: TOKEN}
          file: {file: ./app/main}
        configs:
          text: {content: "value ${WORD} $$5"}
        """,
        env={"TOKEN": "canary-token2", "WORD": "canary-word2"},
        files={"a.key": "key\n", **APP},
    ),
    "checks of every kind": case(
        """
        services:
          a: {image: x, healthcheck: {test: ["CMD", "true"], interval: 10s, retries: 5}, depends_on: {b: {condition: service_healthy, restart: true}}}
          b: {image: x, healthcheck: {test: "exit 0", start_period: 1m}}
          c: {image: x, healthcheck: {disable: true}}
          d: {image: x, healthcheck: {test: ["NONE"]}}
          e: {image: x, healthcheck: {test: ["CMD", "true"], start_interval: 1s, start_period: 5s}}
        """
    ),
    "settings that must come through": case(
        """
        services:
          a:
            image: x
            init: true
            user: "1000:1000"
            working_dir: /w
            entrypoint: []
            command: []
            cap_add: [NET_ADMIN]
            extra_hosts: ["a:1.2.3.4"]
            sysctls: {net.core.somaxconn: 1024}
            ulimits: {nofile: {soft: 1, hard: 2}}
            deploy: {replicas: 2, resources: {limits: {memory: 50M}}}
            logging: {driver: json-file, options: {max-size: 1m}}
            stop_grace_period: 3s
            shm_size: 64m
            read_only: true
            network_mode: none
            volumes: ["./app/main:/etc/main"]
          b:
            build: {context: app, dockerfile_inline: "FROM debian:trixie-slim\\nRUN echo ${WORD}\\n"}
            develop: {watch: [{path: app, action: sync, target: /app}]}
            platform: linux/amd64
            labels: ["a=${WORD}"]
        """,
        env={"WORD": "canary-word3"},
        files={**APP},
    ),
    "one that writes and one that reads": case(
        """
        services:
          app: {build: app, volumes: ["./app:/app", "./static:/static"]}
          web: {image: x, volumes: ["./static:/html:ro", "./app:/code:ro", "./logs:/logs"]}
        """,
        files={"logs/.gitkeep": "", **APP},
    ),
    "what the config says of mounts": case(
        """
        services:
          a: {image: x, volumes: ["./app:/app", "./conf:/conf", "data:/d", "/var/run/docker.sock:/var/run/docker.sock"]}
        volumes: {data: {}}
        """,
        config="services: {a: {mounts: {/app: keep, /conf: fresh, /d: drop, /var/run/docker.sock: drop}}}\n",
        files={"conf/a": "a\n", **APP},
    ),
}
