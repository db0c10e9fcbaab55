"""Calls to the services that the orchestrator builds upon."""

from typing import Any

import httpx
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from orchestrator.models import Document, Proposal
from orchestrator.settings import Settings


class ServiceError(Exception):
    """A service did not answer, or answered with an error."""

    def __init__(self, service: str, reason: str) -> None:
        super().__init__(f"{service}: {reason}")
        self.service = service


class Services:
    """The search, the repository and the coding agent, by HTTP."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    async def search(self, question: str) -> list[Document]:
        """Find the documents that fit the question best."""
        body = {"query": question, "limit": self._settings.documents_per_question}
        data = await self._call("rag_service", "POST", f"{self._settings.rag_url}/search", body)
        return [Document.model_validate(item) for item in data["documents"]]

    async def snapshot(self) -> dict[str, Any]:
        """Read the repository's current commit and all its files."""
        return await self._call("git_adapter", "GET", f"{self._settings.git_url}/snapshot")

    async def propose(self, question: str, files: list[dict[str, str]]) -> Proposal:
        """Ask the coding agent for a patch."""
        body = {"question": question, "files": files}
        data = await self._call("coding_agent", "POST", f"{self._settings.agent_url}/propose", body)
        return Proposal.model_validate(data)

    async def _call(self, service: str, method: str, url: str, body: Any = None) -> Any:
        """Send a request; try again only if no connection could be made."""
        attempts = AsyncRetrying(
            stop=stop_after_attempt(self._settings.connect_attempts),
            wait=wait_exponential(multiplier=0.1, max=1),
            retry=retry_if_exception_type(httpx.ConnectError),
            reraise=True,
        )
        try:
            async for attempt in attempts:
                with attempt:
                    response = await self._client.request(method, url, json=body)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise ServiceError(service, str(error) or type(error).__name__) from error
        return response.json()
