"""What a taker gives for one item, as a JSON-able value.

The stored shape by kind:

- PG, AN, IS: one text (an option id; a plain decimal such as "-1250.5"; a normalised text);
- MR, HS: a list of option ids, sorted by id, each once;
- UR: a list as long as the item has options, ids in rank order, "" where no rank is given yet;
- JD: a mapping row id -> choice id, SJT: option id -> "1".."4", without the rows left open.

None is "not answered". What does not fit is a `Problem` (the edge answers 422), never a guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from lms.assessment.rules.kinds import (
    HIGHEST_RATING,
    LOWEST_RATING,
    ItemContent,
    Judgement,
    Matching,
    Numeric,
    Ordering,
    ShortText,
    SingleChoice,
    option_ids,
)
from lms.assessment.rules.problem import Problem

Raw = Sequence[str] | Mapping[str, str]
Response = str | list[str] | dict[str, str]

ANSWER_FIELD: Final = "jawaban"
LONGEST_TEXT: Final = 200
"""Characters of an AN or IS answer; beyond it nobody is answering, and matching costs time."""

_RATINGS: Final = frozenset(str(n) for n in range(LOWEST_RATING, HIGHEST_RATING + 1))
_GROUPED: Final = re.compile(r"([1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,([0-9]+))?")
_COMMA: Final = re.compile(r"([0-9]+)(?:,([0-9]+))?")
_POINT: Final = re.compile(r"([0-9]+)\.([0-9]+)")
_SIGN: Final = re.compile(r"^[+-] ?")
_GROUPING_SPACE: Final = re.compile(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))")
_NUMBER_FORMS: Final = (_GROUPED, _COMMA, _POINT)


def raw_answer_from(content: ItemContent, form_fields: Iterable[tuple[str, str]]) -> Raw:
    """Return the raw answer among a form's (name, value) pairs, in the shape of the item's kind.

    JD and SJT are read from `jawaban-<id>` (the last of a repeated name wins), all others from
    the repeated `jawaban`, in the order sent.
    """
    if isinstance(content, Matching | Judgement):
        prefix = ANSWER_FIELD + "-"
        return {
            name.removeprefix(prefix): value
            for name, value in form_fields
            if name.startswith(prefix)
        }
    return [value for name, value in form_fields if name == ANSWER_FIELD]


def read_response(content: ItemContent, raw: Raw) -> Response | Problem | None:
    """Return the response in its stored shape, None when nothing was given, or the problem.

    Blank values count as not given. A UR with ranks missing and a JD or SJT with rows left open
    are kept as they are: not complete, but worth storing. Choosing one step for two ranks of a
    UR is a problem; ticking one option of MR or HS twice is not.

    Problems: `wrong_shape`, `one_value`, `unknown_option`, `unknown_row`, `chosen_twice`,
    `too_many`, `rating_out_of_range`, `not_a_number`, `too_long`.
    """
    if isinstance(content, Matching | Judgement):
        return _read_rows(content, raw) if isinstance(raw, Mapping) else Problem("wrong_shape")
    if isinstance(raw, Mapping):
        return Problem("wrong_shape")
    values = [value.strip() for value in raw]
    if isinstance(content, Ordering):
        return _read_ranks(content, values)
    given = list(dict.fromkeys(value for value in values if value))
    if not given:
        return None
    if isinstance(content, SingleChoice | Numeric | ShortText):
        return _read_one(content, given)
    return _unknown_among(content, given) or sorted(given)


def is_answered(response: Response | None) -> bool:
    """Tell whether anything was given, even in part: what counts towards half of the items."""
    return response is not None


def is_complete(content: ItemContent, response: Response | None) -> bool:
    """Tell whether nothing is left open: every rank of UR, every row of JD, every act of SJT."""
    if response is None:
        return False
    if isinstance(content, Ordering):
        return all(ids_in(response)) and len(ids_in(response)) == len(content.options)
    if isinstance(content, Matching):
        return all(row.id in map_in(response) for row in content.rows)
    if isinstance(content, Judgement):
        return all(option.id in map_in(response) for option in content.options)
    return True


def value_in(response: Response | None) -> str | None:
    """Return the one text of a stored response; None for none or for another shape."""
    return response if isinstance(response, str) else None


def ids_in(response: Response | None) -> list[str]:
    """Return the list of a stored response; empty for none or for another shape."""
    return response if isinstance(response, list) else []


def map_in(response: Response | None) -> dict[str, str]:
    """Return the mapping of a stored response; empty for none or for another shape."""
    return response if isinstance(response, dict) else {}


def normalised_text(text: str) -> str:
    """Return the text without differences of case, accents and spacing.

    Punctuation stays: ".apk" and "apk" differ unless the author accepts both. Compatibility
    forms (full-width letters, ligatures) become plain ones.
    """
    # Folded twice, since taking a compatibility form apart may bring capitals back.
    folded = unicodedata.normalize("NFKD", text.casefold()).casefold()
    decomposed = unicodedata.normalize("NFKD", folded)
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(plain.split())


def number_from(text: str, unit: str | None = None) -> Decimal | None:
    """Return the number that a taker typed, or None when it cannot be read in one way only.

    The Indonesian form comes first: a point before every three digits groups thousands and the
    comma is the decimal mark, so "1.250,5" is 1250.5 and "1.250" is 1250. A point that cannot
    group is a decimal point: "3.5", "0.125", "1250.5". Spaces may group too. "1,250.5" mixes
    both and is not read. The unit (any case) may stand before or behind, as "Rp 1.250".
    """
    plain = " ".join(text.casefold().split()).replace("\N{MINUS SIGN}", "-")
    if unit is not None:
        name = unit.casefold()
        plain = plain.removesuffix(name).removeprefix(f"{name}.").removeprefix(name).strip()
    sign = "-" if plain.startswith("-") else ""
    digits = _SIGN.sub("", plain, count=1)
    digits = _GROUPING_SPACE.sub("", digits)
    for form in _NUMBER_FORMS:
        if match := form.fullmatch(digits):
            before, after = match.groups(default="0")
            return Decimal(f"{sign}{before.replace('.', '')}.{after}")
    return None


def _read_one(
    content: SingleChoice | Numeric | ShortText, given: list[str]
) -> Response | Problem | None:
    if len(given) > 1:
        return Problem("one_value")
    value = given[0]
    if isinstance(content, SingleChoice):
        return _unknown_among(content, given) or value
    if len(value) > LONGEST_TEXT:
        return Problem("too_long", {"most": LONGEST_TEXT})
    if isinstance(content, ShortText):
        return normalised_text(value) or None
    number = number_from(value, content.unit)
    return Problem("not_a_number", {"value": value}) if number is None else _plain(number)


def _plain(number: Decimal) -> str:
    """Return the decimal without exponent and trailing zeros, so that equal answers are equal."""
    text = f"{number:f}".rstrip("0").rstrip(".")  # `number_from` always writes a point
    return "0" if text == "-0" else text


def _read_ranks(content: Ordering, values: list[str]) -> Response | Problem | None:
    if len(values) > len(content.options):
        return Problem("too_many", {"most": len(content.options)})
    chosen = [value for value in values if value]
    if problem := _unknown_among(content, chosen):
        return problem
    if len(set(chosen)) < len(chosen):
        return Problem("chosen_twice")
    missing = [""] * (len(content.options) - len(values))
    return [*values, *missing] if chosen else None


def _read_rows(content: Matching | Judgement, raw: Mapping[str, str]) -> Response | Problem | None:
    rows = content.rows if isinstance(content, Matching) else content.options
    known = {row.id for row in rows}
    given = {row: value.strip() for row, value in raw.items() if value.strip()}
    if strange := sorted(given.keys() - known):
        return Problem("unknown_row", {"value": strange[0]})
    if isinstance(content, Matching):
        problem = _unknown_among(content, given.values())
    else:
        outside = not _RATINGS.issuperset(given.values())
        problem = Problem("rating_out_of_range") if outside else None
    if problem:
        return problem
    return {row.id: given[row.id] for row in rows if row.id in given} or None


def _unknown_among(content: ItemContent, values: Iterable[str]) -> Problem | None:
    known = option_ids(content)
    return next(
        (Problem("unknown_option", {"value": value}) for value in values if value not in known),
        None,
    )
