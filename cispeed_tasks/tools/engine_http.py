"""Quick questions to the engine's API, many at once, without the SDK where its socket is on this machine.

Importing the SDK takes longer than all the answers (docs.docker.com/reference/api/engine says what they are).
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.tools import engine

AT_ONCE = 8
ANSWER_SECONDS = 60.0
NOT_FOUND = 404
REFUSED = 400


@dataclass(frozen=True)
class Answer:
    """An answer of the engine: its HTTP status, its JSON (None where there is none), and its headers."""

    status: int
    data: Any
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str, seconds: float) -> None:
        super().__init__("localhost", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def platform() -> str:
    """What the engine builds for unless it is told otherwise, such as linux/amd64; raises ToolError without an engine."""
    data = _unchanging(engine.endpoint(), "/version") or {}
    return f"{data['Os']}/{data['Arch']}"


def insecure_registries() -> frozenset[str]:
    """The registries that the engine asks by http, or without looking at their certificates (`insecure-registries`)."""
    data = settings()
    indexes = (data.get("RegistryConfig") or {}).get("IndexConfigs") or {}
    return frozenset(host for host, settings in indexes.items() if not settings.get("Secure", True))


def about() -> tuple[Mapping[str, Any], Mapping[str, Any], str]:
    """What the engine says of itself: /info, /version, and its default builder (2 is BuildKit); raises ToolError."""
    # One after the other: a pool's threads are waited for at the end of the process, however long an engine is silent.
    info, version, ping = (ask_all([path])[0] for path in ("/info", "/version", "/_ping"))
    return _found(info) or {}, _found(version) or {}, ping.headers.get("Builder-Version", "")


def has_containerd_store() -> bool:
    """Whether the engine keeps its images in containerd's store, by which its own builder can write build caches."""
    return any("io.containerd.snapshotter" in str(value) for _, value in settings().get("DriverStatus") or ())


def settings() -> Mapping[str, Any]:
    """What /info says that stays as it is while the engine runs: its machine, its store, its settings; asked once."""
    return _unchanging(engine.endpoint(), "/info") or {}


@cache
def _unchanging(endpoint: str, path: str) -> Any:  # noqa: ANN401, ARG001  # the engine's JSON; another engine has another
    return _found(ask_all([path])[0])


def inspect_images(references: Sequence[str]) -> dict[str, Mapping[str, Any] | None]:
    """What the engine knows of some images, by their references; None for one that it does not have."""
    answers = ask_all([f"/images/{quote(name)}/json" for name in references])
    return dict(zip(references, (_found(answer) for answer in answers), strict=True))


def names_of(references: Sequence[str]) -> dict[str, tuple[str, ...] | None]:
    """For each reference the names that its image has besides; None where there is no such image.

    It reads the history, which the engine gives in half the time that it takes to describe an image.
    """
    answers = ask_all([f"/images/{quote(name)}/history" for name in references])
    rows = (_found(answer) for answer in answers)
    return {
        name: None if row is None else tuple(tag for layer in row for tag in layer.get("Tags") or ())
        for name, row in zip(references, rows, strict=True)
    }


def layers_of(references: Sequence[str]) -> dict[str, list[Mapping[str, Any]]]:
    """The history of each of some images, a row for each layer, the newest first; empty where there is no such image."""
    answers = ask_all([f"/images/{quote(name)}/history" for name in references])
    return {name: _found(answer) or [] for name, answer in zip(references, answers, strict=True)}


def build_cache_bytes() -> int:
    """How many bytes the engine's build cache takes, that of every project."""
    data = _found(ask_all(["/system/df?type=build-cache"])[0]) or {}
    return sum(int(one.get("Size") or 0) for one in data.get("BuildCache") or () if not one.get("Shared"))


def tag_image(reference: str, repository: str, tag: str) -> None:
    """Give an image another name; raises WorkFailed where there is no such image."""
    tag_images([(reference, repository, tag)])


def tag_images(names: Sequence[tuple[str, str, str]]) -> None:
    """Give images other names, many at once: each as (reference, repository, tag); raises WorkFailed for one that is gone."""
    paths = [
        f"/images/{quote(one)}/tag?{urlencode({'repo': repository, 'tag': tag})}" for one, repository, tag in names
    ]
    for (reference, repository, tag), answer in zip(names, ask_all(paths, method="POST"), strict=True):
        _found(answer)
        if answer.status == NOT_FOUND:
            raise WorkFailed(
                f"the image {reference} went away before it could be named {repository}:{tag}; run this again"
            )


def remove_images(ids: Sequence[str]) -> None:
    """Remove images with all their names, many at once, since the engine cleans up after each; one that is gone is fine."""
    for answer in ask_all([f"/images/{quote(id_)}?force=true" for id_ in ids], method="DELETE"):
        _found(answer)


def found(paths: Sequence[str], *, seconds: float = ANSWER_SECONDS) -> list[Any]:
    """The engine's JSON for some questions, asked at once; None for what it does not have; raises WorkFailed, ToolError."""
    return [_found(answer) for answer in ask_all(paths, seconds=seconds)]


def ask_all(paths: Sequence[str], *, method: str = "GET", seconds: float = ANSWER_SECONDS) -> list[Answer]:
    """Ask the engine some questions at once, each of which may take some seconds; the answers are in their order.

    Raises:
        ToolError: no engine answers, or it may not be used.
    """
    if not paths:
        return []
    where = engine.endpoint()
    is_local = where.startswith("unix://")
    ask = _local(where.removeprefix("unix://"), method, seconds) if is_local else _distant(method, seconds)
    if len(paths) < 2:  # noqa: PLR2004
        return [ask(path) for path in paths]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(ask, paths))


def _found(answer: Answer) -> Any:  # noqa: ANN401  # the engine's JSON
    if answer.status == NOT_FOUND:
        return None
    if answer.status >= REFUSED:
        words = answer.data.get("message") if isinstance(answer.data, dict) else answer.data
        raise WorkFailed(f"the Docker Engine refused: {words} (`inv doctor` looks at the engine)")
    return answer.data


def _local(path: str, method: str, seconds: float) -> Callable[[str], Answer]:
    def ask(question: str) -> Answer:
        connection = _Connection(path, seconds)
        try:
            connection.request(method, question)
            response = connection.getresponse()
            return Answer(response.status, _data(response.read()), dict(response.headers))
        except (OSError, http.client.HTTPException) as error:
            raise engine.no_engine(f"unix://{path}", error) from error
        finally:
            connection.close()

    return ask


def _distant(method: str, seconds: float) -> Callable[[str], Answer]:
    def ask(question: str) -> Answer:
        with engine.client(timeout=seconds) as docker:
            response = docker.api.request(method, f"{docker.api.base_url}{question}", timeout=seconds)
            return Answer(response.status_code, _data(response.content), dict(response.headers))

    return ask


def _data(content: bytes) -> Any:  # noqa: ANN401  # the engine's JSON
    try:
        return json.loads(content) if content else None
    except ValueError:
        return content.decode(errors="replace")
