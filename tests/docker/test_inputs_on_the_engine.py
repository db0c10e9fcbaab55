"""The derived inputs of generated contexts, ignore files and Dockerfiles against what the engine puts into the image."""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
import tempfile
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from cispeed_tasks.config_schema import Config
from cispeed_tasks.plan.context_tree import ContextTree
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile
from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from cispeed_tasks.plan.inputs import Inputs, derive_inputs
from cispeed_tasks.run.roots import provide_roots
from cispeed_tasks.tools.context import context_files, effective_ignore
from tests.docker.build_contexts import Case, Context, cases
from tests.docker.build_stages import DOCUMENT, OTHER, ROOT, CopyMaker, MountMaker, Recipe

QUICK = settings(
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
NOT_CERTAIN = re.compile(r"--exclude=\S*[\\`éà]")
"""What frontends read in different ways, or no frontend as it stands."""
MOUNTED = {"0", "1", "2"}
"""The names of single files that are mounted; of empty ones they do not tell which they are."""


@pytest.fixture(scope="module")
def root_image() -> None:
    provide_roots([ROOT], Config())


@settings(QUICK, max_examples=40)
@given(cases(CopyMaker))
def test_what_a_copy_brings_into_the_image_is_what_was_derived(case: Case) -> None:
    check(case)


@pytest.mark.usefixtures("root_image")
@settings(QUICK, max_examples=10)
@given(cases(MountMaker))
def test_what_a_mount_shows_is_what_was_derived(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("escape", ["\\", "`"])
def test_no_flag_leaves_out_what_the_engine_takes(escape: str) -> None:
    patterns = [r"\**", "`**", r"**/\*2", "é*", "à*", '"*"', "'*'", 'a"1"']
    lines = [f"COPY --exclude={pattern} . /reached/{number}/" for number, pattern in enumerate(patterns)]
    recipe = Recipe(escape, "FROM scratch AS s0\nWORKDIR /reached", "FROM s0", lines, 0)
    check(Case(Context("", ["a1", "*2", "é3", "à4"]), Context(f"# {OTHER}", [], mark=f"{OTHER}:"), recipe))


def check(case: Case) -> None:
    with tempfile.TemporaryDirectory(prefix="inputs-") as directory:
        root = Path(directory)
        case.write(root)
        context, other = root / "context", root / OTHER
        tree, others = entries(context, context / case.dockerfile), entries(other, None)
        image = built(context, context / case.dockerfile, other)
    taken: set[str] = set()
    for number, line in enumerate(case.recipe.lines):
        derived = derive_inputs(read_dockerfile(case.recipe.text(only=number)), None, tree, {})
        compare(case, line, derived, image[number] - {DOCUMENT} - MOUNTED, others)
        taken |= set(derived.files)
    assert set(derive_inputs(read_dockerfile(case.recipe.text()), None, tree, {}).files) == taken


def compare(case: Case, line: str, derived: Inputs, shown: set[str], others: ContextTree) -> None:
    ours, theirs = case.context.shown_as(), case.other.shown_as()
    reached = {ours[text] for text in shown if text in ours}
    assert reached <= set(derived.files), f"{line}: the image has {reached - set(derived.files)}"
    from_other = {theirs[text] for text in shown if text not in ours}
    assert from_other <= set(others.paths), f"{line}: the image has {from_other - set(others.paths)}"
    assert OTHER in derived.named or not from_other, line
    if derived.whole:
        assert NOT_CERTAIN.search(line), f"{line}: {derived.whole}"
        return
    files = set(derived.files) & case.context.texts().keys()
    assert files == reached - case.context.links.keys(), f"{line}: {files - reached} does not reach the image"


def entries(root: Path, dockerfile: Path | None) -> ContextTree:
    found = effective_ignore(root, dockerfile)
    return ContextTree(context_files(root, read_ignore_file(found[1] if found else "")))


def built(context: Path, dockerfile: Path, other: Path) -> dict[int, set[str]]:
    """What the image that the engine makes shows of the files and links that each line took."""
    # The engine's own cache overlooks a change of a file that is named in a source and left out by --exclude.
    argv = ["docker", "buildx", "build", "--no-cache", "--provenance=false", "--output", "type=tar,dest=-"]
    argv += ["--build-context", f"{OTHER}={other}", "--file", str(dockerfile), str(context)]
    done = subprocess.run(argv, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    found = defaultdict[int, set[str]](set)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
        for member in tar:
            if text := shown(tar, member):
                found[int(member.name.split("/")[1])].add(text)
    return found


def shown(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str | None:
    if member.issym():
        return f"-> {member.linkname}"
    content = tar.extractfile(member)
    # A file that an ignore file brings back, and leaves out again by a directory above, is sent without its bytes.
    return (content.read().decode() or Path(member.name).name) if content else None
