"""The API: `flask --app backend.app run`."""

from uuid import UUID

import psycopg
import structlog
from flask import Flask, Response, current_app, jsonify, request
from flask_cors import CORS
from marshmallow import Schema, ValidationError, fields, pre_load, validate
from psycopg_pool import PoolTimeout

from backend.config import allowed_origins, database_url, orchestrator_url
from backend.json_provider import OrjsonProvider
from backend.orchestrator import Orchestrator, OrchestratorError
from backend.runs import PostgresRuns, RunStore

log = structlog.get_logger()


class AskSchema(Schema):
    """The body of a question."""

    question = fields.String(required=True, validate=validate.Length(min=1, max=2000))

    @pre_load
    def strip(self, data: object, **_kwargs: object) -> object:
        """A question of blanks is an empty one."""
        if isinstance(data, dict) and isinstance(data.get("question"), str):
            return {**data, "question": data["question"].strip()}
        return data


def create_app(runs: RunStore | None = None, orchestrator: Orchestrator | None = None) -> Flask:
    """Build the application (tests pass stand-ins)."""
    app = Flask(__name__)
    app.json = OrjsonProvider(app)
    CORS(app, resources={r"/api/*": {"origins": allowed_origins()}})
    app.extensions["runs"] = runs or PostgresRuns(database_url())
    app.extensions["orchestrator"] = orchestrator or Orchestrator(orchestrator_url())

    app.add_url_rule("/health", view_func=health)
    app.add_url_rule("/api/ask", view_func=ask, methods=["POST"])
    app.add_url_rule("/api/runs", view_func=list_runs)
    app.add_url_rule("/api/runs/<uuid:run_id>", view_func=show_run)
    app.register_error_handler(ValidationError, bad_request)
    app.register_error_handler(OrchestratorError, orchestrator_failed)
    app.register_error_handler(psycopg.OperationalError, database_failed)
    app.register_error_handler(PoolTimeout, database_failed)
    return app


def health() -> Response:
    """Say that this process answers; nothing else is checked."""
    return jsonify(status="ok")


def ask() -> tuple[Response, int]:
    """Have a question answered and keep the run."""
    question = AskSchema().load(request.get_json(silent=True) or {})["question"]
    run = current_app.extensions["orchestrator"].run(question)
    run_id = current_app.extensions["runs"].add(run)
    log.info("run kept", id=str(run_id), rule=run["rule"])
    return jsonify({**run, "id": run_id}), 201


def list_runs() -> Response:
    """The latest runs, newest first."""
    limit = min(max(request.args.get("limit", 200, type=int), 1), 1000)
    return jsonify(runs=current_app.extensions["runs"].latest(limit))


def show_run(run_id: UUID) -> tuple[Response, int]:
    """One run with everything."""
    run = current_app.extensions["runs"].get(run_id)
    if run is None:
        return jsonify(error="There is no such run."), 404
    return jsonify(run), 200


def bad_request(error: ValidationError) -> tuple[Response, int]:
    """Say what is wrong with the question."""
    return jsonify(error="Please enter a question.", details=error.messages), 400


def orchestrator_failed(error: OrchestratorError) -> tuple[Response, int]:
    """The question could not be answered."""
    log.error("orchestrator failed", reason=str(error))
    return jsonify(error="The question could not be answered. Please try again."), 502


def database_failed(error: Exception) -> tuple[Response, int]:
    """The runs cannot be reached."""
    log.error("database failed", reason=str(error))
    return jsonify(error="The runs are not available at the moment."), 503


app = create_app()
