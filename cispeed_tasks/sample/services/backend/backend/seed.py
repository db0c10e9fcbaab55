"""Adds a run to look at: `python -m backend.seed` (again and again, if you like)."""

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from backend.config import database_url
from backend.runs import PostgresRuns

WELCOME_ID = uuid5(NAMESPACE_URL, "sample:welcome")
WELCOME = {
    "question": "Welcome",
    "answer": "This run was put here for you. Ask a question in the client to see your own.",
    "documents": [],
    "rule": "note",
    "path": "NOTES.md",
    "patch": "--- /dev/null\n+++ b/NOTES.md\n@@ -0,0 +1,3 @@\n+# Notes\n+\n+- To do: Welcome\n",
    "commit": "",
    "started_at": datetime(2024, 1, 1, 12, 0, 0, tzinfo=UTC),
    "finished_at": datetime(2024, 1, 1, 12, 0, 1, tzinfo=UTC),
}


def main() -> None:
    """Add the welcome run unless it is there."""
    runs = PostgresRuns(database_url())
    try:
        runs.add(WELCOME, WELCOME_ID)
    finally:
        runs.close()
    print("seeded", flush=True)


if __name__ == "__main__":
    main()
