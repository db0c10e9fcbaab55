"""Changes of files as a unified diff, and a line more."""

from __future__ import annotations

import pytest

from cispeed_tasks.plan.file_changes import FileChange, diff_text, with_line


def test_a_diff_as_patch_takes_it() -> None:
    changes = [FileChange("new", None, "x\n"), FileChange("same", "a\n", "a\n"), FileChange("old", "a", "a\nb\n")]
    assert diff_text(changes) == (
        "--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+x\n"
        "--- a/old\n+++ b/old\n@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n"
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("", "x\n"), ("a\n", "a\nx\n"), ("a", "a\nx\n"), ("a\r\nb\r\n", "a\r\nb\r\nx\r\n"), ("a\r\nb", "a\r\nb\r\nx\r\n")],
)
def test_a_line_more_keeps_the_line_breaks(text: str, wanted: str) -> None:
    assert with_line(text, "x") == wanted
