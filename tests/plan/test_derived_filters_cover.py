"""Whatever a build can take of a repository, its service's filter matches; proven on generated contexts and Dockerfiles."""

from __future__ import annotations

import posixpath

from hypothesis import event, given, settings
from hypothesis import strategies as st

from cispeed_tasks.plan.changed_paths import on_one_line
from cispeed_tasks.plan.context_tree import ContextTree
from cispeed_tasks.plan.derived_filters import derived_filters
from cispeed_tasks.plan.detours import Detours
from cispeed_tasks.plan.filters import Filter, FilterMatcher, Rule
from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from cispeed_tasks.plan.inputs import derive_inputs
from cispeed_tasks.plan.service_targets import read_target
from cispeed_tasks.plan.shield import effective_ignore_text
from cispeed_tasks.plan.targets import Project
from tests.builders import ROOT, build, project
from tests.plan.contexts import entries
from tests.plan.generated_repositories import FILE, OTHER, Repository, Tree, additions, link_texts, repositories


def planned(repository: Repository, tree: Tree) -> Project:
    """The project that a repository has, with a tree in place of its own."""
    more = {OTHER: str(ROOT / OTHER)}
    services = {"web": {"build": build(repository.place, dockerfile=repository.dockerfile, additional_contexts=more)}}
    # A new ignore file leaves out everything.
    return project("", services, {path: repository.texts.get(path, "**") for path, link in tree.items() if not link})


def matched(repository: Repository, tree: Tree, paths: set[str]) -> set[str]:
    """Those of the paths that are in the filter that follows from a tree."""
    detours = Detours({path: link for path, link in tree.items() if link})
    patterns = derived_filters(planned(repository, tree), ROOT, (), detours)["web"]
    lines = {on_one_line(path): path for path in paths}
    matcher = FilterMatcher([(line, "modified") for line in lines])
    return {lines[line] for line in matcher.match(Filter("web", (Rule(tuple(patterns)),)), "some")}


def taken(repository: Repository, tree: Tree) -> Tree:
    """What the build takes of a tree."""
    there = planned(repository, tree)
    target = there.full_target("web")
    assert target is not None
    own = effective_ignore_text(there.facts, target.context, target.dockerfile)
    sent = entries(*sent_words(tree, repository.place, target.ignore_text or own))
    found = derive_inputs(read_target(target), target.stage, ContextTree(sent), target.args)
    paths = {posixpath.join(repository.place, path) for path in found.files}
    others = entries(*sent_words(tree, OTHER, effective_ignore_text(there.facts, str(ROOT / OTHER), None)))
    paths |= {posixpath.join(OTHER, entry.path) for entry in others}
    event(
        f"{'all' if found.whole or len(found.files) == len(sent) else 'a part' if found.files else 'nothing'} is taken"
    )
    return {path: tree[path] for path in paths if path in tree}


def sent_words(tree: Tree, place: str, ignore_text: str) -> list[str]:
    """What an ignore file lets through of a directory, in the words of `entries`."""
    ignore, start = read_ignore_file(ignore_text), f"{place}/" if place else ""
    inside = {path.removeprefix(start): link for path, link in tree.items() if path.startswith(start)}
    return [f"{path}=>{link}" if link else path for path, link in inside.items() if not ignore.excludes(path)]


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_whatever_is_taken_of_a_tree_and_of_one_with_anything_added_is_matched(data: st.DataObject) -> None:
    repository = data.draw(repositories())
    tree = repository.tree
    before = taken(repository, tree)
    assert matched(repository, tree, set(before)) == set(before)
    added = data.draw(additions(tree, [FILE, FILE, *link_texts(tree)], repository.place))
    after = taken(repository, {**tree, **added})
    if FILE in added.values():
        assert matched(repository, tree, set(after)) == set(after)
    elif before != after:
        # What a link leads to is in the filter that follows from the tree with the link.
        assert matched(repository, tree, set(added)) == set(added)


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_between_two_trees_that_a_build_takes_other_things_of_a_change_is_matched(data: st.DataObject) -> None:
    repository = data.draw(repositories())
    free = sorted(repository.tree.keys() - repository.texts.keys())
    gone = data.draw(st.sets(st.sampled_from(free)))
    before, after = repository.tree, {path: link for path, link in repository.tree.items() if path not in gone}
    for _ in range(data.draw(st.integers(0, 3))):
        after |= data.draw(additions(after, [FILE, *link_texts(before)], repository.place))
    for one, other in ((before, after), (after, before)):
        # git names no directories.
        changed = {path for path in {*one, *other} if one.get(path) != other.get(path)}
        if taken(repository, one) != taken(repository, other):
            assert matched(repository, other, changed)
