"""What a job of a rehearsal gets to see: variables, and the contexts github and runner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cispeed_tasks.plan.expression_values import Value
from cispeed_tasks.plan.rehearse_event import Event
from cispeed_tasks.plan.rehearse_payload import History

_KEPT = frozenset(
    [
        "PATH",
        "HOME",
        "LANG",
        "LANGUAGE",
        "TZ",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS",
        "GIT_SSL_CAINFO",
        "DOCKER_HOST",
        "DOCKER_CONTEXT",
        "DOCKER_CONFIG",
        "DOCKER_TLS_VERIFY",
        "DOCKER_CERT_PATH",
        "XDG_RUNTIME_DIR",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "ALL_PROXY",
        "FTP_PROXY",
        "SYSTEMROOT",
        "COMSPEC",
        "PATHEXT",
    ]
)
"""What a fresh machine needs to reach the network, the packages' indexes and its engine; in capitals."""
_KEPT_BEGINNINGS = ("LC_", "PIP_", "NPM_CONFIG_", "UV_INDEX", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX", "UV_NATIVE_TLS")
_SERVER = "https://github.com"


@dataclass(frozen=True)
class Machine:
    """Where a job runs: directories as absolute paths."""

    system: str
    """Linux, macOS or Windows."""
    architecture: str
    """X64 or ARM64."""
    workspace: str
    temporary: str
    tools: str
    event_file: str


def clean_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return those of a person's variables that a fresh machine needs, too."""
    return {
        name: value
        for name, value in variables.items()
        if name.upper() in _KEPT or name.upper().startswith(_KEPT_BEGINNINGS)
    }


def github_context(
    event: Event, history: History, workflow: str, file: str, machine: Machine | None, job: str
) -> dict[str, Value]:
    """Return the context github of a job; `file` is the workflow's, from the repository's root.

    Before a job has a machine, for its condition and its matrix, there are no paths in it.
    """
    owner = history.repository.partition("/")[0]
    return {
        "actor": "rehearsal",
        "actor_id": "1",
        "api_url": "https://api.github.com",
        "base_ref": event.base_ref,
        "event": dict(event.payload),
        "event_name": event.name,
        "event_path": machine.event_file if machine else "",
        "graphql_url": "https://api.github.com/graphql",
        "head_ref": event.head_ref,
        "job": job,
        "ref": event.ref,
        "ref_name": event.ref_name,
        "ref_protected": False,
        "ref_type": "branch",
        "repository": history.repository,
        "repository_id": "1",
        "repository_owner": owner,
        "repository_owner_id": "1",
        "retention_days": "90",
        "run_attempt": "1",
        "run_id": "1",
        "run_number": "1",
        "server_url": _SERVER,
        "sha": event.sha,
        "token": "",
        "triggering_actor": "rehearsal",
        "workflow": workflow,
        "workflow_ref": f"{history.repository}/{file}@{event.ref}",
        "workflow_sha": event.sha,
        "workspace": machine.workspace if machine else "",
    }


def runner_context(machine: Machine) -> dict[str, Value]:
    """Return the context runner."""
    return {
        "name": "rehearsal",
        "os": machine.system,
        "arch": machine.architecture,
        "temp": machine.temporary,
        "tool_cache": machine.tools,
        "environment": "github-hosted",
        "debug": "",
    }


def default_variables(github: Mapping[str, Value], runner: Mapping[str, Value]) -> dict[str, str]:
    """Return the variables that every step has, whatever a workflow says (docs.github.com, 'Variables reference')."""
    unset = {"event", "token"}
    ours = {f"GITHUB_{key.upper()}": _flat(value) for key, value in github.items() if key not in unset}
    names = {"name": "NAME", "os": "OS", "arch": "ARCH", "temp": "TEMP", "tool_cache": "TOOL_CACHE"}
    return ours | {f"RUNNER_{name}": _flat(runner[key]) for key, name in names.items()} | {"GITHUB_ACTIONS": "true"}


def _flat(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
