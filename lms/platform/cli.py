"""Commands of the ground floor: accounts, jobs, the audit chain."""

from __future__ import annotations

import json
import secrets
import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from lms.platform import clock
from lms.platform.access import queries, services
from lms.platform.access.rules import normal_identifier
from lms.platform.audit.services import verify
from lms.platform.db import db
from lms.platform.jobs.queries import job_states
from lms.platform.jobs.runner import find_job, run_job, serve


@click.group()
def account() -> None:
    """Accounts: make, reset, lock."""


@account.command("create")
@click.argument("name")
@click.option("--display-name", required=True, help="Nama yang tampil di layar.")
@click.option("--email")
@click.option("--dry-run", is_flag=True)
@with_appcontext
def create(name: str, display_name: str, email: str | None, *, dry_run: bool) -> None:
    """Make an account; prints a first password that must be changed."""
    if queries.find_credentials(normal_identifier(name)) is not None:
        print(f"Akun {name} sudah ada.", file=sys.stderr)
        raise SystemExit(1)
    if dry_run:
        print(f"Akun {name} akan dibuat.")
        return
    account_id = services.create_account(name=name, display_name=display_name, email=email)
    _first_password(account_id)


@account.command("reset")
@click.argument("name")
@click.option("--dry-run", is_flag=True)
@with_appcontext
def reset(name: str, *, dry_run: bool) -> None:
    """Give an account a new first password and sign it out everywhere."""
    account_id = _existing(name)
    if dry_run:
        print(f"Kata sandi akun {name} akan diganti.")
        return
    _first_password(account_id)


@account.command("lock")
@click.argument("name")
@click.option("--dry-run", is_flag=True)
@with_appcontext
def lock(name: str, *, dry_run: bool) -> None:
    """Close an account from today on and sign it out everywhere."""
    account_id = _existing(name)
    if dry_run:
        print(f"Akun {name} akan ditutup.")
        return
    services.lock_account(account_id=account_id, today=clock.today())
    db.session.commit()
    print(f"Akun {name} ditutup.")


def _existing(name: str) -> int:
    found = queries.find_credentials(normal_identifier(name))
    if found is None:
        print(f"Tidak ada akun bernama {name}.", file=sys.stderr)
        raise SystemExit(1)
    return found.account_id


def _first_password(account_id: int) -> None:
    password = secrets.token_urlsafe(12)
    services.set_password(account_id=account_id, new=password, check=False)
    services.demand_new_password(account_id=account_id)
    db.session.commit()
    print(f"Kata sandi awal (sekali pakai, wajib diganti): {password}")


@click.group()
def jobs() -> None:
    """Scheduled jobs."""


@jobs.command("run")
@with_appcontext
def run() -> None:
    """Run the timetable until stopped; one process per database."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # Flask's own way to the application
    raise SystemExit(serve(app, current_app.config["TITIAN"].data_dir))


@jobs.command("list")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def list_(*, as_json: bool) -> None:
    """List the jobs with their last run."""
    states = job_states(now=clock.now())
    if as_json:
        print(
            json.dumps(
                [
                    {
                        "name": s.name,
                        "started_at": s.started_at and s.started_at.isoformat(),
                        "done": s.done,
                        "failed": s.failed,
                        "error": s.error,
                        "overdue": s.overdue,
                    }
                    for s in states
                ]
            )
        )
        return
    for s in states:
        flag = "TERLAMBAT" if s.overdue else "-"
        print(f"{s.name:34} {s.started_at or 'belum pernah'!s:34} {s.done:6} {s.failed:4} {flag}")


@jobs.command("once")
@click.argument("name")
@with_appcontext
def once(name: str) -> None:
    """Run one job now; exits 3 when it could not."""
    job = find_job(name)
    if job is None:
        print(f"Tidak ada pekerjaan bernama {name}. Lihat: jobs list", file=sys.stderr)
        raise SystemExit(2)
    row = run_job(job)
    print(f"{name}: {row.done} beres, {row.failed} gagal")
    if row.error:
        print(row.error, file=sys.stderr)
        raise SystemExit(3)


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command("verify")
@with_appcontext
def verify_chain() -> None:
    """Recompute the chain; exits 1 at the first broken row."""
    report = verify()
    print(f"{report.sealed} baris tersegel, {report.unsealed} menunggu segel")
    if report.oldest_unsealed_at is not None:
        age = clock.now() - report.oldest_unsealed_at
        print(f"Baris tertua yang menunggu segel: {int(age.total_seconds())} detik")
    if report.first_broken_seq is not None:
        print(
            f"Rantai putus pada segel {report.first_broken_seq} (baris {report.first_broken_audit_id})"
        )
        raise SystemExit(1)
