"""What Compose makes of the user's files and the overlay is the user's own model, changed as the plan says and not otherwise."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cispeed_tasks.plan.full import FullMode
from cispeed_tasks.plan.hollow import hollow_overlay
from cispeed_tasks.plan.stack import read_stack
from cispeed_tasks.run.build_files import write_files
from cispeed_tasks.run.look import View, look, raw_model
from cispeed_tasks.run.modes import project_name, write_full
from cispeed_tasks.run.mount_sources import see_checkout
from cispeed_tasks.run.standalone import write_standalone
from cispeed_tasks.tools import compose
from cispeed_tasks.tools.compose_yaml import dump
from tests.run.compose_corpus import CORPUS, Case

Model = dict[str, Any]


@pytest.fixture
def view(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> View:
    case: Case = request.param
    for name, text in {**case.files, **({"cispeed.yaml": case.config} if case.config else {})}.items():
        path = tmp_path / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name, value in case.env.items():
        monkeypatch.setenv(name, value)
    return look(tmp_path / "shop")


def resolved(view: View, *more: str) -> Model:
    """The model as Compose prints it, of the user's files and others."""
    invocation = replace(view.compose, project=project_name(view, "full"), files=(*view.compose.files, *more))
    return json.loads(compose.answer(invocation))  # type: ignore[no-any-return]


def written(view: View) -> FullMode:
    _, _, mode = write_full(view, read_stack(compose.read(json.dumps(resolved(view)))), {})
    return mode


def expected(user: Model, mode: FullMode) -> Model:
    """The model that the plan means, made by other means than an overlay."""
    model = deepcopy(user)
    for section in ("volumes", "networks"):
        for key, entry in (model.get(section) or {}).items():
            _own(model, section, key, entry or {})
    for name, service in model["services"].items():
        _service(model, name, service, mode)
    used = {key for service in model["services"].values() for key in _volume_names(service)}
    # Compose leaves out volumes that nobody mounts.
    model["volumes"] = {key: entry for key, entry in (model.get("volumes") or {}).items() if key in used}
    return {key: value for key, value in model.items() if value or (key in user and key != "volumes")}


def _own(model: Model, section: str, key: str, entry: Mapping[str, Any]) -> None:
    own = f"{model['name']}_{key}"
    device = (entry.get("driver_opts") or {}).get("device")
    if entry.get("external") or device or entry.get("name") != own:
        model[section][key] = {"name": own, **({"ipam": {}} if section == "networks" else {})}


def _volume_names(service: Model) -> set[str]:
    return {
        str(mount["source"])
        for mount in service.get("volumes") or ()
        if mount["type"] == "volume" and mount.get("source")
    }


def _service(model: Model, name: str, service: Model, mode: FullMode) -> None:
    for key in ("build", "container_name", "develop"):
        service.pop(key, None)
    service["labels"] = {**(service.get("labels") or {}), "cispeed.project": mode.project.name, "cispeed.mode": "full"}
    if name in mode.images:
        service |= {"image": mode.images[name], "pull_policy": "never"}
    check = service.get("healthcheck") or {}
    if check and not check.get("disable") and check.get("test") != ["NONE"] and not check.get("start_interval"):
        period = {"10s": "50s", "3s": "9s"}.get(check.get("interval", ""), "1m30s")
        service["healthcheck"] = {**check, "start_interval": "100ms", "start_period": period}
    mounts = service.pop("volumes", [])
    left = [_mount(model, name, mount, decision, mode) for mount, decision in zip(mounts, mode.of(name), strict=True)]
    if any(left):
        service["volumes"] = [mount for mount in left if mount]


def _mount(model: Model, name: str, mount: Model, decision: Any, mode: FullMode) -> Model | None:
    service = model["services"][name]
    for path in decision.secrets:
        key = f"cispeed-{name}-{sum(e['source'].startswith('cispeed-') for e in service.get('secrets') or ()) + 1}"
        service["secrets"] = [
            *(service.get("secrets") or []),
            {"source": key, "target": f"{mount['target']}/{path}".rstrip("/")},
        ]
        file = f"{mount['source']}/{path}".rstrip("/")
        model.setdefault("secrets", {})[key] = {"name": f"{model['name']}_{key}", "file": file}
    if decision.action == "config":
        key = f"cispeed-{name}-{sum(e['source'].startswith('cispeed-') for e in service.get('configs') or ()) + 1}"
        service["configs"] = [
            *(service.get("configs") or []),
            {"source": key, "target": mount["target"], "mode": "0644"},
        ]
        content = Path(mount["source"]).read_text().replace("$", "$$")
        model.setdefault("configs", {})[key] = {"name": f"{model['name']}_{key}", "content": content}
    if decision.volume:
        model["volumes"] = {
            **(model.get("volumes") or {}),
            decision.volume: {"name": f"{model['name']}_{decision.volume}"},
        }
        is_reader = decision.volume in mode.filled_volumes and decision.action == "fresh"
        read_only = {"read_only": True} if mount.get("read_only") else {}
        return {
            "type": "volume",
            "source": decision.volume,
            "target": mount["target"],
            **read_only,
            **({"volume": {"nocopy": True}} if is_reader else {}),
        }
    if decision.action == "keep":
        return mount
    return {"type": "volume", "target": mount["target"]} if decision.action == "fresh" else None


@pytest.mark.parametrize("view", CORPUS.values(), ids=CORPUS, indirect=True)
def test_the_model_is_the_users_changed_as_the_plan_says(view: View) -> None:
    mode = written(view)
    assert text(resolved(view, ".cispeed/compose.full.yml")) == text(expected(resolved(view), mode))


def text(model: Model) -> str:
    return json.dumps(model, indent=1, sort_keys=True)


@pytest.mark.parametrize("view", CORPUS.values(), ids=CORPUS, indirect=True)
def test_no_value_that_compose_takes_from_somewhere_is_written(view: View) -> None:
    mode = written(view)
    write_files(replace(view, project=mode.project))
    write_standalone(view, view.root / "full.yml")
    files = [path for path in (*(view.root / ".cispeed").rglob("*"), view.root / "full.yml") if path.is_file()]
    assert len(files) > 2
    assert [path.name for path in files if "canary" in path.read_text() or "canary" in path.name] == []


@pytest.mark.parametrize("view", CORPUS.values(), ids=CORPUS, indirect=True)
def test_the_overlay_of_hollow_mode_is_accepted_and_holds_no_value(view: View) -> None:
    stack = read_stack(compose.read(json.dumps(resolved(view))))
    dependencies = {name: () for name, shape in view.project.shapes.items() if shape.can_be_hollow}
    seen = see_checkout(view.project)
    overlay = dump(hollow_overlay(view.project, stack, raw_model(view), dependencies, None, seen), "Made.")
    (view.root / "hollow.yml").write_text(overlay)
    assert "canary" not in overlay
    assert set(resolved(view, "hollow.yml")["services"]) == set(stack.services)


@pytest.mark.parametrize("view", CORPUS.values(), ids=CORPUS, indirect=True)
def test_a_single_file_is_the_same_model(view: View) -> None:
    write_standalone(view, view.root / "full.yml")
    done = subprocess.run(
        ["docker", "compose", "-f", "full.yml", "config", "--format", "json"],
        cwd=view.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["services"] == resolved(view, ".cispeed/compose.full.yml")["services"]
