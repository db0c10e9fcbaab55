"""Chooses a rule and a file, and makes the patch."""

import difflib

from coding_agent.models import Proposal, SourceFile, Task
from coding_agent.rules import RULES, words_of

NOTES = "NOTES.md"


def unified_diff(path: str, before: str, after: str) -> str:
    """A patch that `git apply` takes; `before` is empty for a new file."""
    old_name = f"a/{path}" if before else "/dev/null"
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        fromfile=old_name,
        tofile=f"b/{path}",
    )
    patched = []
    for line in lines:
        patched.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(patched)


def by_relevance(question_words: set[str], files: list[SourceFile]) -> list[SourceFile]:
    """Files that share most words with the question first, then by path."""

    def key(file: SourceFile) -> tuple[int, str]:
        in_path = len(question_words & words_of(file.path))
        in_content = len(question_words & words_of(file.content))
        return -(10 * in_path + in_content), file.path

    return sorted(files, key=key)


def propose(task: Task) -> Proposal:
    """Apply the first rule that fits and changes something; else take a note."""
    question_words = words_of(task.question)
    files = by_relevance(question_words, task.files)
    for rule in RULES:
        if not rule.fits(question_words):
            continue
        for file in files:
            if not file.path.endswith(".py"):
                continue
            changed = rule.apply(file.content)
            if changed != file.content:
                patch = unified_diff(file.path, file.content, changed)
                return Proposal(rule=rule.name, path=file.path, summary=rule.summary, patch=patch)
    return take_note(task)


def take_note(task: Task) -> Proposal:
    """Write the question down in the repository's notes."""
    before = next((file.content for file in task.files if file.path == NOTES), "")
    start = before or "# Notes\n\n"
    if not start.endswith("\n"):
        start += "\n"
    question = " ".join(task.question.split())
    patch = unified_diff(NOTES, before, f"{start}- To do: {question}\n")
    return Proposal(rule="note", path=NOTES, summary="write the question down.", patch=patch)
