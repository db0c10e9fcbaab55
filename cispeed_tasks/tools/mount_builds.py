"""Small builds by `docker buildx build`, whose Dockerfiles come by standard input: cache mounts are reached by no other way."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.tools import process
from cispeed_tasks.tools.buildx import SETTINGS

LOG_LINE = re.compile(r"^(?:#\d+ )?\d+\.\d+ (?P<words>.+)$")
SOLVED = re.compile(r"ERROR: .*?failed to solve: (?P<words>.+)")
EXIT_CODE = re.compile(r"did not complete successfully: exit code: (?P<code>\d+)")
NO_SPACE = "no space left on device"
LONGEST = 200
TIMES = {"SOURCE_DATE_EPOCH": ""}
"""Files keep their times, also where a build of this environment gives all of them one."""


class BuildFailed(WorkFailed):
    """A small build failed; `step_code` is the exit code of its step, where that is what failed."""

    def __init__(self, message: str, step_code: int | None = None) -> None:
        super().__init__(message)
        self.step_code = step_code


@dataclass(frozen=True)
class Output:
    """What becomes of the result: a directory or a tar file at `dest`, an image that is pushed, or nothing."""

    type: str = "cacheonly"
    dest: Path | None = None

    def words(self) -> list[str]:
        """The options of buildx."""
        place = f",dest={self.dest}" if self.dest else ""
        return ["--push"] if self.type == "push" else ["--output", f"type={self.type}{place}"]


def build(
    dockerfile: str,
    output: Output,
    *,
    timeout: float,
    context: Path | None = None,
    run_argument: str,
    args: Mapping[str, str] | None = None,
    tags: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
) -> None:
    """Build a Dockerfile's text, its steps anew.

    Args:
        dockerfile: the text.
        output: what becomes of the result.
        timeout: seconds.
        context: the directory of the build context; none by default.
        run_argument: the build argument that gets a value of its own in each run, so that no step comes from the cache.
        args: other build arguments.
        tags: names of an image.
        labels: labels of an image.

    Raises:
        BuildFailed: it failed; the message is one line.
        ToolError: it took longer.
    """
    values = {run_argument: uuid.uuid4().hex, **(args or {})}
    argv = ["docker", "buildx", "build", "--progress=plain", "--provenance=false", *output.words()]
    argv += [word for key, value in values.items() for word in ("--build-arg", f"{key}={value}")]
    argv += [word for tag in tags for word in ("--tag", tag)]
    argv += [word for key, value in (labels or {}).items() for word in ("--label", f"{key}={value}")]
    argv += ["--file", "-", str(context)] if context else ["-"]
    done = process.ask(argv, stdin=dockerfile, env={**SETTINGS, **TIMES}, timeout=timeout, check=False)
    if done.exit_code:
        code = EXIT_CODE.search(done.stderr)
        raise BuildFailed(why_failed(done.stderr), int(code["code"]) if code else None)


def why_failed(log: str) -> str:
    """Why a build failed, in a line, by its log: what its step said last, or BuildKit's own words."""
    lines = log.splitlines()
    if any(NO_SPACE in line.lower() for line in lines):
        return "no space is left on the disk"
    printed = [match["words"] for line in lines if (match := LOG_LINE.match(line.strip()))]
    solved = SOLVED.search(log)
    words = printed[-1] if printed else solved["words"] if solved else (lines[-1] if lines else "it said nothing")
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
