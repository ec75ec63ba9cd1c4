"""`demo seed`."""

from __future__ import annotations

import sys
import time

import click
from flask import current_app
from flask.cli import with_appcontext

from lms.app.demo import seed as seeding


@click.group()
def demo() -> None:
    """The demo government."""


@demo.command("seed")
@click.option("--people", "number", type=click.IntRange(60, 5000), help="Jumlah pegawai.")
@click.option("--if-empty", is_flag=True, help="Diam bila basis data sudah berisi.")
@click.option("--dry-run", is_flag=True)
@with_appcontext
def seed(number: int | None, *, if_empty: bool, dry_run: bool) -> None:
    """Seed the demo government into an empty database."""
    if current_app.config["TITIAN"].environment == "production":
        print("Data contoh ditolak pada LMS_ENV=production.", file=sys.stderr)
        raise SystemExit(2)
    if not seeding.is_empty():
        if if_empty:
            return
        print("Basis data sudah berisi pegawai; data contoh tidak ditambahkan.", file=sys.stderr)
        raise SystemExit(1)
    if dry_run:
        print("Pemerintah Kota Tirtamulya akan dibuat.")
        return
    started = time.monotonic()

    def tell(text: str) -> None:
        print(f"[{time.monotonic() - started:5.1f} s] {text}", file=sys.stderr, flush=True)

    seeding.seed_demo(current_app.config["TITIAN"], number=number, progress=tell)
    print("Pemerintah Kota Tirtamulya siap.")
