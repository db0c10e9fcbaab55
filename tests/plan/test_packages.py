"""Which package managers a directory has, by its files; and what was assumed."""

from __future__ import annotations

import pytest

from cispeed_tasks.plan.packages import Packages, find_packages, named_packages


def found(*files: str) -> list[str]:
    """The managers, with the manifests in their order, and then the assumptions."""
    packages, assumptions = find_packages("web", files)
    lines = [f"{p.manager}: {' '.join(p.manifests)}{'' if p.locked else ' (not locked)'}" for p in packages]
    return [*lines, *(str(assumption) for assumption in assumptions)]


@pytest.mark.parametrize(
    ("files", "line"),
    [
        (["poetry.lock", "pyproject.toml", "README.md"], "poetry: poetry.lock pyproject.toml"),
        (["uv.lock", "pyproject.toml", ".python-version"], "uv: uv.lock pyproject.toml .python-version"),
        (["requirements.txt", "constraints.txt"], "pip: requirements.txt constraints.txt"),
        (["requirements.txt", "requirements/dev.txt", "requirements/a.in"], "pip: requirements.txt requirements/dev.txt"),
        (["package-lock.json", "package.json", ".npmrc"], "npm: package-lock.json package.json .npmrc"),
        (["pnpm-lock.yaml", "package.json", "pnpm-workspace.yaml"], "pnpm: pnpm-lock.yaml package.json pnpm-workspace.yaml"),
        (["yarn.lock", "package.json", ".yarnrc.yml"], "yarn: yarn.lock package.json .yarnrc.yml"),
        (["bun.lockb", "package.json"], "bun: bun.lockb package.json"),
    ],
)  # fmt: skip
def test_a_lock_file_names_the_manager(files: list[str], line: str) -> None:
    assert found(*files) == [line]


def test_a_directory_may_have_one_manager_of_each_language() -> None:
    assert found("poetry.lock", "package.json", "yarn.lock") == ["poetry: poetry.lock", "yarn: yarn.lock package.json"]


def test_a_manifest_without_a_lock_file_is_an_assumption() -> None:
    assert found("pyproject.toml", "package.json") == [
        "pip: pyproject.toml (not locked)",
        "npm: package.json (not locked)",
        (
            "web: no lock file beside pyproject.toml, so pip installs what is newest "
            "(to settle it: commit a lock file, or services.web.managers: [pip])"
        ),
        (
            "web: no lock file beside package.json, so npm installs what is newest "
            "(to settle it: commit a lock file, or services.web.managers: [npm])"
        ),
    ]


def test_of_several_lock_files_the_first_manager_is_taken_and_said() -> None:
    assert found("requirements.txt", "poetry.lock", "package-lock.json", "pnpm-lock.yaml") == [
        "poetry: poetry.lock",
        "pnpm: pnpm-lock.yaml",
        "web: lock files of poetry, pip; poetry is taken (to settle it: services.web.managers: [poetry])",
        "web: lock files of pnpm, npm; pnpm is taken (to settle it: services.web.managers: [pnpm])",
    ]


def test_nothing_is_found_where_nothing_is() -> None:
    assert found("Dockerfile", "main.go") == []


def test_a_manager_that_the_config_names_takes_those_of_its_files_that_exist() -> None:
    assert named_packages("npm", ["package.json"]) == Packages("npm", ("package.json",), locked=False)
    assert named_packages("pip", ["requirements.txt"]).is_python
    assert not named_packages("npm", ["package.json"]).is_python
