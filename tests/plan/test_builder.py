"""Which builder builds, how it is created, where its images go, and what it is given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cispeed_tasks.config_builder import builder_of
from cispeed_tasks.config_schema import BuilderConfig
from cispeed_tasks.errors import ConfigError, ToolError
from cispeed_tasks.plan.bake import run_definition
from cispeed_tasks.plan.bake_elsewhere import Elsewhere, with_elsewhere
from cispeed_tasks.plan.build import BuildPlan, plan_full
from cispeed_tasks.plan.builder import BuilderPlan, SeenBuilder, create_command, places, plan_builder
from tests.builders import build, config, project

FLEET = "builder: {name: fleet, driver: remote, endpoint: 'tcp://buildkit.example:1234'}"
OWN = SeenBuilder("default", "docker", "default", True, ("linux/amd64", "linux/amd64/v2"))
SEEN = SeenBuilder("fleet", "remote", "tcp://buildkit.example:1234", True, ("linux/amd64", "linux/arm64"))
SHOP = project(
    "bases: {base: {image: team/base, context: base}}",
    {name: {"build": build(name)} for name in ("web", "api")},
    {"base/Dockerfile": "FROM debian\n", "web/Dockerfile": "FROM team/base\n", "api/Dockerfile": "FROM node\n"},
)
PLAN = plan_full(SHOP, ["web", "api"])


def named(text: str) -> BuilderConfig:
    found = builder_of(config(text))
    assert found is not None
    return found


def chosen(
    text: str = "", environment: str | None = None, seen: SeenBuilder | None = OWN, platform: str = "linux/amd64"
) -> BuilderPlan:
    return plan_builder(named(text) if text else None, environment, seen, platform)


def test_the_engines_own_unless_somebody_names_another() -> None:
    assert chosen() == BuilderPlan(OWN, (), "it is the one in use")
    assert OWN.sees_images
    plan = chosen(FLEET, None, SEEN)
    assert not plan.builder.sees_images
    assert str(plan) == (
        "builder fleet (remote, tcp://buildkit.example:1234): cispeed.yaml names it; "
        "it sees none of the engine's images and gets all at once"
    )
    assert chosen(FLEET, "default", OWN) == BuilderPlan(OWN, (), "BUILDX_BUILDER names it")


def test_what_is_missing_is_created_with_all_that_the_config_says() -> None:
    text = """
builder:
  name: cluster
  driver: kubernetes
  options: {replicas: '4', namespace: builds, requests.cpu: '2'}
  platforms: [linux/amd64, linux/arm64]
  flags: --debug
  config: ci/buildkitd.toml
