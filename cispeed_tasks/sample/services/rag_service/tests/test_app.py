from fastapi.testclient import TestClient

from rag_service.app import app

client = TestClient(app)


def test_health():
    assert client.get("/health").json() == {"status": "ok"}


def test_search():
    body = client.post("/search", json={"query": "Where are docstrings missing?"}).json()
    assert body["documents"][0]["id"] == "documentation"
    assert body["documents"][0]["excerpt"]


def test_limit():
    body = client.post("/search", json={"query": "function", "limit": 1}).json()
    assert len(body["documents"]) == 1


def test_empty_query_is_refused():
    assert client.post("/search", json={"query": ""}).status_code == 422


def test_documents_are_listed():
    assert {"id": "pricing", "title": "Prices and discounts"} in client.get("/documents").json()
