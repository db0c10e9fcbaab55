"""The lines that steps print, the files that they write, and how their scripts are started."""

from __future__ import annotations

import pytest

from cispeed_tasks.plan.expression_words import ExpressionError
from cispeed_tasks.plan.rehearse_actions import NotRun, StandIn, cannot_run, stand_in
from cispeed_tasks.plan.rehearse_files import lines, settings
from cispeed_tasks.plan.rehearse_output import Output
from cispeed_tasks.plan.rehearse_shell import shell_command


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain :: text", "plain :: text"),
        ("::group::Install", "▸ Install"),
        ("::endgroup::", None),
        ("::debug::x", None),
        ("::error file=app.py,line=1,col=5,title=Oh%0Ano::bad%25", "error: app.py:1:5: Oh\nno: bad%"),
        ("::warning::a:b", "warning: a:b"),
        ("::notice title=T::n", "notice: T: n"),
        ("::unknown::x", "::unknown::x"),
    ],
)
def test_commands_are_shown_plainly(line: str, shown: str | None) -> None:
    assert Output().show(line) == shown


def test_what_is_masked_is_masked_from_then_on() -> None:
    output = Output()
    assert output.show("s3cret") == "s3cret"
    assert output.show("::add-mask::s3cret%0Aline two") is None
    assert output.show("a s3cret, s3cret") == "a ***, ***"
    assert output.show("::error::line two") == "error: ***"


def test_commands_can_be_stopped() -> None:
    output = Output()
    shown = [output.show(line) for line in ("::stop-commands::token", "::group::x", "::token::", "::group::x")]
    assert shown == [None, "::group::x", None, "▸ x"]


def test_commands_of_the_past_are_refused() -> None:
    output = Output()
    assert output.show("::set-output name=a::b") == "::set-output name=a::b"
    assert output.refused == "`::set-output` is a command of the past; write NAME=VALUE to the file $GITHUB_OUTPUT"
    output.begin()
    assert output.refused == ""


def test_settings_in_a_file() -> None:
    written = "a=1\r\nb=x=y<<z\n\nc<<END\none\n\ntwo=2\nEND\nd=\na=2\ne<<E=1\nE=1\n"
    assert settings(written, "F") == {"a": "2", "b": "x=y<<z", "c": "one\n\ntwo=2", "d": "", "e": ""}
    assert lines("/a b\n\n/c\n") == ["/a b", "/c"]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("no setting\n", "F: 'no setting' is neither NAME=VALUE nor NAME<<DELIMITER"),
        ("=x\n", "F: '=x' is neither NAME=VALUE nor NAME<<DELIMITER"),
        ("a<<END\nx\n", "F: the value of a has no end: no line is 'END'"),
    ],
)
def test_settings_that_are_wrong(written: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        settings(written, "F")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("shell", "argv"),
    [
        (None, "bash -e /s"),
        ("bash", "bash --noprofile --norc -eo pipefail /s"),
        ("sh", "sh -e /s"),
        ("python", "python /s"),
        ("perl -w {0} x", "perl -w /s x"),
    ],
)
def test_shells(shell: str | None, argv: str) -> None:
    assert " ".join(shell_command(shell, "/s", has_bash=True)) == argv
    assert shell_command(None, "/s", has_bash=False) == ["sh", "-e", "/s"]


def test_a_shell_that_there_is_not() -> None:
    with pytest.raises(ExpressionError, match=r"^the shell 'fish' is none of bash, sh, python, pwsh, and has no \{0\}"):
        shell_command("fish", "/s", has_bash=True)


@pytest.mark.parametrize(
    ("uses", "wanted"),
    [
        ("actions/checkout@3d3c42e5", StandIn("checkout")),
        ("Actions/Cache/Restore@v4", StandIn("cache-restore")),
        ("docker/login-action@v3", NotRun("nothing is pushed")),
        ("someone/something@v1", NotRun("an action of others")),
        ("./.github/actions/x", NotRun("an action of the repository's own; only `run` steps are run")),
        ("docker://alpine:3", NotRun("an action in an image")),
    ],
)
def test_actions(uses: str, wanted: object) -> None:
    assert stand_in(uses) == wanted


@pytest.mark.parametrize(
    ("job", "runs_on", "cause"),
    [
        ({}, "ubuntu-24.04", ""),
        ({}, ["macos-15", "x"], "it runs on macos-15, and this is Linux"),
        ({}, {"labels": "windows"}, "it runs on windows, and this is Linux"),
        ({}, "self-hosted", ""),
        ({}, "windows-latest", "it runs on windows-latest, and this is Linux"),
        ({"container": "debian"}, "ubuntu-latest", "it wants to run in a container (`container:`)"),
        ({"services": {"db": {}}}, "ubuntu-latest", "it wants containers beside it (`services:`)"),
        ({"uses": "./x.yml"}, "", "it calls another workflow, ./x.yml"),
    ],
)
def test_jobs_that_cannot_be_rehearsed(job: dict[str, object], runs_on: object, cause: str) -> None:
    assert cannot_run({**job, "runs-on": runs_on}, "Linux") == cause
