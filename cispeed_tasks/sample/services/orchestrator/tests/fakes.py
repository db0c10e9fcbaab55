"""Stand-ins for the services that the orchestrator calls."""

import httpx

from orchestrator.services import Services
from orchestrator.settings import Settings

DOCUMENT = {"id": "greeting", "title": "Greeting", "score": 0.75, "excerpt": "Say hello."}
PROPOSAL = {
    "rule": "docstrings",
    "path": "shop/a.py",
    "summary": "Add docstrings.",
    "patch": "--- a\n+++ b\n",
}
SNAPSHOT = {"commit": "c0ffee", "files": [{"path": "shop/a.py", "content": "x = 1\n"}]}


def answer(request: httpx.Request) -> httpx.Response:
    """Answer as the three services would."""
    answers = {"/search": {"documents": [DOCUMENT]}, "/snapshot": SNAPSHOT, "/propose": PROPOSAL}
    return httpx.Response(200, json=answers[request.url.path])


def services_with(handler) -> Services:
    """Services whose requests all go to `handler`."""
    client = httpx.AsyncClient(transport=httpx.MockTransport(handler))
    return Services(client, Settings(connect_attempts=2))
