"""The files of a build: the bake file, the generated Dockerfiles and the optimised overlay, written into .cispeed/."""

from __future__ import annotations

from cispeed_tasks.plan.bake import BAKE_FILE, BakeFile, bake_file
from cispeed_tasks.plan.optimized import OPTIMIZED_FILE, optimized_overlay
from cispeed_tasks.run.look import View, raw_arguments, raw_inline, raw_labels, raw_model
from cispeed_tasks.tools import checkout, compose_yaml


def write_files(view: View) -> BakeFile:
    """Write the bake file, the generated Dockerfiles and the optimised overlay of the whole project into .cispeed/."""
    project, root = view.project, view.root
    raw = raw_model(view)
    definition = bake_file(
        project.targets.values(), project.name, root, raw_arguments(raw), raw_inline(raw), raw_labels(raw)
    )
    for target in project.targets.values():
        if target.generated or target.copied_to:
            name = target.built_from.relative_to(root / checkout.STATE)
            checkout.write_state(root, str(name), target.dockerfile_text)
            if target.ignore_text is not None:
                checkout.write_state(root, f"{name}.dockerignore", target.ignore_text)
    checkout.write_json(root, BAKE_FILE.removeprefix(f"{checkout.STATE}/"), definition.definition)
    overlay = compose_yaml.dump(optimized_overlay(project, raw), _header(view))
    checkout.write_state(root, OPTIMIZED_FILE.removeprefix(f"{checkout.STATE}/"), overlay)
    return definition


def _header(view: View) -> str:
    files = " ".join(f"-f {name}" for name in view.compose.files)
    return f"Made by cispeed. By hand: docker compose {files} -f {OPTIMIZED_FILE} build"
