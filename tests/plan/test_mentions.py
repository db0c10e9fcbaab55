"""What texts name: files of the checkout, modules, programs and environment variables."""

from __future__ import annotations

import pytest

from cispeed_tasks.plan.mentions import command_mentions, is_read, mentioned_places, programs_in, read_mentions
from cispeed_tasks.plan.suite_variables import counted_variables
from cispeed_tasks.plan.suites import Suite
from tests.plan.checkouts import service, suite_files

FILES = suite_files(
    dict.fromkeys(
        [
            "config/prices.yaml", "libs/money/index.ts", "libs/money/sub/x.ts", "libs/tax.ts", "services/api/app/main.py", "web/package.json",
            "web/src/a.js", "web/src/b.test.js", "packages/ui/index.js", "shared/plugin.py", "shop/settings.py", "shop/__init__.py",
        ],
        "",
    ),
    [service("web web")],
)  # fmt: skip
WEB = Suite(("web",), "npm test", "web")


@pytest.mark.parametrize(
    ("path", "text", "places"),
    [
        ("web/src/a.js", "import '../../libs/tax'", "libs/tax.ts"),
        ("web/src/a.js", "from '../../libs/money';", "libs/money"),
        ("web/src/a.js", 'open("config/prices.yaml")', "config/prices.yaml"),
        ("web/src/a.js", 'f"{ROOT}/config/prices.yaml"', "config/prices.yaml"),
        ("web/src/a.js", "./b.test.js ../../.. ../.. .. / // a/b https://libs.org/tax libs tax.ts", "web/src/b.test.js"),
        ("web/test.sh", "cd src/a.js", "web/src/a.js"),
        ("deep/test.sh", "cd src/a.js", "web/src/a.js"),
        ("pyproject.toml", 'testpaths = ["services/api", "config/prices.yaml"]', "config/prices.yaml"),
        ("web/pyproject.toml", 'path = "../libs/money"', "libs/money"),
        ("pytest.ini", "addopts = -p shared.plugin -pshop\nDJANGO_SETTINGS_MODULE = shop.settings", "shared/plugin.py shop/__init__.py shop/settings.py"),
        ("notes.cfg", "-p shared.plugin", ""),
        ("package.json", '{"workspaces": []}', "."),
        ("packages/pnpm-workspace.yaml", "", "packages"),
    ],
)  # fmt: skip
def test_places(path: str, text: str, places: str) -> None:
    assert set(mentioned_places(path, read_mentions(path, text), WEB, FILES)) == set(places.split())


def test_a_workspace_means_nothing_to_pytest() -> None:
    found = read_mentions("package.json", '{"workspaces": []}')
    assert list(mentioned_places("package.json", found, Suite(("web",), "pytest", "web"), FILES)) == []


@pytest.mark.parametrize(
    ("path", "is_code"),
    [
        ("a/b.py", True), ("Dockerfile", True), ("a/Makefile", True), ("a/.env.test", True), (".babelrc", True), ("a.test.tsx", True),
        ("setup.py", True), (".env.example", False), ("README.md", False), ("a/CHANGES", False), ("a.png", False), ("data.csv", False), ("package-lock.json", False),
        ("poetry.lock", False), ("requirements-dev.txt", False), ("LICENSE", False), ("yarn.lock", False),
    ],
)  # fmt: skip
def test_what_is_read(path: str, is_code: bool) -> None:
    assert is_read(path) == is_code


def test_a_command_names_files_and_programs() -> None:
    suite = Suite(("web",), "cd . && node ../libs/tax.ts | ./run.sh /usr/bin/jq", "web")
    path, found = command_mentions(suite)
    assert set(mentioned_places(path, found, suite, FILES)) == {"libs/tax.ts"}
    assert {"node", "/usr/bin/jq", "/bin/sh"} <= programs_in(suite, [])
    assert "./run.sh" not in programs_in(suite, [])
    assert programs_in(WEB, ["web/package.json"]) == {"npm", "test", "node"}
    assert programs_in(Suite((), "pytest", "."), ["package.json"]) == frozenset()


@pytest.mark.parametrize(
    ("name", "text", "counts"),
    [
        ("PYTEST_ADDOPTS", "", True),
        ("PYTHONHASHSEED", "", True),
        ("npm_config_registry", "", True),
        ("CI", "", True),
        ("TZ", "", True),
        ("DATABASE_URL", "os.environ['DATABASE_URL']", True),
        ("DATABASE_URL", "database_url: str", True),
        ("SHOP_DATABASE_URL", "env_prefix='SHOP_'", True),
        ("DATABASE_URL", "database url _ __", False),
        ("PATH", "PATH path", False),
        ("HOME", "HOME", False),
        ("PYTEST_CURRENT_TEST", "PYTEST_CURRENT_TEST", False),
    ],
)
def test_variables(name: str, text: str, counts: bool) -> None:
    found = read_mentions("a.py", text, [name.casefold()])
    assert counted_variables({name: "1"}, found.names) == ({name: "1"} if counts else {})
