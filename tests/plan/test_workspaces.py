"""The members of workspaces, by the manifests of five package managers."""

from __future__ import annotations

import pytest

from cispeed_tasks.plan.workspaces import package_name, pnpm_patterns, workspace_members
from tests.builders import facts

MEMBERS = {
    f"{place}/{name}": ""
    for place in ("apps/api", "apps/web", "apps/web/deep", "packages/shared", "tools", "node_modules/x", ".hidden/x")
    for name in ("package.json", "pyproject.toml")
}


def members(manager: str, name: str, text: str) -> tuple[str, ...]:
    found = facts({**MEMBERS, "apps/empty/README.md": "", name: text})
    return workspace_members(manager, "/repo", found.folders, found.texts)


@pytest.mark.parametrize("manager", ["npm", "yarn", "bun"])
def test_package_json_names_them(manager: str) -> None:
    text = '{"workspaces": ["apps/*", "./packages/shared/"]}'
    assert members(manager, "package.json", text) == ("apps/api", "apps/web", "packages/shared")


def test_yarns_old_form() -> None:
    assert members("yarn", "package.json", '{"workspaces": {"packages": ["tools"]}}') == ("tools",)


def test_every_depth_and_exceptions() -> None:
    text = '{"workspaces": ["**", "!apps/api"]}'
    assert members("npm", "package.json", text) == ("apps/web", "apps/web/deep", "packages/shared", "tools")


def test_pnpm_has_a_file_of_its_own() -> None:
    assert members("pnpm", "pnpm-workspace.yaml", "packages:\n  - 'apps/*'\n") == ("apps/api", "apps/web")
    assert members("pnpm", "package.json", '{"workspaces": ["apps/*"]}') == ()


@pytest.mark.parametrize(
    "text",
    [
        'packages:\n- apps/*  # all\n# more\n\n- "b"\ncatalog:\n- c\n',
        "onlyBuiltDependencies: [x]\npackages: [apps/*, 'b']\n",
        "packages:\n  - 'apps/*'\n  - b",
    ],
)
def test_both_forms_of_pnpms_list(text: str) -> None:
    assert pnpm_patterns(text) == ["apps/*", "b"]


def test_uv_with_what_it_leaves_out() -> None:
    text = '[tool.uv.workspace]\nmembers = ["apps/*"]\nexclude = ["apps/web"]\n'
    assert members("uv", "pyproject.toml", text) == ("apps/api",)


@pytest.mark.parametrize(
    ("manager", "name", "text"),
    [
        ("npm", "package.json", "{"),
        ("npm", "package.json", "[]"),
        ("npm", "package.json", '{"workspaces": {"packages": 3}}'),
        ("uv", "pyproject.toml", "["),
        ("uv", "pyproject.toml", 'tool = "x"'),
        ("pnpm", "pnpm-workspace.yaml", "x: 1"),
        ("pip", "package.json", '{"workspaces": ["apps/*"]}'),
    ],
)
def test_no_workspace(manager: str, name: str, text: str) -> None:
    assert members(manager, name, text) == ()


def test_the_name_of_a_python_project() -> None:
    found = facts({"a/pyproject.toml": '[project]\nname = "x"\n', "b/pyproject.toml": "[project]\n"})
    assert [package_name(f"/repo/{name}", found.texts) for name in "abc"] == ["x", None, None]
