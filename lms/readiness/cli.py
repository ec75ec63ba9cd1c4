"""Commands of readiness: verify, tally, snapshot."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime

import click
from flask.cli import with_appcontext

from lms.kernel.counts import Counts
from lms.people import queries as people
from lms.platform import clock
from lms.platform.db import db
from lms.readiness import queries, services

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def readiness() -> None:
    """Readiness: check, rebuild, freeze."""


@readiness.command("verify")
@click.option("--as-of", "as_of", type=_DAY, help="Tanggal laporan; bawaan hari ini.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def verify(as_of: datetime | None, *, as_json: bool) -> None:
    """Compare the tallies with the ledgers; exits 1 when they differ."""
    day, known_at = as_of.date() if as_of else clock.today(), clock.now()
    found = services.verify(as_of=day, known_at=known_at)
    codes = {unit.id: unit.code for unit in people.unit_tree(day)}
    if as_json:
        print(
            json.dumps(
                {
                    "as_of": day.isoformat(),
                    "known_at": known_at.isoformat(),
                    "selisih": [
                        {
                            "unit": codes.get(each.unit_id, str(each.unit_id)),
                            "kompetensi": each.competence,
                            "persyaratan": each.requirement_version_id,
                            "seharusnya": _figures(each.expected),
                            "tercatat": _figures(each.found),
                        }
                        for each in found
                    ],
                }
            )
        )
    else:
        for each in found:
            print(
                f"{codes.get(each.unit_id, each.unit_id)} {each.competence} "
                f"(persyaratan {each.requirement_version_id}): seharusnya "
                f"{_figures(each.expected)}, tercatat {_figures(each.found)}"
            )
        print(f"{len(found)} selisih per {day.isoformat()}")
    if found:
        raise SystemExit(1)


def _figures(counts: Counts) -> list[int]:
    return [counts.n, counts.a, counts.c, counts.m]


@readiness.command("tally")
@click.option("--rebuild", is_flag=True, required=True, help="Hitung ulang dari catatan.")
@click.option("--dry-run", is_flag=True)
@with_appcontext
def tally(*, rebuild: bool, dry_run: bool) -> None:  # noqa: ARG001  # the option says what is done
    """Work the tallies out from the ledgers and add what differs."""
    shown = -1

    def progress(done: int, total: int) -> None:
        nonlocal shown
        share = done * 20 // max(1, total)
        if share != shown:
            shown = share
            print(f"{done} dari {total} pegawai", file=sys.stderr)

    result = services.rebuild_tallies(now=clock.now(), progress=progress, dry_run=dry_run)
    if dry_run:
        db.session.rollback()
        print(f"{result.rows} baris akan ditambahkan untuk {result.persons} pegawai")
        return
    db.session.commit()
    print(f"{result.rows} baris ditambahkan untuk {result.persons} pegawai")


@readiness.command("snapshot")
@click.option("--on", "on", type=_DAY, required=True, help="Tanggal laporan, YYYY-MM-DD.")
@click.option("--dry-run", is_flag=True)
@with_appcontext
def snapshot(on: datetime, *, dry_run: bool) -> None:
    """Freeze the report of a day; a day that is frozen already stays as it is."""
    day: date = on.date()
    if day > clock.today():
        print("Potret hanya untuk hari ini atau sebelumnya.", file=sys.stderr)
        raise SystemExit(2)
    existing = queries.find_snapshot(day)
    if existing is not None:
        print(f"Potret {day.isoformat()} sudah ada, sidik {existing.person_rows_sha256}")
        return
    taken = services.take_snapshot(as_of=day, now=clock.now())
    if dry_run:
        db.session.rollback()
        print(f"Potret {day.isoformat()} akan dibuat: {len(taken.counts)} baris")
        return
    db.session.commit()
    print(
        f"Potret {day.isoformat()} dibuat: {len(taken.counts)} baris, "
        f"sidik {taken.person_rows_sha256}"
    )
