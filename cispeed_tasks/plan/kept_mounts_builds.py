"""The small Dockerfiles by which cache mounts are looked at, read and written: BuildKit shows them to no other program.

Each runs on an image that has a shell, cp, find and stat. Each has an argument that no other run has, since what is in a
mount is no input of a step, which would be taken from the build cache otherwise. Mounts are locked, so that no build
writes into them meanwhile, and so that BuildKit makes no second one beside a mount in use.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from cispeed_tasks.plan.kept_mounts_found import MountIdentity

RUN_ARGUMENT = "CISPEED_RUN"
LEFT_OUT = "left-out"
"""The file of the build context that lists what is not read, each path ended by a NUL."""
PART = ".cispeed-restoring"
"""What a mount is restored into until it is there as a whole; a directory in the mount itself."""
FILLED = 42
"""The exit code of a restore that found files in the mount."""

LOOK = f"rm -rf {PART}; find . -type f -exec stat -c '%s %X %Y %n' {{}} +"
READ = (
    f"rm -rf /cispeed-mount/{PART}",
    # Of two directories that differ in times alone, the build cache would give the older copy.
    f'mkdir /cispeed-read; echo "${RUN_ARGUMENT}" > /cispeed-read/run',
    "cp -a /cispeed-mount /cispeed-read/mount",
    "cd /cispeed-read/mount",
    # Reading is no use of a file: GNU's cp puts the times back by which the least used ones are found.
    "cp -a --attributes-only . /cispeed-mount 2> /dev/null || true",
    "xargs -0 rm -f -- < /cispeed-left-out",
)
CHECK = f'if [ -n "$(ls -A)" ]; then exit {FILLED}; fi'
CLEAR = f'find . -mindepth 1 -maxdepth 1 ! -name "{PART}" -exec rm -rf {{}} +'
COPY = (
    f"cp -a /cispeed-saved/mount {PART}",
    f'chown "$(stat -c %u:%g {PART})" .',
    f'chmod "$(stat -c %a {PART})" .',
)
MOVE = (
    f'for one in {PART}/* {PART}/.[!.]* {PART}/..?*; do if [ -e "$one" ] || [ -L "$one" ]; then mv "$one" .; fi; done',
    f"rmdir {PART}",
)
"""Files come to their places when all of them are there, so that a run that is killed leaves nothing that is half."""


@dataclass(frozen=True)
class SmallBuild:
    """A Dockerfile with the build arguments that it wants."""

    text: str
    namespace: str = ""


def look_build(worker: str, identities: Sequence[MountIdentity]) -> SmallBuild:
    """List the files of mounts of one namespace: the file N of the result is the list of the N-th mount."""
    flags = [_mount(one, f"/cispeed-{number}") for number, one in enumerate(identities)]
    lines = [f"cd /cispeed-{number}; {LOOK} > /cispeed-seen/{number}" for number in range(len(flags))]
    run = _run(flags, "; ".join(["mkdir /cispeed-seen", *lines]))
    return SmallBuild(
        _lines(*_worker(worker, "look"), run, "FROM scratch", "COPY --from=look /cispeed-seen/ /"),
        identities[0].namespace,
    )


def read_build(worker: str, identity: MountIdentity) -> SmallBuild:
    """Give a mount as the directory `mount` of the result, owners, modes and times kept, without what is left out."""
    control = f"--mount=type=bind,source={LEFT_OUT},target=/cispeed-left-out"
    run = _run([control, _mount(identity, "/cispeed-mount")], "; ".join(READ))
    return SmallBuild(
        _lines(*_worker(worker, "read"), run, "FROM scratch", "COPY --from=read /cispeed-read/ /"), identity.namespace
    )


def write_build(
    worker: str, identity: MountIdentity, *, archive: str | None, image: str | None, replace: bool
) -> SmallBuild:
    """Fill a mount from an archive of the build context or from an image, which hold a directory `mount`.

    The step fails with `FILLED` where there are files already, unless they are to be replaced.
    """
    saved = [f"FROM {image} AS saved"] if image else ["FROM scratch AS saved", f"ADD {archive} /"]
    flags = ["--mount=type=bind,from=saved,target=/cispeed-saved", _mount(identity, "/cispeed-mount")]
    script = [
        "cd /cispeed-mount",
        f"rm -rf {PART}",
        *([] if replace else [CHECK]),
        *COPY,
        *([CLEAR] if replace else []),
    ]
    run = _run(flags, "; ".join([*script, *MOVE]))
    return SmallBuild(_lines(*saved, *_worker(worker, "write"), run), identity.namespace)


def _worker(image: str, stage: str) -> list[str]:
    return [f"FROM {image} AS {stage}", "USER 0:0", f"ARG {RUN_ARGUMENT}"]


def _run(flags: Sequence[str], script: str) -> str:
    # In the form of a list, since an image may have a SHELL of its own.
    return " ".join(["RUN", "--network=none", *flags, json.dumps(["/bin/sh", "-euc", script])])


def _mount(identity: MountIdentity, place: str) -> str:
    named = {"uid": identity.uid, "gid": identity.gid}
    owner = [f"{key}={value}" for key, value in named.items() if value is not None]
    owner += [f"mode={identity.mode:04o}"] if identity.mode is not None else []
    return ",".join(["--mount=type=cache", f"id={identity.id}", f"target={place}", "sharing=locked", *owner])


def _lines(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)
