"""Judges the repository: its config, git, .cispeed/, caches, registry, and what the tasks have left behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cispeed_tasks.plan.doctor import Line, Unseen, unseen

MOST_FAULTS = 3


@dataclass(frozen=True)
class Understood:
    """What the config and the Compose files come to."""

    where: str
    """The config file, or words for none."""
    services: int
    playwright_fault: str | None = None
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class ConfigFaults:
    """Why they cannot be understood; empty where there is no Compose file to begin with."""

    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Git:
    """What git says of the checkout: `complaint` is why it is none."""

    complaint: str = ""
    is_missing: bool = False
    is_shallow: bool = False
    default_branch: str | None = None
    trust: str = ""
    """The directory that git would have to trust."""


@dataclass(frozen=True)
class StateDirectory:
    """How .cispeed/ is: None where git cannot say it."""

    path: str
    exists: bool
    is_ignored: bool | None
    is_tracked: bool | None
    is_writable: bool = True


@dataclass(frozen=True)
class BuildCache:
    """The build cache that the next build would have, in a line, and what cannot be done with it."""

    words: str
    warnings: tuple[str, ...] = ()
    directories: Mapping[str, str | None] | None = None
    """Those of caches on this disk, with why one cannot be read."""
    bytes: int = 0


@dataclass(frozen=True)
class Registry:
    """The project's registry, as it answered."""

    name: str
    host: str
    silence: str = ""
    may_read: bool | None = None
    may_push: bool | None = None
    has_login: bool = False


@dataclass(frozen=True)
class RootImages:
    """Where root images come from: whether a registry answers, in its own words, and what can be made here."""

    name: str
    is_there: bool
    words: str
    can_be_made: bool


@dataclass(frozen=True)
class Leftovers:
    """What `inv prune` would remove: how many things of each kind, and bytes; and stacks of test runs that are up."""

    kinds: Mapping[str, int]
    bytes: int
    test_stacks: tuple[str, ...] = ()


def judge_config(seen: Understood | ConfigFaults | Unseen) -> Line:
    """Whether the config and the Compose files can be understood."""
    if isinstance(seen, Unseen):
        return unseen("config", seen, "inv check")
    if isinstance(seen, ConfigFaults):
        if not seen.faults:
            mend = "go to a repository that has one, or try the sample: inv sample DIR"
            return Line("config", "warning", "no Compose file here or in a directory above", mend)
        more = len(seen.faults) - MOST_FAULTS
        said = "; ".join(seen.faults[:MOST_FAULTS]) + (f"; and {more} more" if more > 0 else "")
        return Line("config", "fault", said, "correct it at that place, then inv check")
    words = f"{seen.where}, {seen.services} services"
    if seen.playwright_fault:
        return Line("config", "warning", f"{words}; playwright-test cannot run: {seen.playwright_fault}", "inv check")
    if seen.assumptions:
        return Line("config", "warning", f"{words}; assumed: {'; '.join(seen.assumptions)}", "inv check")
    return Line("config", "ok", words)


def judge_git(seen: Git | Unseen) -> Line:
    """Whether git can say what changed."""
    if isinstance(seen, Unseen):
        return unseen("git", seen)
    if seen.is_missing:
        return Line("git", "warning", "not installed, so everything counts as changed", "install git")
    if seen.trust:
        words = f"{seen.trust} belongs to another user, so git does not read it"
        return Line("git", "warning", words, f"git config --global --add safe.directory {seen.trust}")
    if seen.complaint:
        words = "no git repository here, so that affected, changes and test-affected cannot compare"
        return Line("git", "warning", words, "git init && git add --all && git commit")
    if seen.is_shallow:
        words = "a shallow clone: affected, changes and test-affected have to fetch what they compare with"
        mend = "git fetch --unshallow (in CI: actions/checkout with fetch-depth: 0)"
        return Line("git", "warning", words, mend)
    if seen.default_branch is None:
        words = "the whole history, and no default branch to compare with"
        return Line("git", "warning", words, "git remote set-head origin --auto, or inv affected --base REF")
    return Line("git", "ok", f"the whole history; changes are compared with {seen.default_branch}")


