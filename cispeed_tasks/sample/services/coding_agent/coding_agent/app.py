"""The coding agent's HTTP interface."""

import orjson
from fastapi import FastAPI, HTTPException, Response
from pydantic_settings import BaseSettings

from coding_agent.agent import propose
from coding_agent.models import Task
from coding_agent.rules import RULES


class Settings(BaseSettings):
    """Read from the environment."""

    agent_max_files: int = 500


app = FastAPI(title="Coding agent")
settings = Settings()


@app.get("/health")
def health() -> dict[str, str]:
    """Say that this process answers."""
    return {"status": "ok"}


@app.get("/rules")
def rules() -> Response:
    """List what the agent can do."""
    known = [{"name": rule.name, "words": rule.words, "summary": rule.summary} for rule in RULES]
    return Response(orjson.dumps({"rules": known}), media_type="application/json")


@app.post("/propose")
def propose_patch(task: Task) -> Response:
    """Propose a change to one of the files."""
    if len(task.files) > settings.agent_max_files:
        raise HTTPException(status_code=413, detail="too many files")
    proposal = propose(task)
    return Response(orjson.dumps(proposal.model_dump()), media_type="application/json")
