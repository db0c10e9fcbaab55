"""Rule: sources are copied before an install that does not need them, so that every edit installs everything anew."""

from __future__ import annotations

from collections.abc import Iterator

from cispeed_tasks.plan.dockerfile_steps import Step
from cispeed_tasks.plan.dockerfile_words import Uncertain
from cispeed_tasks.plan.finding import Finding
from cispeed_tasks.plan.findings_model import SeenBuild
from cispeed_tasks.plan.install_needs import needed_files
from cispeed_tasks.plan.installs import Install, find_installs
from cispeed_tasks.plan.source_copies import SourceCopy, reader, source_copy

CODE = "sources-before-install"


def sources_before_install(build: SeenBuild) -> Iterator[Finding]:
    """A COPY of sources stands before an install that reads nothing but manifests."""
    for step in build.steps():
        copy = source_copy(build, step)
        if copy is None or copy.system_file:
            continue
        found = next(_installs_after(build, step), None)
        if found is not None:
            yield _finding(build, copy, *found)


def _installs_after(build: SeenBuild, copy: Step) -> Iterator[tuple[Step, Install]]:
    for step in build.steps_of(copy.stage):
        if step.instruction.line <= copy.instruction.line:
            continue
        for install in find_installs(step.commands):
            try:
                needed_files(install, reader(build, step))
            except Uncertain:
                continue
            yield step, install


def _finding(build: SeenBuild, copy: SourceCopy, step: Step, install: Install) -> Finding:
    total = sum(build.files[path].size for path in copy.files)
    count = len(copy.files)
    text = (
        f"`{copy.text}` stands before `{shortened(install.command.text)}` (line {step.instruction.line}): a change of any of "
        f"{count} files ({total / 1e6:.1f} MB) installs everything anew"
    )
    return build.finding(
        copy.step.instruction.line, CODE, text, "copy what the install reads, install, then copy the rest"
    )


def shortened(text: str) -> str:
    """A command that is short enough for a line."""
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004
