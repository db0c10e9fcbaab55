"""A repository that looks nothing like the sample: other names, no cispeed.yaml, two Compose files, a profile, npm."""

from __future__ import annotations

import json

COMPOSE = """
name: corner-shop
services:
  storefront:
    build: ./web
    ports: ["18080:3000"]
    environment: {CATALOGUE: "http://catalogue:9000"}
    volumes: ["./web:/srv/web", "/srv/web/node_modules"]
    depends_on: {catalogue: {condition: service_healthy}}
  catalogue:
    container_name: shop-catalogue
    build: {context: ./catalogue, dockerfile: docker/Dockerfile, args: {FLAVOUR: "${FLAVOUR:-plain}"}}
    env_file: [catalogue.env]
    volumes: ["./catalogue:/code", "prices:/var/prices"]
    healthcheck:
      test: ["CMD", "python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9000')"]
      interval: 20s
  notice:
    image: debian:trixie-slim
    command: ["tail", "-f", "/etc/notice.txt"]
    stop_signal: SIGKILL
    volumes: ["./etc/notice.txt:/etc/notice.txt:ro"]
  report:
    image: debian:trixie-slim
    profiles: [tools]
    command: ["true"]
volumes:
  prices: {name: shop-prices-pinned}
"""

OVERRIDE = """
services:
  storefront:
    environment: {GREETING: "${GREETING:-hello}"}
"""

WEB_DOCKERFILE = """FROM node:20-slim
WORKDIR /srv/web
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
CMD ["node", "server.js"]
"""

SERVER = """
const http = require('http');
const ms = require('ms');
http.createServer(async (request, response) => {
  const catalogue = await fetch(process.env.CATALOGUE).then((answer) => answer.text(), () => null);
  response.statusCode = catalogue === null ? 503 : 200;
  response.end(`${process.env.GREETING}: ${catalogue}, back in ${ms(60000)}\\n`);
}).listen(3000);
"""

CATALOGUE_DOCKERFILE = """ARG PYTHON=3.13
FROM python:${PYTHON}-slim AS base
RUN apt-get update && apt-get install -y --no-install-recommends tzdata && rm -rf /var/lib/apt/lists/*
ENV TZ=Europe/Vienna
WORKDIR /code

FROM base
ARG FLAVOUR
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
RUN echo "$FLAVOUR" > /flavour
CMD ["python", "app.py"]
"""

APP = """
import http.server, os
import packaging.version


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{os.environ['STOCK']} apples".encode())

    def log_message(self, *words):
        pass


http.server.ThreadingHTTPServer(("", 9000), Handler).serve_forever()
"""

INTEGRITY = "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="
PACKAGE = {"name": "storefront", "version": "1.0.0", "private": True, "dependencies": {"ms": "2.1.3"}}
LOCK = {
    "name": "storefront",
    "version": "1.0.0",
    "lockfileVersion": 3,
    "requires": True,
    "packages": {
        "": {"name": "storefront", "version": "1.0.0", "dependencies": {"ms": "2.1.3"}},
        "node_modules/ms": {"version": "2.1.3", "integrity": INTEGRITY, "license": "MIT"},
    },
}

FILES = {
    "compose.yaml": COMPOSE,
    "compose.override.yaml": OVERRIDE,
    ".env": "GREETING=welcome\nFLAVOUR=canary-flavour\n",
    "catalogue.env": "STOCK=42\nAPI_KEY=canary-key\n",
    "web/Dockerfile": WEB_DOCKERFILE,
    "web/package.json": json.dumps(PACKAGE),
    "web/package-lock.json": json.dumps(LOCK),
    "web/server.js": SERVER,
    "catalogue/docker/Dockerfile": CATALOGUE_DOCKERFILE,
    "catalogue/requirements.txt": "packaging==25.0\n",
    "catalogue/app.py": APP,
    "etc/notice.txt": "closed on Sundays\n",
}
