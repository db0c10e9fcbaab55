"""Rule: a Compose file's command installs packages, again at every start of the container."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Collection, Iterator, Mapping

from cispeed_tasks.plan.finding import Finding
from cispeed_tasks.plan.findings_order import shortened
from cispeed_tasks.plan.installs import find_installs
from cispeed_tasks.plan.shell_commands import Command, Word, read_commands

CODE = "install-in-command"
Place = tuple[str | int, ...]
SHELLS = {"sh", "bash", "ash", "dash"}
ADVICE = (
    "install in the image, and keep what it installed in a named volume where the source is mounted over it"
    " (or `inv hollow-up`, which installs once for each lock file)"
)


def installs_in_commands(
    file: str, data: object, lines: Mapping[Place, int], chosen: Collection[str] | None = None
) -> Iterator[Finding]:  # YAML data
    """Findings of one Compose file; `lines` are those of its values, counted from 1, `chosen` the services."""
    services = data.get("services") if isinstance(data, dict) else None
    for name, section in (services or {}).items() if isinstance(services, dict) else ():
        if chosen is not None and name not in chosen:
            continue
        for key in ("entrypoint", "command"):
            value = section.get(key) if isinstance(section, dict) else None
            for command in _commands(value):
                line = lines.get(_place(("services", name, key), value, command.name), 1)
                text = f"services.{name}.{key} runs `{shortened(command.text)}` at every start of the container"
                yield Finding(file, line, CODE, text, ADVICE)


def _commands(value: object) -> Iterator[Command]:
    """The commands of a value that install."""
    if isinstance(value, list):
        words = [word for word in value if isinstance(word, str)]
    elif isinstance(value, str):
        words = _split(value)
    else:
        return
    script = _script(words)
    if script is None and isinstance(value, str):
        script = value
    found = (
        (Command(tuple(Word(w, 0, 0) for w in words)),)
        if script is None and words
        else read_commands((script or "").replace("$$", "$"))
    )
    yield from (install.command for install in find_installs(found or ()))


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return []


def _script(words: list[str]) -> str | None:
    """What a shell is given behind its `-c`."""
    if not words or posixpath.basename(words[0]) not in SHELLS:
        return None
    for position, word in enumerate(words[1:-1], 1):
        if word.startswith("-") and not word.startswith("--") and word.endswith("c"):
            return words[position + 1]
    return None


def _place(place: Place, value: object, name: str) -> Place:
    """The item of a list that names the command, or the value itself."""
    items = enumerate(value) if isinstance(value, list) else ()
    return next(((*place, position) for position, item in items if isinstance(item, str) and name in item), place)
