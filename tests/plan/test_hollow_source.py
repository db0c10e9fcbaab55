"""What a hollow service gets of the checkout: mounts, where its packages are installed, what is shielded, or why not."""

from __future__ import annotations

from typing import Any

from cispeed_tasks.plan.hollow import plan_dependencies
from cispeed_tasks.plan.services import ServiceShape
from tests.builders import bind, build, project, volume


def shape(entry: dict[str, Any], files: dict[str, str], text: str = "") -> ServiceShape:
    return project(text, {"web": entry}, files).shapes["web"]


def told(found: ServiceShape) -> list[str]:
    """Its mounts, its installs, its working directory and its shields; or what was assumed instead."""
    if found.hollow is None:
        return [str(assumption) for assumption in found.assumptions]
    lines = [f"{b.source.removeprefix('/repo/')} → {b.target}" for b in found.hollow.binds]
    for d in plan_dependencies(found, "shop", dict.fromkeys(("npm", "pnpm", "uv", "pip", "poetry"), "0")):
        lines += [" ".join(d.words), *(f"volume {name} → {place}" for name, place in d.volumes)]
    return [*lines, f"in {found.hollow.workdir}", *(f"shield {place}" for place in found.hollow.shields)]


WORKSPACE = {
    "package.json": '{"workspaces": ["apps/*", "packages/*"]}',
    "package-lock.json": "{}",
    "apps/web/package.json": "{}",
    "apps/api/package.json": "{}",
    "packages/shared/package.json": "{}",
}


def test_only_build_gets_what_its_dockerfile_copies() -> None:
    files = {"api/Dockerfile": "FROM python\nWORKDIR /app\nCOPY requirements.txt .\nCOPY src src\n"}
    files |= {"api/requirements.txt": "", "api/src/a.py": "", "api/README.md": ""}
    assert told(shape({"build": build("api")}, files)) == [
        "api/requirements.txt → /app/requirements.txt",
        "api/src → /app/src",
        "pip /app /cispeed/python",
        "volume shop-pip-0 → /cispeed/python",
        "in /app",
    ]


def test_a_context_above_the_service_finds_the_services_own_lock_file() -> None:
    text = "FROM python\nWORKDIR /app\nCOPY services/api/ ./\nCOPY shared /shared\n"
    files = {"services/api/Dockerfile": text, "services/api/poetry.lock": "", "shared/a.py": "", "package.json": "{}"}
    entry = {"build": build(".", dockerfile="services/api/Dockerfile")}
    assert told(shape(entry, files)) == [
        "services/api → /app",
        "shared → /shared",
        "poetry /app /cispeed/python",
        "volume shop-poetry-0 → /cispeed/python",
        "in /app",
    ]


DOCKERFILE = """\
FROM node
WORKDIR /repo
COPY package.json package-lock.json ./
COPY packages ./packages
COPY apps/web ./apps/web
RUN npm ci
WORKDIR /repo/apps/web
"""


def test_a_member_is_installed_at_the_root_and_runs_in_its_own_directory() -> None:
    entry = {"build": build(".", dockerfile="Dockerfile")}
    assert told(shape(entry, {**WORKSPACE, "Dockerfile": DOCKERFILE})) == [
        "package-lock.json → /repo/package-lock.json",
        "package.json → /repo/package.json",
        "packages → /repo/packages",
        "apps/web → /repo/apps/web",
        "npm /repo /repo/node_modules:/repo/apps/web/node_modules:/repo/packages/shared/node_modules",
        "volume shop-npm-0 → /repo/node_modules",
        "volume shop-npm-0-apps-web → /repo/apps/web/node_modules",
        "volume shop-npm-0-packages-shared → /repo/packages/shared/node_modules",
        "in /repo/apps/web",
    ]


def test_a_mounted_workspace_runs_in_the_dockerfiles_directory() -> None:
    entry = {"build": build("."), "volumes": [bind(".", "/repo")]}
    found = told(shape(entry, {**WORKSPACE, "Dockerfile": DOCKERFILE}))
    assert (found[0], found[1].split(":")[0], found[-1]) == (
        "/repo → /repo",
        "npm /repo /repo/node_modules",
        "in /repo/apps/web",
    )


def test_a_lock_file_further_up_that_is_no_workspaces_does_not_count() -> None:
    files = {**WORKSPACE, "package.json": "{}", "Dockerfile": DOCKERFILE}
    assert "npm /repo/apps/web /repo/apps/web/node_modules" in told(shape({"build": build(".")}, files))


UV = {
    "uv.lock": "",
    "pyproject.toml": '[tool.uv.workspace]\nmembers = ["apps/*"]\n',
    "apps/api/pyproject.toml": '[project]\nname = "the-api"\n',
    "apps/job/pyproject.toml": '[project]\nname = "job"\n',
}


