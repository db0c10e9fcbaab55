"""The search's HTTP interface."""

import orjson
from fastapi import FastAPI, Response
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings

from rag_service.corpus import load_documents
from rag_service.index import Index


class Settings(BaseSettings):
    """Read from the environment."""

    rag_minimum_score: float = 0.05


class Query(BaseModel):
    """What to look for."""

    query: str = Field(min_length=1, max_length=2000)
    limit: int = Field(default=3, ge=1, le=20)


app = FastAPI(title="Document search")
settings = Settings()
index = Index(load_documents())


def json_response(data: object) -> Response:
    """Serialise with orjson, rather than by way of a model."""
    return Response(orjson.dumps(data), media_type="application/json")


@app.get("/health")
def health() -> dict[str, str]:
    """Say that this process answers."""
    return {"status": "ok"}


@app.get("/documents")
def documents() -> Response:
    """List what can be found."""
    return json_response([{"id": item.id, "title": item.title} for item in index.documents])


@app.post("/search")
def search(body: Query) -> Response:
    """Find the documents that fit a query."""
    found = [
        {
            "id": document.id,
            "title": document.title,
            "score": round(score, 4),
            "excerpt": index.excerpt(document, body.query),
        }
        for document, score in index.search(body.query, body.limit)
        if score >= settings.rag_minimum_score
    ]
    return json_response({"documents": found})
