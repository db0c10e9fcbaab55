"""The layers that hold what images do not: a target for each service with something to bake."""

from __future__ import annotations

import json
import os.path
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cispeed_tasks.model import ContextFile, Target
from cispeed_tasks.plan.mount_decision import MountDecision
from cispeed_tasks.plan.mount_names import SHIELDED
from cispeed_tasks.plan.mount_sources import Checkout
from cispeed_tasks.plan.places import relative
from cispeed_tasks.plan.service_targets import bake_name, full_tag
from cispeed_tasks.plan.shield import GENERATED
from cispeed_tasks.plan.targets import Project
from cispeed_tasks.plan.written_mounts import written_mounts

MADE = "# Made by cispeed: what {} has mounted in development and its image does not hold."
IGNORE = "# Made by cispeed; it stands in place of the checkout's own, which would drop what is mounted."


def mount_layer(
    project: Project, seen: Checkout, service: str, baked: Sequence[MountDecision], raw: Mapping[str, Any]
) -> Target:
    """The target that puts what was mounted onto the service's image, shallow paths first.

    What comes from variables is an argument, so that no value of the environment stands in the Dockerfile.

    Args:
        project: the project as it was planned.
        seen: what the checkout has.
        service: its name.
        baked: its mounts that are to be baked.
        raw: the service of the model without variables filled in.
    """
    ordered = sorted(baked, key=lambda decision: posixpath.normpath(decision.mount.target).count("/"))
    target = project.full_target(service)
    parent = target.tag if target else str(project.stack.services[service].image)
    writing = _Writing(project, seen, service, ordered, raw)
    return Target(
        name=bake_name("mounts", service),
        kind="mounts",
        subject=service,
        tag=full_tag(project.name, service).replace(":full", ":full-mounts"),
        context=writing.context,
        dockerfile=project.root / GENERATED / f"{bake_name(service)}.mounts.Dockerfile",
        dockerfile_text=writing.dockerfile(parent, is_ours=target is not None),
        stage=None,
        args=writing.args,
        contexts={parent: f"target:{target.name}"} if target else {},
        cause="1 mount that its image does not hold"
        if len(baked) == 1
        else f"{len(baked)} mounts that its image does not hold",
        generated=True,
        ignore_text=writing.ignore(),
        dependency_names=(target.name,) if target else (),
    )


class _Writing:
    """Writes one layer's Dockerfile and ignore file."""

    def __init__(
        self, project: Project, seen: Checkout, service: str, ordered: Sequence[MountDecision], raw: Mapping[str, Any]
    ) -> None:
        mounts = project.stack.services[service].mounts
        written = dict(zip((m.target for m in mounts), written_mounts(raw, mounts), strict=True))
        self._entries = [(decision, written[decision.mount.target] or {}) for decision in ordered]
        self._seen = seen
        self._image = str(raw.get("image") or "")
        self.args: dict[str, str | None] = {}
        self._has_variables = any("$" in str(entry.get("source")) for _, entry in self._entries)
        self.context = seen.root if self._has_variables else self._common()

    def _common(self) -> str:
        """The nearest directory that holds all the sources."""
        return os.path.commonpath(
            [
                str(d.mount.source)
                if self._seen.source(d.mount.source).kind == "directory"
                else posixpath.dirname(str(d.mount.source))
                for d, _ in self._entries
            ]
        )

    def dockerfile(self, parent: str, *, is_ours: bool) -> str:
        service = self._entries[0][0].service
        lines = [MADE.format(service)]
        if "$" in self._image and not is_ours:
            self.args["CISPEED_IMAGE"] = parent
            lines += ["ARG CISPEED_IMAGE", "FROM ${CISPEED_IMAGE}"]
        else:
            lines.append(f"FROM {parent}")
        if any(decision.action == "fresh" for decision, _ in self._entries):
            lines.insert(1, "FROM scratch AS cispeed-empty")
        for number, (decision, entry) in enumerate(self._entries, 1):
            lines += self._copies(number, decision, entry)
        return "\n".join(lines) + "\n"

    def _copies(self, number: int, decision: MountDecision, entry: Mapping[str, Any]) -> Iterator[str]:
        source = self._seen.source(decision.mount.source)
        if decision.action == "fresh":
            yield from self._owned(number, decision, entry)
            return
        place = relative(str(decision.mount.source), Path(self.context))
        left = self._argument(f"CISPEED_SOURCE_{number}", place, str(entry.get("source")))
        right = self._argument(
            f"CISPEED_TARGET_{number}", posixpath.normpath(decision.mount.target), str(entry.get("target"))
        )
        yield from (
            f"ARG {name}" for name in (f"CISPEED_SOURCE_{number}", f"CISPEED_TARGET_{number}") if name in self.args
        )
        is_folder = source.kind == "directory"
        if left.startswith("$") and decision.left_out:
            # No pattern can leave something out below a directory that must not be named.
            for folder, names in kept_parts(source.entries, decision.left_out).items():
                yield _copies_into(left, right, folder, names, source.owners.get(""))
        else:
            yield _copy(left, right, source.owners.get(""), is_folder=is_folder)
        kinds = {one.path: one.kind for one in source.entries}
        for path, owner in sorted(source.owners.items()):
            if path and not any(path == out or path.startswith(f"{out}/") for out in decision.left_out):
                yield _copy(f"{left}/{path}", f"{right}/{path}", owner, is_folder=kinds.get(path) == "directory")

    def _owned(self, number: int, decision: MountDecision, entry: Mapping[str, Any]) -> Iterator[str]:
        """An empty directory of the same owner, which the engine takes over for the volume."""
        name = f"CISPEED_TARGET_{number}"
        right = self._argument(name, posixpath.normpath(decision.mount.target), str(entry.get("target")))
        yield from [f"ARG {name}"] if name in self.args else []
        owner = self._seen.source(decision.mount.source).owners[""]
        yield f"COPY --from=cispeed-empty --chown={owner} {json.dumps(['/', right + '/'], ensure_ascii=False)}"

    def _argument(self, name: str, value: str, written: str) -> str:
        if "$" not in written:
            return value
        self.args[name] = value
        return "${" + name + "}"

    def ignore(self) -> str:
        lines = [IGNORE]
        if not self._has_variables:
            places = [relative(str(d.mount.source), Path(self.context)) for d, _ in self._entries]
            lines += [] if "." in places else ["*", *(f"!{_escaped(place)}" for place in places)]
        lines += [f"**/{name}" for name in SHIELDED]
        for decision, entry in self._entries:
            start = relative(str(decision.mount.source), Path(self.context))
            if "$" not in str(entry.get("source")):
                lines += [_escaped(path if start == "." else f"{start}/{path}") for path in decision.left_out]
        return "\n".join(dict.fromkeys(lines)) + "\n"


