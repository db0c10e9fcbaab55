"""Small services, each with one thing that changes: what can reach its image, or what cannot."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Change = Callable[[Path], None]


@dataclass(frozen=True)
class Mutation:
    """A service of its own directory, and a change that is made to it."""

    name: str
    dockerfile: str
    change: Change
    files: dict[str, str] = field(default_factory=lambda: {"src/a": "a"})
    build: dict[str, Any] = field(default_factory=dict)
    said: str = ""
    """What is said of the change; DIRECTORY stands for the service's."""


def write(name: str, text: str) -> Change:
    def change(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)

    return change


def link(name: str, to: str) -> Change:
    def change(root: Path) -> None:
        (root / name).unlink(missing_ok=True)
        (root / name).symlink_to(to)

    return change


def compose(**more: Any) -> Change:
    """Change the service's build section."""

    def change(root: Path) -> None:
        file = root.parent / "compose.yaml"
        data = yaml.safe_load(file.read_text())
        data["services"][root.name]["build"] |= more
        file.write_text(yaml.safe_dump(data))

    return change


def _environment(root: Path) -> None:
    """Change what the service has when it runs, not what its image is built of."""
    file = root.parent / "compose.yaml"
    data = yaml.safe_load(file.read_text())
    data["services"][root.name]["environment"] = {"X": "1"}
    file.write_text(yaml.safe_dump(data))


COPY = "FROM scratch\nCOPY src /src\n"
ROOT = "debian:trixie-slim"
OUTSIDE = "cispeed-mutations/outside:1"

REACHING = [
    Mutation("content", COPY, write("src/a", "b"), said="DIRECTORY/src/a changed"),
    Mutation("added", COPY, write("src/new", "x"), said="DIRECTORY/src/new is new"),
    Mutation("removed", COPY, lambda root: (root / "src/b").unlink(), {"src/a": "a", "src/b": "b"}, said="DIRECTORY/src/b is gone"),
    Mutation("executable", COPY, lambda root: (root / "src/a").chmod(0o755), said="DIRECTORY/src/a changed"),
    Mutation("private", COPY, lambda root: (root / "src/a").chmod(0o600), said="DIRECTORY/src/a changed"),
    Mutation("link", COPY, link("src/l", "b"), {"src/a": "a", "src/b": "b"}, said="DIRECTORY/src/l is new"),
    Mutation("empty", COPY, lambda root: (root / "src/empty").mkdir(), said="DIRECTORY/src/empty is new"),
    Mutation("dotfile", "FROM scratch\nCOPY src/* /src/\n", write("src/.env", "x"), said="DIRECTORY/src/.env is new"),
    Mutation("gitignored", COPY, write("src/dist.js", "2"), {"src/dist.js": "1", ".gitignore": "*.js\n"}, said="DIRECTORY/src/dist.js changed"),
    Mutation("throughlink", "FROM scratch\nCOPY l /l\n", write("src/a", "b"), {"src/a": "a", "l": "-> src/a"}, said="DIRECTORY/src/a changed"),
    Mutation("json", 'FROM scratch\nCOPY ["src/a b", "/x/"]\n', write("src/a b", "b"), {"src/a b": "a"}, said="DIRECTORY/src/a b changed"),
    Mutation("wildcard", "FROM scratch\nCOPY s*/?.txt /x/\n", write("src/a.txt", "b"), {"src/a.txt": "a"}, said="DIRECTORY/src/a.txt changed"),
    Mutation("escape", "# escape=`\nFROM scratch\nCOPY `\n  src `\n  /x\n", write("src/a", "b"), said="DIRECTORY/src/a changed"),
    Mutation("otherstage", "FROM scratch AS one\nCOPY src /s\nFROM scratch\nCOPY --from=one /s /t\n", write("src/a", "b"), said="DIRECTORY/src/a changed"),
    Mutation("instruction", COPY, write("Dockerfile", f"{COPY}COPY src/a /twice\n"), said="DIRECTORY/Dockerfile changed"),
    Mutation("heredoc", "FROM scratch\nCOPY <<EOF /x\none\nEOF\n", write("Dockerfile", "FROM scratch\nCOPY <<EOF /x\ntwo\nEOF\n"), said="DIRECTORY/Dockerfile changed"),
    Mutation("argument", f"FROM {ROOT}\nARG A=1\nRUN echo $A > /a\n", compose(args={"A": "2"}), build={"args": {"A": "1"}}, said="build argument A changed"),
    Mutation("argumentinfrom", "ARG S=one\nFROM scratch AS one\nCOPY src/a /one\nFROM scratch AS two\nCOPY src/a /two\nFROM ${S}\n", compose(args={"S": "two"}), build={"args": {"S": "one"}}, said="build argument S changed"),
    Mutation("argumentinsource", "FROM scratch\nARG D=a\nCOPY src/$D /x\n", compose(args={"D": "b"}), {"src/a": "a", "src/b": "b"}, {"args": {"D": "a"}}, "build argument D changed"),
    Mutation("stage", "FROM scratch AS one\nCOPY src/a /one\nFROM scratch AS two\nCOPY src/a /two\n", compose(target="two"), build={"target": "one"}, said="the build setting target changed"),
    Mutation("ignorefile", COPY, write(".dockerignore", "# nothing\n"), {"src/a": "a", "src/b": "b", ".dockerignore": "src/b\n"}, said="DIRECTORY/.dockerignore changed"),
    Mutation("ownignorefile", COPY, write("Dockerfile.dockerignore", "# nothing\n"), {"src/a": "a", "src/b": "b", "Dockerfile.dockerignore": "src/b\n"}, said="DIRECTORY/.dockerignore changed"),
    Mutation("mount", f"FROM {ROOT}\nRUN --mount=type=bind,source=src,target=/m cp -r /m /x\n", write("src/a", "b"), said="DIRECTORY/src/a changed"),
    Mutation("archive", "FROM scratch\nADD src/a /x/\n", write("src/a", "b"), said="DIRECTORY/src/a changed"),
    Mutation("network", f"FROM {ROOT}\nRUN ls /sys/class/net > /n\n", compose(network="none"), build={"network": "host"}, said="the build setting network changed"),
    Mutation("memory", f"FROM {ROOT}\nRUN df /dev/shm > /s\n", compose(shm_size="128m"), build={"shm_size": "96m"}, said="the build setting shm-size changed"),
    Mutation("label", COPY, compose(labels={"team": "two"}), build={"labels": {"team": "one"}}, said="build argument label team changed"),
    Mutation("inline", "", compose(dockerfile_inline="FROM scratch\nCOPY src/a /y\n"), build={"dockerfile_inline": "FROM scratch\nCOPY src/a /x\n"}, said="the inline Dockerfile changed"),
    Mutation("namedcontext", "FROM scratch\nCOPY --from=extra a /x\n", write("other/a", "b"), {"other/a": "a"}, {"additional_contexts": {"extra": "./namedcontext/other"}}, "DIRECTORY/other/a changed"),
    Mutation("outsidebase", f"FROM {OUTSIDE}\n", lambda _: None, said=f"image {OUTSIDE} changed"),
    Mutation("outsidecopy", f"FROM scratch\nCOPY --from={OUTSIDE} /etc/x /x\n", lambda _: None, said=f"image {OUTSIDE} changed"),
    Mutation("onbuild", "FROM cispeed-mutations/onbuild:1\n", write("src/a", "b"), said="DIRECTORY/src/a changed"),
    Mutation("child", "FROM mutated-content\n", lambda _: None, said="base mutated-content:full changed: content/src/a changed"),
    Mutation("copychild", "FROM scratch\nCOPY --from=mutated-content /src /x\n", lambda _: None, said="base mutated-content:full changed: content/src/a changed"),
]  # fmt: skip

