from uuid import uuid4

import psycopg
import pytest

from backend.app import create_app
from tests.fakes import EchoOrchestrator, MemoryRuns


@pytest.fixture
def client():
    return create_app(MemoryRuns(), EchoOrchestrator()).test_client()


def test_health(client):
    assert client.get("/health").json == {"status": "ok"}


def test_a_question_is_answered_and_kept(client):
    response = client.post("/api/ask", json={"question": "  Why?  "})
    assert response.status_code == 201
    assert response.json["answer"] == "You asked: Why?"
    kept = client.get(f"/api/runs/{response.json['id']}")
    assert kept.json["question"] == "Why?"
    assert kept.json["started_at"] == "2024-05-01T08:01:00+00:00"


@pytest.mark.parametrize("body", [{}, {"question": "   "}, {"question": 5}, [], "text", None])
def test_bad_questions_are_refused(client, body):
    response = client.post("/api/ask", json=body)
    assert response.status_code == 400
    assert response.json["error"] == "Please enter a question."


def test_body_that_is_not_json(client):
    assert client.post("/api/ask", data="{", content_type="application/json").status_code == 400


def test_runs_are_listed_newest_first(client):
    for question in ("one", "two", "three"):
        client.post("/api/ask", json={"question": question})
    questions = [run["question"] for run in client.get("/api/runs").json["runs"]]
    assert questions == ["three", "two", "one"]
    assert len(client.get("/api/runs?limit=2").json["runs"]) == 2


def test_failing_orchestrator(client):
    response = client.post("/api/ask", json={"question": "fail"})
    assert response.status_code == 502
    assert "could not be answered" in response.json["error"]
    assert client.get("/api/runs").json["runs"] == []


def test_missing_database():
    class NoRuns(MemoryRuns):
        def latest(self, limit):
            raise psycopg.OperationalError("no connection")

    response = create_app(NoRuns(), EchoOrchestrator()).test_client().get("/api/runs")
    assert response.status_code == 503


def test_unknown_run(client):
    assert client.get(f"/api/runs/{uuid4()}").status_code == 404
    assert client.get("/api/runs/not-an-id").status_code == 404
