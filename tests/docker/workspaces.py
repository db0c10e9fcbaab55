"""Three monorepos, one of npm, one of uv and one of pnpm, each with packages that its applications share."""

from __future__ import annotations

import json

COMPOSE = """
name: mono
services:
  npm-web: {build: {context: ./npm, dockerfile: apps/web/Dockerfile}}
  npm-api:
    build: {context: ./npm, dockerfile: apps/api/Dockerfile}
    volumes: ["./npm:/app"]
  uv-api: {build: {context: ./uv, dockerfile: apps/api/Dockerfile}}
  uv-worker: {build: {context: ./uv, dockerfile: apps/worker/Dockerfile}}
  pnpm-web: {build: {context: ./pnpm}}
"""

NPM_DOCKERFILE = """FROM node:20-slim
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages/shared ./packages/shared
COPY apps/{app} ./apps/{app}
RUN npm ci
WORKDIR /app/apps/{app}
CMD ["node", "server.js"]
"""

PNPM_DOCKERFILE = """FROM node:20-slim
RUN npm install -g pnpm@10.34.8
WORKDIR /app
COPY . .
RUN pnpm install --frozen-lockfile
WORKDIR /app/apps/web
CMD ["node", "server.js"]
"""

UV_DOCKERFILE = """FROM python:3.13-slim
RUN pip install uv==0.9.9
WORKDIR /srv
COPY pyproject.toml uv.lock ./
COPY packages packages
COPY apps/{app} apps/{app}
RUN uv sync --frozen --package {app}
WORKDIR /srv/apps/{app}
CMD ["python", "-m", "{app}.main"]
"""

SHARED = "exports.word = () => 'one word, ' + require('ms')(60000);\n"
SERVER = """
console.log(require('@mono/shared').word(), 'ms', require('ms/package.json').version);
setInterval(() => {}, 1000);
"""
MS_2_0 = "sha512-Tpp60P6IUJDTuOq/5Z8cdskzJujfwqfOTkrwIwj7IRISpnkJnT6SyJ4PCPnGMoFjC9ddhal5KVIYtAt97ix05A=="
MS_2_1 = "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="
VERSIONS = {"web": "2.0.0", "api": "2.1.3"}


def _member(name: str, shared: str | None, ms: str) -> dict[str, object]:
    needs = {"ms": ms} if shared is None else {"@mono/shared": shared, "ms": ms}
    return {"name": f"@mono/{name}", "version": "1.0.0", "main": "index.js", "dependencies": needs}


def _npm_lock() -> str:
    members = {"apps/api": "api", "apps/web": "web", "packages/shared": "shared"}
    links = {f"node_modules/@mono/{name}": {"resolved": place, "link": True} for place, name in members.items()}
    entries = {
        place: {
            key: value
            for key, value in _member(name, None if name == "shared" else "1.0.0", ms).items()
            if key != "main"
        }
        for (place, name), ms in zip(members.items(), ("2.1.3", "2.0.0", "2.1.3"), strict=True)
    }
    packages = {
        "": {"name": "mono", "workspaces": ["apps/*", "packages/*"]},
        **entries,
        **links,
        "apps/web/node_modules/ms": {"version": "2.0.0", "integrity": MS_2_0, "license": "MIT"},
        "node_modules/ms": {"version": "2.1.3", "integrity": MS_2_1, "license": "MIT"},
    }
    return json.dumps({"name": "mono", "lockfileVersion": 3, "requires": True, "packages": packages})


NPM = {
    "npm/package.json": json.dumps({"name": "mono", "private": True, "workspaces": ["apps/*", "packages/*"]}),
    "npm/package-lock.json": _npm_lock(),
    "npm/packages/shared/package.json": json.dumps(_member("shared", None, "2.1.3")),
    "npm/packages/shared/index.js": SHARED,
    **{f"npm/apps/{app}/package.json": json.dumps(_member(app, "1.0.0", ms)) for app, ms in VERSIONS.items()},
    **{f"npm/apps/{app}/Dockerfile": NPM_DOCKERFILE.format(app=app) for app in VERSIONS},
    **{f"npm/apps/{app}/server.js": SERVER for app in VERSIONS},
}