SOURCE = "FROM scratch\nCOPY src /src\n"

UNSEEN = [
    # BuildKit takes a step from its cache though this changed; what cispeed says must not depend on that.
    Mutation("hosts", f"FROM {ROOT}\nRUN cat /etc/hosts > /h\n", compose(extra_hosts=["x:10.0.0.2"]), build={"extra_hosts": ["x:10.0.0.1"]}, said="the build setting extra-hosts changed"),
]  # fmt: skip

BESIDE = [
    Mutation("notcopied", SOURCE, write("README.md", "new")),
    Mutation("ignored", "FROM scratch\nCOPY . /x\n", write("notes.md", "new"), {"a": "a", "notes.md": "old", ".dockerignore": "*.md\n"}),
    Mutation("unreached", "FROM scratch AS docs\nCOPY docs /d\nFROM scratch\nCOPY src /s\n", write("docs/x", "new"), {"src/a": "a", "docs/x": "old"}),
    Mutation("left", "FROM scratch\nCOPY --exclude=*.md src /s\n", write("src/b.md", "new"), {"src/a": "a", "src/b.md": "old"}),
    Mutation("touched", SOURCE, lambda root: os.utime(root / "src/a", (1, 1))),
    Mutation("rewritten", SOURCE, write("src/a", "a")),
    Mutation("commented", SOURCE, write("../cispeed.yaml", "# nothing\n")),
    Mutation("runtime", SOURCE, _environment),
]  # fmt: skip


def lay_out(root: Path, mutations: list[Mutation]) -> None:
    """Write a repository with a service for each mutation, before it is made."""
    services = {}
    for mutation in mutations:
        directory = root / mutation.name
        for name, text in {
            **mutation.files,
            **({"Dockerfile": mutation.dockerfile} if mutation.dockerfile else {}),
        }.items():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            if text.startswith("-> "):
                (directory / name).symlink_to(text.removeprefix("-> "))
            else:
                (directory / name).write_text(text)
        services[mutation.name] = {"build": {"context": f"./{mutation.name}", **mutation.build}}
    (root / "compose.yaml").write_text(yaml.safe_dump({"name": "mutated", "services": services}))
