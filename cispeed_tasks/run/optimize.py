"""Say what of the existing Dockerfiles costs time or size, and write better ones beside them."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from pathlib import Path

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.model import Build, Service
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile
from cispeed_tasks.plan.finding import Finding
from cispeed_tasks.plan.findings import find_all
from cispeed_tasks.plan.findings_compose import installs_in_commands
from cispeed_tasks.plan.findings_model import SeenBuild
from cispeed_tasks.plan.ignore_block import read_ignore_text
from cispeed_tasks.plan.image_names import canonical
from cispeed_tasks.plan.install_needs import worth_reading
from cispeed_tasks.plan.optimize_base import SharedBase, shared_bases
from cispeed_tasks.plan.optimize_overlay import ToWrite
from cispeed_tasks.plan.places import in_directory, relative
from cispeed_tasks.plan.services import is_remote
from cispeed_tasks.run import dockerignore
from cispeed_tasks.run.contexts import Contexts
from cispeed_tasks.run.dockerignore_contexts import ignored_contexts
from cispeed_tasks.run.look import Place, chosen_services, locate, look
from cispeed_tasks.tools import checkout, context, terminal, yaml_files

WORKSPACE = re.compile(r"^\[tool\.uv\.workspace\]|\"workspaces\"\s*:|^packages:", re.MULTILINE)
"""What makes the manifest of uv, npm, yarn or bun, or pnpm's own file, that of a workspace."""


def optimize(services: list[str], *, write: bool, as_json: bool) -> None:
    """Print the findings of some services, or all; with `write`, mend what can be mended without a doubt.

    Raises:
        UsageError: a file that would be written is there, and is not cispeed's.
    """
    place = locate()
    chosen = chosen_services(place, services)
    builds = see_builds(place)
    files = [build.file for build in builds if build.service in chosen]
    view = look()
    ignores = dockerignore.proposals(view, [one for one in ignored_contexts(view) if one.subjects & set(chosen)])
    of_contexts = dockerignore.findings(view, ignores)
    findings = (*find_all(builds, files), *_of_compose_files(place, chosen), *of_contexts)
    bases = _bases(place, builds, chosen)
    written = None
    if not as_json:
        _say_findings(findings, len(set(files)))
    if write:
        from cispeed_tasks.run import optimize_files

        written = optimize_files.write(place, builds, chosen, bases)
        written = replace(written, texts={**written.texts, **dockerignore.write_new(ignores)})
    if as_json:
        _say_json(findings, bases, written)
        return
    for base in bases:
        _say_base(base, write=write)
    if written:
        optimize_files.say(place, written)
        for one in ignores:
            dockerignore.write_file(one)


def see_builds(place: Place) -> tuple[SeenBuild, ...]:
    """The builds that the user's own Dockerfiles describe, with what their contexts hold; raises ConfigError."""
    contexts = Contexts(place.root)
    own = {canonical(base.image) for base in place.loaded.config.bases.values() if base.image}
    for name, service in place.stack.services.items():
        if service.build:
            own |= {canonical(word) for word in (service.image, f"{place.stack.project}-{name}") if word}
    return tuple(
        _see(place, service, service.build, contexts, frozenset(own))
        for service in place.stack.services.values()
        if service.build and not is_remote(service.build.context) and service.build.dockerfile_inline is None
    )


def _see(place: Place, service: Service, build: Build, contexts: Contexts, own: frozenset[str]) -> SeenBuild:
    path = Path(in_directory(build.context, build.dockerfile))
    file = relative(str(path), place.root)
    text = checkout.text(path)
    if text is None:
        raise ConfigError(f"services.{service.name}: its Dockerfile {file} does not exist; correct build.dockerfile")
    try:
        dockerfile = read_dockerfile(text, build.args)
        dockerfile.stage(build.target)
    except ConfigError as error:
        raise ConfigError(f"{file}:{error}") from error
    ignore = context.effective_ignore(Path(build.context), path)
    sent = contexts.sent(build.context, ignore[1] if ignore else "")
    wanted = worth_reading(sent.files, text)
    texts = checkout.texts(in_directory(build.context, name) for name in wanted)
    return SeenBuild(
        service.name,
        file,
        text,
        dockerfile,
        build.target,
        build.args,
        sent.files,
        {name: texts[full] for name in wanted if (full := in_directory(build.context, name)) in texts},
        read_ignore_text(sent.ignore, str(ignore[0])).by_hand if ignore else "",
        (*(service.entrypoint or ()), *(service.command or ())),
        own,
    )


def _of_compose_files(place: Place, chosen: tuple[str, ...]) -> list[Finding]:
    found: list[Finding] = []
    for file in place.compose.files:
        text = checkout.text(place.root / file) or ""
        try:
            document = yaml_files.parse_yaml(text, file)
        except ConfigError as error:
            terminal.aside(f"not searched for installs in commands: {error}")
            continue
        lines = {at: position.line + 1 for at, position in document.positions.items()}
        found += installs_in_commands(file, document.data, lines, chosen)
    return found


def _bases(place: Place, builds: tuple[SeenBuild, ...], chosen: tuple[str, ...]) -> tuple[SharedBase, ...]:
    """The bases that are proposed to services that have none yet."""
    sections = place.loaded.config.services
    own = [build for build in builds if not (build.service in sections and sections[build.service].base)]
    # An image of a workspace's member is not generated of its directory alone.
    without = [build for build in own if not any(WORKSPACE.search(text) for text in build.texts.values())]
    return tuple(base for base in shared_bases(without) if set(base.services) & set(chosen))


def _say_findings(findings: tuple[Finding, ...], count: int) -> None:
    for finding in findings:
        terminal.tell(dockerignore.said(finding))
    files = "1 Dockerfile" if count == 1 else f"{count} Dockerfiles"
    if findings:
        number = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
        terminal.outcome("warn", f"{number} in {files} and the Compose files")
    else:
        terminal.outcome("ok", f"nothing found in {files} and the Compose files")


def _say_base(base: SharedBase, *, write: bool) -> None:
    terminal.heading(f"A shared base for {', '.join(base.services)}")
    if not write:
        terminal.say(f"{base.file}:\n{_indented(base.dockerfile())}")
    terminal.say(f"in cispeed.yaml, so that their images are generated on it:\n{_indented(base.config())}")


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines()).rstrip("\n")


def _say_json(findings: tuple[Finding, ...], bases: tuple[SharedBase, ...], written: ToWrite | None) -> None:
    record: dict[str, object] = {
        "findings": [asdict(finding) for finding in findings],
        "bases": [
            {"file": base.file, "services": base.services, "dockerfile": base.dockerfile(), "config": base.config()}
            for base in bases
        ],
    }
    if written is not None:
        record["written"] = sorted(written.texts)
        record["left"] = [{"file": file, "line": note.line, "reason": note.text} for file, note in written.left]
    terminal.say(json.dumps(record, indent=2))
