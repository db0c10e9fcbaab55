"""What goes in and out of the orchestrator."""

from datetime import datetime

from pydantic import BaseModel, Field


class Question(BaseModel):
    """A person's question."""

    question: str = Field(min_length=1, max_length=2000)


class Document(BaseModel):
    """A document that the search found."""

    id: str
    title: str
    score: float
    excerpt: str


class Proposal(BaseModel):
    """What the coding agent would change."""

    rule: str
    path: str
    summary: str
    patch: str


class Run(BaseModel):
    """A question with everything that came of it."""

    question: str
    answer: str
    documents: list[Document]
    rule: str
    path: str
    patch: str
    commit: str
    started_at: datetime
    finished_at: datetime
