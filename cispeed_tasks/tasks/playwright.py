"""The task that runs the end-to-end tests."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command, remainder


@command("tests", words="directory", help={"directory": "where the results are; those of the last run by default"})
def playwright_merge(context: Context, directory: list[str] | None = None) -> None:
    """Merge the reports of a run that several machines shared into one HTML report and one JUnit file.

    Takes the blob reports that `playwright-test --shard` leaves, below .cispeed/playwright/shards where that is there.
    They are merged in the tests' own image, and land in .cispeed/playwright/merged.

    Example: inv playwright-merge
    """
    from cispeed_tasks.run import playwright_merge as run_merge

    run_merge.merge(directory or [])


@command(
    "tests",
    help={
        "hollow": "run against the hollow stack; the variable HOLLOW=1 does the same",
        "no_hollow": "run against the full stack whatever HOLLOW says",
        "grep": "only tests whose title matches this regular expression",
        "shard": "run one part of several, such as 1/2",
        "reuse": "skip the run when one with the same images, tests and settings passed whole before",
        "keep_up": "leave the stack up afterwards, its ports published",
    },
    wants_compose=True,
)
def playwright_test(
    context: Context,
    hollow: bool = False,
    no_hollow: bool = False,
    grep: str | None = None,
    shard: str | None = None,
    keep_up: bool = False,
    reuse: bool = False,
) -> None:
    """Run the Playwright tests in their container against a stack of their own, in full mode or hollow.

    Builds what is needed, brings the stack up, and in every outcome brings back JUnit, the HTML report, traces,
    screenshots and each service's log into one folder. The tests' exit code is passed through. What stands after
    `--` goes to `playwright test` as it is.

    Example: inv playwright-test --grep journey -- --workers 1
    """
    from cispeed_tasks.run import playwright

    choice = True if hollow else (False if no_hollow else None)
    playwright.playwright_test(
        hollow=choice, grep=grep, shard_text=shard, keep_up=keep_up, extra=remainder(), reuse=reuse
    )
