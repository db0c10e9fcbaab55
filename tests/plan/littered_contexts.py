"""Build contexts in a few words, and the ignore file that is proposed for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from cispeed_tasks.model import Target
from cispeed_tasks.plan.context_entries import Entries
from cispeed_tasks.plan.context_tree import ContextTree
from cispeed_tasks.plan.context_use import use_of
from cispeed_tasks.plan.dockerignore import Proposal, propose
from cispeed_tasks.plan.dockerignore_choice import Context
from cispeed_tasks.plan.ignore_block import read_ignore_text
from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from cispeed_tasks.plan.litter_rules import Surroundings
from tests.plan.contexts import entries


def target(text: str) -> Target:
    """An image that is built of a Dockerfile's text."""
    place = Path("/repo/Dockerfile")
    return Target("web", "full", "web", "web:full", "/repo", place, text, None, {}, {}, "its own", generated=False)


def proposed(
    dockerfile: str | Collection[str],
    tree: str,
    ignore: str = "",
    *,
    tracked: str | None = "",
    sizes: Mapping[str, int] | None = None,
    texts: Mapping[str, str] | None = None,
    keys: Collection[str] = (),
    fresh: Collection[str] = (),
) -> Proposal:
    """What is proposed for one Dockerfile, or several, in a context of 1 kB files.

    Args:
        dockerfile: the text of each; `FROM scratch` comes by itself.
        tree: paths, as `entries` reads them.
        ignore: the ignore file's text.
        tracked: what git tracks besides what is below src/; None where it does not tell.
        sizes: of files that have another one, in bytes.
        texts: of manifests and scripts.
        keys: the files that hold a private key.
        fresh: the files that git neither tracks nor ignores.
    """
    parted = read_ignore_text(ignore, ".dockerignore")
    hand = read_ignore_file(parted.by_hand)
    found = [entry._replace(size=(sizes or {}).get(entry.path, 1000)) for entry in entries(*tree.split())]
    sent = [entry for entry in found if not hand.excludes(entry.path)]
    lines = [dockerfile] if isinstance(dockerfile, str) else list(dockerfile)
    uses = tuple(use_of(target(f"FROM scratch\n{text}\n"), "Dockerfile", ContextTree(sent)) for text in lines)
    known = None if tracked is None else frozenset(tracked.split()) | {e.path for e in found if e.path[:4] == "src/"}
    around = Surroundings(
        known, frozenset(fresh), frozenset({"Dockerfile", "compose.yaml"}), frozenset(keys), texts or {}
    )
    return propose(
        Context(Entries({entry.path: entry for entry in sent}), uses, parted, read_ignore_file(ignore), around)
    )
