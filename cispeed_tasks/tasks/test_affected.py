"""The task that runs the tests of what changed."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command, remainder


@command(
    "tests",
    help={
        "base": "branch, tag or commit to compare with; what CI's event says, else the default branch",
        "all": "all tests, whatever changed",
        "list": "only say which tests would be run, and why",
        "json": "with --list: print the plan for programs",
        "junit": "a directory for a JUnit file of each suite that pytest runs",
        "reuse": "skip suites that passed before with the same files, packages and settings",
    },
    wants_compose=True,
)
def test_affected(
    context: Context,
    base: str | None = None,  # noqa: PT028  # a task, no test
    all: bool = False,  # noqa: A002, PT028  # the option's name
    list: bool = False,  # noqa: A002, PT028  # the option's name
    json: bool = False,  # noqa: PT028
    junit: str | None = None,  # noqa: PT028
    reuse: bool = False,  # noqa: PT028
) -> None:
    """Run only the tests of what is affected by a change, each suite with its cause; none where nothing is.

    A service's tests are those in its source directory, those named for it (tests/unit/test_api*.py) and those that
    `services.api.tests` names in cispeed.yaml. pytest runs them, or `services.api.test-command`. Imports of shared code
    are followed, and where it cannot be told whether a test is affected, it is run. What stands after `--` goes to pytest.
    The tests' exit code is passed through.

    Suites that pass are remembered by the hash of all that decided it, here and in the registry where one is configured.
    With --reuse they are not run again until something of that changes; what stands after `--` makes it a run of a part.

    Example: inv test-affected --base main -- -x
    """
    from pathlib import Path

    from cispeed_tasks.plan.commit_range import Wish
    from cispeed_tasks.run import test_affected as run_test_affected

    form = run_test_affected.Form(
        only_list=list,
        as_json=json,
        words=tuple(remainder()),
        reuse=reuse,
        is_all=all,
        junit=Path(junit) if junit else None,
    )
    run_test_affected.test_affected(Wish((base or "").strip() or None), form)