PNPM_LOCK = f"""lockfileVersion: '9.0'

settings:
  autoInstallPeers: true
  excludeLinksFromLockfile: false

importers:

  .: {{}}

  apps/web:
    dependencies:
      '@mono/shared':
        specifier: workspace:*
        version: link:../../packages/shared
      ms:
        specifier: 2.0.0
        version: 2.0.0

  packages/shared:
    dependencies:
      ms:
        specifier: 2.1.3
        version: 2.1.3

packages:

  ms@2.0.0:
    resolution: {{integrity: {MS_2_0}}}

  ms@2.1.3:
    resolution: {{integrity: {MS_2_1}}}

snapshots:

  ms@2.0.0: {{}}

  ms@2.1.3: {{}}
"""

PNPM = {
    "pnpm/Dockerfile": PNPM_DOCKERFILE,
    "pnpm/package.json": json.dumps({"name": "mono", "private": True}),
    "pnpm/pnpm-workspace.yaml": "packages:\n  - 'apps/*'\n  - packages/*\n",
    "pnpm/pnpm-lock.yaml": PNPM_LOCK,
    "pnpm/packages/shared/package.json": json.dumps(_member("shared", None, "2.1.3")),
    "pnpm/packages/shared/index.js": SHARED,
    "pnpm/apps/web/package.json": json.dumps(_member("web", "workspace:*", "2.0.0")),
    "pnpm/apps/web/server.js": SERVER,
}

UV_LOCK = """version = 1
revision = 3
requires-python = ">=3.11"

[manifest]
members = ["api", "mono", "shared", "worker"]

[[package]]
name = "api"
version = "0"
source = { virtual = "apps/api" }
dependencies = [{ name = "shared" }]

[package.metadata]
requires-dist = [{ name = "shared", editable = "packages/shared" }]

[[package]]
name = "mono"
version = "0"
source = { virtual = "." }

[[package]]
name = "shared"
version = "0"
source = { editable = "packages/shared" }

[[package]]
name = "worker"
version = "0"
source = { virtual = "apps/worker" }
dependencies = [{ name = "shared" }]

[package.metadata]
requires-dist = [{ name = "shared", editable = "packages/shared" }]
"""

BACKEND = """
from pathlib import Path

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    import base64, hashlib, zipfile
    files = {
        "shared.pth": f"{Path.cwd()}\\n",
        "shared-0.dist-info/METADATA": "Metadata-Version: 2.1\\nName: shared\\nVersion: 0\\n",
        "shared-0.dist-info/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    record = ""
    with zipfile.ZipFile(Path(wheel_directory) / "shared-0-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record += f"{name},sha256={digest},{len(text)}\\n"
        wheel.writestr("shared-0.dist-info/RECORD", record + "shared-0.dist-info/RECORD,,\\n")
    return "shared-0-py3-none-any.whl"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return build_editable(wheel_directory)
"""
"""A build backend without any needs, so that the test asks no registry for one."""


def _uv_app(name: str) -> dict[str, str]:
    project = f'[project]\nname = "{name}"\nversion = "0"\ndependencies = ["shared"]\n'
    return {
        f"uv/apps/{name}/pyproject.toml": f"{project}[tool.uv.sources]\nshared = {{ workspace = true }}\n",
        f"uv/apps/{name}/{name}/__init__.py": "",
        f"uv/apps/{name}/{name}/main.py": "import shared, time\nprint(shared.WORD, shared.__file__)\ntime.sleep(9999)\n",
        f"uv/apps/{name}/Dockerfile": UV_DOCKERFILE.format(app=name),
    }


UV = {
    "uv/pyproject.toml": '[project]\nname = "mono"\nversion = "0"\nrequires-python = ">=3.11"\n'
    '[tool.uv.workspace]\nmembers = ["apps/*", "packages/*"]\n',
    "uv/uv.lock": UV_LOCK,
    "uv/packages/shared/pyproject.toml": '[project]\nname = "shared"\nversion = "0"\n'
    '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    "uv/packages/shared/backend.py": BACKEND,
    "uv/packages/shared/shared/__init__.py": "WORD = 'one word'\n",
    **_uv_app("api"),
    **_uv_app("worker"),
}

FILES = {"compose.yaml": COMPOSE, **NPM, **PNPM, **UV}
