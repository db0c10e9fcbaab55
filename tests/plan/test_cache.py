"""Which build cache is used where, what bake is told of it, and what a person reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cispeed_tasks.plan.cache import CachePlan, fault_of_word, is_own_error, plan_cache, with_caches
from cispeed_tasks.plan.cache_entries import slug
from cispeed_tasks.plan.cache_runner import Builder, Runner, read_runner
from cispeed_tasks.plan.cache_seen import SeenCache, with_seen
from cispeed_tasks.plan.ci_event import read_event
from tests.builders import ROOT, build, config, project

ENGINE = Builder("docker", has_image_store=True)
OLD_ENGINE = Builder("docker", has_image_store=False)
OTHER = Builder("docker-container", has_image_store=False)
HERE = Runner("local", "work", "main")
PUSH = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main"}
BRANCH = {**PUSH, "GITHUB_REF": "refs/heads/feature/x"}
PULL = {**PUSH, "GITHUB_EVENT_NAME": "pull_request", "GITHUB_REF": "refs/pull/5/merge", "GITHUB_HEAD_REF": "fix"}
TOKEN = {"ACTIONS_RUNTIME_TOKEN": "t", "ACTIONS_RESULTS_URL": "https://results"}
PAYLOAD = {"repository": {"default_branch": "main"}}
PULL_PAYLOAD = {**PAYLOAD, "pull_request": {"base": {"sha": "a"}, "head": {"sha": "b"}}}
REGISTRY = "registry: ghcr.io/org/shop\n"
WRITTEN = "mode=max,ignore-error=true,image-manifest=true,oci-mediatypes=true"


def github(variables: Mapping[str, str]) -> Runner:
    payload = PULL_PAYLOAD if variables["GITHUB_EVENT_NAME"] == "pull_request" else PAYLOAD
    return read_runner(variables, read_event(variables, payload), None, "origin/main")


def plan(text: str, runner: Runner, word: str | None = None, builder: Builder = ENGINE) -> CachePlan:
    """The caches of a project with the targets api and base-node."""
    text = f"bases: {{node: {{image: shop-node, context: node}}}}\n{text}"
    files = {"api/Dockerfile": "FROM shop-node\n", "node/Dockerfile": "FROM debian\n"}
    targets = project(text, {"api": {"build": build("api")}}, files).targets.values()
    return plan_cache(config(text), word, runner, builder, targets, ROOT)


def told(found: CachePlan, name: str = "api") -> list[str]:
    """What bake is told of one target: `< read` and `> written`."""
    entry: dict[str, Any] = with_caches({"target": {name: {}}}, found)["target"][name]
    return [*(f"< {one}" for one in entry.get("cache-from", [])), *(f"> {one}" for one in entry.get("cache-to", []))]


def test_without_a_word_there_is_no_cache() -> None:
    found = plan("", HERE)
    assert (bool(found), told(found), found.cause, found.warnings) == (False, [], "", ())


def test_a_local_cache_has_a_directory_for_each_target_and_is_written_to_a_new_one() -> None:
    found = plan("cache: local\n", HERE)
    assert str(found) == "cache local .cispeed/cache/TARGET: read and written; cispeed.yaml wants it on this machine"
    assert told(found) == [
        "< type=local,src=.cispeed/cache/api",
        "> type=local,dest=.cispeed/cache/api.new,mode=max,ignore-error=true",
    ]
    assert told(found, "base-node")[0] == "< type=local,src=.cispeed/cache/base-node"


def test_the_default_branch_writes_the_registry_and_reads_its_own() -> None:
    found = plan(f"{REGISTRY}cache: registry\n", github(PUSH))
    assert str(found) == (
        "cache registry ghcr.io/org/shop/TARGET:cache-main: read and written; "
        "cispeed.yaml wants it in CI on the default branch"
    )
    assert told(found) == [
        "< type=registry,ref=ghcr.io/org/shop/api:cache-main",
        f"> type=registry,ref=ghcr.io/org/shop/api:cache-main,{WRITTEN}",
    ]


def test_a_branch_and_a_pull_request_read_their_own_first_then_that_of_main_and_write_nothing() -> None:
    text = f"{REGISTRY}cache: registry\n"
    for variables, own in ((BRANCH, slug("feature/x")), (PULL, "fix")):
        found = plan(text, github(variables))
        assert told(found) == [
            f"< type=registry,ref=ghcr.io/org/shop/api:cache-{own}",
            "< type=registry,ref=ghcr.io/org/shop/api:cache-main",
        ]
        assert "only read; CI writes it on main (`write: always` lets others, too)" in str(found)


def test_who_asks_for_it_writes_the_cache_of_the_own_branch() -> None:
    found = plan(f"{REGISTRY}cache: {{ci: {{type: registry, write: always, compression: zstd}}}}\n", github(PULL))
    assert told(found)[-1] == f"> type=registry,ref=ghcr.io/org/shop/api:cache-fix,{WRITTEN},compression=zstd"


def test_a_fork_whose_branch_is_called_main_does_not_write_the_cache_of_main() -> None:
    text = f"{REGISTRY}cache: {{pull-request: {{type: registry, write: always}}}}\n"
    found = plan(text, github({**PULL, "GITHUB_HEAD_REF": "main"}))
    assert [line.split("=")[2].split(",")[0].rsplit(":")[-1] for line in told(found)] == [
        "cache-fork-main",
        "cache-main",
        "cache-fork-main",
    ]


def test_an_environment_has_its_own_choice_and_else_that_of_ci() -> None:
    text = f"{REGISTRY}cache: {{local: none, ci: registry, main: {{type: local, dest: /cache}}, pull-request: none}}\n"
    assert [plan(text, one).type for one in (HERE, github(BRANCH), github(PUSH), github(PULL))] == [
        "none",
        "registry",
        "local",
        "none",
    ]


def test_githubs_cache_has_a_scope_for_each_target_and_branch() -> None:
    found = plan("cache: {ci: {type: gha, scope: shop}}\n", github({**PULL, **TOKEN}))
    assert told(found) == ["< type=gha,scope=shop-api-fix", "< type=gha,scope=shop-api-main"]
    found = plan("cache: gha\n", github({**PUSH, **TOKEN}))
    assert told(found)[-1] == "> type=gha,scope=api-main,mode=max,ignore-error=true"


def test_a_step_that_cannot_reach_githubs_cache_is_told_which_action_helps() -> None:
    found = plan("cache: gha\n", github(PUSH))
    assert (bool(found), len(found.warnings)) == (False, 1)
    assert "put `- uses: crazy-max/ghaction-github-runtime@v4` before it" in found.warnings[0]
    assert plan("", HERE, "gha").warnings == ("a cache of type gha can only be reached from a GitHub workflow",)


def test_an_engine_without_containerds_store_reads_only_and_says_how_it_writes() -> None:
    found = plan("cache: local\n", HERE, builder=OLD_ENGINE)
    assert told(found) == ["< type=local,src=.cispeed/cache/api"]
    assert '{"features": {"containerd-snapshotter": true}} into /etc/docker/daemon.json' in found.warnings[0]
    assert len(told(plan("cache: local\n", HERE, builder=OTHER))) == 2


def test_an_inline_cache_lies_in_the_pushed_image() -> None:
    found = plan(f"{REGISTRY}cache: inline\n", github(PUSH), builder=OLD_ENGINE)
    assert told(found) == ["< type=registry,ref=ghcr.io/org/shop/api:full", "> type=inline,mode=min"]
    assert told(found, "base-node")[0] == "< type=registry,ref=ghcr.io/org/shop/node:base"


def test_s3_wants_another_builder() -> None:
    text = "cache: {ci: {type: s3, bucket: b, region: r, endpoint_url: 'http://x'}}\n"
    assert "docker buildx create --driver docker-container --use" in plan(text, github(PUSH)).warnings[0]
    assert told(plan(text, github(PUSH), builder=OTHER)) == [
        "< type=s3,name=api-main,bucket=b,region=r,endpoint_url=http://x",
        "> type=s3,name=api-main,bucket=b,region=r,endpoint_url=http://x,mode=max,ignore-error=true",
    ]


@pytest.mark.parametrize(
    ("text", "runner", "kind", "words"),
    [
        (REGISTRY, github(PUSH), "registry", "auto: `registry:` is configured"),
        ("", github({**PUSH, **TOKEN}), "gha", "auto: this GitHub workflow gives access to its cache"),
        ("", github(PUSH), "none", "auto: there is no place for one"),
        (REGISTRY, HERE, "none", "the engine keeps a build cache of its own on this machine"),
    ],
)
def test_auto_takes_what_there_is(text: str, runner: Runner, kind: str, words: str) -> None:
    found = plan(f"{text}cache: auto\n", runner)
    assert (found.type, words in str(found)) == (kind, True)


def test_the_command_line_goes_before_the_config_and_takes_its_settings_but_not_who_writes() -> None:
    text = f"{REGISTRY}cache: {{main: {{type: registry, ref: cache.example/x, write: always}}}}\n"
    found = plan(text, HERE, "registry")
    assert told(found) == [
        "< type=registry,ref=cache.example/x/api:cache-work",
        "< type=registry,ref=cache.example/x/api:cache-main",
    ]
    assert str(found).endswith("; --cache names it")
    assert fault_of_word(config(text), "inline") is None
    assert str(fault_of_word(config(""), "registry")).startswith(
        "--cache registry needs to know where caches go: write"
    )


def test_a_run_of_which_nobody_says_the_branch_reads_that_of_main() -> None:
    runner = read_runner({"CI": "true"}, read_event({"CI": "true"}, None), None, "origin/trunk")
    found = plan(f"{REGISTRY}cache: {{ci: {{type: registry, write: always}}}}\n", runner)
    assert told(found) == ["< type=registry,ref=ghcr.io/org/shop/api:cache-trunk"]
    assert "only read, since nobody says which branch this is" in str(found)


def test_gitlab_is_read_like_github() -> None:
    variables = {"GITLAB_CI": "true", "CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main"}
    runner = read_runner(variables, read_event({**variables, "CI_DEFAULT_BRANCH": "main"}, None), None, None)
    assert runner == Runner("main", "main", "main")
    merge = {
        "GITLAB_CI": "true",
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "fix",
    }
    assert read_runner(merge, read_event(merge, None), None, None) == Runner("pull-request", "fix", "main")


def test_a_cache_in_a_build_context_would_change_what_is_built() -> None:
    found = plan("cache: {local: {type: local, dest: api/cache}}\n", HERE)
    assert bool(found) is False
    assert found.warnings[0].startswith("the build cache's directory api/cache lies in the build context of api, which")
    assert plan("cache: {local: {type: local, dest: ../cache}}\n", HERE)


def test_what_is_not_there_is_not_read_and_what_is_broken_is_said() -> None:
    found = plan("cache: local\n", HERE)
    states = {
        ".cispeed/cache/api": SeenCache("broken", "index.json cannot be read"),
        ".cispeed/cache/base-node": SeenCache("absent"),
    }
    seen = with_seen(found, states)
    assert [told(seen), told(seen, "base-node")] == [told(found)[1:], told(found, "base-node")[1:]]
    assert seen.warnings == (
        "the build cache .cispeed/cache/api is not whole (index.json cannot be read): it is not read, and written anew",
    )
    assert str(seen).endswith("; there is none yet")
    there = dict.fromkeys(states, SeenCache("there"))
    assert with_seen(found, there) == found


def test_a_silent_registry_is_neither_read_nor_written() -> None:
    found = plan(f"{REGISTRY}cache: registry\n", github(PUSH))
    silent = {"ghcr.io/org/shop/api:cache-main": SeenCache("silent", "ghcr.io: no answer within 5 s")}
    seen = with_seen(found, silent)
    assert (bool(seen), len(seen.warnings)) == (False, 1)
    assert seen.warnings[0].startswith(
        "the registry of the build cache does not answer (ghcr.io: no answer within 5 s)"
    )


def test_a_registry_that_refuses_is_not_read_but_may_be_written() -> None:
    found = plan(f"{REGISTRY}cache: registry\n", github(PUSH))
    places = ("ghcr.io/org/shop/api:cache-main", "ghcr.io/org/shop/base-node:cache-main")
    seen = with_seen(found, dict.fromkeys(places, SeenCache("refused", "ghcr.io answered 401")))
    assert (seen.reads, seen.writes) == (False, True)
    assert seen.warnings == ("the build cache cannot be read: ghcr.io answered 401",)


def test_names_of_branches_are_tags_that_no_other_branch_has() -> None:
    assert slug("main") == "main"
    assert slug("feature/x").startswith("feature-x-")
    assert slug("feature/x") != slug("feature-x")
    assert len(slug("x/" * 300)) < 128


def test_a_comma_and_a_template_in_a_directory_are_text() -> None:
    found = plan("cache: {local: {type: local, dest: '../a,${b}'}}\n", HERE)
    assert told(found)[0] == '< type=local,"src=../a,$${b}/api"'


@pytest.mark.parametrize(
    "words",
    [
        "failed to configure registry cache exporter: dial tcp: connection refused",
        "error writing layer blob: failed to do request: Head https://registry/v2/: connection refused",
        "Canceled: context canceled",
        "",
    ],
)
def test_a_fault_of_a_cache_is_no_failure_of_a_build(words: str) -> None:
    assert not is_own_error(words)


@pytest.mark.parametrize(
    "words",
    [
        'process "/bin/sh -c false" did not complete successfully: exit code: 1',
        'failed to compute cache key: failed to calculate checksum of ref: "/x": not found',
        "dockerfile parse error on line 2: unknown instruction: FRM",
    ],
)
def test_a_failed_step_is_no_fault_of_a_cache(words: str) -> None:
    assert is_own_error(words)
