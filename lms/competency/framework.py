"""The framework as shipped: one YAML file, read into rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from lms.kernel.yamlpos import canonical_bytes

REFERENCE: Final = Path(__file__).parent / "reference" / "framework-2026.yaml"


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One code of a framework: `kind` is pilar, bidang, indikator, pemdi, digcomp or tingkat."""

    kind: str
    code: str
    parent_code: str | None
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class FrameworkFile:
    """A framework version and its codes, in the order of the file."""

    code: str
    title: str
    valid_from: date
    valid_until: date | None
    content_hash: str
    lines: tuple[CodeLine, ...]


def read_framework(path: Path = REFERENCE) -> FrameworkFile:
    """Return the framework of a file; comments and line breaks leave its hash unchanged.

    DigComp codes bear their version: `2.2/4.1` below the area `2.2/4`.
    """
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    lines = [_line("tingkat", row) for row in data["tingkat"]]
    for pillar in data["pilar"]:
        lines.append(_line("pilar", pillar))
        lines += [_line("indikator", row, parent=pillar["kode"]) for row in pillar["indikator"]]
    lines += [_line("bidang", row) for row in data["bidang"]]
    lines += [_line("pemdi", row) for row in data["pemdi"]]
    version = data["digcomp"]["versi"]
    for area in data["digcomp"]["bidang"]:
        above = f"{version}/{area['kode']}"
        lines.append(CodeLine("digcomp", above, None, area["nama"], ""))
        lines += [
            CodeLine("digcomp", f"{version}/{row['kode']}", above, row["nama"], "")
            for row in area["kompetensi"]
        ]
    return FrameworkFile(
        code=data["kode"],
        title=data["judul"],
        valid_from=data["berlaku_dari"],
        valid_until=data["berlaku_sampai"],
        content_hash=hashlib.sha256(canonical_bytes(data)).hexdigest(),
        lines=tuple(lines),
    )


def _line(kind: str, row: dict[str, Any], *, parent: str | None = None) -> CodeLine:
    return CodeLine(kind, row["kode"], parent, row["nama"], row.get("uraian", ""))
