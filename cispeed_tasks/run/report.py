"""Make a report of the history: what is recalled, what git says of the base, and where the report goes."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from cispeed_tasks.config import LoadedConfig, load_config
from cispeed_tasks.errors import UsageError, WorkFailed
from cispeed_tasks.plan import budgets
from cispeed_tasks.plan.history_ages import read_since
from cispeed_tasks.plan.report import Report, make_report
from cispeed_tasks.plan.report_base import Base
from cispeed_tasks.plan.report_markdown import report_markdown
from cispeed_tasks.plan.report_page import report_page
from cispeed_tasks.run import history
from cispeed_tasks.tools import checkout, git, terminal, vendored

PAGE = "report.html"


@dataclass(frozen=True)
class Options:
    """What the user asked for."""

    html: str = ""
    markdown: bool = False
    as_json: bool = False
    base: str = ""
    since: str = ""
    check: bool = False


def report(options: Options) -> None:
    """Make the report in the forms that are asked for; the page by default.

    Raises:
        UsageError: an option is wrong, or there is nothing to check.
        WorkFailed: an image costs more than its budget, or the page cannot be written.
    """
    loaded = load_config(Path.cwd().resolve(), os.environ.get("CISPEED_CONFIG", "cispeed.yaml"))
    made = _made(loaded, options)
    if options.as_json:
        checked = [{**asdict(one), "over": one.is_over, "sentence": str(one)} for one in made.budgets]
        terminal.say(json.dumps({**asdict(made), "budgets": checked}, indent=2, ensure_ascii=False))
    if options.markdown:
        terminal.say(report_markdown(made))
        terminal.step_summary(report_markdown(made))
    if options.html or not (options.as_json or options.markdown or options.check):
        _write(made, loaded.root, options.html)
    if options.check:
        _check(made, loaded, quiet=options.as_json or options.markdown)


def _made(loaded: LoadedConfig, options: Options) -> Report:
    now = datetime.now(UTC)
    records = history.recall(loaded.root, since=read_since(options.since, now))
    made_at = now.isoformat(timespec="seconds")
    project = loaded.config.project or loaded.root.name
    base = _base(loaded.root, options.base)
    return make_report(records, project=project, made_at=made_at, config=loaded.config.budgets, base=base)


def _base(root: Path, name: str) -> Base | None:
    """The commits of the base: of the branch that is named, or of the default branch, what lies before HEAD.

    Raises:
        UsageError: there is no commit of that name.
    """
    if not git.is_checkout(root):
        if name:
            raise UsageError(f"--base {name}: {root} is no git repository's checkout")
        return None
    chosen = name or git.default_branch(root)
    commit = git.commit_id(root, chosen) if chosen else None
    if commit is None and name:
        raise UsageError(f"--base {name}: there is no such branch, tag or commit here; `git fetch` may bring it")
    if commit is not None and commit == git.commit_id(root, "HEAD") and not name:
        chosen, commit = "the commit before", git.commit_id(root, "HEAD~1")
    return Base(str(chosen), git.ancestors(root, commit)) if commit else None


def _write(made: Report, root: Path, name: str) -> None:
    page = report_page(made, vendored.chart_library())
    try:
        path = Path(name) if name else checkout.state_directory(root) / PAGE
        checkout.write_whole(path, page)
    except OSError as error:
        raise WorkFailed(f"{name or PAGE} cannot be written: {error.strerror}") from error
    terminal.outcome("ok", f"{made.about.removesuffix('.')}: {_short(path)}")


def _check(made: Report, loaded: LoadedConfig, *, quiet: bool) -> None:
    if budgets.is_empty(loaded.config.budgets):
        raise UsageError(
            "cispeed.yaml names no `budgets:`, so that there is nothing to check; write for example\n"
            "budgets:\n  image-bytes: 500MB\n  build-seconds: 120"
        )
    if not made.changes:
        raise UsageError(
            "no build is recorded here, so that there is nothing to check: `inv build-optimized` comes first"
        )
    if made.over:
        raise WorkFailed("\n".join(map(str, made.over)))
    if not quiet:
        _say_kept(made.budgets)


def _say_kept(checked: Sequence[budgets.Budget]) -> None:
    for one in checked:
        if one.value is None:
            terminal.note(str(one))
    known = sum(one.value is not None for one in checked)
    terminal.outcome("ok", f"every image keeps within its budgets ({known} checked)")


def _short(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if here in path.parents else str(path)
