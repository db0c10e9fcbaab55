"""What goes in and out of the coding agent."""

from pydantic import BaseModel, Field


class SourceFile(BaseModel):
    """A file of the repository."""

    path: str = Field(min_length=1)
    content: str


class Task(BaseModel):
    """A question, and the files that may be changed for it."""

    question: str = Field(min_length=1, max_length=2000)
    files: list[SourceFile]


class Proposal(BaseModel):
    """One changed file, as a patch."""

    rule: str
    path: str
    summary: str
    patch: str
