import asyncio

import httpx
import pytest

from orchestrator.models import Document, Proposal
from orchestrator.pipeline import answer_question, compose_answer
from orchestrator.services import ServiceError
from orchestrator.settings import Settings
from tests.fakes import DOCUMENT, PROPOSAL, answer, services_with


def test_answer_names_document_and_file():
    text = compose_answer([Document(**DOCUMENT)], Proposal(**PROPOSAL))
    assert "Greeting" in text
    assert "shop/a.py" in text


def test_answer_without_documents():
    assert compose_answer([], Proposal(**PROPOSAL)).startswith("No document")


def test_connection_is_tried_again():
    refused = []

    def refuse_once(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/snapshot" and not refused:
            refused.append(request)
            raise httpx.ConnectError("refused")
        return answer(request)

    run = asyncio.run(answer_question("Try again", services_with(refuse_once)))
    assert run.rule == "docstrings"
    assert len(refused) == 1


def test_unreachable_service_gives_up():
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(ServiceError):
        asyncio.run(answer_question("Nobody there", services_with(refuse)))


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("RAG_URL", "http://elsewhere:1234")
    assert Settings().rag_url == "http://elsewhere:1234"
    assert Settings().agent_url == "http://coding_agent:8000"
