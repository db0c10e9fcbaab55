"""Start programs: the only module that imports subprocess."""

from __future__ import annotations

import os
import selectors
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.errors import ToolError, WorkFailed
from cispeed_tasks.tools import terminal
from cispeed_tasks.tools.docker_plugins import directly
from cispeed_tasks.tools.terminal_waiting import waiting

GRACE_SECONDS = 10.0


@dataclass(frozen=True)
class Completed:
    """How a program ended: its argument list, exit code, captured output and duration in seconds."""

    argv: tuple[str, ...]
    exit_code: int
    stdout: str
    stderr: str
    seconds: float


def command_line(argv: Sequence[str]) -> str:
    """The command as a person could paste it into a shell."""
    return shlex.join(argv)


def on_path(program: str) -> str | None:
    """The path of `program`, or None where it is not installed."""
    return shutil.which(program)


def ask(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    timeout: float | None = 120.0,
    check: bool = True,
    exact: bool = False,
) -> Completed:
    """Run a question: output is captured, nothing is shown unless it fails.

    Args:
        argv: the program and its arguments; never a shell line.
        cwd: the directory to run in.
        env: variables added to the process's own.
        stdin: text for standard input; without it standard input is empty.
        timeout: seconds until the program is ended and `ToolError` raised; None waits for ever.
        check: raise `WorkFailed` with the hidden output when the exit code is not 0.
        exact: keep carriage returns, which names of files may hold; without it every line ends in a plain line feed.

    Raises:
        ToolError: the program is not installed, or was silent for longer than `timeout`.
        WorkFailed: the program failed, and `check` is set.
    """
    started = time.monotonic()
    words, more = directly(argv, env)
    try:
        with waiting(command_line(argv)):
            done = subprocess.run(  # the argument list is ours
                words,
                cwd=cwd,
                env=_environment(more),
                input=(stdin or "").encode(errors="surrogateescape"),
                capture_output=True,
                timeout=timeout,
                check=False,
            )
    except FileNotFoundError as error:
        raise _missing(argv[0], cwd) from error
    except subprocess.TimeoutExpired as error:
        raise ToolError(
            f"no answer within {timeout:g} s from: {command_line(argv)}; `inv doctor` looks at what is silent"
        ) from error
    stdout, stderr = _text(done.stdout, exact=exact), _text(done.stderr)
    completed = Completed(tuple(argv), done.returncode, stdout, stderr, time.monotonic() - started)
    if check and done.returncode:
        raise WorkFailed(failure(completed))
    return completed


