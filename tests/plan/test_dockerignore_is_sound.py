"""Whatever ignore file is proposed, the build gets what its Dockerfile names; proven on generated contexts."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase

from hypothesis import event, given, settings

from cispeed_tasks.plan.context_entries import Entries
from cispeed_tasks.plan.context_tree import ContextTree
from cispeed_tasks.plan.context_use import use_of
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile
from cispeed_tasks.plan.dockerignore import Proposal, propose
from cispeed_tasks.plan.dockerignore_choice import Context
from cispeed_tasks.plan.ignore_block import read_ignore_text
from cispeed_tasks.plan.ignore_patterns import IgnoreFile, read_ignore_file
from cispeed_tasks.plan.inputs import derive_inputs
from cispeed_tasks.plan.litter import RULES
from cispeed_tasks.plan.litter_rules import Surroundings
from tests.plan.contexts import entries
from tests.plan.generated_litter import Littered, littered
from tests.plan.littered_contexts import target

TRACKED_TOO = {name for name, rule in RULES.items() if rule in {"always", "history", "settings", "own"}}


def sent(case: Littered, ignore: str) -> ContextTree:
    filters = read_ignore_file(ignore)
    words = [f"{path}=>{link}" if link else path for path, link in case.tree.items() if not filters.excludes(path)]
    return ContextTree(entries(*words))


def proposed(case: Littered, text: str) -> Proposal:
    ignore = read_ignore_text(text, ".dockerignore")
    tree = sent(case, ignore.by_hand)
    use = use_of(target(case.dockerfile), "Dockerfile", tree)
    files = {entry.path: entry for entry in entries(*_words(tree, case))}
    around = Surroundings(case.tracked, case.fresh, frozenset({"Dockerfile", "compose.yaml"}), frozenset({"x.pem"}))
    return propose(Context(Entries(files), (use,), ignore, read_ignore_file(text), around))


def _words(tree: ContextTree, case: Littered) -> list[str]:
    return [f"{path}=>{case.tree[path]}" if case.tree.get(path) else path for path in tree.paths if path in case.tree]


def has_name(path: str, names: set[str]) -> bool:
    return any(fnmatchcase(part, name) for part in path.split("/") for name in names)


@settings(max_examples=400, deadline=None)
@given(littered())
def test_nothing_is_lost_but_litter_that_nobody_names(case: Littered) -> None:
    found = proposed(case, case.ignore)
    outputs = {name for name, rule in RULES.items() if rule == "output"}
    before, after = sent(case, case.ignore), sent(case, found.text)
    kept = set(after.paths)
    whole = derive_inputs(read_dockerfile(case.dockerfile), None, before, {})
    lost = case.tree.keys() & set(whole.files) - kept
    event("litter is left out" if lost else "nothing of what is taken is left out")
    for path in lost:
        assert has_name(path, set(RULES)), f"{path} was taken:\n{case.dockerfile}\n{found.text}"
        assert path not in (case.tracked or ()) or has_name(path, TRACKED_TOO), f"git tracks {path}"
        others = {name for name in RULES if name not in outputs}
        assert path not in case.fresh or has_name(path, others), f"git does not ignore {path}"
    for source in case.sources:
        one = read_dockerfile(f"FROM scratch\nCOPY {json.dumps([source, '/x/'])}\n")
        taken = set(derive_inputs(one, None, before, {}).files)
        named = {path for path in taken if path.rpartition("/")[0] not in taken}
        named |= {
            path for path in taken for name in named if path.startswith(f"{name}/") and has_name(name, set(RULES))
        }
        assert {path for path in named if path in case.tree} <= kept, f"{source} is named:\n{found.text}"


@settings(max_examples=300, deadline=None)
@given(littered())
def test_no_line_of_the_user_loses_its_effect(case: Littered) -> None:
    found = proposed(case, case.ignore)
    assert read_ignore_text(found.text, "").by_hand == case.ignore
    hand, after = read_ignore_file(case.ignore), read_ignore_file(found.text)
    exclusions = IgnoreFile(tuple(pattern for pattern in hand.patterns if not pattern.exception))
    for path in case.tree:
        if hand.excludes(path):
            assert after.excludes(path), f"{path} was left out:\n{found.text}"
        elif exclusions.excludes(path):
            assert not after.excludes(path), f"{path} was brought back:\n{found.text}"


@settings(max_examples=200, deadline=None)
@given(littered())
def test_a_second_time_it_is_the_same(case: Littered) -> None:
    first = proposed(case, case.ignore)
    second = proposed(case, first.text)
    assert second.text == first.text
    assert second.today == second.after == first.after
