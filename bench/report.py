"""The report of a run: a table with aims, the machine, and the date; text for docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import sqlite3
from datetime import datetime
from pathlib import Path

from bench.pages import Cost

WEIGHT_AIM = 60 * 1024
_HEAD = """# Biaya halaman

Dibuat oleh `make bench`; setiap jalan mengganti halaman ini.

| | |
|---|---|
"""
_HOW = """
## Cara mengukur

Satu proses tanpa jaringan: peramban tiruan memanggil aplikasi WSGI langsung, dengan sesi, CSRF,
transaksi, dan catatan seperti di server. Waktu CPU adalah `time.process_time` selama satu
permintaan, sesudah pemanasan; p95 dari ulangan yang sama. Data dibuat `bench/generate.py`
(berkas dalam `bench/results/`, tidak masuk git): OPD dan peran dari data contoh, pegawai dan bukti
ditambah langsung ke skema yang sama, lalu catatan kesiapan dihitung dan diberi dasar seperti
pekerjaan malam; kelulusan pagi hari datang sesudahnya. Berat kunjungan pertama: HTML, CSS, huruf,
ikon, dan skrip, dengan gzip. Sasaran CPU berlaku untuk SQLite; PostgreSQL boleh 2 ms lebih.
"""


def machine(database: str) -> list[tuple[str, str]]:
    """Return what the figures depend on."""
    return [
        ("tanggal", f"{datetime.now().astimezone():%Y-%m-%d %H:%M}"),
        ("mesin", f"{_processor()}, {os.cpu_count()} inti, {platform.system()}"),
        ("beban saat mulai", f"{os.getloadavg()[0]:.1f} (1 menit)"),
        ("Python", platform.python_version()),
        ("basis data", database),
    ]


def sqlite_name() -> str:
    return f"SQLite {sqlite3.sqlite_version}, WAL, synchronous=FULL"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((x.split(":", 1)[1].strip() for x in lines if x.startswith("model name")), "?")


def as_markdown(facts: list[tuple[str, str]], costs: list[Cost], notes: list[str]) -> str:
    """Return the whole page."""
    text = _HEAD + "".join(f"| {name} | {value} |\n" for name, value in facts)
    text += "\n## CPU dan kueri\n\n"
    text += (
        "| halaman | pegawai | sasaran CPU ms | median | p95 | dinding ms | kueri | tercapai |\n"
    )
    text += "|---|--:|--:|--:|--:|--:|--:|---|\n"
    for cost in costs:
        text += (
            f"| {cost.name} | {_whole(cost.people)} | {_aim(cost)} | {_ms(cost.middle)} "
            f"| {_ms(cost.high)} | {_ms(sorted(cost.wall_ms)[len(cost.wall_ms) // 2])} "
            f"| {cost.statements} | {_met(cost)} |\n"
        )
    flat = [cost for cost in costs if cost.name == "ringkasan kesiapan"]
    if len(flat) > 1:
        ratio = max(cost.middle for cost in flat) / min(cost.middle for cost in flat)
        text += (
            f"\nRingkasan kesiapan dari {_whole(flat[0].people)} sampai "
            f"{_whole(flat[-1].people)} pegawai: {_decimal(ratio, 2)} kali.\n"
        )
    text += "\n## Berat\n\n"
    text += "| halaman | HTML KB | HTML gz KB | kunjungan pertama gz KB (sasaran 60) | tercapai |\n"
    text += "|---|--:|--:|--:|---|\n"
    seen: set[str] = set()
    for cost in costs:
        if cost.html and cost.name not in seen:
            seen.add(cost.name)
            met = "ya" if cost.first_view_gz <= WEIGHT_AIM else "**tidak**"
            text += (
                f"| {cost.name} | {_kb(cost.html)} | {_kb(cost.html_gz)} "
                f"| {_kb(cost.first_view_gz)} | {met} |\n"
            )
    if notes:
        text += "\n## Tidak terukur\n\n" + "".join(f"- {note}\n" for note in notes)
    return text + _HOW


def _aim(cost: Cost) -> str:
    return "" if cost.aim_ms is None else _decimal(cost.aim_ms, 1).removesuffix(",0")


def _met(cost: Cost) -> str:
    if cost.aim_ms is None:
        return ""
    return "ya" if cost.middle <= cost.aim_ms else "**tidak**"


def _ms(value: float) -> str:
    return _decimal(value, 2)


def _kb(value: int) -> str:
    return _decimal(value / 1024, 1)


def _decimal(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def _whole(value: int) -> str:
    return f"{value:,}".replace(",", ".")
