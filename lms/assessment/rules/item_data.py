"""The way from an item's parsed YAML to its content, and back.

Field names are those of `bank.yaml`. Option ids are made here, see `_namer`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from lms.assessment.rules import fields
from lms.assessment.rules.fields import MalformedItem
from lms.assessment.rules.kinds import (
    HIGHEST_RATING,
    LOWEST_RATING,
    Head,
    ItemContent,
    Judgement,
    KeyedOption,
    Kind,
    KnownMistake,
    MarkLines,
    MatchChoice,
    Matching,
    MatchRow,
    MultipleResponse,
    Numeric,
    OrderedOption,
    Ordering,
    RatedOption,
    ShortText,
    SingleChoice,
)

_FEWEST_OPTIONS: Final = 2
_ID_HEX_DIGITS: Final = 12


def item_content_from(data: Mapping[str, object]) -> ItemContent:
    """Return the content of an item from its parsed YAML, or from `to_jsonable` of it.

    Fields about the item that no taker meets (lesson, level, authors, difficulty) are ignored.
    The same id, version and reasons always give the same option ids.

    Raises:
        MalformedItem: the data breaks what scoring relies on, such as two keys in a PG.
    """
    try:
        kind = Kind(fields.text(data, "jenis"))
    except ValueError as error:  # a MalformedItem for a missing kind says the same
        raise MalformedItem("jenis", "kind_unknown") from error
    head = Head(
        item_id=fields.text(data, "id"),
        version=fields.whole(data, "versi", least=1),
        stem=fields.text(data, "pokok"),
        situation=fields.optional_text(data, "situasi"),
        exhibit=fields.optional_text(data, "peraga"),
        keep_order=fields.flag(data, "tetap"),
    )
    return _READERS[kind](head, data)


def to_jsonable(content: ItemContent) -> dict[str, object]:
    """Return the content under the YAML's own names; `item_content_from` reads it back equal.

    It holds the key and the reasons: for storage, never for a page of a taker.
    """
    head = content.head
    result: dict[str, object] = {"id": head.item_id, "versi": head.version, "jenis": content.kind}
    if head.situation is not None:
        result["situasi"] = head.situation
    if head.exhibit is not None:
        result["peraga"] = head.exhibit
    result["pokok"] = head.stem
    if head.keep_order:
        result["tetap"] = True
    return result | _parts_of(content)


# ---------------------------------------------------------------- opaque ids


def _namer(head: Head, rationales: Iterable[str]) -> Callable[[str, int], str]:
    """Return the function that names the n-th part of a role ("pilihan", "kiri", "kanan").

    SHA-256 over item id, version, role and source index alone could be recomputed by a taker
    who guesses the item's id, and the index is the key of a UR. The reasons are hashed in
    because a taker of an exam never sees them, and because they change only with the version.
    48 bits: two parts of one item agree by accident about once in 10**12 items.
    """
    secret = json.dumps([head.item_id, head.version, *rationales], ensure_ascii=False)

    def name(role: str, index: int) -> str:
        digest = hashlib.sha256(f"{secret}\n{role}\n{index}".encode()).hexdigest()
        # A leading letter keeps the id usable in CSS selectors; it is the same for every part.
        return "o" + digest[:_ID_HEX_DIGITS]

    return name


# ------------------------------------------------------------------- readers


def _keyed_options(
    head: Head, data: Mapping[str, object], field: str, *, most_keys: int | None = None
) -> tuple[KeyedOption, ...]:
    rows = fields.records(data, field, least=_FEWEST_OPTIONS)
    rationales = [fields.text(row, "rasional") for row in rows]
    name = _namer(head, rationales)
    options = tuple(
        KeyedOption(
            id=name("pilihan", index),
            text=fields.text(row, "teks"),
            is_key=fields.flag(row, "kunci"),
            rationale=rationale,
        )
        for index, (row, rationale) in enumerate(zip(rows, rationales, strict=True))
    )
    keys = sum(option.is_key for option in options)
    if keys < 1 or (most_keys is not None and keys > most_keys):
        raise MalformedItem(field, "keys")
    return options


def _read_single_choice(head: Head, data: Mapping[str, object]) -> ItemContent:
    return SingleChoice(head=head, options=_keyed_options(head, data, "pilihan", most_keys=1))


def _read_multiple_response(head: Head, data: Mapping[str, object]) -> ItemContent:
    return MultipleResponse(head=head, options=_keyed_options(head, data, "pilihan"))


def _read_mark_lines(head: Head, data: Mapping[str, object]) -> ItemContent:
    return MarkLines(head=head, options=_keyed_options(head, data, "baris"))


def _read_ordering(head: Head, data: Mapping[str, object]) -> ItemContent:
    rows = fields.records(data, "pilihan", least=_FEWEST_OPTIONS)
    rationales = [fields.text(row, "rasional") for row in rows]
    name = _namer(head, rationales)
    tiers = _tiers(len(rows), fields.groups(data, "setara"))
    options = tuple(
        OrderedOption(
            id=name("pilihan", index),
            text=fields.text(row, "teks"),
            tier=tier,
            rationale=rationale,
        )
        for index, (row, rationale, tier) in enumerate(zip(rows, rationales, tiers, strict=True))
    )
    return Ordering(head=head, options=options)


def _tiers(count: int, ties: Sequence[tuple[int, ...]]) -> list[int]:
    """Return the tier of each option; `ties` names places from 1.

    A tie is equal rank, so its places must be neighbours: with [1, 3] equal, 2 would stand both
    before and after them. One place belongs to one tie only.
    """
    joined: set[int] = set()
    seen: set[int] = set()
    for tie in ties:
        neighbours = tuple(range(tie[0], tie[0] + len(tie))) if tie else ()
        if len(tie) < _FEWEST_OPTIONS or tie != neighbours or tie[-1] > count or seen & set(tie):
            raise MalformedItem("setara", "ties")
        seen |= set(tie)
        joined |= set(tie[1:])
    tiers: list[int] = []
    for place in range(1, count + 1):
        tiers.append(tiers[-1] + (place not in joined) if tiers else 0)
    if tiers[-1] == 0:
        raise MalformedItem("setara", "nothing_to_order")
    return tiers


def _read_matching(head: Head, data: Mapping[str, object]) -> ItemContent:
    pairs = fields.records(data, "pasangan", least=_FEWEST_OPTIONS)
    distractors = fields.records(data, "pengecoh", least=0)
    rationales = [fields.text(row, "rasional") for row in (*pairs, *distractors)]
    name = _namer(head, rationales)
    rights = [fields.text(pair, "kanan") for pair in pairs]
    wrongs = [fields.text(row, "teks") for row in distractors]
    unique = list(dict.fromkeys([*rights, *wrongs]))
    if len(unique) != len(set(rights)) + len(wrongs) or len(unique) < _FEWEST_OPTIONS:
        # A distractor that repeats a text would make the same choice both right and wrong.
        raise MalformedItem("pengecoh", "choices")
    id_of = {choice: name("kanan", index) for index, choice in enumerate(unique)}
    reason_of = dict(zip(wrongs, rationales[len(pairs) :], strict=True))
    return Matching(
        head=head,
        rows=tuple(
            MatchRow(
                id=name("kiri", index),
                text=fields.text(pair, "kiri"),
                choice_id=id_of[rights[index]],
                rationale=rationales[index],
            )
            for index, pair in enumerate(pairs)
        ),
        choices=tuple(
            MatchChoice(id=id_of[choice], text=choice, rationale=reason_of.get(choice))
            for choice in unique
        ),
    )


def _read_numeric(head: Head, data: Mapping[str, object]) -> ItemContent:
    return Numeric(
        head=head,
        answer=fields.decimal(data, "jawaban"),
        tolerance=fields.decimal(data, "toleransi", least=Decimal(0)),
        unit=fields.optional_text(data, "satuan"),
        rationale=fields.text(data, "rasional"),
        mistakes=tuple(
            KnownMistake(value=fields.decimal(row, "nilai"), rationale=fields.text(row, "rasional"))
            for row in fields.records(data, "keliru", least=0)
        ),
    )


def _read_short_text(head: Head, data: Mapping[str, object]) -> ItemContent:
    return ShortText(
        head=head,
        accepted=fields.texts(data, "jawaban"),
        edit_distance=fields.whole(data, "jarak_edit", least=0),
        rationale=fields.text(data, "rasional"),
    )


def _read_judgement(head: Head, data: Mapping[str, object]) -> ItemContent:
    rows = fields.records(data, "pilihan", least=_FEWEST_OPTIONS)
    rationales = [fields.text(row, "rasional") for row in rows]
    name = _namer(head, rationales)
    return Judgement(
        head=head,
        options=tuple(
            RatedOption(
                id=name("pilihan", index),
                text=fields.text(row, "teks"),
                value=fields.decimal(
                    row, "nilai", least=Decimal(LOWEST_RATING), most=Decimal(HIGHEST_RATING)
                ),
                raters=fields.whole(row, "n_penilai", least=0),
                sd=(None if row.get("sd") is None else fields.decimal(row, "sd", least=Decimal(0))),
                rationale=rationale,
            )
            for index, (row, rationale) in enumerate(zip(rows, rationales, strict=True))
        ),
    )


_READERS: Final[Mapping[Kind, Callable[[Head, Mapping[str, object]], ItemContent]]] = {
    Kind.PG: _read_single_choice,
    Kind.MR: _read_multiple_response,
    Kind.UR: _read_ordering,
    Kind.JD: _read_matching,
    Kind.AN: _read_numeric,
    Kind.IS: _read_short_text,
    Kind.SJT: _read_judgement,
    Kind.HS: _read_mark_lines,
}


# ------------------------------------------------------------------- writing


def _parts_of(content: ItemContent) -> dict[str, object]:
    if isinstance(content, Numeric):
        return _numeric_parts(content)
    if isinstance(content, ShortText):
        return {
            "jawaban": list(content.accepted),
            "jarak_edit": content.edit_distance,
            "rasional": content.rationale,
        }
    if isinstance(content, Matching):
        return _matching_parts(content)
    if isinstance(content, Ordering):
        return _ordering_parts(content)
    if isinstance(content, Judgement):
        return {
            "pilihan": [
                {
                    "teks": option.text,
                    "nilai": fields.jsonable(option.value),
                    "n_penilai": option.raters,
                    "sd": None if option.sd is None else fields.jsonable(option.sd),
                    "rasional": option.rationale,
                }
                for option in content.options
            ]
        }
    return {
        "baris" if isinstance(content, MarkLines) else "pilihan": [
            {"teks": option.text}
            | ({"kunci": True} if option.is_key else {})
            | {"rasional": option.rationale}
            for option in content.options
        ]
    }


def _numeric_parts(content: Numeric) -> dict[str, object]:
    parts: dict[str, object] = {
        "jawaban": fields.jsonable(content.answer),
        "toleransi": fields.jsonable(content.tolerance),
        "satuan": content.unit,
        "rasional": content.rationale,
    }
    if content.mistakes:
        parts["keliru"] = [
            {"nilai": fields.jsonable(mistake.value), "rasional": mistake.rationale}
            for mistake in content.mistakes
        ]
    return parts


def _ordering_parts(content: Ordering) -> dict[str, object]:
    places: dict[int, list[int]] = {}
    for place, option in enumerate(content.options, start=1):
        places.setdefault(option.tier, []).append(place)
    ties = [tie for tie in places.values() if len(tie) > 1]
    options = [{"teks": option.text, "rasional": option.rationale} for option in content.options]
    return {"pilihan": options} | ({"setara": ties} if ties else {})


def _matching_parts(content: Matching) -> dict[str, object]:
    text_of = {choice.id: choice.text for choice in content.choices}
    return {
        "pasangan": [
            {"kiri": row.text, "kanan": text_of[row.choice_id], "rasional": row.rationale}
            for row in content.rows
        ],
        "pengecoh": [
            {"teks": choice.text, "rasional": choice.rationale}
            for choice in content.choices
            if choice.rationale is not None
        ],
    }
