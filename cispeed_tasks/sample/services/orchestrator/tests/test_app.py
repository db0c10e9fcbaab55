import httpx
import pytest
from fastapi.testclient import TestClient

from orchestrator.app import app, get_services
from tests.fakes import PROPOSAL, answer, services_with


@pytest.fixture
def client():
    with TestClient(app) as test_client:
        yield test_client
    app.dependency_overrides.clear()


def use(handler) -> None:
    app.dependency_overrides[get_services] = lambda: services_with(handler)


def test_health(client):
    assert client.get("/health").json() == {"status": "ok"}


def test_run_joins_all_services(client):
    use(answer)
    body = client.post("/run", json={"question": "How do we greet?"}).json()
    assert body["question"] == "How do we greet?"
    assert body["patch"] == PROPOSAL["patch"]
    assert body["commit"] == "c0ffee"
    assert [document["id"] for document in body["documents"]] == ["greeting"]
    assert body["started_at"] <= body["finished_at"]


def test_empty_question_is_refused(client):
    assert client.post("/run", json={"question": ""}).status_code == 422


def test_failing_service_is_named(client):
    def failing(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500) if request.url.path == "/propose" else answer(request)

    use(failing)
    response = client.post("/run", json={"question": "Anything"})
    assert response.status_code == 502
    assert response.json()["service"] == "coding_agent"
