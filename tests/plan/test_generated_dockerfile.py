"""The generated Dockerfile of each package manager, whole, and the ignore file that goes with it."""

from __future__ import annotations

import pytest

from cispeed_tasks.plan.generated_dockerfile import generated_dockerfile, ignore_file
from cispeed_tasks.plan.services import shape_services
from tests.builders import bind, config, facts, stack

MADE = "# Made by cispeed for web; `inv dockerfile web --write` makes it yours.\n"
PYTHON = """\
ENV PYTHONDONTWRITEBYTECODE=1 \\
    PYTHONUNBUFFERED=1 \\
    VIRTUAL_ENV=/opt/venv \\
    PATH=/opt/venv/bin:$PATH
"""


def install(options: str) -> str:
    """How packages are installed: by uv where the base has it, unless pip is told where to look for them."""
    return f"""\
case "$(command -v uv || true) $(pip config list || true)" in \\
      /*index* | /*find-links* | ' '*) \\
        python -m venv /opt/venv \\
        && /opt/venv/bin/pip install --prefer-binary {options} ;; \\
      *) \\
        uv venv --python "$(command -v python)" /opt/venv \\
        && UV_LINK_MODE=copy uv pip install --python /opt/venv --compile-bytecode {options} ;; \\
    esac
"""


def made(files: str, section: str = "{}", bases: str = "") -> str:
    """The Dockerfile for a source directory with these files, without the line that every one begins with."""
    services = stack({"web": {"image": "x", "volumes": [bind("web", "/app")]}})
    shapes = shape_services(
        services, config(f"{bases}services: {{web: {section}}}"), facts({f"web/{f}": "" for f in files.split()})
    )
    text = generated_dockerfile(shapes["web"], "images/base", "slim")
    assert text.startswith(MADE)
    return text.removeprefix(MADE)


def test_poetry_with_all_that_can_be_said() -> None:
    section = "{command: flask run, build-args: {URL: 'http://x y'}, system-packages: [git, curl]}"
    assert (
        made("poetry.lock pyproject.toml", section)
        == f"""\
FROM images/base AS deps
WORKDIR /app
COPY poetry.lock pyproject.toml ./
# What the lock file says is installed, hashes checked; unlike Poetry's own installer this needs nothing of an index
# but the simple API, so that mirrors and proxies serve too.
RUN --mount=type=cache,id=pip,target=/root/.cache/pip \\
    --mount=type=cache,id=uv,target=/root/.cache/uv \\
    {{ command -v poetry > /dev/null || pip install poetry poetry-plugin-export; }} \\
 && poetry export --only main --output /tmp/requirements.txt \\
 && {install("--no-deps -r /tmp/requirements.txt")}\

FROM slim AS runtime
ARG URL='http://x y'
ENV URL=$URL
{PYTHON}\
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
    --mount=type=cache,target=/var/lib/apt,sharing=locked \\
    apt-get update \\
 && apt-get install -y --no-install-recommends git curl
RUN useradd --create-home --uid 10001 app 2> /dev/null || adduser -D -u 10001 app
WORKDIR /app
COPY --from=deps /opt/venv /opt/venv
COPY --chown=app:app . .
USER 10001:10001
CMD ["flask", "run"]
"""
    )


def test_poetry_of_a_shared_base_is_not_installed_again() -> None:
    text = made("poetry.lock pyproject.toml", "{base: poetry}", "bases: {poetry: {image: i, context: c}}\n")
    assert "    poetry export --only main --output /tmp/requirements.txt \\\n && case" in text
    assert "pip install poetry" not in text


def test_pip_as_root() -> None:
    assert (
        made("requirements.txt", "{user: root}")
        == f"""\
FROM images/base AS deps
WORKDIR /app
COPY requirements.txt ./
RUN --mount=type=cache,id=pip,target=/root/.cache/pip \\
    --mount=type=cache,id=uv,target=/root/.cache/uv \\
    {install("-r requirements.txt")}\

FROM slim AS runtime
{PYTHON}\
WORKDIR /app
COPY --from=deps /opt/venv /opt/venv
COPY . .
"""
    )


