import subprocess

import pytest

from coding_agent.agent import propose, take_note, unified_diff
from coding_agent.models import SourceFile, Task

GREETING = SourceFile(path="shop/greeting.py", content="def greet(name):\n    print(name)\n")
PRICING = SourceFile(
    path="shop/pricing.py",
    content="def parse(text):\n    try:\n        return int(text)\n    except:\n        return None\n",
)
README = SourceFile(path="README.md", content="# Shop")
FILES = [README, GREETING, PRICING]


@pytest.mark.parametrize(
    ("question", "rule", "path", "added"),
    [
        ("Where are docstrings missing?", "docstrings", "shop/greeting.py", '+    """Greet."""'),
        ("Document the pricing", "docstrings", "shop/pricing.py", '+    """Parse."""'),
        ("Do we handle errors?", "exceptions", "shop/pricing.py", "+    except Exception:"),
        ("Add type annotations", "annotations", "shop/greeting.py", "+def greet(name) -> None:"),
        ("What about bananas?", "note", "NOTES.md", "+- To do: What about bananas?"),
    ],
)
def test_rules(question: str, rule: str, path: str, added: str):
    proposal = propose(Task(question=question, files=FILES))
    assert (proposal.rule, proposal.path) == (rule, path)
    assert added in proposal.patch.splitlines()


def test_rule_that_changes_nothing_becomes_a_note():
    assert propose(Task(question="Any errors?", files=[GREETING])).rule == "note"


def test_broken_source_is_left_alone():
    broken = SourceFile(path="a.py", content="def (:\n")
    assert propose(Task(question="Add docstrings", files=[broken])).rule == "note"


@pytest.mark.parametrize("question", ["Add docstrings", "Anything else?\nReally?"])
def test_git_applies_the_patch(tmp_path, question: str):
    for file in FILES:
        target = tmp_path / file.path
        target.parent.mkdir(exist_ok=True)
        target.write_text(file.content)
    proposal = propose(Task(question=question, files=FILES))
    command = ["git", "apply", "-"]
    subprocess.run(command, cwd=tmp_path, input=proposal.patch, text=True, check=True)
    assert (tmp_path / proposal.path).exists()


def test_note_is_appended():
    notes = SourceFile(path="NOTES.md", content="# Notes\n\n- To do: one")
    patch = take_note(Task(question="two", files=[notes])).patch
    assert "+- To do: two" in patch
    assert "\\ No newline at end of file" in patch


def test_equal_texts_make_no_diff():
    assert unified_diff("a.txt", "same\n", "same\n") == ""
