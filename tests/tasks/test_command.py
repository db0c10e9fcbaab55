"""A function becomes a task: errors are exit codes, numbers are read kindly."""

from __future__ import annotations

import pytest
from invoke.context import Context
from invoke.exceptions import Exit

from cispeed_tasks import ns
from cispeed_tasks.errors import CispeedError, ConfigError, Interrupted, TestsFailed, ToolError, UsageError, WorkFailed
from cispeed_tasks.tasks.command import command, positive_number, remainder
from cispeed_tasks.tasks.invoke_extensions import GROUPS, GroupedTask


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (WorkFailed("x"), 1),
        (ConfigError("x"), 2),
        (UsageError("x"), 2),
        (ToolError("x"), 3),
        (Interrupted("x"), 130),
        (TestsFailed("x", 7), 7),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_error_has_its_exit_code(error: BaseException, code: int) -> None:
    @command("stack")
    def fail(_: Context) -> None:
        raise error

    with pytest.raises(Exit) as caught:
        fail(Context())
    assert (caught.value.code, caught.value.message) == (code, str(error) or "interrupted")


def test_a_fault_of_ours_stays_a_fault() -> None:
    @command("stack")
    def fail(_: Context) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        fail(Context())
    assert CispeedError("x").exit_code == 1


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("1", 1), ("2.5", 2.5), ("1e3", 1000)])
def test_numbers(text: str, number: float) -> None:
    assert positive_number(text, "keep", "images") == number


@pytest.mark.parametrize("text", ["", "x", "-1", "nan", "inf", "1,5"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        positive_number(text, "keep", "images")
    assert str(caught.value) == f"--keep {text}: not a number of images; write for example --keep 30"


def test_words_after_two_hyphens_arrive_as_they_were_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["inv", "playwright-test", "--", "--grep", "a b", "--", "c"])
    assert remainder() == ["--grep", "a b", "--", "c"]
    monkeypatch.setattr("sys.argv", ["inv", "playwright-test"])
    assert remainder() == []


@pytest.mark.parametrize("name", sorted(ns.tasks))
def test_every_task_can_be_understood_from_its_help(name: str) -> None:
    task = ns.tasks[name]
    assert isinstance(task, GroupedTask)
    assert task.group in GROUPS
    text = str(task.__doc__)
    assert text.splitlines()[0].endswith(".")
    assert f"    Example: inv {name}" in text
    explained = set(task.help)
    assert {argument.name for argument in task.get_arguments()} == explained
