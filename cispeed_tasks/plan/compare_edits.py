"""The edits that a comparison makes in copies of a repository: one line of code, one dependency, in one service."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cispeed_tasks.plan.compare_packages import NODE, PYTHON
from cispeed_tasks.plan.compare_poetry import with_dependency

COMMENTS = {
    "# {}": "py rb sh",
    "// {}": "js jsx ts tsx mjs cjs go rs java kt c cc cpp cs php scala swift",
    "<!-- {} -->": "svelte vue",
    "-- {}": "sql",
    "/* {} */": "css",
}
ENDINGS = {ending: form for form, endings in COMMENTS.items() for ending in endings.split()}
WORDS = "one line more, to see what is built anew"
NO_CODE = re.compile(r"(^|/)(tests?|__tests__|migrations|node_modules|\.[^/]*)/|(^|/)test_|\.(test|spec)\.|\.config\.")
"""What is no code of the program, or must not be touched once it was applied."""
REQUIREMENT = re.compile(r"^[A-Za-z0-9._-]+(\[[^\]]*\])?==[^\s;\\]+[^\\]*$")


@dataclass(frozen=True)
class Edit:
    """New texts of some files, by their paths relative to the repository, and what they are in words."""

    service: str
    words: str
    texts: Mapping[str, str] = field(repr=False)

    def __str__(self) -> str:
        """The edit as a definition says it."""
        return f"{self.words} ({', '.join(self.texts)})"


def code_edit(service: str, texts: Mapping[str, str], taken: Iterable[str]) -> Edit | None:
    """One comment more at the end of the service's largest file of code; None where no such file reaches its image.

    Args:
        service: its name.
        texts: the files' texts by their paths.
        taken: the paths that its image takes.
    """
    code = [
        path for path in taken if path in texts and _form(path) and texts[path].strip() and not NO_CODE.search(path)
    ]
    if not code:
        return None
    path = max(code, key=lambda one: (list(ENDINGS).index(_ending(one)) * -1, len(texts[one]), one))
    line = str(_form(path)).format(WORDS)
    return Edit(service, "one line more at the end of a file", {path: f"{texts[path].rstrip()}\n{line}\n"})


def dependency_edit(service: str, texts: Mapping[str, str], directory: str) -> Edit | None:
    """One dependency more, locked, in the package manager's files in a directory; None where that takes a resolver.

    Args:
        service: its name.
        texts: the files' texts by their paths.
        directory: of the package manager's files; empty for the repository itself.
    """
    for way in (_poetry, _pip, _npm):
        found = way({name: texts.get(f"{directory}{name}", "") for name in NAMES})
        if found is not None:
            name, changed = found
            return Edit(service, f"{name} added", {f"{directory}{file}": text for file, text in changed.items()})
    return None


NAMES = ("pyproject.toml", "poetry.lock", "requirements.txt", "package.json", "package-lock.json")


def _poetry(files: Mapping[str, str]) -> tuple[str, dict[str, str]] | None:
    project, lock = files["pyproject.toml"], files["poetry.lock"]
    if not lock or f'name = "{PYTHON.name}"' in lock:
        return None
    found = with_dependency(project, lock, PYTHON)
    return None if found is None else (_said(PYTHON), {"pyproject.toml": found[0], "poetry.lock": found[1]})


def _pip(files: Mapping[str, str]) -> tuple[str, dict[str, str]] | None:
    text = files["requirements.txt"]
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    is_plain = bool(lines) and all(REQUIREMENT.match(line.strip()) for line in lines)
    if not is_plain or any(line.startswith(f"{PYTHON.name}==") for line in lines):
        return None
    return _said(PYTHON), {"requirements.txt": f"{text.rstrip()}\n{PYTHON.name}=={PYTHON.version}\n"}


def _npm(files: Mapping[str, str]) -> tuple[str, dict[str, str]] | None:
    try:
        package, lock = json.loads(files["package.json"]), json.loads(files["package-lock.json"])
        own = lock["packages"][""]
    except (ValueError, LookupError, TypeError):
        return None
    place = f"node_modules/{NODE.name}"
    if place in lock["packages"]:
        return None
    for section in (package, own):
        section["dependencies"] = {**section.get("dependencies", {}), NODE.name: NODE.version}
    lock["packages"][place] = {"version": NODE.version, "integrity": NODE.integrity}
    return _said(NODE), {
        name: json.dumps(data, indent=2) + "\n"
        for name, data in (("package.json", package), ("package-lock.json", lock))
    }


def _said(package: object) -> str:
    return f"{getattr(package, 'name', '')} {getattr(package, 'version', '')}"


def _ending(path: str) -> str:
    return path.rsplit(".", 1)[-1] if "." in path.rsplit("/", 1)[-1] else ""


def _form(path: str) -> str | None:
    return ENDINGS.get(_ending(path))
