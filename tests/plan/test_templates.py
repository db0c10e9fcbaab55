"""Templates: a missing name is a fault of ours, and no run of empty lines is left."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError

import cispeed_tasks
from cispeed_tasks.plan.templates import render

TEMPLATES = Path(cispeed_tasks.__file__).parent / "templates"


def test_a_name_that_is_not_given_is_a_fault() -> None:
    with pytest.raises(UndefinedError, match="'made' is undefined"):
        render("node.Dockerfile.j2")


def test_parts_that_are_left_out_leave_no_hole() -> None:
    assert render("system_packages.j2", system_packages=()) == "\n"
    assert render("user.j2", user="root") == "\n"


@pytest.mark.parametrize("name", ["start.sh.j2", "reporter.cjs.j2"])
def test_a_template_without_variables_is_what_it_reads_like(name: str) -> None:
    written = (TEMPLATES / name).read_text(encoding="utf-8")
    assert render(name) == written
