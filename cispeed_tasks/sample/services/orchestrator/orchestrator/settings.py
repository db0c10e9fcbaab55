"""Where the other services are, read from the environment."""

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """Addresses and limits; each can be set by the variable of its name."""

    rag_url: str = "http://rag_service:8000"
    git_url: str = "http://git_adapter:8000"
    agent_url: str = "http://coding_agent:8000"
    request_timeout: float = 10.0
    documents_per_question: int = 3
    connect_attempts: int = 3
