"""Questions to git about one repository; paths come separated by NULs, so that a name may hold anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from cispeed_tasks.errors import ToolError, UsageError, WorkFailed
from cispeed_tasks.tools import process, terminal

QUESTION_SECONDS = 120.0
# A question never waits for an answer, writes nothing, and is answered in English.
ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",
    "SSH_ASKPASS": "false",
    "SSH_ASKPASS_REQUIRE": "force",
    "LC_ALL": "C",
}
OPTIONS = ("-c", "core.quotepath=off", "-c", "gc.auto=0", "-c", "maintenance.auto=false")
# A rename is a file deleted and one added, as in paths-filter; a submodule counts whatever its own config says.
DIFF = ("diff", "--name-status", "-z", "--no-renames", "--no-ext-diff", "--no-color", "--ignore-submodules=none")


def find_root(start: Path) -> Path:
    """Return the root of the repository that `start` lies in.

    Raises:
        UsageError: there is none, git does not trust it, or it has no working tree.
        ToolError: git is not installed.
    """
    done = ask(start, "rev-parse", "--show-toplevel")
    if done.exit_code == 0:
        return Path(done.stdout.removesuffix("\n"))
    if "dubious ownership" in done.stderr:
        raise UsageError(
            f"{start} belongs to another user, so git does not read it; if you trust it: "
            f"git config --global --add safe.directory {process.command_line([str(start)])}"
        )
    raise UsageError(
        f"{start} is no git repository's checkout ({complaint(done)}); run this in one, or name the files: `inv changes --files-from FILE`"
    )


def is_checkout(start: Path) -> bool:
    """Tell whether git is installed and `start` lies in a repository that it reads."""
    try:
        return bool(find_root(start))
    except (UsageError, ToolError):
        return False


def ask(
    root: Path, *arguments: str, timeout: float = QUESTION_SECONDS, env: Mapping[str, str] | None = None
) -> process.Completed:
    """Ask git in a directory, with `env` besides; a failure is left to the caller."""
    # In a CI container the checkout often belongs to another user; the code of the repository runs here anyway.
    trust = ("-c", "safe.directory=*") if terminal.in_ci() else ()
    argv = ("git", *OPTIONS, *trust, *arguments)
    return process.ask(argv, cwd=root, env={**ENVIRONMENT, **(env or {})}, timeout=timeout, check=False, exact=True)


def complaint(done: process.Completed) -> str:
    """Return the line in which git says why it failed."""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return (fatal or lines or [f"exit code {done.exit_code}"])[0].removeprefix("fatal:").removeprefix("error:").strip()


def commit_id(root: Path, reference: str) -> str | None:
    """Return the id of the commit that a branch, tag or expression such as HEAD~2 names; None where it is not here."""
    if reference.startswith("-") or "\0" in reference:
        return None
    done = ask(root, "rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}")
    return done.stdout.strip() if done.exit_code == 0 else None


def merge_base(root: Path, base: str, head: str) -> str | None:
    """Return the best common ancestor of two commits, or None where the history that is here has none."""
    done = ask(root, "merge-base", base, head)
    return done.stdout.strip() if done.exit_code == 0 else None


def ancestors(root: Path, commit: str) -> frozenset[str]:
    """Return the ids of a commit and of all before it that are here."""
    return frozenset(_answer(root, "rev-list", commit, "--").split())


def is_shallow(root: Path) -> bool:
    """Tell whether the history is cut off somewhere."""
    return _answer(root, "rev-parse", "--is-shallow-repository").strip() == "true"


def default_branch(root: Path) -> str | None:
    """Return the branch that others start from: origin's, else main or master; None where there is no such."""
    done = ask(root, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    candidates = [done.stdout.strip()] if done.exit_code == 0 else []
    candidates += ["origin/main", "origin/master", "main", "master"]
    return next((name for name in candidates if commit_id(root, name)), None)


def branch(root: Path) -> str | None:
    """Return the branch that is checked out; None where a commit is, or nothing."""
    done = ask(root, "symbolic-ref", "--quiet", "--short", "HEAD")
    return done.stdout.strip() or None if done.exit_code == 0 else None


def changed_between(root: Path, base: str, head: str) -> tuple[tuple[str, str], ...]:
    """Return the letter and the path of every file that differs between two commits."""
    return _pairs(_answer(root, *DIFF, base, head, "--"))


def changed_since(root: Path, base: str) -> tuple[tuple[str, str], ...]:
    """Return the letter and the path of every tracked file that differs between a commit and the working tree."""
    return _pairs(_answer(root, *DIFF, base, "--"))


def staged(root: Path) -> tuple[tuple[str, str], ...]:
    """Return the letter and the path of every file that differs between HEAD, or nothing, and what is staged."""
    return _pairs(_answer(root, *DIFF, "--cached", "--"))


def tracked(root: Path) -> tuple[str, ...]:
    """Return the paths of all tracked files."""
    return tuple(dict.fromkeys(_names(_answer(root, "ls-files", "-z"))))


def files_of(root: Path, commit: str) -> tuple[str, ...]:
    """Return the paths of all files of a commit."""
    return _names(_answer(root, "ls-tree", "-r", "-z", "--full-tree", "--name-only", commit))


def untracked(root: Path) -> tuple[str, ...]:
    """Return the paths of files that are neither tracked nor ignored; of a repository in this one its directory's, `x/`."""
    return _names(_answer(root, "ls-files", "-z", "--others", "--exclude-standard"))


def ignored(root: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """Return what git ignores below some absolute paths, relative to `root`; a directory, `x/`, stands for all in it.

    Where `root` is no checkout, nothing is ignored.
    """
    options = ("-z", "--others", "--ignored", "--exclude-standard", "--directory")
    done = ask(root, "--literal-pathspecs", "ls-files", *options, "--", *paths)
    return _names(done.stdout) if done.exit_code == 0 else ()


def submodules(root: Path) -> tuple[Path, ...]:
    """Return the directories of the submodules that .gitmodules names, those in submodules left out."""
    if not (root / ".gitmodules").is_file():
        return ()
    done = ask(root, "config", "--file", ".gitmodules", "--null", "--get-regexp", r"^submodule\..*\.path$")
    places = (root / entry.partition("\n")[2] for entry in _names(done.stdout))
    return tuple(place for place in places if (place / ".git").exists())


def tracked_below(root: Path, paths: Iterable[str]) -> tuple[str, ...] | None:
    """Return the absolute paths of the tracked files below some absolute paths, sorted; None where `root` is no checkout."""
    done = ask(root, "--literal-pathspecs", "ls-files", "-z", "--", *paths)
    return tuple(sorted(f"{root}/{name}" for name in _names(done.stdout))) if done.exit_code == 0 else None


def tracks(root: Path, path: str) -> bool:
    """Tell whether git tracks an absolute path or something below it."""
    done = ask(root, "--literal-pathspecs", "ls-files", "-z", "--", path)
    return done.exit_code == 0 and bool(done.stdout)


def remote_address(root: Path, name: str) -> str | None:
    """Return the address of a remote, which may hold a password; None where there is none, or no repository."""
    try:
        done = ask(root, "remote", "get-url", name)
    except ToolError:
        return None
    return done.stdout.strip() if done.exit_code == 0 else None


def ignores(root: Path, path: str) -> bool:
    """Tell whether git ignores a path, which need not exist."""
    return ask(root, "check-ignore", "--quiet", "--", path).exit_code == 0


def begin(root: Path, message: str) -> None:
    """Make a directory a repository with one commit of all its files, whatever this user's own git settings are.

    Raises:
        ToolError: git is not installed.
        WorkFailed: git cannot.
    """
    _answer(root, "init", "--quiet", "--initial-branch", "main", "--template=")
    _answer(root, "add", "--all")
    # Who commits has to be known, and a signature would want a person.
    is_known = ask(root, "config", "user.email").exit_code == 0
    who = () if is_known else ("-c", "user.name=sample", "-c", "user.email=sample@example.org")
    _answer(root, *who, "-c", "commit.gpgSign=false", "commit", "--quiet", "--no-verify", "--message", message)


def _answer(root: Path, *arguments: str) -> str:
    done = ask(root, *arguments)
    if done.exit_code:
        raise WorkFailed(process.failure(done))
    return done.stdout


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split("\0")[:-1])


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    fields = _names(text)
    return tuple(zip(fields[::2], fields[1::2], strict=True))
