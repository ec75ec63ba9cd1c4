"""What an item holds, typed by kind.

The eight kinds bear the codes of the content files: PG one best answer, MR multiple response,
UR ordering, JD matching, AN number, IS short text, SJT scenario judgement, HS mark the lines.
Options stand here in source order, which for UR and JD *is* the key: what a taker sees goes
through `forms.option_order` first. `item_data` makes these values and writes them back.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Final

LOWEST_RATING: Final = 1
HIGHEST_RATING: Final = 4


class Kind(StrEnum):
    """How a taker answers; the codes of the content files."""

    PG = "PG"
    MR = "MR"
    UR = "UR"
    JD = "JD"
    AN = "AN"
    IS = "IS"
    SJT = "SJT"
    HS = "HS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What every kind has: identity and what is read before answering.

    `keep_order` is the author's `tetap`: the options make sense only in their own order.
    """

    item_id: str
    version: int
    stem: str
    situation: str | None = None
    exhibit: str | None = None
    keep_order: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedOption:
    """An option of PG and MR, or a line of HS, that either belongs to the answer or does not."""

    id: str
    text: str
    is_key: bool
    rationale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedOption:
    """A step of UR. Steps of one `tier` may change places; tiers count up from 0."""

    id: str
    text: str
    tier: int
    rationale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRow:
    """A left side of JD and the choice that belongs to it."""

    id: str
    text: str
    choice_id: str
    rationale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchChoice:
    """A right side of JD; `rationale` is None unless it is a distractor, which no row wants."""

    id: str
    text: str
    rationale: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedOption:
    """An act of SJT: `value` is the raters' mean on 1-4, `raters` 0 while nobody has rated it."""

    id: str
    text: str
    value: Decimal
    raters: int
    sd: Decimal | None
    rationale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMistake:
    """A wrong number of AN that tells how the taker went astray."""

    value: Decimal
    rationale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleChoice:
    """PG: exactly one key."""

    kind: ClassVar[Kind] = Kind.PG
    head: Head
    options: tuple[KeyedOption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipleResponse:
    """MR: one key or more; the stem says how many."""

    kind: ClassVar[Kind] = Kind.MR
    head: Head
    options: tuple[KeyedOption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkLines:
    """HS: the lines of a text, one key or more, always shown in their own order."""

    kind: ClassVar[Kind] = Kind.HS
    head: Head
    options: tuple[KeyedOption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering:
    """UR: options in a right order, with at least two tiers."""

    kind: ClassVar[Kind] = Kind.UR
    head: Head
    options: tuple[OrderedOption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """JD: rows to match; rows with the same right text share one choice (classifying)."""

    kind: ClassVar[Kind] = Kind.JD
    head: Head
    rows: tuple[MatchRow, ...]
    choices: tuple[MatchChoice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeric:
    """AN: a number within `tolerance` (inclusive, same unit) of the answer."""

    kind: ClassVar[Kind] = Kind.AN
    head: Head
    answer: Decimal
    tolerance: Decimal
    unit: str | None
    rationale: str
    mistakes: tuple[KnownMistake, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortText:
    """IS: a text at most `edit_distance` single-character edits from an accepted one."""

    kind: ClassVar[Kind] = Kind.IS
    head: Head
    accepted: tuple[str, ...]
    edit_distance: int
    rationale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """SJT: the taker rates each act from 1 to 4."""

    kind: ClassVar[Kind] = Kind.SJT
    head: Head
    options: tuple[RatedOption, ...]


KeyedItem = SingleChoice | MultipleResponse | MarkLines
ItemContent = KeyedItem | Ordering | Matching | Numeric | ShortText | Judgement


def option_ids(content: ItemContent) -> tuple[str, ...]:
    """Return the ids a taker picks from, in source order: for JD the choices, AN and IS none."""
    if isinstance(content, Numeric | ShortText):
        return ()
    if isinstance(content, Matching):
        return tuple(choice.id for choice in content.choices)
    return tuple(option.id for option in content.options)