def kept_parts(entries: Sequence[ContextFile], left_out: Sequence[str]) -> dict[str, list[str]]:
    """What is kept of a source, as the fewest parts that hold nothing that is left out: by directory, their names.

    A name ends in a slash where the part is a directory.
    """

    def is_out(path: str) -> bool:
        return any(path == out or path.startswith(f"{out}/") for out in left_out)

    def is_cut(path: str) -> bool:
        return any(out.startswith(f"{path}/") for out in left_out)

    found: dict[str, list[str]] = {}
    for entry in sorted(entries, key=lambda one: one.path):
        folder, _, name = entry.path.rpartition("/")
        is_whole = entry.kind != "directory" or not is_cut(entry.path)
        is_below_whole = bool(folder) and not is_cut(folder)
        if is_whole and not is_below_whole and not is_out(entry.path):
            found.setdefault(folder, []).append(f"{name}/" if entry.kind == "directory" else name)
    return found


def _copies_into(left: str, right: str, folder: str, names: Sequence[str], owner: str | None) -> str:
    """The COPYs of some parts of a directory; of a directory, COPY takes what is in it."""
    chown = f"--chown={owner} " if owner else ""
    start, end = posixpath.join(left, folder), posixpath.join(right, folder)
    files = [posixpath.join(start, name) for name in names if not name.endswith("/")]
    lines = [f"COPY {chown}{json.dumps([*files, end.rstrip('/') + '/'], ensure_ascii=False)}"] if files else []
    lines += [
        f"COPY {chown}{json.dumps([posixpath.join(start, name), posixpath.join(end, name)], ensure_ascii=False)}"
        for name in names
        if name.endswith("/")
    ]
    return "\n".join(lines)


def _copy(left: str, right: str, owner: str | None, *, is_folder: bool) -> str:
    end = "/" if is_folder else ""
    chown = f"--chown={owner} " if owner else ""
    return f"COPY {chown}{json.dumps([left + end, right.rstrip('/') + end], ensure_ascii=False)}"


def _escaped(path: str) -> str:
    """A path as a pattern that matches nothing but itself, or another character where a line may not begin or end so."""
    text = re.sub(r"([*?\[\]\\])", r"\\\1", path)
    text = re.sub(r"^[#!]", lambda found: f"\\{found[0]}", text)
    return re.sub(r"^\s|\s$", "?", text)