def test_pip_keeps_its_requirements_in_their_folder() -> None:
    services = stack({"web": {"image": "x", "volumes": [bind("web", "/app")]}})
    seen = facts({"web/requirements.txt": ""})
    folder = seen.folders["/repo/web"]
    nested = type(folder)((*folder.files, "requirements/base.txt", "requirements/dev.txt"))
    shapes = shape_services(services, config(""), type(seen)(seen.root, {"/repo/web": nested}, seen.texts))
    lines = generated_dockerfile(shapes["web"], "base", "slim").splitlines()
    assert lines[3:5] == ["COPY requirements.txt ./", "COPY requirements/*.txt ./requirements/"]


def test_uv() -> None:
    assert (
        made("uv.lock pyproject.toml")
        == f"""\
FROM images/base AS deps
WORKDIR /app
COPY uv.lock pyproject.toml ./
RUN --mount=type=cache,id=uv,target=/root/.cache/uv \\
    {{ command -v uv > /dev/null || PIP_BREAK_SYSTEM_PACKAGES=1 python -m pip install uv; }} \\
 && UV_PROJECT_ENVIRONMENT=/opt/venv UV_LINK_MODE=copy uv sync --frozen --no-dev --no-install-project

FROM slim AS runtime
{PYTHON}\
RUN useradd --create-home --uid 10001 app 2> /dev/null || adduser -D -u 10001 app
WORKDIR /app
COPY --from=deps /opt/venv /opt/venv
COPY --chown=app:app . .
USER 10001:10001
"""
    )


def test_npm_with_a_build_script() -> None:
    section = "{build-script: build, build-args: {PUBLIC_URL: 'http://b:5000'}, command: npm run preview}"
    assert (
        made("package.json package-lock.json", section)
        == """\
FROM images/base AS deps
WORKDIR /app
COPY package-lock.json package.json ./
RUN --mount=type=cache,id=npm,target=/root/.npm \\
    npm ci

FROM deps AS build
ARG PUBLIC_URL=http://b:5000
ENV PUBLIC_URL=$PUBLIC_URL
COPY . .
RUN npm run build \\
 && rm -rf node_modules

FROM slim AS runtime
ARG PUBLIC_URL=http://b:5000
ENV PUBLIC_URL=$PUBLIC_URL
ENV NODE_ENV=production
RUN useradd --create-home --uid 10001 app 2> /dev/null || adduser -D -u 10001 app
WORKDIR /app
COPY --chown=app:app --from=deps /app/node_modules ./node_modules
COPY --chown=app:app --from=build /app .
USER 10001:10001
CMD ["npm", "run", "preview"]
"""
    )


def test_pnpm_with_a_shell_command_as_root() -> None:
    assert (
        made("package.json pnpm-lock.yaml", "{user: root, command: 'a && b'}")
        == """\
FROM images/base AS deps
WORKDIR /app
COPY pnpm-lock.yaml package.json ./
RUN --mount=type=cache,id=pnpm,target=/root/.local/share/pnpm/store \\
    corepack enable && pnpm install --frozen-lockfile

FROM slim AS runtime
ENV NODE_ENV=production
WORKDIR /app
COPY --from=deps /app/node_modules ./node_modules
COPY . .
CMD ["/bin/sh", "-c", "a && b"]
"""
    )


@pytest.mark.parametrize(
    ("files", "install"),
    [
        ("package.json package-lock.json", "    npm ci --omit=dev"),
        ("package.json", "    npm install --omit=dev"),
        ("package.json yarn.lock", "    yarn install --frozen-lockfile"),
        ("package.json bun.lock", "    bun install --frozen-lockfile"),
        ("pyproject.toml", "        && /opt/venv/bin/pip install --prefer-binary -r /tmp/requirements.txt ;; \\"),
    ],
)
def test_how_each_manager_installs(files: str, install: str) -> None:
    assert install in made(files).splitlines()


def test_the_contexts_own_ignore_lines_come_last_and_win() -> None:
    lines = ignore_file("!tests\n*.sqlite\n\n", source_is_context=True).splitlines()
    assert lines[0] == "# Made by cispeed. What the generated image never holds, by reason:"
    assert lines[-3:] == ["# from the context's own .dockerignore", "!tests", "*.sqlite"]
    assert {"tests", "**/node_modules", ".git", "**/.env", "**/__pycache__"} <= set(lines)
    assert ignore_file("!tests\n", source_is_context=False) == ignore_file(None, source_is_context=True)
