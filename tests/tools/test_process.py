"""Programs that are asked, shown, watched, piped and stopped."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import pytest

from cispeed_tasks.errors import ToolError, WorkFailed
from cispeed_tasks.tools import process
from cispeed_tasks.tools.host import process_is


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_question_is_captured() -> None:
    done = process.ask(python("import sys; print('out'); print('err', file=sys.stderr)"))
    assert (done.exit_code, done.stdout, done.stderr) == (0, "out\n", "err\n")
    assert done.seconds < 60


def test_a_question_gets_its_input_environment_and_directory(tmp_path: Path) -> None:
    code = "import os, sys; print(sys.stdin.read(), os.environ['ADDED'], os.environ['PATH'] != '', os.getcwd())"
    done = process.ask(python(code), stdin="in", env={"ADDED": "yes"}, cwd=tmp_path)
    assert done.stdout == f"in yes True {tmp_path}\n"
    assert process.ask(python("import sys; print(repr(sys.stdin.read()))")).stdout == "''\n"


def test_a_failed_question_shows_what_was_hidden() -> None:
    argv = [*python("import sys; print('one'); print('two', file=sys.stderr); sys.exit(7)"), "a b"]
    with pytest.raises(WorkFailed) as caught:
        process.ask(argv)
    assert str(caught.value) == f"exit code 7 from: {process.command_line(argv)}\n    two\n    one"
    assert process.ask(argv, check=False).exit_code == 7


def test_bytes_that_are_no_text_do_no_harm() -> None:
    done = process.ask(python("import sys; sys.stdout.buffer.write(bytes([255, 10]))"))
    assert done.stdout == "\udcff\n"


def test_lines_end_in_one_way_unless_every_carriage_return_counts() -> None:
    argv = python("import sys; sys.stdout.buffer.write(b'a\\r\\nb\\rc\\n')")
    assert process.ask(argv).stdout == "a\nb\nc\n"
    assert process.ask(argv, exact=True).stdout == "a\r\nb\rc\n"


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"^`no-such-program` is not installed or not on PATH; install it$"):
        process.ask(["no-such-program"])
    with pytest.raises(ToolError, match=r"gone does not exist; go to one that does$"):
        process.ask(python("pass"), cwd=tmp_path / "gone")
    assert process.on_path("no-such-program") is None


def test_a_program_that_is_silent_for_too_long() -> None:
    with pytest.raises(ToolError, match=r"^no answer within 0.3 s from: "):
        process.ask(python("import time; time.sleep(60)"), timeout=0.3)


def test_a_program_that_is_watched_prints_by_itself(capfd: pytest.CaptureFixture[str]) -> None:
    argv = python("print('hello', flush=True); raise SystemExit(3)")
    assert process.show(argv) == 3
    assert capfd.readouterr().out == f"$ {process.command_line(argv)}\nhello\n"
    with pytest.raises(TimeoutError, match=r"^not done within 0.3 s: "):
        process.show(python("import time; time.sleep(60)"), timeout=0.3)
    with pytest.raises(ToolError):
        process.show(["no-such-program"])


def test_silence_is_announced_with_the_last_line(capsys: pytest.CaptureFixture[str]) -> None:
    code = "import sys, time; print('step 1', flush=True); time.sleep(1); print('step 2', file=sys.stderr); sys.exit(4)"
    assert process.watch(python(code), silence=0.4) == 4
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "step 1"
    assert lines[-1] == "step 2"
    assert any(line.startswith("… nothing for 0.") and line.endswith("since: step 1") for line in lines)


def test_a_program_beside_ours_ends_with_the_block(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "x.log"
    code = "import signal, time; signal.signal(signal.SIGINT, lambda *_: (print('bye'), exit(5))); print('up', flush=True); time.sleep(60)"
    with process.background(python(code), log=log) as beside:
        _wait(lambda: log.read_text() == "up\n")
    assert (beside.returncode, log.read_text()) == (5, "up\nbye\n")


def _wait(condition: object, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while callable(condition) and not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_detached_program_lives_on_in_a_session_of_its_own(tmp_path: Path) -> None:
    import os

    pid = process.detach(["sleep", "60"], log=tmp_path / "x.log")
    try:
        _wait(lambda: process_is(pid, "sleep"))
        assert os.getsid(pid) == pid
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    assert not process_is(pid, "sleep")


def test_one_program_reads_what_another_writes() -> None:
    assert process.pipe(["printf", "b\\na\\n"], ["sort"]) == "a\nb"
    with pytest.raises(WorkFailed, match=r"^failed: false \| cat"):
        process.pipe(["false"], ["cat"])
    with pytest.raises(WorkFailed, match=r"\n    oh$"):
        process.pipe(["true"], ["sh", "-c", "echo oh >&2; exit 1"])


def test_commands_are_shown_as_they_can_be_pasted() -> None:
    assert process.command_line(["a", "b c", "$d", "e'f"]) == """a 'b c' '$d' 'e'"'"'f'"""
