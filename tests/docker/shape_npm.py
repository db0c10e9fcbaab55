"""An npm workspace: one lock file at the root, two apps with Dockerfiles of their own, and a package that both import."""

from __future__ import annotations

import json

COMPOSE = """\
name: parcels
services:
  api:
    build:
      context: .
      dockerfile: apps/api/Dockerfile
    stop_signal: SIGKILL
    env_file: .env
    environment:
      PORT: "4000"
      SIGNING_KEY_FILE: /run/signing.key
      LOG_LEVEL: ${LOG_LEVEL:-info}
    volumes:
      - .:/repo
      - /repo/node_modules
      - ./certs/signing.key:/run/signing.key:ro
    healthcheck:
      test: ["CMD", "node", "-e", "fetch('http://127.0.0.1:4000/health').then((r) => process.exit(r.ok ? 0 : 1))"]
      interval: 30s
      retries: 3

  web:
    container_name: parcels-web
    stop_signal: SIGKILL
    build:
      context: .
      dockerfile: apps/web/Dockerfile
    command: npm run dev --workspace apps/web
    environment:
      API_URL: http://api:4000
    ports:
      - "${WEB_PORT:-8094}:3000"
    volumes:
      - ./apps/web:/repo/apps/web
      - ./packages:/repo/packages
      - web-modules:/repo/node_modules
    depends_on:
      api:
        condition: service_healthy

volumes:
  web-modules:
"""

API_DOCKERFILE = """\
FROM node:20-slim AS deps
WORKDIR /repo
COPY package.json package-lock.json ./
COPY apps/api/package.json apps/api/
COPY packages/shared/package.json packages/shared/
RUN --mount=type=cache,target=/root/.npm npm ci --workspace apps/api

FROM node:20-slim
WORKDIR /repo
COPY --from=deps /repo ./
COPY packages/shared packages/shared
COPY apps/api apps/api
EXPOSE 4000
CMD ["node", "apps/api/server.js"]
"""

WEB_DOCKERFILE = """\
FROM node:20-slim
WORKDIR /repo
COPY package*.json ./
COPY apps/web/package.json apps/web/
COPY packages packages
RUN npm ci --workspace apps/web
COPY apps/web apps/web
EXPOSE 3000
CMD ["npm", "start", "--workspace", "apps/web"]
"""

API = """\
const fs = require('fs');
const http = require('http');
const ms = require('ms');
const { greeting } = require('@parcels/shared');

const key = fs.readFileSync(process.env.SIGNING_KEY_FILE, 'utf8').trim();
http.createServer((request, response) => {
  if (request.url === '/health') return response.end('ok');
  response.end(JSON.stringify({ text: greeting('parcel'), due: ms('2 days'), signed: key.length > 0 && Boolean(process.env.API_TOKEN) }));
}).listen(process.env.PORT);
"""

WEB = """\
const http = require('http');
const isOdd = require('is-odd');
const { greeting } = require('@parcels/shared');

http.createServer(async (request, response) => {
  const answer = await fetch(process.env.API_URL).then((found) => found.json(), () => null);
  response.statusCode = answer === null ? 503 : 200;
  response.end(JSON.stringify({ api: answer, web: greeting('browser'), odd: isOdd(3), edition: 'first' }));
}).listen(3000);
"""


def _package(name: str, **more: object) -> str:
    return json.dumps({"name": name, "version": "1.0.0", "private": True, **more}, indent=2) + "\n"


MS = "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="
IS_ODD = "sha512-CQpnWPrDwmP1+SMHXZhtLtJv90yiyVfluGsX5iNCVkrhQtU3TQHsUWPG9wkdk9Lgd5yNpAg9jQEo90CBaXgWMA=="
IS_NUMBER = "sha512-Wu1VHeILBK8KAWJUAiSZQX94GmOE45Rg6/538fKwiloUu21KncEkYGPqob2oSZ5mUT73vLGrHQjKw3KMPwfDzg=="
API_DEPENDENCIES = {"@parcels/shared": "1.0.0", "ms": "2.1.3"}
WEB_DEPENDENCIES = {"@parcels/shared": "1.0.0", "is-odd": "3.0.1"}
LOCK = {
    "name": "parcels",
    "version": "1.0.0",
    "lockfileVersion": 3,
    "requires": True,
    "packages": {
        "": {"name": "parcels", "version": "1.0.0", "workspaces": ["apps/*", "packages/*"]},
        "apps/api": {"name": "@parcels/api", "version": "1.0.0", "dependencies": API_DEPENDENCIES},
        "apps/web": {"name": "@parcels/web", "version": "1.0.0", "dependencies": WEB_DEPENDENCIES},
        "node_modules/@parcels/api": {"resolved": "apps/api", "link": True},
        "node_modules/@parcels/shared": {"resolved": "packages/shared", "link": True},
        "node_modules/@parcels/web": {"resolved": "apps/web", "link": True},
        "node_modules/is-number": {"version": "6.0.0", "integrity": IS_NUMBER, "license": "MIT"},
        "node_modules/is-odd": {
            "version": "3.0.1",
            "integrity": IS_ODD,
            "license": "MIT",
            "dependencies": {"is-number": "^6.0.0"},
        },
        "node_modules/ms": {"version": "2.1.3", "integrity": MS, "license": "MIT"},
        "packages/shared": {"name": "@parcels/shared", "version": "1.0.0"},
    },
}
"""As npm writes it with omit-lockfile-registry-resolved: without addresses of a registry."""

FILES = {
    "package-lock.json": json.dumps(LOCK, indent=2) + "\n",
    "compose.yaml": COMPOSE,
    ".gitignore": "node_modules/\n.env\n*.key\n",
    ".dockerignore": "**/node_modules\n.git\n.env\ncerts\n",
    ".npmrc": "omit-lockfile-registry-resolved=true\n",
    "README.md": "# Parcels\n\n`docker compose up`, then http://localhost:8094.\n",
    "package.json": _package("parcels", workspaces=["apps/*", "packages/*"]),
    "apps/api/package.json": _package(
        "@parcels/api", dependencies=API_DEPENDENCIES, scripts={"start": "node server.js"}
    ),
    "apps/api/Dockerfile": API_DOCKERFILE,
    "apps/api/server.js": API,
    "apps/web/package.json": _package(
        "@parcels/web",
        dependencies=WEB_DEPENDENCIES,
        scripts={"start": "node server.js", "dev": "node --watch server.js"},
    ),
    "apps/web/Dockerfile": WEB_DOCKERFILE,
    "apps/web/server.js": WEB,
    "packages/shared/package.json": _package("@parcels/shared", main="index.js"),
    "packages/shared/index.js": "exports.greeting = (name) => `hello, ${name}`;\n",
}

IGNORED = {
    ".env": "API_TOKEN=canary-token\n",
    "certs/signing.key": "canary-signing-key\n",
}
"""What git ignores, as it lies in the checkout of somebody who works on the project."""