"""
    plan = chosen(text, None, None)
    assert plan.create == (
        *("docker", "buildx", "create", "--name", "cluster", "--driver", "kubernetes"),
        *("--driver-opt=namespace=builds", "--driver-opt=replicas=4", "--driver-opt=requests.cpu=2"),
        *("--platform=linux/amd64,linux/arm64", "--buildkitd-flags=--debug", "--buildkitd-config=ci/buildkitd.toml"),
    )
    assert "; it is created first; " in str(plan)
    assert not plan.builder.is_running
    assert create_command(named(FLEET))[-1] == "tcp://buildkit.example:1234"
    assert chosen(FLEET, None, SEEN).create == ()


@pytest.mark.parametrize(
    ("text", "environment", "seen", "words"),
    [
        ("builder: fleet", None, None, "there is no builder 'fleet', which cispeed.yaml names: create it"),
        (FLEET, "other", None, "there is no builder 'other' (BUILDX_BUILDER); `docker buildx ls` shows"),
        (
            FLEET,
            None,
            replace(SEEN, driver="docker-container"),
            "has the driver docker-container, and cispeed.yaml wants",
        ),
        (
            FLEET,
            None,
            replace(SEEN, endpoint="tcp://old:1"),
            "leads to tcp://old:1, and cispeed.yaml wants tcp://buildkit",
        ),
        (
            FLEET,
            None,
            replace(SEEN, platforms=("linux/arm64",)),
            "builds for linux/arm64, and the engine runs linux/amd64",
        ),
    ],
)
def test_what_cannot_be_done_is_said_with_its_remedy(
    text: str, environment: str | None, seen: SeenBuilder | None, words: str
) -> None:
    with pytest.raises(ToolError) as raised:
        chosen(text, environment, seen)
    assert words in str(raised.value)
    assert "`docker buildx ls`" in str(raised.value) or "BUILDX_BUILDER=default" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("builder: {name: b1, driver: remote}", "1:1: builder: the key 'endpoint' is missing"),
        ("builder: {name: b1, endpoint: 'tcp://x:1'}", "1:21: builder.endpoint: needs `driver:` beside it"),
        ("builder: {name: b1, driver: remote, endpoint: x, flags: y}", "1:50: builder.flags: is no key of a remote"),
        ("builder: {name: b1, driver: kubernetes, endpoint: x}", "1:41: builder.endpoint: is no key of a kubernetes"),
        (
            "builder: {name: b1, driver: docker}",
            "1:21: builder.driver: 'docker' is none of the known words; there is: docker-container,",
        ),
        ("builder: {nam: b1}", "builder: unknown key 'nam'; did you mean 'name'?"),
        ("builder: 3", "1:1: builder: should be text, and is 3"),
    ],
)
def test_faults_of_the_config(text: str, fault: str) -> None:
    with pytest.raises(ConfigError) as raised:
        config(text)
    assert fault in str(raised.value)


def test_an_image_goes_only_where_it_is_wanted() -> None:
    assert places(PLAN, push=False, needed=True) == {"base-base": "keep", "web": "load", "api": "load"}
    assert places(PLAN, push=True, needed=False) == {"base-base": "push", "web": "push", "api": "push"}
    assert places(PLAN, push=True, needed=True) == {"base-base": "push", "web": "load", "api": "load"}


def elsewhere(plan: BuildPlan) -> dict[str, dict[str, object]]:
    steps = {step.target.name: step for step in plan.steps}
    found = places(plan, push=False, needed=True)
    handed = {"debian": "oci-layout://.cispeed/builder-roots/debian@sha256:1"}
    own = run_definition(plan.of("build"), steps, sees_images=False)
    done = with_elsewhere(own, plan.of("build"), steps, SHOP.targets, Elsewhere(found, handed=handed))
    targets: dict[str, dict[str, object]] = done["target"]
    return targets


def test_the_graph_goes_as_it_is_with_what_only_the_engine_has() -> None:
    assert elsewhere(PLAN) == {
        "base-base": {
            "output": ["type=cacheonly"],
            "contexts": {"debian": "oci-layout://.cispeed/builder-roots/debian@sha256:1"},
        },
        "web": {"output": ["type=docker"]},
        "api": {"output": ["type=docker"]},
    }


def test_a_base_that_is_on_the_engine_only_is_built_along_and_one_in_the_registry_is_taken_from_there() -> None:
    base, *rest = PLAN.steps
    here = elsewhere(BuildPlan((replace(base, action="reuse"), *rest)))
    assert here["base-base"] == {"contexts": {"debian": "oci-layout://.cispeed/builder-roots/debian@sha256:1"}}
    assert here["web"] == {"output": ["type=docker"]}
    there = elsewhere(BuildPlan((replace(base, action="leave", remote="registry.example/base:fp-1"), *rest)))
    assert there["web"]["contexts"] == {"team/base": "docker-image://registry.example/base:fp-1"}


def test_what_is_pushed_has_its_name_in_the_registry() -> None:
    steps = {step.target.name: step for step in PLAN.steps}
    own = run_definition(PLAN.steps, steps, sees_images=False)
    references = {name: f"registry.example/{name}:full" for name in steps}
    found = Elsewhere(places(PLAN, push=True, needed=False), references)
    done = with_elsewhere(own, PLAN.steps, steps, SHOP.targets, found)
    assert done["target"]["api"] == {"output": ["type=registry"], "tags": ["registry.example/api:full"]}
