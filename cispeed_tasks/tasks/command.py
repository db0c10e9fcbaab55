"""The decorator that makes a function a task: its group, its help, and errors as exit codes without a traceback."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from invoke.context import Context
from invoke.exceptions import Exit

from cispeed_tasks.errors import CispeedError, Interrupted, UsageError
from cispeed_tasks.tasks.invoke_extensions import FirstWordHelp, GroupedTask, WordsHelp


def command(
    group: str,
    *,
    words: str | None = None,
    help: Mapping[str, str] | None = None,  # noqa: A002  # Invoke's own word
    wants_compose: bool = False,
    wants_word: bool = False,
    repeatable: Sequence[str] = (),
) -> Callable[[Callable[..., Any]], GroupedTask]:
    """Make a task of a function whose first parameter is Invoke's context.

    Args:
        group: the heading of `inv --list` that it stands under.
        words: the parameter, None by default, that gets the words after the task's name as a list; it is also a
            repeatable option.
        help: a sentence for each option, with units and the default.
        wants_compose: the task resolves the Compose files, which takes as long as loading what it needs otherwise.
        wants_word: the first word after the task's name is its own also where a task is called so.
        repeatable: further parameters that get a list, an element each time that the option is given.
    """

    def make(function: Callable[..., Any]) -> GroupedTask:
        texts = dict(help or {})
        if words:
            text = f"{texts.get(words, words)}; also without --{words}"
            texts[words] = (FirstWordHelp if wants_word else WordsHelp)(text)
        task = GroupedTask(
            _with_exit_codes(function, wants_compose=wants_compose),
            help=texts,
            auto_shortflags=False,
            positional=[],
            iterable=[*([words] if words else []), *repeatable],
        )
        task.group = group
        return task

    return make


def remainder() -> list[str]:
    """The words after `--` as they were typed; Invoke itself joins them and loses the quoting."""
    return sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []


def positive_number(text: str, option: str, unit: str) -> float:
    """Read a number that a user typed; Invoke's own conversion would show a traceback."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise UsageError(f"--{option} {text}: not a number of {unit}; write for example --{option} 30")
    return number


def _with_exit_codes(function: Callable[..., Any], *, wants_compose: bool) -> Callable[..., Any]:
    @functools.wraps(function)
    def run(context: Context, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        os.environ.setdefault("CISPEED_CONFIG", str(context.config.get("cispeed", {}).get("config", "cispeed.yaml")))
        try:
            if wants_compose:
                from cispeed_tasks.run import ahead

                ahead.resolve_compose(Path.cwd().resolve(), os.environ["CISPEED_CONFIG"])
            return function(context, *args, **kwargs)
        except CispeedError as error:
            from cispeed_tasks.run import outdated
            from cispeed_tasks.tools import terminal

            raise Exit(terminal.fitted(outdated.explained(error)), error.exit_code) from error
        except BrokenPipeError as error:
            # Whoever read the output has seen enough; what is left of it goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise Exit(code=1) from error
        except OSError as error:
            place = f": {error.filename}" if error.filename else ""
            raise Exit(f"{error.strerror or error}{place}", 1) from error
        except KeyboardInterrupt as error:
            raise Exit("interrupted", Interrupted.exit_code) from error

    return run
