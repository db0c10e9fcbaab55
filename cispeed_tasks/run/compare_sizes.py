"""Sizes on both sides of a comparison: of the images, and of the build contexts of a checkout that was worked in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cispeed_tasks.model import ContextFile
from cispeed_tasks.plan.compare_results import Size
from cispeed_tasks.plan.services import is_remote
from cispeed_tasks.run.compare_look import look_before
from cispeed_tasks.run.compare_sides import After, Before
from cispeed_tasks.run.contexts import Contexts
from cispeed_tasks.run.look import View, look
from cispeed_tasks.tools import context, image_packages, leftovers, process


def image_sizes(view: View, before: View, sides: tuple[Before, After]) -> dict[str, Size]:
    """Bytes of each service's image on both sides, as the engines count them."""
    found = {}
    for name, service in before.stack.services.items():
        target = view.project.full_target(name)
        if service.build is not None and target is not None:
            old = service.image or f"{before.stack.project}-{name}"
            found[name] = Size(_size(old, sides[0].engine.env), _size(target.tag, sides[1].engine.env))
    return found


def _size(image: str, env: Mapping[str, str]) -> int | None:
    done = process.ask(["docker", "image", "inspect", "--format", "{{.Size}}", image], env=env, check=False)
    return int(done.stdout) if done.exit_code == 0 else None


def context_sizes(view: View, before: View, sides: tuple[Before, After]) -> dict[str, Size]:
    """Bytes and files of each build context that the ignore files let through, once people have worked in the checkout.

    What that leaves are the packages that the before images hold themselves, in node_modules and .venv.
    """
    root = sides[0].copies.make("worked-in", {})
    for name, service in before.stack.services.items():
        if service.build is not None and not is_remote(service.build.context):
            place = root / Path(service.build.context).relative_to(view.root)
            image_packages.copy_packages(service.image or f"{before.stack.project}-{name}", place, sides[0].engine.env)
    now = look(root)
    old, contexts = look_before(now, before.compose.files), Contexts(root)
    found = {}
    for name, service in old.stack.services.items():
        target = now.project.full_target(name)
        if service.build is None or target is None or is_remote(service.build.context):
            continue
        dockerfile = Path(service.build.context, service.build.dockerfile)
        text = context.ignore_text(service.build.context, str(dockerfile))
        sent, less = (
            _amount(contexts.sent(service.build.context, text).files),
            _amount(contexts.of_target(target).files),
        )
        found[name] = Size(sent[0], less[0], sent[1], less[1])
    leftovers.clear(str(root))
    return found


def _amount(files: Mapping[str, ContextFile]) -> tuple[int, int]:
    kept = [file for file in files.values() if file.kind != "directory"]
    return sum(file.size for file in kept), len(kept)
