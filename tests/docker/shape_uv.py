"""A uv workspace: one uv.lock at the root, two services, and a library of the workspace that both import."""

from __future__ import annotations

COMPOSE = """\
name: gauges
services:
  collector:
    build: &build
      context: .
      dockerfile: services/collector/Dockerfile
    command: python -m collector --host 0.0.0.0
    stop_signal: SIGKILL
    env_file:
      - path: .env
        required: false
    volumes:
      - .:/workspace
      - /workspace/.venv
      - readings:/var/readings
    healthcheck:
      test: ["CMD", "python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health')"]
      interval: 1m
      timeout: 3s

  dashboard:
    container_name: gauges-dashboard
    stop_signal: SIGKILL
    build:
      context: .
      dockerfile: services/dashboard/Dockerfile
    environment:
      COLLECTOR_URL: ${COLLECTOR_URL:-http://collector:8000}
    ports:
      - "8095:8080"
    volumes:
      - ./services/dashboard/src:/workspace/services/dashboard/src
      - ./libs/common/src:/workspace/libs/common/src:ro
    depends_on:
      collector:
        condition: service_healthy

  backfill:
    build: *build
    profiles: [jobs]
    command: python -m collector --backfill

volumes:
  readings:
"""

COLLECTOR_DOCKERFILE = """\
FROM python:3.13-slim AS build
RUN pip install --no-cache-dir uv
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never
WORKDIR /workspace
RUN --mount=type=cache,target=/root/.cache/uv \\
    --mount=type=bind,source=uv.lock,target=uv.lock \\
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml \\
    --mount=type=bind,source=libs/common/pyproject.toml,target=libs/common/pyproject.toml \\
    --mount=type=bind,source=services/collector/pyproject.toml,target=services/collector/pyproject.toml \\
    --mount=type=bind,source=services/dashboard/pyproject.toml,target=services/dashboard/pyproject.toml \\
    uv sync --locked --no-dev --no-install-workspace --package collector
COPY . .
RUN --mount=type=cache,target=/root/.cache/uv uv sync --locked --no-dev --package collector

FROM python:3.13-slim
WORKDIR /workspace
COPY --from=build /workspace /workspace
ENV PATH="/workspace/.venv/bin:$PATH"
CMD ["python", "-m", "collector"]
"""

DASHBOARD_DOCKERFILE = """\
FROM python:3.13-slim
RUN pip install --no-cache-dir uv
ENV UV_LINK_MODE=copy PATH="/workspace/.venv/bin:$PATH"
WORKDIR /workspace
COPY pyproject.toml uv.lock ./
COPY libs libs
COPY services services
RUN --mount=type=cache,target=/root/.cache/uv uv sync --frozen --no-dev --package dashboard
EXPOSE 8080
CMD ["flask", "--app", "dashboard:app", "run", "--host", "0.0.0.0", "--port", "8080"]
"""

COLLECTOR = """\
import argparse
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from common import to_celsius
from packaging.version import Version

READINGS = Path("/var/readings/last.json")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        station = os.environ.get("STATION", "nowhere")
        reading = {"station": station, "celsius": to_celsius(212), "major": Version("25.1").major}
        READINGS.write_text(json.dumps(reading))
        self.wfile.write(READINGS.read_bytes())

    def log_message(self, *words):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    ThreadingHTTPServer((parser.parse_args().host, 8000), Handler).serve_forever()


main()
"""

DASHBOARD = """\
import json
import os
import urllib.request

from common import to_celsius
from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    with urllib.request.urlopen(os.environ["COLLECTOR_URL"], timeout=5) as answer:
        return {"reading": json.load(answer), "freezing": to_celsius(32), "title": "Gauges"}
"""


def _member(name: str, *dependencies: str) -> str:
    listed = ", ".join(f'"{dependency}"' for dependency in dependencies)
    sources = "\n[tool.uv.sources]\ncommon = { workspace = true }\n" if "common" in dependencies else ""
    return f"""\
[project]
name = "{name}"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = [{listed}]
{sources}
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = ["src/{name}"]
"""


ROOT = """\
[project]
name = "gauges"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = []

[dependency-groups]
dev = ["iniconfig"]

[tool.uv]
package = false

[tool.uv.workspace]
members = ["services/*", "libs/*"]
"""

FILES = {
    "compose.yml": COMPOSE,
    ".gitignore": ".env\n.venv/\n__pycache__/\n",
    ".dockerignore": ".git\n.env\n**/.venv\n**/__pycache__\n",
    "README.md": "# Gauges\n\n`docker compose up`, then http://localhost:8095.\n",
    "pyproject.toml": ROOT,
    "libs/common/pyproject.toml": _member("common"),
    "libs/common/src/common/__init__.py": "def to_celsius(fahrenheit):\n    return (fahrenheit - 32) * 5 / 9\n",
    "services/collector/pyproject.toml": _member("collector", "common", "packaging>=25,<26"),
    "services/collector/Dockerfile": COLLECTOR_DOCKERFILE,
    "services/collector/src/collector/__init__.py": "",
    "services/collector/src/collector/__main__.py": COLLECTOR,
    "services/dashboard/pyproject.toml": _member("dashboard", "common", "flask>=3.1,<4"),
    "services/dashboard/Dockerfile": DASHBOARD_DOCKERFILE,
    "services/dashboard/src/dashboard/__init__.py": DASHBOARD,
}

IGNORED = {".env": "STATION=canary-station\n"}
"""What git ignores, as it lies in the checkout of somebody who works on the project."""