def test_a_uv_workspace_is_one_environment_of_all_its_members_or_of_the_one_that_is_there() -> None:
    text = "FROM python\nWORKDIR /srv\nCOPY {} ./\nCOPY uv.lock pyproject.toml ./\nWORKDIR /srv/apps/api\n"
    whole = shape({"build": build(".")}, {**UV, "Dockerfile": text.format(".")})
    assert "uv:* /srv /cispeed/python" in told(whole)
    part = text.format(".").replace("COPY . ./", "COPY apps/api apps/api")
    assert "uv:the-api /srv /cispeed/python" in told(shape({"build": build(".")}, {**UV, "Dockerfile": part}))


def test_virtual_environments_of_the_host_are_shielded_unless_the_compose_file_does_it() -> None:
    files = {"web/requirements.txt": "", "web/.venv/pyvenv.cfg": "", "web/env/pyvenv.cfg": "", "web/venv/x.py": ""}
    entry = {"image": "python", "volumes": [bind("web", "/app"), volume(None, "/app/env")]}
    assert told(shape(entry, files))[-1:] == ["shield /app/.venv"]


def test_the_config_settles_what_the_dockerfile_leaves_open() -> None:
    files = {"web/Dockerfile": "FROM node\nCOPY . .\n", "web/package-lock.json": "{}"}
    doubt = "web: in hollow mode it runs from its full image, since of its Dockerfile line 2: COPY: its working directory is "
    assert told(shape({"build": build("web")}, files)) == [
        f"{doubt}that of the image below, which is not known (to settle it: services.web: {{source: DIRECTORY, workdir: /app}})"
    ]
    settled = shape({"build": build("web")}, files, "services: {web: {source: web, workdir: /srv}}")
    assert told(settled)[:2] == ["web → /srv", "npm /srv /srv/node_modules"]


BUILT = "FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD npm start\n"


def test_what_is_built_of_the_source_runs_from_the_image_unless_something_else_is_run_or_mounted() -> None:
    files = {"web/Dockerfile": BUILT, "web/package-lock.json": "{}"}
    (doubt,) = told(shape({"build": build("web")}, files))
    assert doubt == (
        "web: in hollow mode it runs from its full image, since of its Dockerfile line 4: what `npm run build` makes is only "
        "in the image (to settle it: services.web.hollow-command: what it runs on the mounted source)"
    )
    settled = shape({"build": build("web")}, files, "services: {web: {hollow-command: npm run dev}}")
    mounted = shape({"build": build("web"), "volumes": [bind("web", "/app")]}, files)
    assert told(settled)[0] == told(mounted)[0] == "web → /app"


def test_without_a_package_manager_there_is_nothing_to_install_and_nothing_to_say() -> None:
    files = {"web/Dockerfile": "FROM golang\nWORKDIR /src\nCOPY . .\nRUN go build\n", "web/main.go": ""}
    assert told(shape({"build": build("web")}, files)) == []


def test_mounts_of_the_compose_file_win_over_what_is_copied() -> None:
    text = "FROM node\nWORKDIR /app\nCOPY package*.json ./\nCOPY src src\nCOPY data data\n"
    files = {
        "web/Dockerfile": text,
        "web/package.json": "",
        "web/package-lock.json": "",
        "web/src/a": "",
        "web/data/a": "",
    }
    entry = {"build": build("web"), "volumes": [bind("other", "/app/src"), volume("data", "/app/data")]}
    assert told(shape(entry, {**files, "other/b": ""}))[:3] == [
        "web/package-lock.json → /app/package-lock.json",
        "web/package.json → /app/package.json",
        "npm /app /app/node_modules",
    ]


def test_of_a_member_that_is_mounted_alone_the_workspace_is_mounted_as_well() -> None:
    entry = {"image": "node", "volumes": [bind("apps/web", "/app")], "command": ["npm", "start"]}
    found = shape(entry, WORKSPACE)
    at = "/cispeed/workspace"
    assert told(found)[:3] == [
        "apps/web → /app",
        f"/repo → {at}",
        f"npm {at} {at}/node_modules:{at}/apps/api/node_modules:{at}/apps/web/node_modules:{at}/packages/shared/node_modules",
    ]
    assert told(found)[-1] == f"in {at}/apps/web"
    (assumption,) = found.assumptions
    assert str(assumption) == (
        f"web: its lock file lies in ., which hollow mode mounts at {at}; its command runs in {at}/apps/web "
        "(to settle it: services.web.source: the workspace's root)"
    )
    alone = shape(entry, {**WORKSPACE, "apps/web/package-lock.json": "{}"})
    assert told(alone)[1] == "npm /app /app/node_modules"
