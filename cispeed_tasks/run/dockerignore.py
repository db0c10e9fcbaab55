"""Propose the ignore file of each build context, print what it changes, and write it where that is wanted."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from cispeed_tasks.config import did_you_mean
from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.context_entries import Amount
from cispeed_tasks.plan.context_findings import IgnoreInForce, context_findings, dead_ignore_files
from cispeed_tasks.plan.dockerignore import Proposal, propose
from cispeed_tasks.plan.dockerignore_choice import Context
from cispeed_tasks.plan.finding import Finding
from cispeed_tasks.plan.litter_rules import is_secret
from cispeed_tasks.plan.places import in_directory, relative
from cispeed_tasks.plan.services import image_owner
from cispeed_tasks.run.contexts import Contexts
from cispeed_tasks.run.dockerignore_contexts import IgnoredContext, ignored_contexts, see_context
from cispeed_tasks.run.look import View, look
from cispeed_tasks.tools import ignore_file, terminal, user_files

SHOWN = 10


@dataclass(frozen=True)
class Proposed:
    """A context with the ignore file that it should have; `shown` is its directory to a user."""

    one: IgnoredContext
    shown: str
    file: str
    seen: Context
    proposal: Proposal

    @property
    def changes(self) -> bool:
        """Whether the file would be another one."""
        return self.proposal.text != self.one.text


def dockerignore(names: Sequence[str], *, write: bool, as_json: bool) -> None:
    """Propose the ignore files of the contexts of some services and bases, or of all."""
    view = look()
    proposed = proposals(view, _chosen(view, names, ignored_contexts(view)))
    found = findings(view, proposed)
    if as_json:
        terminal.say(json.dumps(_record(proposed, found), indent=2, ensure_ascii=False))
    else:
        _show(proposed, found)
    for one in proposed if write else ():
        write_file(one, quiet=as_json)
    if not write and not as_json and any(one.changes for one in proposed):
        terminal.tell("Nothing was written; --write writes it.")


def proposals(view: View, contexts: Sequence[IgnoredContext]) -> list[Proposed]:
    """The ignore files that some contexts should have."""
    walked = Contexts(view.root)
    return [_proposed(view, walked, one) for one in contexts]


def findings(view: View, proposed: Sequence[Proposed]) -> list[Finding]:
    """What is wrong with the contexts of a project: ignore files that nobody reads, then each context's own."""
    found = _dead(view)
    for one in proposed:
        today = one.seen.entries.sent_under(one.seen.today)
        secrets = [path for path in today if is_secret(path, one.seen.entries, one.seen.around)]
        found += context_findings(one.shown, one.proposal, secrets)
    # Contexts may lie in each other.
    return list({(finding.file, finding.code): finding for finding in reversed(found)}.values())[::-1]


def _dead(view: View) -> list[Finding]:
    builds, root = [], view.root
    for one in ignored_contexts(view):
        for target in one.targets:
            dockerfile = None if target.inline else relative(target.dockerfile, root)
            builds.append(IgnoreInForce(relative(one.directory, root), dockerfile, relative(one.ignore, root)))
    directories = {str(root), *(in_directory(root, build.context) for build in builds)}
    directories |= {in_directory(root, str(Path(build.dockerfile).parent)) for build in builds if build.dockerfile}
    files = [relative(path, root) for path in ignore_file.existing(directories)]
    targets = view.project.targets.values()
    alive = {target.context for target in targets if target.generated and target.kind == "full"}
    alive |= {value for target in targets for value in target.contexts.values() if value.startswith("/")}
    return dead_ignore_files(files, builds, [relative(path, root) for path in alive])


def _chosen(view: View, names: Sequence[str], contexts: Sequence[IgnoredContext]) -> list[IgnoredContext]:
    stack, bases = view.stack, view.project.config.bases
    wanted = set()
    for name in names:
        if name not in stack.services and name not in bases:
            raise UsageError(f"there is no service '{name}'{did_you_mean(name, [*stack.services, *bases])}")
        owner = name if name in bases else image_owner(stack, name)
        if not any(owner in one.subjects for one in contexts):
            raise UsageError(
                f"'{name}' has no build context of its own here: its image is generated, remote or used as it is; leave it out"
            )
        wanted.add(owner)
    return [one for one in contexts if not wanted or wanted & one.subjects]


def _proposed(view: View, walked: Contexts, one: IgnoredContext) -> Proposed:
    seen = see_context(view, walked, one)
    return Proposed(one, relative(one.directory, view.root), relative(one.ignore, view.root), seen, propose(seen))


