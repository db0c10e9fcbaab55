"""The task that draws the history, and checks what images cost."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command


@command(
    "measurements",
    help={
        "html": "where the page is written; .cispeed/report.html by default",
        "markdown": "print Markdown for a pull request, and add it to CI's step summary",
        "json": "print everything that the report says for programs",
        "base": "branch, tag or commit that images are compared with; the default branch, on it the commit before",
        "since": "only what began since then: a number and m, h, d or w, such as 30d, or a date such as 2026-01-31",
        "check": "fail where an image costs more than `budgets:` in cispeed.yaml allow",
    },
)
def report(
    context: Context,
    html: str = "",
    markdown: bool = False,
    json: bool = False,
    base: str = "",
    since: str = "",
    check: bool = False,
) -> None:
    """Draw the history as one page that needs no network: times, sizes, slowest steps, caches, layers, what changed.

    The page has a table for each chart. Where the history holds records of CI (`inv history --merge`), times are CI's.
    With --check it fails with a sentence for each budget that is broken: which image, by how much, and what takes most.

    Example: inv report --base main --markdown --check
    """
    from cispeed_tasks.run import report as run_report

    run_report.report(run_report.Options(html, markdown, json, base, since, check))
