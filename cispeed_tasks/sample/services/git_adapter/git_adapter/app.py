"""The repository's HTTP interface."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import orjson
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response

from git_adapter.demo import ensure_repository
from git_adapter.repository import FileMissing, Repository
from git_adapter.settings import Settings


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the repository, which is created first if it is missing."""
    settings = Settings()
    ensure_repository(settings.git_repository)
    app.state.repository = Repository(settings.git_repository, settings.max_file_bytes)
    yield


app = FastAPI(title="Git adapter", lifespan=lifespan)


async def get_repository(request: Request) -> Repository:
    """The repository that was opened at start-up."""
    return request.app.state.repository


CurrentRepository = Annotated[Repository, Depends(get_repository)]


def json_response(data: object) -> Response:
    """Serialise with orjson, which knows dates."""
    return Response(orjson.dumps(data), media_type="application/json")


@app.get("/health")
async def health() -> dict[str, str]:
    """Say that this process answers."""
    return {"status": "ok"}


# The handlers below are coroutines on purpose: GitPython's object database is
# not made for several threads at a time, and the reads are short.
@app.get("/snapshot")
async def snapshot(repository: CurrentRepository) -> Response:
    """The current commit with all its text files."""
    return json_response(repository.snapshot())


@app.get("/files")
async def files(repository: CurrentRepository) -> Response:
    """The names of the current commit's text files."""
    return json_response({"commit": repository.head.hexsha, "paths": repository.paths()})


@app.get("/files/{path:path}")
async def file(path: str, repository: CurrentRepository) -> Response:
    """One file's content."""
    try:
        return json_response({"path": path, "content": repository.read(path)})
    except FileMissing as error:
        raise HTTPException(status_code=404, detail=f"no such file: {error}") from error


@app.get("/log")
async def log(
    repository: CurrentRepository, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> Response:
    """The latest commits."""
    return json_response({"commits": repository.history(limit)})
