"""What the flags of COPY, ADD and RUN say about inputs where frontends differ, or read bytes for characters."""

from __future__ import annotations

import pytest

from tests.plan.contexts import inputs, taken

QUOTED = "a flag is quoted in an unusual way"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FROM scratch\nCOPY --exclude=é* . /", f"line 2: COPY: {QUOTED}"),
        ("FROM scratch\nCOPY --exclude=*\x1f . /", f"line 2: COPY: {QUOTED}"),
        ("FROM scratch\nCOPY --from=² /d1 /", f"line 2: COPY: {QUOTED}"),
        ("FROM x\nRUN --mount=source=é,target=/c make", f"line 2: RUN: {QUOTED}"),
        ("FROM x\nRUN --network=à--mount=target=/c make", f"line 2: RUN: {QUOTED}"),
        ("# escape=`\nFROM scratch\nCOPY --exclude=\\** d1 /", f"line 3: COPY: {QUOTED}"),
        ("# escape=`\nFROM scratch\nADD --exclude=`* d1 /", f"line 3: ADD: {QUOTED}"),
        ("# escape=`\nFROM x\nRUN --mount=source=d`1,target=/c make", f"line 3: RUN: {QUOTED}"),
        ("FROM scratch\nCOPY <<E${W#d} a /", "line 2: COPY: its words cannot be told apart"),
    ],
)
def test_a_flag_that_is_not_certain_takes_the_whole_context(text: str, reason: str) -> None:
    found = inputs(f"{text}\n", "a d1 é Ã©")
    assert (found.whole, len(found.files)) == (reason, 4)


def test_the_usual_escape_character_is_one_in_a_flag_too() -> None:
    assert taken(r"COPY --exclude=\*.md src /", "src/a.md src/b") == ["src", "src/b"]
    assert taken(r"RUN --mount=source=s\rc,target=/c make", "src/a") == ["src", "src/a"]


@pytest.mark.parametrize(
    ("line", "files", "named"),
    [
        ("COPY --from=0 /a /", ("a",), "x"),
        ("COPY --from=S /a /", ("a",), "x"),
        ("RUN --mount=from=S,target=/c make", ("a",), "x"),
        ("RUN --mount=from=0,target=/c make", (), "0"),
        ("FROM 0", (), "0"),
    ],
)
def test_only_copy_knows_a_stage_by_its_number(line: str, files: tuple[str, ...], named: str) -> None:
    found = inputs(f"FROM scratch AS s\nCOPY a /\nFROM x AS t\n{line}\n", "a b")
    assert found.files == files
    assert found.named[-1] == named
