"""Stand-ins for the database and the orchestrator."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from backend.orchestrator import OrchestratorError

START = datetime(2024, 5, 1, 8, 0, tzinfo=UTC)


class MemoryRuns:
    """Keeps runs in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[UUID, dict] = {}

    def add(self, run: dict) -> UUID:
        run_id = uuid4()
        self.kept[run_id] = {**run, "id": run_id}
        return run_id

    def latest(self, limit: int) -> list[dict]:
        newest_first = sorted(self.kept.values(), key=lambda run: run["started_at"], reverse=True)
        return newest_first[:limit]

    def get(self, run_id: UUID) -> dict | None:
        return self.kept.get(run_id)


class EchoOrchestrator:
    """Answers with the question; fails when asked to."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def run(self, question: str) -> dict:
        if question == "fail":
            raise OrchestratorError("no answer")
        self.asked.append(question)
        started_at = START + timedelta(minutes=len(self.asked))
        return {
            "question": question,
            "answer": f"You asked: {question}",
            "documents": [],
            "rule": "note",
            "path": "NOTES.md",
            "patch": "",
            "commit": "c0ffee",
            "started_at": started_at,
            "finished_at": started_at + timedelta(seconds=1),
        }
