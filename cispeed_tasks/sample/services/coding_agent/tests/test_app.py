from fastapi.testclient import TestClient

from coding_agent.app import app

client = TestClient(app)


def test_health():
    assert client.get("/health").json() == {"status": "ok"}


def test_propose():
    files = [{"path": "a.py", "content": "def f():\n    pass\n"}]
    body = client.post("/propose", json={"question": "Add docstrings", "files": files}).json()
    assert body["rule"] == "docstrings"
    assert body["patch"].startswith("--- a/a.py\n+++ b/a.py\n")


def test_no_files_still_make_a_note():
    body = client.post("/propose", json={"question": "Hello?", "files": []}).json()
    assert body["path"] == "NOTES.md"
    assert "/dev/null" in body["patch"]


def test_question_is_needed():
    assert client.post("/propose", json={"question": "", "files": []}).status_code == 422


def test_rules_are_listed():
    names = [rule["name"] for rule in client.get("/rules").json()["rules"]]
    assert names == ["docstrings", "exceptions", "annotations"]
