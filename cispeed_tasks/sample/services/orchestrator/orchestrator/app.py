"""The orchestrator's HTTP interface."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import httpx
import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from orchestrator.logs import configure_logging
from orchestrator.models import Question, Run
from orchestrator.pipeline import answer_question
from orchestrator.services import ServiceError, Services
from orchestrator.settings import Settings

configure_logging()
log = structlog.get_logger()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep one HTTP client, with its connections, as long as the app runs."""
    settings = Settings()
    async with httpx.AsyncClient(timeout=settings.request_timeout) as client:
        app.state.services = Services(client, settings)
        yield


app = FastAPI(title="Orchestrator", lifespan=lifespan)


def get_services(request: Request) -> Services:
    """The services of the running app (tests put their own in place)."""
    return request.app.state.services


@app.exception_handler(ServiceError)
async def service_failed(_request: Request, error: ServiceError) -> JSONResponse:
    """Say which service failed, as a gateway does."""
    log.error("service failed", service=error.service, reason=str(error))
    return JSONResponse({"error": str(error), "service": error.service}, status_code=502)


@app.get("/health")
async def health() -> dict[str, str]:
    """Say that this process answers."""
    return {"status": "ok"}


@app.post("/run")
async def run(body: Question, services: Annotated[Services, Depends(get_services)]) -> Run:
    """Answer a question."""
    result = await answer_question(body.question, services)
    seconds = (result.finished_at - result.started_at).total_seconds()
    log.info("run finished", rule=result.rule, documents=len(result.documents), seconds=seconds)
    return result
