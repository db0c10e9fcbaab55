"""Runs in the database."""

from typing import Any, Protocol
from uuid import UUID, uuid4

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

Run = dict[str, Any]


class RunStore(Protocol):
    """What the API needs of a place where runs are kept."""

    def add(self, run: Run) -> UUID:
        """Keep a run and return its id."""

    def latest(self, limit: int) -> list[Run]:
        """The latest runs, newest first, without their details."""

    def get(self, run_id: UUID) -> Run | None:
        """One run with everything, if it exists."""


class PostgresRuns:
    """Keeps runs in the table `app.runs`."""

    def __init__(self, url: str) -> None:
        # Opened by the first request, so that the API starts without a database.
        self._pool = ConnectionPool(
            url, min_size=1, max_size=5, timeout=5, open=False, kwargs={"row_factory": dict_row}
        )

    def add(self, run: Run, run_id: UUID | None = None) -> UUID:
        """Keep a run; one whose given id exists already is left as it is."""
        run_id = run_id or uuid4()
        values = {**run, "id": run_id, "documents": Jsonb(run["documents"])}
        with self._connection() as connection:
            connection.execute(
                """
                INSERT INTO app.runs (id, question, answer, documents, rule, path, patch,
                                      commit_id, started_at, finished_at)
                VALUES (%(id)s, %(question)s, %(answer)s, %(documents)s, %(rule)s, %(path)s,
                        %(patch)s, %(commit)s, %(started_at)s, %(finished_at)s)
                ON CONFLICT (id) DO NOTHING
                """,
                values,
            )
        return run_id

    def latest(self, limit: int) -> list[Run]:
        """The latest runs, newest first."""
        with self._connection() as connection:
            return connection.execute(
                """
                SELECT id, question, rule, path, jsonb_array_length(documents) AS document_count,
                       started_at, finished_at
                FROM app.runs ORDER BY started_at DESC, id LIMIT %s
                """,
                [limit],
            ).fetchall()

    def get(self, run_id: UUID) -> Run | None:
        """One run."""
        with self._connection() as connection:
            return connection.execute(
                """
                SELECT id, question, answer, documents, rule, path, patch, commit_id AS commit,
                       started_at, finished_at
                FROM app.runs WHERE id = %s
                """,
                [run_id],
            ).fetchone()

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def _connection(self):
        self._pool.open()
        return self._pool.connection()
