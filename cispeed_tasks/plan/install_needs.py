"""Which files of a project an install reads, so that it can stand before everything else is copied."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cispeed_tasks.model import ContextFile
from cispeed_tasks.plan.dockerfile_words import Uncertain
from cispeed_tasks.plan.installs import Install
from cispeed_tasks.plan.packages import BESIDE, LOCKS, MANIFESTS
from cispeed_tasks.plan.shell_commands import Word

Read = Callable[[str], str | None]
"""The text of a file beside the install, by its path from there; None where there is none."""

READ = frozenset(
    {*MANIFESTS, "setup.py", "setup.cfg", "uv.toml", ".yarnrc.yml", ".yarnrc", ".pnpmfile.cjs", "binding.gyp"}
) - {"bun.lockb"}
LARGEST = 20_000_000
"""Bytes of a file that is read at all."""

SETTING = re.compile(r"(PIP|UV|POETRY|npm_config|NPM_CONFIG|YARN|BUN)_|HOME$", re.IGNORECASE)
"""Variables that may make an install read something else."""
PIP_FILES = ("-r", "--requirement", "-c", "--constraint")
PIP_VALUES = {"-i", "--index-url", "--extra-index-url", "--trusted-host", "--timeout", "--retries", "--progress-bar"}
PIP_OPTIONS = re.compile(
    r"-U|--upgrade|-q+|--quiet|-v+|--verbose|--(no-cache-dir|no-deps|no-input|no-compile|compile|pre|require-hashes"
    r"|prefer-binary|disable-pip-version-check|no-warn-script-location|ignore-installed|force-reinstall|system"
    r"|break-system-packages|no-python-version-warning|use-pep517|no-build-isolation|no-cache|compile-bytecode)"
    r"|--(root-user-action|progress-bar|no-binary|only-binary|index-url|extra-index-url|trusted-host|timeout"
    r"|default-timeout|retries|upgrade-strategy)=.*"
)
PACKAGE = re.compile(r"[A-Za-z0-9$][\w.${}-]*(\[[\w,-]*\])?(\s*(@\s*(git\+)?https?://|[=<>!~]).*)?")
REMOTE = re.compile(r"(git\+)?(https?|ssh)://")
SCRIPTS = {"preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"}
NPM_OPTIONS = re.compile(
    r"--(production|legacy-peer-deps|ignore-scripts|no-audit|no-fund|no-optional|prefer-offline|quiet|silent|verbose"
    r"|unsafe-perm|no-progress|no-update-notifier|force|strict-peer-deps|frozen-lockfile|no-save|prod|dev)"
    r"|-[gqsfP]|--global|--(omit|include|only|loglevel|audit|fund|progress|location|network-timeout|registry|production)=.*"
)
PATHS_OF_POETRY = re.compile(r"^[^#\n]*\bpath\s*=|^\s*(packages|include)\s*=.*\.\./", re.MULTILINE)
PATHS_OF_UV = re.compile(r"^[^#\n]*\b(path\s*=|workspace\s*=\s*true)|^\[tool\.uv\.workspace\]", re.MULTILINE)
VERSION_TOOLS = re.compile(r"dynamic-versioning|setuptools[-_]scm|hatch-vcs|versioningit|versioneer|uv-dynamic")


def worth_reading(files: Mapping[str, ContextFile], dockerfile: str) -> tuple[str, ...]:
    """The paths of a context whose texts may decide what an install needs; `dockerfile` is the Dockerfile's text."""
    return tuple(
        path
        for path, file in files.items()
        if file.kind == "file" and file.size <= LARGEST and _is_worth_reading(path, dockerfile)
    )


def _is_worth_reading(path: str, dockerfile: str) -> bool:
    name = posixpath.basename(path)
    is_list = name.endswith((".txt", ".in")) and ("require" in path or "constraint" in path or name in dockerfile)
    return is_list or name in READ


