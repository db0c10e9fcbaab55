"""List what an image is made of: the files of its context that its Dockerfile can take."""

from __future__ import annotations

import json
from pathlib import Path

from cispeed_tasks.errors import UsageError
from cispeed_tasks.model import ContextFile, Target
from cispeed_tasks.plan.inputs import Inputs, derive_inputs
from cispeed_tasks.plan.service_targets import read_target
from cispeed_tasks.plan.services import is_remote
from cispeed_tasks.run.contexts import Contexts
from cispeed_tasks.run.look import chosen_services, look
from cispeed_tasks.tools import terminal

SHOWN = 40


def inputs(service: str, *, as_json: bool) -> None:
    """List the inputs of a service's full image with their sizes in bytes."""
    view = look()
    chosen_services(view, [service])
    target = view.project.full_target(service)
    if target is None or is_remote(target.context):
        raise UsageError(
            f"no image is built here for '{service}', so it has no inputs in this checkout; `inv check` says which images are"
        )
    sent = Contexts(view.root).of_target(target)
    found = derive_inputs(read_target(target), target.stage, sent.tree, target.args)
    taken = {path: sent.files[path] for path in found.files}
    if as_json:
        terminal.say(json.dumps(_record(service, found, taken), indent=2))
    else:
        _show(target, found, taken, tuple(sent.files.values()), view.root)


def _record(service: str, found: Inputs, taken: dict[str, ContextFile]) -> dict[str, object]:
    return {
        "service": service,
        "files": [{"path": path, "bytes": file.size} for path, file in sorted(taken.items())],
        "images": list(found.named),
        "whole_context": found.whole,
    }


def _show(
    target: Target, found: Inputs, taken: dict[str, ContextFile], files: tuple[ContextFile, ...], root: Path
) -> None:
    context_path = Path(target.context)
    shown = context_path.relative_to(root).as_posix() if root in (context_path, *context_path.parents) else context_path
    sent = [file for file in files if file.kind != "directory"]
    used = [file for file in taken.values() if file.kind != "directory"]
    terminal.tell(f"{target.tag}: {target.cause}; context {shown}")
    if found.whole:
        terminal.warn(f"the whole context counts: {found.whole}")
    for name in found.named:
        terminal.say(f"  image {name}")
    largest = sorted(used, key=lambda file: (-file.size, file.path))
    terminal.table(("file", "size"), [(file.path, terminal.size(file.size)) for file in largest[:SHOWN]])
    if len(largest) > SHOWN:
        terminal.note(f"  … and {len(largest) - SHOWN} smaller ones; --json lists all")
    total = sum(file.size for file in used)
    rest = f"of {len(sent)} files ({terminal.size(sum(file.size for file in sent))}) that its ignore file lets through"
    terminal.outcome("ok", f"{len(used)} files, {terminal.size(total)}, {rest}")
