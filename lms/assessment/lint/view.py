"""An item as the checks look at it: its texts, its options, which of them are right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from lms.assessment.packages import Item
from lms.kernel.yamlpos import YamlPath

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about one item (or, with an empty id, about the bank)."""

    code: str
    severity: Severity
    message: str
    item_id: str = ""
    path: YamlPath = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One thing a taker may choose. `is_key` is None where right and wrong do not apply."""

    text: str
    is_key: bool | None
    path: YamlPath


class View:
    """The parts of one item, taken from its raw fields; a missing field is an empty part."""

    def __init__(self, item: Item) -> None:
        self.item = item
        raw = item.raw
        self.stem: str = _text(raw.get("pokok"))
        self.situation: str = _text(raw.get("situasi"))
        self.exhibit: str = _text(raw.get("peraga"))
        self.options = tuple(_options(item.kind, raw))
        self.keys = tuple(option.text for option in self.options if option.is_key)
        self.distractors = tuple(option.text for option in self.options if option.is_key is False)

    @property
    def body(self) -> str:
        """Return what a taker reads before the options."""
        return "\n".join(part for part in (self.situation, self.exhibit, self.stem) if part)

    @property
    def has_keyed_options(self) -> bool:
        """Return True for the kinds whose options can give their key away: PG and MR."""
        return self.item.kind in {"PG", "MR"} and bool(self.keys) and bool(self.distractors)

    def reasons(self) -> Iterator[tuple[YamlPath, str, str]]:
        """Yield path, reason and the text it explains, for every place that needs a reason."""
        raw = self.item.raw
        for name in ("pilihan", "baris", "pengecoh", "pasangan", "keliru"):
            for index, row in enumerate(raw.get(name, ())):
                said = row.get("teks", row.get("kanan", row.get("nilai", "")))
                yield (name, index, "rasional"), _text(row.get("rasional")), str(said)
        if self.item.kind in {"AN", "IS"}:
            yield ("rasional",), _text(raw.get("rasional")), ""

    def visible(self) -> Iterator[tuple[YamlPath, str]]:
        """Yield every text a taker may see before answering, with its path."""
        for name, text in (
            ("situasi", self.situation),
            ("peraga", self.exhibit),
            ("pokok", self.stem),
        ):
            if text:
                yield (name,), text
        for option in self.options:
            yield option.path, option.text
        for index, row in enumerate(self.item.raw.get("pasangan", ())):
            yield ("pasangan", index, "kiri"), _text(row.get("kiri"))

    def finding(self, code: str, severity: Severity, message: str, *path: str | int) -> Finding:
        """Return a finding about this item, its id before the sentence."""
        return Finding(code, severity, f"{self.item.id}: {message}", self.item.id, path)


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _options(kind: str, raw: Any) -> Iterator[Option]:
    if kind in {"PG", "MR"}:
        for index, row in enumerate(raw.get("pilihan", ())):
            is_key = row.get("kunci") is True
            yield Option(_text(row.get("teks")), is_key, ("pilihan", index, "teks"))
    elif kind == "HS":
        for index, row in enumerate(raw.get("baris", ())):
            yield Option(_text(row.get("teks")), row.get("kunci") is True, ("baris", index, "teks"))
    elif kind in {"UR", "SJT"}:
        for index, row in enumerate(raw.get("pilihan", ())):
            yield Option(_text(row.get("teks")), None, ("pilihan", index, "teks"))
    elif kind == "JD":
        for index, row in enumerate(raw.get("pasangan", ())):
            yield Option(_text(row.get("kanan")), None, ("pasangan", index, "kanan"))
        for index, row in enumerate(raw.get("pengecoh", ())):
            yield Option(_text(row.get("teks")), None, ("pengecoh", index, "teks"))
