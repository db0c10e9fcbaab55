"""The generated Dockerfile of a service, and the ignore file that goes with it."""

from __future__ import annotations

from cispeed_tasks.plan.packages import Packages
from cispeed_tasks.plan.services import ServiceShape, command_words
from cispeed_tasks.plan.templates import render

NODE_COMMANDS = {
    "npm": ("npm ci", "npm install", "/root/.npm"),
    "pnpm": (
        "corepack enable && pnpm install --frozen-lockfile",
        "corepack enable && pnpm install",
        "/root/.local/share/pnpm/store",
    ),
    "yarn": ("yarn install --frozen-lockfile", "yarn install", "/usr/local/share/.cache/yarn"),
    "bun": ("bun install --frozen-lockfile", "bun install", "/root/.bun/install/cache"),
}

IGNORED = {
    "version control": (".git", ".gitignore", ".gitattributes", ".github", ".gitlab-ci.yml", ".svn", ".hg"),
    "editors and systems": (".idea", ".vscode", ".devcontainer", "**/.DS_Store", "**/*.swp"),
    "what builds and tests leave": (
        "**/__pycache__",
        "**/*.py[co]",
        "**/.pytest_cache",
        "**/.mypy_cache",
        "**/.ruff_cache",
        "**/.coverage",
        "**/htmlcov",
        "**/.tox",
        "**/*.egg-info",
        "**/node_modules",
        "**/.svelte-kit",
        "**/.vite",
        "**/coverage",
        "**/test-results",
        "**/playwright-report",
        "dist",
        "build",
    ),
    "virtual environments": ("**/.venv", "**/venv"),
    "tests and documentation": ("tests", "test", "docs", "README*", "CHANGELOG*", "CONTRIBUTING*", "LICENSE*"),
    "containers and this tool": (
        ".cispeed",
        "**/Dockerfile*",
        "**/*.Dockerfile",
        "**/docker-compose*.y*ml",
        "**/compose*.y*ml",
        "**/.dockerignore",
    ),
    "secrets of this machine": ("**/.env", "**/.env.*", "**/*.pem", "**/*.key", "**/id_rsa*"),
}
"""What a generated image never holds, by reason (requirements B1)."""


def generated_dockerfile(shape: ServiceShape, base: str, runtime: str) -> str:
    """The Dockerfile that a template makes for the service.

    Args:
        shape: the service; its first package manager chooses the template.
        base: the image that the packages are installed on.
        runtime: the image that the result stands on; it has no compiler.
    """
    packages = shape.packages[0]
    values = {
        "name": shape.service.name,
        "made": f"Made by cispeed for {shape.service.name}; `inv dockerfile {shape.service.name} --write` makes it yours.",
        "base": base,
        "shared_base": shape.config.base is not None,
        "runtime": runtime,
        "workdir": shape.workdir,
        "manifests": [name for name in packages.manifests if "/" not in name],
        "folders": sorted({name.rsplit("/", 1)[0] for name in packages.manifests if "/" in name}),
        "manager": packages.manager,
        "locked": packages.locked,
        "build_args": shape.config.build_args,
        "system_packages": shape.config.system_packages,
        "user": shape.config.user,
        "command": command_words(shape.config.command) if shape.config.command else None,
    }
    if packages.is_python:
        return render(f"{packages.manager}.Dockerfile.j2", **values)
    return render("node.Dockerfile.j2", **values, **_node_values(shape, packages))


def ignore_file(own: str | None, source_is_context: bool) -> str:
    """The ignore file of a generated Dockerfile: what no image needs, then the context's own lines, which win."""
    lines = ["# Made by cispeed. What the generated image never holds, by reason:"]
    for reason, patterns in IGNORED.items():
        lines += [f"# {reason}", *patterns]
    if own and source_is_context:
        lines += ["# from the context's own .dockerignore", own.rstrip()]
    return "\n".join(lines) + "\n"


def _node_values(shape: ServiceShape, packages: Packages) -> dict[str, object]:
    locked, unlocked, cache = NODE_COMMANDS[packages.manager]
    install = locked if packages.locked else unlocked
    script = shape.config.build_script
    chown = "" if shape.config.user == "root" else f"--chown={shape.config.user}:{shape.config.user} "
    production = "" if script or packages.manager != "npm" else " --omit=dev"
    return {
        "install": install + production,
        "cache": cache,
        "build_script": script,
        "run": f"{packages.manager} run",
        "chown": chown,
    }
