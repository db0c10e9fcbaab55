"""What is affected agrees with the fingerprints: over histories, and by meaning."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from cispeed_tasks.plan.affected import Affected
from cispeed_tasks.plan.commit_range import Wish
from cispeed_tasks.plan.target_images import OutsideImage, outside_names
from cispeed_tasks.run.affected import find_affected
from cispeed_tasks.run.contexts import Contexts
from cispeed_tasks.run.fingerprints import Surroundings, fingerprints
from cispeed_tasks.run.look import look
from cispeed_tasks.run.modes import full_mode
from tests.git_repositories import isolate
from tests.run.histories import Commit, Edit, History, append, generated_history, replace, sample_history


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


@cache
def values(root: Path) -> dict[str, str]:
    """The fingerprint of every target of a checkout."""
    project = full_mode(look(root), without_ignored=True).project
    images = dict.fromkeys(outside_names(project.targets.values()), OutsideImage("sha256:1"))
    found = fingerprints(project, project.targets, Surroundings(images=images), Contexts(root))
    return {name: one.value for name, one in found.items()}


def differing(history: History, old: Commit, new: Commit, place: Path) -> set[str]:
    before, after = (values(history.checkout(commit, place)) for commit in (old, new))
    return {name for name, value in after.items() if before.get(name) != value}


def affected(history: History, old: Commit, new: Commit, place: Path) -> Affected:
    return find_affected(look(history.checkout(new, place)), Wish(base=old.id))


def test_the_samples_week(tmp_path: Path) -> None:
    history = sample_history(tmp_path / "sample")
    for old, new in pairwise(history.commits):
        found = affected(history, old, new, tmp_path)
        assert set(found.targets) == differing(history, old, new, tmp_path), new.done
        if new.affected is not None:
            assert set(found.targets) == new.affected, new.done
    first, last = history.commits[0], history.commits[-1]
    assert set(affected(history, first, last, tmp_path).targets) == differing(history, first, last, tmp_path)


@pytest.mark.parametrize("seed", range(4))
def test_generated_histories(tmp_path: Path, seed: int) -> None:
    history = generated_history(tmp_path / "walk", seed, 12)
    for old, new in [*pairwise(history.commits), (history.commits[0], history.commits[-1])]:
        found = affected(history, old, new, tmp_path)
        assert set(found.targets) == differing(history, old, new, tmp_path), (new.done, found)


@pytest.fixture
def week(tmp_path: Path) -> History:
    return generated_history(tmp_path / "walk", 0, 0)


def after(history: History, *edits: Edit) -> Affected:
    """What is affected by edits that are not committed."""
    for edit in edits:
        edit(history.repository.path)
    return find_affected(look(history.repository.path), Wish(base="HEAD"))


def test_causes_are_in_the_users_words(week: History) -> None:
    found = after(week, append("api/src/a.py", "x"))
    assert dict(found.targets) == {
        "api": "api/src/a.py changed",
        "child": "base walk-api:full changed: api/src/a.py changed",
    }
    assert dict(found.services) == {**found.targets, "job": "api/src/a.py changed"}


def test_a_compose_file_affects_what_its_meaning_changes(week: History) -> None:
    found = after(week, replace("compose.yaml", "LEVEL:-1", "LEVEL:-2"))
    assert found.targets["api"] == "build argument LEVEL changed"
    assert set(found.targets) == {"api", "child"}


def test_a_setting_of_the_container_affects_the_service_and_no_image(week: History) -> None:
    found = after(week, replace("compose.yaml", "command: ./run", "command: ./go"))
    assert (dict(found.targets), dict(found.services)) == ({}, {"job": "its command in the Compose files changed"})


def test_a_comment_affects_nothing(week: History) -> None:
    found = after(week, append("compose.yaml", "# x\n"), append("cispeed.yaml", "# x\n"))
    assert (dict(found.targets), dict(found.services)) == ({}, {})
    assert set(found.changed) == {"compose.yaml", "cispeed.yaml"}


def test_untracked_files_count_and_ignored_ones_are_not_seen(week: History) -> None:
    found = after(week, append("web/src/new.js", "x"), append("web/src/x.secret", "x"))
    assert dict(found.targets) == {"web": "web/src/new.js is new"}


def test_a_new_service_is_affected(week: History) -> None:
    found = after(week, append("compose.yaml", "  new: {build: ./child}\n"))
    assert (dict(found.targets), dict(found.services)) == ({"new": "it is new"}, {"new": "it is new"})


def test_who_depends_on_it_is_told_apart(week: History) -> None:
    week.commit(
        "wait", append("compose.yaml", "  user: {image: x, depends_on: [top]}\n  top: {image: y, depends_on: [web]}\n")
    )
    found = after(week, append("web/src/a.js", "x"))
    assert dict(found.dependents) == {"top": "depends on web", "user": "depends on top"}


def test_what_cannot_be_read_affects_everything(week: History) -> None:
    week.commit("broken", append("cispeed.yaml", "zzz: 1\n"))
    found = after(week, replace("cispeed.yaml", "zzz: 1\n", ""))
    assert found.is_everything
    assert set(found.services) == {"root", "api", "web", "child", "job"}
    assert "how it was cannot be read: cispeed.yaml:2:1: unknown key 'zzz'" in found.compared


def test_nothing_changed(week: History) -> None:
    found = after(week)
    assert (dict(found.targets), dict(found.services), found.changed) == ({}, {}, ())


def test_an_environment_file_that_git_ignores_holds_on_both_sides(week: History) -> None:
    week.commit("ignore", append(".gitignore", ".env\n"))
    (week.repository.path / ".env").write_text("LEVEL=7\n")
    found = after(week, append("common/a.sh", "x"))
    assert found.targets["api"] == "base walk/common:1 changed: common/a.sh changed"


def test_a_project_below_the_repositorys_root(tmp_path: Path) -> None:
    history = generated_history(tmp_path / "top/walk", 0, 0)
    inner = history.repository.path
    (inner / ".git").rename(inner.parent / ".git")
    history.repository.git("add", "--all")
    history.repository.git("commit", "--quiet", "-m", "moved")
    append("api/src/a.py", "x")(inner)
    append("../beside", "x")(inner)
    found = find_affected(look(inner), Wish(base="HEAD"))
    assert set(found.targets) == {"api", "child"}
    assert found.changed == ("api/src/a.py", "../beside")