def needed_files(install: Install, read: Read) -> tuple[str, ...]:
    """The files that the install reads, by their paths from its working directory.

    Raises:
        Uncertain: it needs more than them, or may; the message says what.
    """
    settings = any(SETTING.match(name) for name in install.command.assigned)
    if settings or any(word.has_command for word in install.arguments):
        raise Uncertain("its words are not all known")
    if install.is_elsewhere:
        raise Uncertain("it works in another directory")
    return tuple(dict.fromkeys(_NEEDS[install.manager](install, read)))


def installs_project(install: Install, read: Read) -> bool:
    """Whether it also installs the project itself, which needs the sources, besides what that depends on."""
    text = read("pyproject.toml") or ""
    if install.manager == "poetry":
        return "--no-root" not in install.options and not re.search(r"^package-mode\s*=\s*false", text, re.MULTILINE)
    is_sync = install.manager == "uv" and install.verb is not None and install.command.argv[1].text == "sync"
    return is_sync and "--no-install-project" not in install.options


def _system(install: Install, _: Read) -> Iterator[str]:
    if any(re.match(r"[./]", word.text) for word in install.arguments):
        raise Uncertain("it installs a file")
    yield from ()


def _pip(install: Install, read: Read) -> Iterator[str]:
    words = iter(install.arguments)
    for word in words:
        text = word.text
        option, _, value = text.partition("=")
        if text in PIP_FILES or (option in PIP_FILES and value) or re.match(r"-[rc].", text):
            named = value or (text[2:] if re.match(r"-[rc].", text) else _next(words))
            yield from _requirements(named, read)
        elif text in PIP_VALUES:
            _next(words)
        elif text.startswith("-"):
            if not PIP_OPTIONS.fullmatch(text):
                raise Uncertain(f"what its option {option} reads is not known")
        elif not PACKAGE.fullmatch(text) and not REMOTE.match(text):
            raise Uncertain(f"it installs {text}, which is a part of the sources")


def _next(words: Iterator[Word]) -> str:
    word = next(words, None)
    if word is None or word.has_variable:
        raise Uncertain("its words are not all known")
    return word.text


def _requirements(name: str, read: Read, above: tuple[str, ...] = ()) -> Iterator[str]:
    text = read(name)
    if text is None or name in above or "$" in name:
        raise Uncertain(f"{name} is not in the build context")
    yield name
    for line in text.replace("\\\n", " ").splitlines():
        stripped = re.sub(r"(^|\s)#.*", "", line).strip()
        nested = re.match(r"(-r|--requirement|-c|--constraint)[\s=]*(\S+)", stripped)
        if nested:
            yield from _requirements(_beside(name, nested[2]), read, (*above, name))
        elif re.match(r"(-e|--editable|-f|--find-links|[./~])", stripped) or re.search(r"\bfile:|@\s*[./]", stripped):
            raise Uncertain(f"{name} installs something from the sources: {stripped}")


def _beside(name: str, other: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), other))


def _poetry(install: Install, read: Read) -> Iterator[str]:
    lock, project = _both("poetry.lock", read)
    if {"-C", "--directory", "-P", "--project"} & set(install.options):
        raise Uncertain("it works in another directory")
    if PATHS_OF_POETRY.search(project) or re.search(r'^type = "(directory|file)"', lock, re.MULTILINE):
        raise Uncertain("pyproject.toml depends on something in the sources")
    yield from _present(read, "pyproject.toml", "poetry.lock", "poetry.toml")


def _uv(install: Install, read: Read) -> Iterator[str]:
    if install.verb is not None and install.command.argv[1].text == "pip":
        yield from _pip(install, read)
        return
    lock, project = _both("uv.lock", read)
    if any(
        option.startswith(("--project", "--directory", "--package", "--all-p", "--script"))
        for option in install.options
    ):
        raise Uncertain("it works in another directory")
    local = re.search(r'source = \{ (editable|directory|path|virtual) = "(?!\.")', lock)
    if PATHS_OF_UV.search(project) or local:
        raise Uncertain("pyproject.toml depends on something in the sources")
    if re.search(r"^dynamic\s*=", project, re.MULTILINE) and not {"--frozen"} & set(install.options):
        raise Uncertain("what pyproject.toml calls dynamic is worked out from the sources")
    yield from _present(read, "pyproject.toml", "uv.lock", "uv.toml", ".python-version")


