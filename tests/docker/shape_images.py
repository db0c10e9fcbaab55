"""A repository of configuration only: every image is somebody else's, and not one service has a build section."""

from __future__ import annotations

from tests.docker.third_party import NGINX, POSTGRES

COMPOSE = f"""\
name: harbour
services:
  db:
    image: {POSTGRES}
    environment:
      POSTGRES_USER: ${{POSTGRES_USER:-harbour}}
      POSTGRES_PASSWORD: ${{POSTGRES_PASSWORD:?write it into .env}}
      POSTGRES_DB: harbour
    volumes:
      - database:/var/lib/postgresql/data
      - ./db/init:/docker-entrypoint-initdb.d:ro
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -h 127.0.0.1 -U $$POSTGRES_USER -d $$POSTGRES_DB"]
      interval: 20s
      timeout: 5s
      retries: 10

  report:
    image: {POSTGRES}
    entrypoint: ["/bin/sh", "-c"]
    command: ["psql -h db -U $$PGUSER -d harbour -qtA -f /queries/ships.sql > /report/ships.txt"]
    environment:
      PGUSER: ${{POSTGRES_USER:-harbour}}
      PGPASSWORD: ${{POSTGRES_PASSWORD}}
    volumes:
      - ./db/queries:/queries:ro
      - report:/report
    depends_on:
      db:
        condition: service_healthy

  proxy:
    image: {NGINX}
    container_name: harbour-proxy
    ports:
      - "8096:80"
    environment:
      SERVER_NAME: ${{SERVER_NAME:-localhost}}
    volumes:
      - ./proxy/templates:/etc/nginx/templates:ro
      - ./proxy/users.htpasswd:/etc/nginx/users.htpasswd:ro
      - ./site:/usr/share/nginx/html:ro
      - report:/usr/share/nginx/report:ro
    depends_on:
      report:
        condition: service_completed_successfully

  exporter:
    image: {POSTGRES}
    profiles: [monitoring]
    command: ["sleep", "infinity"]

volumes:
  database:
  report:
"""

TEMPLATE = """\
server {
    listen 80;
    server_name ${SERVER_NAME};
    root /usr/share/nginx/html;

    location /report/ {
        alias /usr/share/nginx/report/;
        auth_basic "harbour";
        auth_basic_user_file /etc/nginx/users.htpasswd;
    }
}
"""

SEED = """\
#!/bin/bash
set -e
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
INSERT INTO ships (name) VALUES ('Erebus'), ('Terror');
SQL
"""

FILES = {
    "docker-compose.yml": COMPOSE,
    ".gitignore": ".env\nproxy/users.htpasswd\n",
    "README.md": "# Harbour\n\nWrite `.env` and `proxy/users.htpasswd`, then `docker compose up`.\n",
    "db/init/01-schema.sql": "CREATE TABLE ships (id serial PRIMARY KEY, name text NOT NULL);\n",
    "db/init/02-seed.sh": SEED,
    "db/queries/ships.sql": "SELECT string_agg(name, ', ' ORDER BY name) FROM ships;\n",
    "proxy/templates/default.conf.template": TEMPLATE,
    "site/index.html": "<h1>Harbour</h1>\n",
}

IGNORED = {
    ".env": "POSTGRES_PASSWORD=canary-password\n",
    "proxy/users.htpasswd": "clerk:{PLAIN}canary-of-the-clerk\n",
}
"""What git ignores, as it lies in the checkout of somebody who works on the project."""
