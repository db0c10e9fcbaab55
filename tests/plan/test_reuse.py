"""What need not be built, and the cause that is given for what is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cispeed_tasks.plan.build import BuildPlan, plan_full
from cispeed_tasks.plan.fingerprint import Fingerprint, Input, combine, read_record, record_text
from cispeed_tasks.plan.reuse import Previous, Seen, Wish, once_built, plan_reuse, with_reasons
from cispeed_tasks.plan.targets import Project
from tests.builders import build, project

FILES = {"base/Dockerfile": "FROM debian\n", "web/Dockerfile": "FROM team/base\n", "api/Dockerfile": "FROM team/base\n"}
SHOP = project(
    "bases: {base: {image: team/base, context: base, max-age: 7d}}",
    {"web": {"build": build("web")}, "api": {"build": build("api")}},
    FILES,
)
LOCAL, REMOTE = Seen(local=True, named=True), Seen(remote="registry.example/shop/x:fp-1")


def prints(shop: Project, **states: str) -> dict[str, Fingerprint]:
    """Fingerprints of one input each, by the targets' names with `_` for `-`."""
    return {
        name: combine(name, [Input("file", f"{name}/x", states.get(name.replace("-", "_"), "1"))])
        for name in shop.targets
    }


def decided(
    seen: Mapping[str, Seen], wish: Wish | None = None, found: dict[str, Fingerprint] | None = None
) -> BuildPlan:
    return plan_reuse(plan_full(SHOP, ["web", "api"]), found or prints(SHOP), seen, wish or Wish())


def actions(plan: BuildPlan) -> dict[str, str]:
    return {step.target.name: step.action for step in plan.steps}


def test_nothing_there() -> None:
    assert actions(decided({})) == {"base-base": "build", "web": "build", "api": "build"}


def test_what_is_there_is_reused_and_its_base_is_not_even_mentioned() -> None:
    plan = decided({"web": LOCAL, "api": LOCAL})
    assert actions(plan) == {"web": "reuse", "api": "reuse"}
    assert (plan.roots, plan.waves()) == ((), [])
    assert plan.text(every=False) == "reuse 2 images: nothing that reaches them changed"


def test_a_base_is_used_for_what_is_built_on_it() -> None:
    plan = decided({"web": LOCAL, "base-base": LOCAL})
    assert actions(plan) == {"base-base": "reuse", "web": "reuse", "api": "build"}
    assert [[step.target.name for step in wave] for wave in plan.waves()] == [["api"]]


def test_what_is_built_on_each_other_comes_in_waves() -> None:
    assert [[step.target.name for step in wave] for wave in decided({}).waves()] == [["base-base"], ["web", "api"]]


def test_what_the_registry_has_is_left_there_or_pulled() -> None:
    seen = {"web": REMOTE, "api": LOCAL}
    assert actions(decided(seen)) == {"web": "leave", "api": "reuse"}
    assert actions(decided(seen, Wish(pull=True))) == {"web": "pull", "api": "reuse"}
    # BuildKit fetches the layers of a base by itself, and only those that it needs.
    assert actions(decided({"base-base": REMOTE}, Wish(pull=True)))["base-base"] == "leave"


def test_a_push_wants_the_bases_in_the_registry_too() -> None:
    seen = {"web": LOCAL, "api": REMOTE, "base-base": LOCAL}
    assert actions(decided(seen, Wish(push=True))) == {"base-base": "reuse", "web": "reuse", "api": "leave"}


def test_force_builds_all_the_same() -> None:
    plan = decided(dict.fromkeys(SHOP.targets, LOCAL), Wish(force=True))
    assert set(actions(plan).values()) == {"build"}
    assert all(step.reason == "--force" for step in plan.steps)


def test_what_nobody_can_know_is_always_built() -> None:
    found = prints(SHOP) | {"web": combine("web", [], unknown="what https://example.org/x gives may change")}
    plan = decided(dict.fromkeys(SHOP.targets, LOCAL), found=found)
    assert actions(plan) == {"base-base": "reuse", "web": "build", "api": "reuse"}
    assert plan.steps[1].reason == "what https://example.org/x gives may change"


def reasons(before: dict[str, Previous], **states: str) -> dict[str, str]:
    plan = with_reasons(decided({}, found=prints(SHOP, **states)), before)
    return {step.target.name: step.reason for step in plan.steps}


def previous(name: str) -> Previous:
    old = prints(SHOP)[name]
    return Previous(exists=True, fingerprint=old.value, record=read_record(record_text(old)))


def test_the_first_input_that_changed_is_the_cause() -> None:
    assert reasons({"web": previous("web")}, web="2")["web"] == "web/x changed"


def test_other_causes_are_told_apart() -> None:
    said = reasons(
        {
            "base-base": Previous(),
            "web": Previous(exists=True),
            "api": Previous(exists=True, fingerprint="0" * 64),
        }
    )
    assert said == {
        "base-base": "there is no image yet",
        "web": "the image that is there was not built by these tasks",
        "api": "the image that is there was built elsewhere; its inputs are not recorded here",
    }
    assert reasons({"web": Previous(is_remembered=True)})["web"] == "the inputs are the same, the image is gone"


def test_a_base_that_changed_says_what_of_it() -> None:
    old = combine("web", [Input("base", "team/base", "1")])
    found = prints(SHOP, base_base="2") | {"web": combine("web", [Input("base", "team/base", "2")])}
    before = {
        "base-base": previous("base-base"),
        "web": Previous(exists=True, fingerprint=old.value, record=read_record(record_text(old))),
    }
    plan = with_reasons(decided({}, found=found), before)
    assert plan.steps[1].reason == "base team/base changed: base-base/x changed"


def test_a_base_whose_time_is_over_takes_nothing_from_the_cache() -> None:
    def step(old: str | None, *more: Input) -> bool:
        found = prints(SHOP) | {"base-base": combine("base-base", [Input("age", "team/base", "8"), *more])}
        record = old and read_record(record_text(combine("base-base", [Input("age", "team/base", old)])))
        before = Previous(exists=True, fingerprint="0" * 64, record=record or None)
        plan = with_reasons(decided({}, found=found), {"base-base": before})
        return plan.steps[0].is_stale

    assert step("7")
    assert step("7", Input("file", "base/x", "2"))
    assert step(None)
    assert not step("8", Input("file", "base/x", "2"))


def test_once_all_is_built_what_was_asked_for_is_reused() -> None:
    next_time = once_built(decided({"api": Seen(local=True)}))
    assert next_time == decided({"web": LOCAL, "api": LOCAL})


def test_what_is_left_in_the_registry_or_cannot_be_known_is_decided_again() -> None:
    unknown = replace(prints(SHOP)["web"], unknown="ADD https://example.org/x may have changed")
    plan = once_built(decided({"api": REMOTE}, found={**prints(SHOP), "web": unknown}))
    assert actions(plan) == {"web": "build", "api": "leave"}
