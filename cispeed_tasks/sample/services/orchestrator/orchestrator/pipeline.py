"""The steps from a question to a run."""

import asyncio
from datetime import UTC, datetime

from orchestrator.models import Document, Proposal, Run
from orchestrator.services import Services


def compose_answer(documents: list[Document], proposal: Proposal) -> str:
    """Put what was found and what is proposed into sentences."""
    if documents:
        best = documents[0]
        found = f"“{best.title}” fits best: {best.excerpt}"
    else:
        found = "No document says anything about this."
    return f"{found}\n\nProposed change to {proposal.path}: {proposal.summary}"


async def answer_question(question: str, services: Services) -> Run:
    """Search and read the repository side by side, then ask for a patch."""
    started_at = datetime.now(UTC)
    documents, snapshot = await asyncio.gather(services.search(question), services.snapshot())
    proposal = await services.propose(question, snapshot["files"])
    return Run(
        question=question,
        answer=compose_answer(documents, proposal),
        documents=documents,
        rule=proposal.rule,
        path=proposal.path,
        patch=proposal.patch,
        commit=snapshot["commit"],
        started_at=started_at,
        finished_at=datetime.now(UTC),
    )
