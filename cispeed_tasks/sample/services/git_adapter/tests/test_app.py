import pytest
from fastapi.testclient import TestClient

from git_adapter.app import app


@pytest.fixture
def client(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_REPOSITORY", str(tmp_path / "repository"))
    with TestClient(app) as test_client:
        yield test_client


def test_health(client):
    assert client.get("/health").json() == {"status": "ok"}


def test_snapshot_holds_every_file(client):
    body = client.get("/snapshot").json()
    contents = {file["path"]: file["content"] for file in body["files"]}
    assert set(contents) == {
        "README.md",
        "shop/greeting.py",
        "shop/inventory.py",
        "shop/pricing.py",
    }
    assert "def greet" in contents["shop/greeting.py"]
    assert len(body["commit"]) == 40


def test_one_file(client):
    body = client.get("/files/shop/pricing.py").json()
    assert "def discounted" in body["content"]


def test_missing_file(client):
    assert client.get("/files/shop/nothing.py").status_code == 404


def test_log_is_newest_first(client):
    commits = client.get("/log", params={"limit": 2}).json()["commits"]
    assert [commit["message"] for commit in commits] == ["Compute prices", "Keep an inventory"]
