import pytest
import requests

from backend.orchestrator import Orchestrator, OrchestratorError

ANSWER = {
    "question": "Why?",
    "answer": "Because.",
    "documents": [{"id": "a", "title": "A", "score": 0.5, "excerpt": "…"}],
    "rule": "note",
    "path": "NOTES.md",
    "patch": "",
    "commit": "c0ffee",
    "started_at": "2024-05-01T08:00:00Z",
    "finished_at": "2024-05-01T08:00:01.5Z",
    "something_new": True,
}


def respond(monkeypatch, status: int, body: object) -> None:
    def post(url, json, timeout):
        response = requests.Response()
        response.status_code = status
        response.json = lambda: body
        return response

    monkeypatch.setattr(requests, "post", post)


def test_times_are_parsed_and_new_fields_ignored(monkeypatch):
    respond(monkeypatch, 200, ANSWER)
    run = Orchestrator("http://orchestrator").run("Why?")
    assert (run["finished_at"] - run["started_at"]).total_seconds() == 1.5
    assert "something_new" not in run


@pytest.mark.parametrize(("status", "body"), [(502, {}), (200, {"answer": "only this"})])
def test_unusable_answers(monkeypatch, status: int, body: object):
    respond(monkeypatch, status, body)
    with pytest.raises(OrchestratorError):
        Orchestrator("http://orchestrator").run("Why?")
