"""Applies the numbered SQL migrations: `python -m backend.migrate`.

Running it again changes nothing; running it twice at the same time is safe.
"""

import time
from pathlib import Path

import psycopg

from backend.config import database_url

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 7_302_114  # any number, the same for all who migrate


def connect(url: str, patience: float = 30.0) -> psycopg.Connection:
    """Connect, waiting for a server that is only just starting."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return psycopg.connect(url, connect_timeout=5)
        except psycopg.OperationalError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.5)


def pending(applied: set[str], directory: Path = MIGRATIONS) -> list[Path]:
    """The migrations that have not been applied, in the order of their numbers."""
    return [path for path in sorted(directory.glob("[0-9]*.sql")) if path.stem not in applied]


def migrate(connection: psycopg.Connection, directory: Path = MIGRATIONS) -> list[str]:
    """Apply what is pending, all or nothing; return the names."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        connection.execute(
            "CREATE TABLE IF NOT EXISTS public.schema_migrations ("
            " name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        rows = connection.execute("SELECT name FROM public.schema_migrations").fetchall()
        names = []
        for path in pending({name for (name,) in rows}, directory):
            connection.execute(path.read_bytes())
            connection.execute(
                "INSERT INTO public.schema_migrations (name) VALUES (%s)", [path.stem]
            )
            names.append(path.stem)
    return names


def main() -> None:
    """Migrate the database that DATABASE_URL names."""
    with connect(database_url()) as connection:
        names = migrate(connection)
    print(f"applied: {', '.join(names)}" if names else "nothing to apply", flush=True)


if __name__ == "__main__":
    main()
