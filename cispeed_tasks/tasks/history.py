"""The task that shows what builds, ups and tests took, and brings together what many machines remember."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command


@command(
    "measurements",
    words="file",
    help={
        "file": "with --merge: files that --export wrote, or - for standard input",
        "since": "only what began since then: a number and m, h, d or w, such as 7d, or a date such as 2026-01-31",
        "json": "print all records for programs",
        "export": "write the records to this file, or -, a line of JSON each; CI keeps it as an artifact",
        "merge": "take in the records of other machines; one that is here already is not taken twice",
    },
)
def history(
    context: Context,
    file: list[str] | None = None,
    since: str = "",
    json: bool = False,
    export: str = "",
    merge: bool = False,
) -> None:
    """Show what was built, brought up and tested here: when, how long it took, how large it is, and why it was done.

    Every build, up and test run leaves records in .cispeed/history.sqlite; no value of the environment is among them.
    `inv report` draws them.

    Example: inv history --merge runner-1.jsonl runner-2.jsonl
    """
    from cispeed_tasks.run import history_shown

    history_shown.history(file or [], history_shown.Options(since, json, export, merge))
