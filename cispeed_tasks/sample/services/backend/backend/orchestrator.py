"""Calls to the orchestrator."""

from typing import Any

import requests
from marshmallow import EXCLUDE, Schema, ValidationError, fields


class OrchestratorError(Exception):
    """The orchestrator did not give a usable answer."""


class RunSchema(Schema):
    """The part of the orchestrator's answer that is kept."""

    class Meta:
        unknown = EXCLUDE

    question = fields.String(required=True)
    answer = fields.String(required=True)
    documents = fields.List(fields.Dict(), required=True)
    rule = fields.String(required=True)
    path = fields.String(required=True)
    patch = fields.String(required=True)
    commit = fields.String(required=True)
    started_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True)


class Orchestrator:
    """Asks questions."""

    def __init__(self, url: str, timeout: float = 30.0) -> None:
        self._url = url
        self._timeout = timeout

    def run(self, question: str) -> dict[str, Any]:
        """Have a question answered."""
        try:
            response = requests.post(
                f"{self._url}/run", json={"question": question}, timeout=self._timeout
            )
            response.raise_for_status()
            return RunSchema().load(response.json())
        except (requests.RequestException, ValidationError) as error:
            raise OrchestratorError(str(error)) from error
