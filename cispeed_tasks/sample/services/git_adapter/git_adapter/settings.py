"""Which repository is read."""

from pathlib import Path

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """Each value can be set by the environment variable of its name."""

    git_repository: Path = Path("/tmp/demo-repository")
    max_file_bytes: int = 100_000