def judge_state_directory(seen: StateDirectory | Unseen) -> Line:
    """Whether what the tasks write stays out of commits, and can be written."""
    subject = ".cispeed/"
    if isinstance(seen, Unseen):
        return unseen(subject, seen)
    if not seen.is_writable:
        words = f"{seen.path} cannot be written by this user; another one, such as root, made it"
        return Line(subject, "fault", words, f'sudo chown -R "$(id -u):$(id -g)" {seen.path}')
    if seen.is_tracked:
        return Line(subject, "warning", "git tracks files in it", "git rm -r --cached .cispeed")
    if not seen.exists:
        return Line(subject, "ok", "not there yet; it comes with an ignore file of its own")
    if seen.is_ignored is False:
        return Line(subject, "warning", "git does not ignore it", "echo .cispeed/ >> .gitignore")
    return Line(subject, "ok", "ignored by git" if seen.is_ignored else "there")


def judge_cache(seen: BuildCache | Unseen) -> Line:
    """Whether the build cache that is configured can be read and written, and whether those on this disk are whole."""
    if isinstance(seen, Unseen):
        return unseen("build cache", seen)
    directories = seen.directories or {}
    size = f"; {len(directories)} on this disk, {_size(seen.bytes)}" if directories else ""
    broken = {path: fault for path, fault in directories.items() if fault}
    if broken:
        path, fault = next(iter(broken.items()))
        others = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
        words = f"{path}{others} is not whole ({fault}): it is not read, and written anew by the next build"
        return Line("build cache", "warning", f"{words}{size}", f"rm -r {' '.join(broken)}")
    if seen.warnings:
        return Line(
            "build cache",
            "warning",
            f"{seen.words}{size}; {'; '.join(seen.warnings)}",
            "inv build-optimized --cache none builds without",
        )
    return Line("build cache", "ok", f"{seen.words}{size}")


def judge_registry(seen: Registry | Unseen | None) -> Line:
    """Whether the project's registry can be read and written by this user."""
    if isinstance(seen, Unseen):
        return unseen("registry", seen)
    if seen is None:
        return Line("registry", "ok", "none is configured (`registry:` in cispeed.yaml)")
    if seen.silence:
        mend = f"docker login {seen.host} tries it by hand; behind a proxy, set HTTPS_PROXY here and for the engine"
        return Line("registry", "warning", f"{seen.name} cannot be reached: {seen.silence}; builds do without it", mend)
    words = {True: "may", False: "may not", None: "perhaps may"}
    said = f"{seen.name}: this user {words[seen.may_read]} read and {words[seen.may_push]} push"
    if seen.may_read and seen.may_push:
        return Line("registry", "ok", said)
    mend = f"docker login {seen.host}"
    if seen.has_login:
        said += ", though logged in (many registries say so of what was never pushed)"
        mend += ", as somebody with the right to write packages there"
    return Line("registry", "warning", said, mend)


def judge_root_images(seen: RootImages | Unseen) -> Line:
    """Whether root images can be pulled, or else made."""
    subject = "root images"
    if isinstance(seen, Unseen):
        return unseen(subject, seen)
    if seen.is_there:
        return Line(subject, "ok", seen.words)
    if seen.can_be_made:
        return Line(subject, "ok", f"no registry gives {seen.name} ({seen.words}); it is made from Debian's packages")
    mend = "make a registry or a mirror of it reachable, or say under `roots:` in cispeed.yaml how it is made"
    return Line(subject, "warning", f"no registry gives {seen.name}: {seen.words}", mend)


def judge_leftovers(seen: Leftovers | Unseen) -> Line:
    """Whether something of the project's is left on the engine that nobody needs."""
    if isinstance(seen, Unseen):
        return unseen("leftovers", seen)
    if seen.test_stacks:
        names = ", ".join(seen.test_stacks)
        return Line("leftovers", "warning", f"the stack of a test run is still there: {names}", "inv down")
    if not seen.kinds:
        return Line("leftovers", "ok", "none")
    counted = [f"{number} {kind}{_plural(kind, number)}" for kind, number in seen.kinds.items()]
    return Line("leftovers", "warning", f"{', '.join(counted)}, {_size(seen.bytes)}", "inv prune")


def _plural(kind: str, number: int) -> str:
    return "" if number == 1 or kind.endswith("s") else "s"


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size < 1e9 else f"{size / 1e9:.2f} GB"  # noqa: PLR2004  # a GB
