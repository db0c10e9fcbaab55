"""The base image that several services would share: its Dockerfile, and the lines of cispeed.yaml that use it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cispeed_tasks.plan.findings_model import SeenBuild
from cispeed_tasks.plan.findings_shared import Repeated, repeated
from cispeed_tasks.plan.optimize_runs import KEPT_ARCHIVES

EXPORT_PLUGIN = {"1": "1.8.0", "2": "1.9.0"}
"""Poetry's plugin that writes the lock file as requirements, by Poetry's own major version."""


@dataclass(frozen=True)
class SharedBase:
    """A base image that is proposed: its name, the image that it stands on, and which services it is for."""

    name: str
    root: str
    services: tuple[str, ...]
    system: tuple[str, ...]
    managers: tuple[str, ...]
    """As they are asked for: poetry==2.5.1."""

    @property
    def file(self) -> str:
        """Its Dockerfile, relative to the project's directory."""
        return f"images/{self.name}-base/Dockerfile"

    @property
    def tag(self) -> str:
        """The image's name, with the version of what it stands on."""
        version = re.match(r"[\d.]+", self.root.rpartition(":")[2])
        return f"images/{self.name}-base:{version[0] if version else '1'}"

    def dockerfile(self) -> str:
        """The text of its Dockerfile."""
        parts = [
            f"# Made by cispeed: a base for {', '.join(self.services)}. It is yours: change it as you like.",
            f"FROM {self.root}",
        ]
        parts += self._system_lines() + self._manager_lines()
        return "\n".join(parts) + "\n"

    def config(self) -> str:
        """The lines of cispeed.yaml that put it to use."""
        lines = [
            "bases:",
            f"  {self.name}:",
            f"    image: {self.tag}",
            f"    context: images/{self.name}-base",
            "services:",
        ]
        return "\n".join([*lines, *(f"  {name}: {{base: {self.name}}}" for name in self.services)]) + "\n"

    def _system_lines(self) -> list[str]:
        if not self.system:
            return []
        return [
            "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\",
            "    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\",
            f"    {KEPT_ARCHIVES} \\",
            " && apt-get update \\",
            " && apt-get install -y --no-install-recommends " + " ".join(self.system),
        ]

    def _manager_lines(self) -> list[str]:
        if not self.root.rpartition("/")[2].startswith("python"):
            return []
        lines = [
            "RUN --mount=type=cache,target=/root/.cache/pip \\",
            "    pip config --global set global.prefer-binary true",
        ]
        for word in self.managers:
            name, _, version = word.partition("==")
            plugin = EXPORT_PLUGIN.get(version.split(".")[0])
            more = f" poetry-plugin-export{f'=={plugin}' if plugin else ''}" if name == "poetry" else ""
            place = f"/opt/{name}"
            lines[-1] += " \\"
            lines += [
                f" && python -m venv {place} \\",
                f" && {place}/bin/pip install {word}{more} \\",
                f" && ln -s {place}/bin/{name} /usr/local/bin/{name}",
            ]
        unpinned = any("==" not in word for word in self.managers)
        return ["# hadolint ignore=DL3013", *lines] if unpinned else lines


def shared_bases(builds: Sequence[SeenBuild]) -> tuple[SharedBase, ...]:
    """The bases that are worth proposing: one for each image on which several services install the same."""
    by_root: dict[str, list[Repeated]] = defaultdict(list)
    for (root, kind, _), found in repeated(builds).items():
        if kind in {"apt", "pip"}:
            by_root[root] += found
    return tuple(_base(root, found, builds) for root, found in sorted(by_root.items()))


def _base(root: str, found: Iterable[Repeated], builds: Sequence[SeenBuild]) -> SharedBase:
    system = sorted({one.name for one in found if one.kind == "apt"})
    words = sorted({one.word for one in found if one.kind == "pip"})
    managers = {re.split(r"[=~<>!\[]", word)[0]: word for word in words if re.fullmatch(r"[\w-]+(==[\w.]+)?", word)}
    image = root.partition("@")[0].rpartition("/")[2].partition(":")[0]
    managers = managers if image == "python" else {}
    files = {one.build.file for one in found}
    services = tuple(sorted(build.service for build in builds if build.file in files))
    return SharedBase("-".join([image, *managers]), root, services, tuple(system), tuple(managers.values()))