def _show(proposed: Sequence[Proposed], found: Sequence[Finding]) -> None:
    if not proposed:
        terminal.tell(
            "No build context here has a Dockerfile of your own; generated ones have their ignore file already."
        )
    else:
        headers = ("context", "ignore file", "files", "size", "sent by BuildKit")
        terminal.table(headers, [_row(one) for one in proposed])
    for one in proposed:
        _show_one(one)
    if found:
        terminal.heading("Findings")
    for finding in found:
        terminal.warn(said(finding))


def said(finding: Finding) -> str:
    """A finding as it is shown."""
    return finding.said(terminal.size(finding.bytes) if finding.bytes else "")


def _row(one: Proposed) -> tuple[str, str, str, str, str]:
    today, after, inputs = one.proposal.today, one.proposal.after, one.proposal.inputs
    return (
        one.shown,
        one.file,
        f"{today.files} → {after.files}",
        f"{terminal.size(today.bytes)} → {terminal.size(after.bytes)}",
        f"{terminal.size(inputs.bytes)} → {terminal.size(one.proposal.inputs_after.bytes)}",
    )


def _amount(amount: Amount) -> str:
    return f"{amount.files} files, {terminal.size(amount.bytes)}"


def _show_one(one: Proposed) -> None:
    terminal.heading(f"{one.shown}: {one.file}")
    if one.proposal.whole:
        terminal.warn(f"everything counts as taken: {one.proposal.whole}")
    needless, kept = one.proposal.needless, sorted(one.proposal.kept, key=lambda k: (-k.amount.bytes, k.path))
    rows = [(n.path, str(n.amount.files), terminal.size(n.amount.bytes), n.reason) for n in needless[:SHOWN]]
    if rows:
        terminal.table(("left out", "files", "size", "reason"), rows)
    _rest(needless)
    for stays in kept[:SHOWN]:
        terminal.tell(f"  stays: {stays.path} ({_amount(stays.amount)}): {stays.why}")
    _rest(kept)
    terminal.say(difference(one) if one.changes else "  The ignore file is as it should be.")


def _rest(all_of_them: Sequence[object]) -> None:
    if len(all_of_them) > SHOWN:
        terminal.note(f"  … and {len(all_of_them) - SHOWN} smaller ones; --json lists all")


def difference(one: Proposed) -> str:
    """The change of an ignore file as a unified diff, as `git diff` prints it."""
    old, new = (re.findall(r"[^\n]*\n|[^\n]+", text) for text in (one.one.text, one.proposal.text))
    name = f"a/{one.file}" if one.one.text or one.one.ignore.exists() else "/dev/null"
    lines = difflib.unified_diff(old, new, name, f"b/{one.file}")
    shown = "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
    return shown.rstrip("\n").encode("utf-8", errors="replace").decode()


def write_new(proposed: Sequence[Proposed]) -> dict[str, str]:
    """Write those ignore files that are not there yet; returns their texts by path, relative to the project's directory."""
    new = {one.file: one for one in proposed if one.changes and not one.one.ignore.exists()}
    for one in new.values():
        ignore_file.write(one.one.ignore, one.proposal.text)
    return {file: one.proposal.text for file, one in new.items()}


def write_file(one: Proposed, *, quiet: bool = False) -> None:
    """Write an ignore file, and say how that is undone; one that is as it should be is left alone."""
    if not one.changes or user_files.read(one.one.ignore) == one.proposal.text:
        return
    is_new = not one.one.ignore.exists()
    ignore_file.write(one.one.ignore, one.proposal.text)
    undo = "remove the file" if is_new else "remove the block from its first to its last line, both with `cispeed`"
    if not quiet:
        terminal.outcome("ok", f"wrote {one.file}; to undo it, {undo}")


def _record(proposed: Sequence[Proposed], found: Sequence[Finding]) -> dict[str, object]:
    return {"contexts": [_context(one) for one in proposed], "findings": [asdict(finding) for finding in found]}


def _context(one: Proposed) -> dict[str, object]:
    proposal = one.proposal
    return {
        "context": one.shown,
        "ignore_file": one.file,
        "images": sorted(one.one.subjects),
        "today": asdict(proposal.today),
        "proposed": asdict(proposal.after),
        "inputs": asdict(proposal.inputs),
        "inputs_proposed": asdict(proposal.inputs_after),
        "whole_context": proposal.whole,
        "left_out": [asdict(needless) for needless in proposal.needless],
        "stays": [asdict(kept) for kept in proposal.kept],
        "changes": one.changes,
        "text": proposal.text.encode("utf-8", errors="replace").decode(),
    }
