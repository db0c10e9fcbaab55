"""Root images: pulled where a registry answers, made from Debian's packages where none does; once, and kept."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from cispeed_tasks.config_schema import Config
from cispeed_tasks.errors import ToolError, WorkFailed
from cispeed_tasks.plan.roots import (
    CA_BUNDLE,
    CA_VARIABLES,
    LABELS,
    PATIENCE,
    RECIPE,
    Recipe,
    is_outdated,
    made_by,
    recipe_for,
)
from cispeed_tasks.tools import buildx_builder, debootstrap, engine, host, process, registry, terminal


def provide_roots(names: Iterable[str], config: Config) -> list[str]:
    """See to it that the engine has every root image in `names`, saying what is pulled or made, and why.

    One that was made here by another recipe counts as missing. Returns the names of those that it did not have.
    """
    missing = []
    for name in names:
        if _is_here(name, config):  # perhaps since an earlier one, which stands on it, was made
            continue
        missing.append(name)
        answer, words = registry.find(name, timeout=config.timeouts.registry)
        recipe = recipe_for(name, config.roots)
        if answer is registry.Answer.THERE:
            _pull(name)
        elif recipe is not None and (answer is registry.Answer.SILENT or name in config.roots):
            terminal.tell(
                f"{name}: no registry has it ({_first_words(words)}), so it is made from Debian {recipe.suite}'s packages"
            )
            _make(recipe)
        else:
            raise ToolError(
                f"the image {name} is not on this engine and no registry gave it ({_first_words(words)}); "
                f"make the registry reachable, or say under `roots:` in cispeed.yaml how it is made"
            )
    return missing


def _is_here(name: str, config: Config) -> bool:
    seen = engine.image(name)
    labels = ((seen or {}).get("Config") or {}).get("Labels") or {}
    return seen is not None and not is_outdated(name, made_by(labels), config.roots)


def _pull(name: str) -> None:
    if process.show(["docker", "pull", name]):
        raise WorkFailed(
            f"{name} could not be pulled; Docker's own words are above, and `inv doctor` looks at the registry and the proxy"
        )


def _make(recipe: Recipe) -> None:
    started = time.monotonic()
    if engine.image(recipe.parent) is None or (recipe.is_plain and recipe.name == recipe.parent):
        _debootstrap(recipe.parent, recipe.suite)
    if recipe.is_plain and recipe.name != recipe.parent:
        process.ask(["docker", "tag", recipe.parent, recipe.name])
    elif not recipe.is_plain:
        _install_packages(recipe)
    terminal.outcome("ok", f"{recipe.name} made in {terminal.seconds(time.monotonic() - started)}; it is kept")


def _debootstrap(name: str, suite: str) -> None:
    mirror = host.apt_mirror("debian")[0] if host.os_release().get("ID") == "debian" else None
    if mirror is None:
        raise ToolError(
            f"{name} cannot be made: this machine's apt sources name no Debian archive; name one there, or make a registry reachable"
        )
    terminal.note(f"  debootstrap {suite}, which takes about half a minute …")
    env = PATIENCE | (dict.fromkeys(CA_VARIABLES, CA_BUNDLE) if host.CA_BUNDLE.is_file() else {})
    debootstrap.make_image(name, suite, mirror, env=env, labels=LABELS)


def _install_packages(recipe: Recipe) -> None:
    known = {**LABELS, RECIPE: recipe.digest}
    labels = [word for key, value in known.items() for word in ("--label", f"{key}={value}")]
    with tempfile.TemporaryDirectory(prefix="cispeed-root-") as directory:
        (Path(directory) / "Dockerfile").write_text(recipe.dockerfile())
        # It stands on what only the engine has, and is for the engine, whatever builder is in use.
        argv = ["docker", "buildx", "build", "--builder", buildx_builder.own(), "--provenance=false"]
        if process.show([*argv, *labels, "--tag", recipe.name, directory]):
            raise WorkFailed(f"{recipe.name} could not be made; the build's own words are above")


def _first_words(text: str) -> str:
    line = text.strip().splitlines()[0] if text.strip() else "no answer"
    return line if len(line) < 120 else line[:117] + "…"  # noqa: PLR2004
