"""`/healthz` (alive), `/readyz` (database, migrations, overdue jobs), `/metrics` (for Prometheus)."""

from __future__ import annotations

import hmac
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lms.kernel.actor import Permission
from lms.platform import clock
from lms.platform.db import db
from lms.platform.jobs import queries as jobs
from lms.platform.web.edge import requires

blueprint = Blueprint("platform", __name__)


@blueprint.get("/healthz")
@requires(Permission.PUBLIC)
def alive() -> ResponseReturnValue:
    """Answer that the process runs; asks nothing of anything."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@requires(Permission.PUBLIC)
def ready() -> ResponseReturnValue:
    """Answer whether work can be done here: 200, or 503 with what is missing."""
    findings = {"database": "ok", "migrations": "ok", "jobs": "ok"}
    try:
        found = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError as error:
        db.session.rollback()
        findings["database"] = type(error).__name__
        return jsonify(findings), 503
    head = (Path(current_app.config["MIGRATIONS"]) / "HEAD").read_text().strip()
    if found != head:
        findings["migrations"] = f"database {found}, program {head}"
    overdue = [state.name for state in jobs.job_states(now=clock.now()) if state.overdue]
    if overdue:
        findings["jobs"] = "terlambat: " + ", ".join(overdue)
    fine = all(value == "ok" for value in findings.values())
    return jsonify(findings), 200 if fine else 503


@blueprint.get("/metrics")
@requires(Permission.PUBLIC)
def metrics() -> ResponseReturnValue:
    """Counts for Prometheus; needs the bearer token or a unix socket (which has no address)."""
    token = current_app.config["TITIAN"].metrics_token
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    by_socket = not request.remote_addr
    if not by_socket and not (token and hmac.compare_digest(sent, token)):
        abort(404)
    lines = [
        f'titian_job_overdue{{job="{state.name}"}} {int(state.overdue)}'
        for state in jobs.job_states(now=clock.now())
    ]
    lines += [
        f'titian_outbox_rows{{state="{name}"}} {count}'
        for name, count in jobs.outbox_counts().items()
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain; version=0.0.4")