def _both(lock: str, read: Read) -> tuple[str, str]:
    lock_text, project = read(lock), read("pyproject.toml")
    if lock_text is None or project is None:
        raise Uncertain(f"there is no {lock if lock_text is None else 'pyproject.toml'} in the build context")
    if VERSION_TOOLS.search(project):
        raise Uncertain("the project's version is worked out from its history")
    return lock_text, project


def _node(install: Install, read: Read) -> Iterator[str]:
    unknown = next((option for option in install.options if not NPM_OPTIONS.fullmatch(option)), None)
    if unknown:
        raise Uncertain(f"what its option {unknown} reads is not known")
    operands = [word.text for word in install.arguments if not word.text.startswith("-")]
    if install.is_global:
        if any(re.match(r"[./~]|file:", name) for name in operands):
            raise Uncertain("it installs something from the sources")
        return
    if operands:
        raise Uncertain("it changes package.json")
    yield from _manifests(install, read)


def _manifests(install: Install, read: Read) -> Iterator[str]:
    locks = [name for name in LOCKS[install.manager] if read(name) is not None]
    package = _json(read("package.json"))
    if not locks or not package:
        raise Uncertain("there is no lock file or no package.json beside it in the build context")
    scripts = sorted(SCRIPTS & set(package.get("scripts") or {}))
    if scripts:
        raise Uncertain(f"package.json has the script {scripts[0]}, which may need the sources")
    more = next(
        (name for name in (".yarnrc.yml", ".yarnrc", ".pnpmfile.cjs", "binding.gyp") if read(name) is not None), None
    )
    if more or "workspaces" in package or re.search(r"^packages:", read("pnpm-workspace.yaml") or "", re.MULTILINE):
        raise Uncertain(f"{more or 'workspaces'} may make it need the sources")
    if re.search(r'"(file|link|workspace|portal|patch):|"patchedDependencies"|"\.{1,2}/', read("package.json") or ""):
        raise Uncertain("package.json depends on something in the sources")
    if not keeps_lock(install, read):
        raise Uncertain("it may write another lock file")
    yield from _present(read, *locks, *BESIDE[install.manager])


def keeps_lock(install: Install, read: Read) -> bool:
    """Whether a Node manager installs what the lock file says, and leaves that as it is."""
    if install.manager == "npm":
        verb = install.verb.text if install.verb else ""
        return verb in {"ci", "clean-install"} or lock_is_current(read)
    return "--frozen-lockfile" in install.options


def lock_is_current(read: Read) -> bool:
    """Whether npm's lock file was made of the package.json beside it, so that `npm ci` accepts it."""
    package = _json(read("package.json"))
    lock = _json(read("package-lock.json"))
    root = (lock.get("packages") or {}).get("") if isinstance(lock.get("packages"), dict) else None
    kinds = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
    return (
        bool(package) and isinstance(root, dict) and all((package.get(k) or {}) == (root.get(k) or {}) for k in kinds)
    )


def _json(text: str | None) -> dict[str, Any]:
    try:
        data = json.loads(text or "{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _present(read: Read, *names: str) -> Iterator[str]:
    yield from (name for name in names if read(name) is not None)


_NEEDS: Mapping[str, Callable[[Install, Read], Iterator[str]]] = {
    "pip": _pip,
    "poetry": _poetry,
    "uv": _uv,
    "npm": _node,
    "pnpm": _node,
    "yarn": _node,
    "bun": _node,
    "apt": _system,
    "apk": _system,
}
