"""cispeed.yaml: every fault at once, each with its place, and never anything but a ConfigError."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from cispeed_tasks.config import did_you_mean, json_schema, parse_config
from cispeed_tasks.config_schema import Config
from cispeed_tasks.errors import ConfigError

PATH = Path("/repo/cispeed.yaml")
SAMPLE = Path(__file__).parent.parent / "cispeed_tasks/sample/cispeed.yaml"
SERVICE_KEYS = (
    "base, build-args, build-script, command, context, dockerfile, hollow-command, managers, mounts, source, system-packages, "
    "target, test-command, tests, user, workdir"
)


def faults(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, PATH)
    return str(caught.value)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "~\n", "\ufeff", "{}"])
def test_a_file_that_says_nothing_means_the_defaults(text: str) -> None:
    assert parse_config(text, PATH).config == Config()


def test_all_faults_are_reported_at_once_in_the_order_of_the_file() -> None:
    text = """\
project: x
servces: {}
services:
  web: {basee: node, workdir: 8}
  api:
    managers: [nmp]
    user: rot
timeouts: {ready: soon, prepare: 0}
compose: compose.yaml
roots: {debian: {}}
playwright: [tests]
"""
    assert faults(text).splitlines() == [
        "cispeed.yaml:1:1: project: 'x' is no name: two or more letters, digits, '_', '.', '-' are",
        "cispeed.yaml:2:1: unknown key 'servces'; did you mean 'services'?",
        "cispeed.yaml:4:9: services.web: unknown key 'basee'; did you mean 'base'?",
        "cispeed.yaml:4:22: services.web.workdir: should be text, and is 8; put it in quotes",
        "cispeed.yaml:6:16: services.api.managers.0: 'nmp' is none of the known words; did you mean 'npm'?",
        "cispeed.yaml:7:5: services.api.user: 'rot' is none of the known words; did you mean 'root'?",
        "cispeed.yaml:8:12: timeouts.ready: should be a valid number, unable to parse string as a number, and is 'soon'",
        "cispeed.yaml:8:25: timeouts.prepare: should be greater than 0, and is 0",
        "cispeed.yaml:9:1: compose: should be a list, and is 'compose.yaml'",
        "cispeed.yaml:10:9: roots.debian: the key 'suite' is missing; write it",
        "cispeed.yaml:11:1: playwright: should be a mapping of keys to values, and is ['tests']",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- a\n", "1:1: the file must be a mapping of keys to values"),
        ("hello\n", "1:1: the file must be a mapping of keys to values"),
        ("a: [1,\n", "2:1: this is no YAML: expected the node content, but found '<stream end>'"),
        ("services:\n\tweb: {}\n", "2:1: this is no YAML: found character '\\t' that cannot start any token"),
        ("a: b\n---\nc: d\n", "2:1: this is no YAML: but found another document"),
        ("services: *gone\n", "1:11: this is no YAML: found undefined alias 'gone'"),
        ("compose:\n- a\x00b\n", "2:4: this is no YAML: the character U+0000; take it out"),
        ("registry: 2001-99-99\n", "1:1: registry: '2001-99-99' cannot be read as timestamp; put it in quotes"),
        ("registry: =\n", "1:1: registry: '=' cannot be read as value; put it in quotes"),
        ("registry: !env X\n", "1:1: registry: 'X' cannot be read as !env; put it in quotes"),
        ("registry: yes\n", "1:1: registry: should be text, and is True; put it in quotes"),
        ("? [a, b]\n: c\n", "1:3: a list or mapping is no key; write a plain word"),
        ("project: aa\nproject: bb\n", "2:1: project: key 'project' is written twice, first in line 1"),
        ("timeouts: {ready: .inf}\n", "1:12: timeouts.ready: should be a finite number, and is inf"),
        ("services:\n  web: {zzz: 1}\n", f"2:9: services.web: unknown key 'zzz'; there is: {SERVICE_KEYS}"),
        ("services:\n  8080: {user: x}\n", "2:10: services.8080.user: 'x' is none of the known words; there is: app, root"),
        ("services:\n  web:\n", "2:3: services.web: should be a mapping of keys to values, and is None"),
        ("project: aa\r\nservises: {}\r\n", "2:1: unknown key 'servises'; did you mean 'services'?"),
        ("# é ü 漢\nproject: é漢\n", "2:1: project: 'é漢' is no name: two or more letters, digits, '_', '.', '-' are"),
        ("bases:\n  x: {image: i, context: c}\n", "2:3: bases.x: 'x' is no name: two or more letters, digits, '_', '.', '-' are"),
        ("cache: lokal\n", "1:1: cache: 'lokal' is none of the known words; did you mean 'local'?"),
        ("cache: registry\n", "1:1: cache: 'registry' needs to know where caches go: write `registry: ghcr.io/ORGANISATION/REPOSITORY`"),
        ("cache: {ic: gha}\n", "1:9: cache: unknown key 'ic'; there is: ci, local, main, pull-request"),
        ("cache: {ci: {type: gha, ref: x}}\n", "1:25: cache.ci.ref: is no key of a cache of type gha, which has: mode, scope, write"),
        ("cache: {pull-request: {tipe: gha, type: gha}}\n", "1:24: cache.pull-request: unknown key 'tipe'; did you mean 'type'?"),
        ("cache: {main: {type: s3, bucket: b}}\n", "1:9: cache.main: the key 'region' is missing"),
        ("cache: {main: {type: gha, write: often}}\n", "1:27: cache.main.write: 'often' is none of the known words; there is: always, main, never"),
        ("prepare: [{service: db}]\n", "1:11: prepare.0: the key 'command' is missing; write it"),
    ],
)  # fmt: skip
def test_a_fault_has_its_place_and_says_what_is_right(text: str, fault: str) -> None:
    assert faults(text) == f"cispeed.yaml:{fault}"


def test_a_base_that_is_named_has_to_exist() -> None:
    text = "bases: {node: {image: i, context: c}}\nservices:\n  web: {base: nod}\nplaywright: {base: browsers}\n"
    assert faults(text).splitlines() == [
        "cispeed.yaml:3:9: services.web.base: there is no base 'nod'; did you mean 'node'?",
        "cispeed.yaml:4:14: playwright.base: there is no base 'browsers'; there is: node",
    ]


def test_aliases_are_followed_and_a_circle_is_a_fault() -> None:
    loaded = parse_config("services: {web: &web {user: root}, api: *web}\n", PATH)
    assert {name: section.user for name, section in loaded.config.services.items()} == {"web": "root", "api": "root"}
    for circle in ("services: &a\n  web: *a\n", "compose: &a [*a]\n", f"compose: {'[' * 3000}{']' * 3000}"):
        assert (
            faults(circle)
            == "cispeed.yaml:1:1: an alias stands inside what it names, or lists are nested too deep; write it out"
        )


def test_a_fault_that_is_found_later_knows_the_nearest_place() -> None:
    loaded = parse_config("project: shop\nservices:\n  web: {user: root}\n", PATH)
    assert loaded.fault(("services", "web", "base"), "x") == "cispeed.yaml:3:3: services.web.base: x"


def test_keys_are_written_with_hyphens() -> None:
    loaded = parse_config("services: {web: {build-script: build, system-packages: [git]}}", PATH)
    assert loaded.config.services["web"].model_dump(exclude_defaults=True) == {
        "build_script": "build",
        "system_packages": ("git",),
    }


def test_a_word_is_matched_with_the_nearest_known_one() -> None:
    assert did_you_mean("bakend", ["client", "backend"]) == "; did you mean 'backend'?"
    assert did_you_mean("x", ["client", "backend"]) == "; there is: backend, client"
    assert did_you_mean("x", []) == ""


@given(st.text(max_size=80))
@example("a: !!int ''")
@example("a: !!bool x")
@example("a: !!float ''")
@example("a: !!timestamp x")
@example("a: !!binary \U0001f600")
@example("\ud800")
@example("? ? a")
def test_any_text_is_a_config_or_a_config_error(text: str) -> None:
    with suppress(ConfigError):
        parse_config(text, PATH)


YAML_DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*Config.model_fields, "web"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(YAML_DATA)
def test_any_data_is_a_config_or_a_config_error(data: object) -> None:
    with suppress(ConfigError):
        parse_config(yaml.safe_dump(data), PATH)


def test_the_json_schema_accepts_the_sample_and_refuses_a_misspelt_key() -> None:
    schema = json.loads(json.dumps(json_schema()))
    data = yaml.safe_load(SAMPLE.read_text())
    jsonschema.validate(data, schema)
    data["services"]["backend"]["bas"] = "node"
    with pytest.raises(jsonschema.ValidationError, match="'bas' was unexpected"):
        jsonschema.validate(data, schema)
