"""What full mode does with each mount of each service, and why."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace

from cispeed_tasks.model import Mount
from cispeed_tasks.plan import mount_names
from cispeed_tasks.plan.generated_dockerfile import IGNORED
from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from cispeed_tasks.plan.image_files import image_files
from cispeed_tasks.plan.mount_decision import REPORTS, MountDecision
from cispeed_tasks.plan.mount_sharing import Sharing
from cispeed_tasks.plan.mount_sources import MOST_SECRETS, Checkout, MountSource
from cispeed_tasks.plan.places import is_inside
from cispeed_tasks.plan.service_targets import bake_name
from cispeed_tasks.plan.targets import Project

NEEDLESS = read_ignore_file("\n".join(pattern for patterns in IGNORED.values() for pattern in patterns))
"""What no image needs of a source, by its name."""
SMALL_BYTES = 16_384
"""What a Compose file can hold beside what a person reads in it."""


@dataclass(frozen=True)
class _Verdict:
    kind: str
    action: str
    cause: str
    is_warning: bool = False
    left_out: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


def decide_mounts(project: Project, seen: Checkout) -> tuple[MountDecision, ...]:
    """Decide for every mount of every service."""
    sharing = Sharing(project.stack, seen)
    found = []
    for name in project.shapes:
        judge = _Judge(project, seen, name, sharing)
        found += _with_one_layer([judge.decide(mount) for mount in project.stack.services[name].mounts])
    return tuple(found)


def _with_one_layer(decisions: list[MountDecision]) -> list[MountDecision]:
    """Where a layer is made anyway, small files lie in it too."""
    if not any(decision.action == "bake" for decision in decisions):
        return decisions
    cause = "a layer on the image holds it"
    return [replace(d, action="bake", cause=cause) if d.action == "config" else d for d in decisions]


class _Judge:
    """Decides about the mounts of one service."""

    def __init__(self, project: Project, seen: Checkout, name: str, sharing: Sharing) -> None:
        self._service = project.stack.services[name]
        self._project, self._seen, self._sharing = project, seen, sharing
        self._target = project.full_target(name)
        tree = seen.contexts.get(self._target.name) if self._target else None
        self._tree = tree
        held = image_files(self._target, tree) if self._target and tree is not None else {}
        self._held = {place: f"{self._target.context}/{path}" for place, path in held.items()} if self._target else {}

    def decide(self, mount: Mount) -> MountDecision:
        verdict = self._verdict(mount)
        wanted = self._project.shapes[self._service.name].config.mounts.get(mount.target)
        if wanted is not None and wanted != verdict.action:
            verdict = replace(self._overridden(mount, wanted, verdict), cause="as cispeed.yaml says", is_warning=False)
        elif self._sharing.is_read(self._service.name, mount) and verdict.action in {"drop", "bake"}:
            verdict = replace(verdict, kind="shared source", action="fresh", cause="a volume", secrets=())
        volume = self._volume_for(mount, verdict)
        if wanted is None and volume is not None and self._sharing.volume(self._service.name, mount):
            verdict = replace(verdict, cause=f"{verdict.cause}; {self._sharing.reason(self._service.name, mount)}")
        words = (verdict.kind, verdict.action, verdict.cause)
        return MountDecision(
            self._service.name, mount, *words, verdict.left_out, verdict.secrets, volume, verdict.is_warning
        )

    def _volume_for(self, mount: Mount, verdict: _Verdict) -> str | None:
        """The key of the volume that takes a bind mount's place: a shared one, or one that a read-only container may write."""
        if mount.type != "bind" or verdict.action not in {"drop", "bake", "fresh"}:
            return None
        shared = self._sharing.volume(self._service.name, mount)
        is_folder = self._seen.source(mount.source).kind == "directory"
        may_write = (
            is_folder and not mount.read_only and verdict.action != "fresh" and self._service.raw.get("read_only")
        )
        return shared or (
            f"cispeed-{bake_name(self._service.name, _clean(mount.target).strip('/'))}" if may_write else None
        )

    def _verdict(self, mount: Mount) -> _Verdict:
        if mount.type == "volume":
            return self._volume(mount)
        if mount.type != "bind":
            return _Verdict(mount.type, "keep", "belongs to the container")
        if self._seen.is_data(mount):
            return _Verdict("data directory", "fresh", "an empty volume, since the data is the development stack's")
        if str(mount.source) not in self._seen.sources:
            return _Verdict(
                "host bind", "keep", "lies outside the checkout, and is this machine's own", is_warning=True
            )
        if mount_names.is_dependency_folder(mount.target):
            if self._target is None:
                text = "packages of this machine's, which the image does not install"
                return _Verdict("dependency directory", "keep", text, is_warning=True)
            return _Verdict("dependency directory", "drop", "packages are installed into the image")
        return self._bind(mount, self._seen.source(mount.source))

    def _volume(self, mount: Mount) -> _Verdict:
        is_shield = mount.source is None and self._lies_below_a_bind(mount)
        if mount_names.is_dependency_folder(mount.target) and (is_shield or self._are_all_built(mount)):
            kind = "dependency shield" if mount.source is None else "dependency volume"
            return _Verdict(kind, "drop", "the image holds the packages")
        if mount_names.is_cache(mount.target) and self._target is not None:
            return _Verdict("dependency cache", "drop", "the image holds the packages")
        if mount.source is None:
            shield = _Verdict("shield", "drop", "nothing is mounted any more that it shielded from")
            return shield if is_shield else _Verdict("anonymous volume", "keep", "belongs to the container")
        if (self._project.stack.volumes.get(mount.source) or {}).get("external"):
            return _Verdict("external volume", "keep", "an empty volume of this stack's own stands in for it")
        users = sum(
            any(m.source == mount.source and m.type == "volume" for m in s.mounts)
            for s in self._project.stack.services.values()
        )
        kind = "named volume" if users < 2 else "shared volume"  # noqa: PLR2004  # two share
        return _Verdict(kind, "keep", "a volume of this stack's own")

    def _are_all_built(self, mount: Mount) -> bool:
        """Whether every service that mounts a volume of packages has an image made here, which holds them."""
        users = [n for n, s in self._project.stack.services.items() if mount.source in {m.source for m in s.mounts}]
        return all(self._project.full_target(name) for name in (users if mount.source else [self._service.name]))

    def _bind(self, mount: Mount, source: MountSource) -> _Verdict:
        if source.kind == "other":
            return _Verdict("socket or device", "keep", "no file that an image could hold", is_warning=True)
        if source.kind == "file":
            return self._file(mount, source)
        if mount_names.is_report_folder(str(mount.source)) and (source.is_empty or source.is_ignored):
            return _Verdict(REPORTS, "keep", "results come out here")
        if source.is_empty:
            return self._empty(mount, source)
        if source.is_ignored:
            return self._ignored(mount, source)
        return self._directory(mount, source)

    def _file(self, mount: Mount, source: MountSource) -> _Verdict:
        if source.is_ignored and mount_names.is_litter(str(mount.source)) and not mount.read_only:
            text = "git ignores it and programs write it, so the container makes its own; `keep` mounts it"
            return _Verdict("data file", "drop", text, is_warning=True)
        if source.is_private("") or mount_names.is_key(str(mount.source)):
            why = "git ignores it" if source.is_ignored else "it holds a secret by its name"
            return _Verdict("private file", "secret", f"{why}, so it enters no image", secrets=("",))
        if self._held.get(_clean(mount.target)) == mount.source:
            return _Verdict("file in the image", "drop", "the image holds it")
        kind = "file for an image built here" if self._target else "file for an image of others"
        if self._target is None and self._fits_a_config(mount, source):
            return _Verdict(kind, "config", "small, so it is handed over when the container is made")
        return _Verdict(kind, "bake", "a layer on the image holds it")

    def _fits_a_config(self, mount: Mount, source: MountSource) -> bool:
        """Compose copies a config's content into the container that it made.

        A read-only one refuses, and so does one with a file of this machine's mounted over a link (/etc/localtime).
        """
        others = [
            m
            for m in self._service.mounts
            if m != mount
            and (
                is_inside(_clean(mount.target), _clean(m.target))
                or (m.type == "bind" and m.source not in self._seen.sources)
            )
        ]
        is_small = bool(source.text) and len(str(source.text)) <= SMALL_BYTES
        owner = source.owners.get("")
        return is_small and owner is None and not others and not self._service.raw.get("read_only")

    def _empty(self, mount: Mount, source: MountSource) -> _Verdict:
        kind = "missing directory" if source.kind == "missing" else "empty directory"
        if self._sharing.volume(self._service.name, mount):
            return _Verdict(kind, "fresh", "an empty volume")
        target = _clean(mount.target)
        if any(is_inside(place, target) for place in self._held):
            return _Verdict(kind, "drop", "the image has the directory")
        return _Verdict(kind, "fresh", "an empty volume; it holds nothing in the checkout")

    def _ignored(self, mount: Mount, source: MountSource) -> _Verdict:
        files = [f.path for f in source.files if f.kind == "file" and not mount_names.is_litter(f.path)]
        if self._sharing.volume(self._service.name, mount):
            return _Verdict("output directory", "fresh", "git ignores it, so another service makes what is in it")
        is_for_keys = (
            mount.read_only or mount_names.is_safe_folder(str(mount.source)) or all(map(mount_names.is_key, files))
        )
        if files and len(files) <= MOST_SECRETS and is_for_keys:
            return _Verdict(
                "private directory", "secret", "git ignores it, so it enters no image", secrets=tuple(files)
            )
        its_files = f" and its {_count(files, 'file')}" if files else ""
        text = f"git ignores it{its_files}, so an empty volume takes its place; `keep` mounts it"
        return _Verdict("output directory", "fresh", text, is_warning=bool(files))

    def _directory(self, mount: Mount, source: MountSource) -> _Verdict:
        target = _clean(mount.target)
        wanted = [f.path for f in source.shareable() if not self._is_covered(mount, f.path)]
        missing = [p for p in wanted if self._held.get(posixpath.join(target, p)) != f"{mount.source}/{p}"]
        private = self._private(mount, source)
        if not missing:
            return _Verdict("source in the image", "drop", "the image holds it", secrets=private)
        if len(missing) < len(wanted) and all(
            NEEDLESS.excludes(path) and self._is_not_sent(mount, path) for path in missing
        ):
            text = f"the image holds it but for {_count(missing, 'file')} of tests, docs and the like"
            return _Verdict("source in the image", "drop", text, secrets=private)
        kind = "source partly in the image" if len(missing) < len(wanted) else "source not in the image"
        cause = f"a layer on the image holds it ({_count(wanted, 'file')})"
        return _Verdict(kind, "bake", cause, left_out=self._left_out(mount, source), secrets=private)

    def _is_not_sent(self, mount: Mount, path: str) -> bool:
        """Whether the ignore file of the image's own context leaves a file out."""
        if self._target is None or self._tree is None or not is_inside(f"{mount.source}/{path}", self._target.context):
            return False
        relative = f"{mount.source}/{path}".removeprefix(f"{self._target.context}/")
        return not self._tree.has(relative)

    def _private(self, mount: Mount, source: MountSource) -> tuple[str, ...]:
        target = _clean(mount.target)
        files = [f.path for f in source.private_files() if not self._is_covered(mount, f.path)]
        needed = [p for p in files if self._held.get(posixpath.join(target, p)) != f"{mount.source}/{p}"]
        return tuple(needed[:MOST_SECRETS])

    def _left_out(self, mount: Mount, source: MountSource) -> tuple[str, ...]:
        private = {f.path for f in source.files if source.is_private(f.path) or mount_names.is_litter(f.path)}
        folders = {path for path in source.ignored if path}
        covered = set(self._covered(mount))
        alone = {path for path in private if not any(is_inside(path, folder) for folder in folders)}
        return tuple(sorted(alone | folders | covered))

    def _covered(self, mount: Mount) -> tuple[str, ...]:
        """What other mounts of the service lie over, relative to this mount's target."""
        start = f"{_clean(mount.target).rstrip('/')}/"
        others = (_clean(m.target) for m in self._service.mounts if m.target != mount.target)
        return tuple(target[len(start) :] for target in others if target.startswith(start))

    def _is_covered(self, mount: Mount, path: str) -> bool:
        return any(is_inside(path, place) for place in self._covered(mount))

    def _lies_below_a_bind(self, mount: Mount) -> bool:
        binds = (m for m in self._service.mounts if m.type == "bind")
        return any(is_inside(_clean(mount.target), _clean(bind.target)) for bind in binds)

    def _overridden(self, mount: Mount, wanted: str, verdict: _Verdict) -> _Verdict:
        if wanted != "bake":
            return replace(verdict, action=wanted, secrets=verdict.secrets if wanted == "drop" else ())
        source = self._seen.source(mount.source)
        return replace(
            verdict, action="bake", left_out=self._left_out(mount, source), secrets=self._private(mount, source)
        )


def _clean(target: str) -> str:
    return posixpath.normpath(target)


def _count(things: list[str], word: str) -> str:
    return f"1 {word}" if len(things) == 1 else f"{len(things)} {word}s"
