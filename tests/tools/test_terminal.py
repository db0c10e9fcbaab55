"""What a person sees, in a terminal, in a pipe, and in a CI log."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from cispeed_tasks.tools import terminal
from tests.terminals import shown_in_a_terminal


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_in_a_pipe_everything_is_a_plain_line(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.group("Build"):
        terminal.command("docker buildx bake")
        terminal.note("a remark")
        terminal.progress("1 of 2")
        terminal.progress_done()
        terminal.warn("old")
        terminal.outcome("ok", "done")
        terminal.outcome("failed", "not done")
    assert printed(capsys) == "\nBuild\n$ docker buildx bake\na remark\n1 of 2\n! old\n✓ done\n✗ not done\n"


def test_on_github_parts_fold_and_warnings_are_annotated(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    with suppress(KeyError), terminal.group("Build"):
        terminal.warn("old")
        raise KeyError
    assert printed(capsys) == "::group::Build\n::warning::old\n::endgroup::\n"


def test_a_warning_of_several_lines_is_one_annotation(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    terminal.warn("100 % full:\n  clean up")
    assert printed(capsys) == "::warning::100 %25 full:%0A  clean up\n"


def test_columns_stand_under_their_headers(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.table(("image", "size"), [("web:full", "5 MB"), ("é", "1 GB")])
    assert printed(capsys) == "  image     size\n  web:full  5 MB\n  é         1 GB\n"


def test_a_table_of_nothing_is_its_headers(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.table(("image", "size"), [], indent="")
    assert printed(capsys) == "image  size\n"


def test_colour_is_for_terminals_and_can_be_forced_or_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    assert terminal.styled("x", "red") == "x"
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert terminal.styled("x", "red") == "\x1b[31mx\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert terminal.styled("x", "red") == "x"


@pytest.mark.parametrize(("value", "shown"), [("", False), ("0", False), ("false", False), ("true", True), ("1", True)])
def test_ci_is_what_the_variable_says(monkeypatch: pytest.MonkeyPatch, value: str, shown: bool) -> None:
    monkeypatch.setenv("CI", value)
    assert terminal.in_ci() is shown


def test_nobody_there_means_no() -> None:
    assert not terminal.ask("Remove the data?")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0.0 s"), (0.44, "0.4 s"), (9.94, "9.9 s"), (12.3, "12 s"), (89.4, "89 s"), (90, "1 min 30 s"), (185, "3 min 05 s"), (3600, "60 min 00 s")],
)  # fmt: skip
def test_durations(value: float, shown: str) -> None:
    assert terminal.seconds(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_500_000, "1.5 MB"), (2_340_000_000, "2.34 GB")],
)  # fmt: skip
def test_sizes(value: int, shown: str) -> None:
    assert terminal.size(value) == shown


def test_the_step_summary_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal.step_summary("lost")
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    terminal.step_summary("# One\n\n")
    terminal.step_summary("é")
    assert summary.read_text(encoding="utf-8") == "# One\né\n"


def test_a_narrow_terminal_gets_lists_for_tables_and_whole_words() -> None:
    code = (
        "from cispeed_tasks.tools import terminal as t\n"
        "t.table(('service', 'packages', 'source', 'full image'), [('web', 'npm', 'services/web → /app', 'generated')])\n"
        "t.warn('the engine keeps its images where no build cache can be written')\n"
        "t.plan('build web → shop-web:full: services/web/package.json changed')\n"
        "t.definitions([('inv check', 'what was understood, and what was assumed of it')])\n"
    )
    shown = shown_in_a_terminal(code)
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown) == (
        "  web\n    packages    npm\n    source      services/web → /app\n    full image  generated\n"
        "! the engine keeps its images where no\n  build cache can be written\n"
        "build web → shop-web:full:\n    services/web/package.json changed\n"
        "  inv check  what was understood, and\n             what was assumed of it\n"
    )
    assert "\x1b[33m!\x1b[0m" in shown
    assert "\x1b[" not in shown_in_a_terminal(code, NO_COLOR="1")


def test_a_log_of_ci_gets_whole_lines_even_where_it_looks_like_a_terminal() -> None:
    text = "the engine keeps its images where no build cache can be written"
    assert text in shown_in_a_terminal(
        f"from cispeed_tasks.tools import terminal as t; t.outcome('ok', {text!r})", CI="true"
    )


ASIDE = """
import subprocess
from cispeed_tasks.tools import terminal
with terminal.output_aside(wanted=True):
    terminal.say("said")
    subprocess.run(["echo", "of a program"], check=True)
terminal.say("data")
with terminal.output_aside(wanted=False):
    terminal.say("more")
"""


def test_output_of_programs_too_can_go_aside() -> None:
    done = subprocess.run([sys.executable, "-c", ASIDE], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("data\nmore\n", "said\nof a program\n")
