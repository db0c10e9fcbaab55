"""What the environment says."""

import os

DATABASE_URL = "postgresql://postgres:postgres@db:5432/sample"
ORCHESTRATOR_URL = "http://orchestrator:8000"


def database_url() -> str:
    """Where PostgreSQL is."""
    return os.environ.get("DATABASE_URL", DATABASE_URL)


def orchestrator_url() -> str:
    """Where the orchestrator is."""
    return os.environ.get("ORCHESTRATOR_URL", ORCHESTRATOR_URL)


def allowed_origins() -> list[str]:
    """Sites other than our own whose pages may call the API (default: none)."""
    return os.environ.get("ALLOWED_ORIGINS", "").split()