class Question:
    """A question that was asked and is answered later, while other work goes on."""

    def __init__(self, argv: Sequence[str], cwd: Path) -> None:
        """Ask; raises OSError where the program cannot be started."""
        self._argv = tuple(argv)
        self._started = time.monotonic()
        words, env = directly(argv, None)
        self._process = subprocess.Popen(
            words,
            cwd=cwd,
            env=_environment(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def answer(self, timeout: float) -> Completed:
        """Wait for the answer; raises ToolError after `timeout` seconds."""
        try:
            stdout, stderr = self._process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as error:
            self._process.kill()
            raise ToolError(
                f"no answer within {timeout:g} s from: {command_line(self._argv)}; `inv doctor` looks at what is silent"
            ) from error
        took = time.monotonic() - self._started
        return Completed(self._argv, self._process.returncode, _text(stdout), _text(stderr), took)


def show(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
    said: str | None = None,
) -> int:
    """Run a program that a person watches: it inherits the terminal, and the command, or what is `said`, is shown first.

    Returns its exit code. On Ctrl-C the program, which got the signal as well, is given time to end before
    KeyboardInterrupt goes on.

    Raises:
        TimeoutError: it ran for longer than `timeout` seconds and was ended.
    """
    terminal.command(said or command_line(argv))
    words, more = directly(argv, env)
    try:
        process = subprocess.Popen(words, cwd=cwd, env=_environment(more), stdin=subprocess.DEVNULL)
    except FileNotFoundError as error:
        raise _missing(argv[0], cwd) from error
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired as error:
        process.terminate()
        stop(process)
        raise TimeoutError(f"not done within {timeout:g} s: {command_line(argv)}") from error
    except KeyboardInterrupt:
        stop(process)
        raise


def watch(
    argv: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None, silence: float = 30.0
) -> int:
    """As `show`; where no terminal shows the program's own progress, say which line was its last after `silence` seconds."""
    if sys.stderr.isatty():
        return show(argv, cwd=cwd, env=env)
    terminal.command(command_line(argv))
    words, more = directly(argv, env)
    try:
        process = subprocess.Popen(
            words,
            cwd=cwd,
            env=_environment(more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except FileNotFoundError as error:
        raise _missing(argv[0], cwd) from error
    try:
        _relay(process, silence)
        return process.wait()
    except KeyboardInterrupt:
        stop(process)
        raise


def _relay(process: subprocess.Popen[bytes], silence: float) -> None:
    """Pass lines on as they come; a line that is long in coming is announced with the one before it."""
    stream = process.stdout
    if stream is None:
        return
    last, since = "", time.monotonic()
    with stream, selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            if not selector.select(silence):
                terminal.note(f"… nothing for {terminal.seconds(time.monotonic() - since)} since: {last}")
                continue
            block = os.read(stream.fileno(), 65536)
            if not block:
                return
            sys.stdout.write(block.decode(errors="replace"))
            sys.stdout.flush()
            lines = [line for line in block.decode(errors="replace").splitlines() if line.strip()]
            last, since = (lines[-1] if lines else last), time.monotonic()


@contextmanager
def background(
    argv: Sequence[str],
    *,
    log: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    apart: bool = False,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program beside ours, its output going to the file `log`; it is ended when the block is left.

    With `apart` it does not get the Ctrl-C of our terminal, so that it can still serve while things are tidied up.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as sink:
        try:
            process = subprocess.Popen(
                list(argv),
                cwd=cwd,
                env=_environment(env),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=apart,
            )
        except FileNotFoundError as error:
            raise _missing(argv[0], cwd) from error
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                stop(process)


def ended(process: subprocess.Popen[bytes], limit: float) -> int | None:
    """The exit code of a program that runs beside ours, or None where it still runs after `limit` seconds."""
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        return None


def save(argv: Sequence[str], path: Path, *, timeout: float) -> int:
    """Run a program whose output is a file, and return its exit code.

    Raises:
        ToolError: the program is not installed, or not done after `timeout` seconds.
    """
    try:
        with path.open("wb") as sink:
            done = subprocess.run(list(argv), stdin=subprocess.DEVNULL, stdout=sink, timeout=timeout, check=False)
    except FileNotFoundError as error:
        raise _missing(argv[0], None) from error
    except subprocess.TimeoutExpired as error:
        raise ToolError(f"not done within {timeout:g} s: {command_line(argv)}") from error
    return done.returncode


def begin(argv: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a program in a process session of its own, with no variables but `env`; both its outputs are one pipe."""
    try:
        return subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise _missing(argv[0], cwd) from error


def detach(argv: Sequence[str], *, log: Path) -> int:
    """Start a daemon in a process session of its own, its output appended to `log`; returns its process id."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        process = subprocess.Popen(
            list(argv), stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True, close_fds=True
        )
    process.returncode = 0  # it outlives this process, which never waits for it
    return process.pid


def pipe(
    producer: Sequence[str], consumer: Sequence[str], *, env: Mapping[str, str] | None = None, timeout: float = 900.0
) -> str:
    """Run `producer | consumer` and return what the consumer printed; raises WorkFailed when either fails.

    `env` are variables added to the consumer's.
    """
    shown = f"{command_line(producer)} | {command_line(consumer)}"
    with (
        waiting(shown),
        subprocess.Popen(list(producer), stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as source,
    ):
        done = subprocess.run(
            list(consumer),
            stdin=source.stdout,
            env=_environment(env),
            capture_output=True,
            timeout=timeout,
            check=False,
            text=True,
        )
    if source.returncode or done.returncode:
        raise WorkFailed(f"failed: {shown}\n{_indented(done.stderr)}")
    return done.stdout.strip()


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a child gently: wait, then terminate, then kill; a second Ctrl-C goes straight on to the next step."""
    for act in (process.poll, process.terminate, process.kill):
        act()
        try:
            process.wait(GRACE_SECONDS)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            continue
        return


def failure(completed: Completed) -> str:
    """A failed question with the output that was hidden from the user."""
    hidden = "\n".join(part.strip() for part in (completed.stderr, completed.stdout) if part.strip())
    return f"exit code {completed.exit_code} from: {command_line(completed.argv)}\n{_indented(hidden)}".rstrip()


def _missing(program: str, cwd: Path | None) -> ToolError:
    if cwd is not None and not cwd.is_dir():
        return ToolError(f"the directory {cwd} does not exist; go to one that does")
    hint = "`inv engine-up` installs it, or see docs.docker.com/engine/install" if program == "docker" else "install it"
    return ToolError(f"`{program}` is not installed or not on PATH; {hint}")


def _text(output: bytes, *, exact: bool = False) -> str:
    text = output.decode(errors="surrogateescape")
    return text if exact else text.replace("\r\n", "\n").replace("\r", "\n")


def _environment(extra: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if extra is None else {**os.environ, **extra}


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
