"""What a response earns, and what a learner is told about it.

`Marking.WHOLE` (`utuh`, certification) gives 0 or 1. `Marking.PARTIAL` (`parsial`, practice)
gives an exact fraction by the named rule of the kind, see `PARTIAL_RULES`; it is 1 exactly when
the whole mark is 1.

Source: docs/semantics.md section 5; the rules' names stand in the authors' guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from types import MappingProxyType
from typing import Final

from lms.assessment.rules.kinds import (
    HIGHEST_RATING,
    LOWEST_RATING,
    ItemContent,
    Judgement,
    KeyedItem,
    Kind,
    KnownMistake,
    Matching,
    Numeric,
    Ordering,
    ShortText,
)
from lms.assessment.rules.responses import (
    Response,
    ids_in,
    is_complete,
    map_in,
    normalised_text,
    value_in,
)

PARTIAL_RULES: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.PG: "all-or-nothing",
        Kind.AN: "all-or-nothing",
        Kind.IS: "all-or-nothing",
        Kind.MR: "right-minus-wrong",
        Kind.HS: "right-minus-wrong",
        Kind.UR: "ordered-pairs",
        Kind.JD: "rows-right",
        Kind.SJT: "distance-to-raters",
    }
)
"""The rule of `parsial` by kind; `score_partial` says what each does."""

_PER_OPTION_TOLERANCE: Final = Fraction(1, 2)
"""Distances of an SJT may add up to half the number of options: one half per option."""


class Marking(StrEnum):
    """How items earn marks: the quiz file's `penilaian`."""

    WHOLE = "utuh"
    PARTIAL = "parsial"


class Verdict(StrEnum):
    """The one sentence about a response, as a code."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    KNOWN_MISTAKE = "known_mistake"
    BLANK = "blank"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionFeedback:
    """What a learner is told about one option, row or act.

    `chosen`: the taker picked, placed, matched or rated it. `correct`: for PG, MR and HS, that it
    belongs to the answer; for UR, JD and SJT, that the taker treated it rightly (a distractor of
    JD: that no row has it). `given` and `expected` are the rank (from 1; ties as "2-3"), the
    choice id or the rating; None where there is none.
    """

    option_id: str
    chosen: bool
    correct: bool
    rationale: str
    given: str | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a learner is told about a practice item; never shown for an exam.

    `options` follow the item's source order. `rationale` is the reason of AN and IS, for a known
    mistake the reason of that mistake, and None for kinds whose options have reasons.
    """

    verdict: Verdict
    score: Fraction
    options: tuple[OptionFeedback, ...]
    rationale: str | None


def score(content: ItemContent, response: Response | None, marking: Marking) -> Fraction:
    """Return what the response earns, from 0 to 1, under the quiz's marking."""
    if marking is Marking.WHOLE:
        return Fraction(score_whole(content, response))
    return score_partial(content, response)


def score_whole(content: ItemContent, response: Response | None) -> int:
    """Return 1 when all parts are right, otherwise 0; unanswered is 0.

    MR and HS: exactly the keys. UR: every rank, ties in either order. JD: every row. SJT: every
    act rated, and the distances to the raters' values add up to at most half the number of acts
    (inclusive). AN: within the tolerance (inclusive). IS: within the edit distance (inclusive).
    """
    if isinstance(content, Ordering):
        tier_of = {option.id: option.tier for option in content.options}
        ranked = [tier_of.get(chosen) for chosen in ids_in(response)]
        return int(ranked == [option.tier for option in content.options])
    if isinstance(content, Matching):
        return int(_rows_right(content, response) == len(content.rows))
    if isinstance(content, Judgement):
        allowed = _PER_OPTION_TOLERANCE * len(content.options)
        return int(is_complete(content, response) and sum(_distances(content, response)) <= allowed)
    if isinstance(content, Numeric):
        return int(_is_near(content, value_in(response), content.answer))
    if isinstance(content, ShortText):
        return int(_is_accepted(content, value_in(response)))
    return int(_picked(response) == _keys(content))


def score_partial(content: ItemContent, response: Response | None) -> Fraction:
    """Return the practice score, from 0 to 1, by the kind's rule.

    - all-or-nothing: the whole mark.
    - right-minus-wrong: (keys picked - others picked) / keys, never below 0, so that ticking
      everything earns nothing where keys are not the majority.
    - ordered-pairs: the share of pairs of steps, ties left out, that stand in the right order;
      a step without a rank is in order with none. A blind order earns one half on average.
    - rows-right: the share of rows matched rightly.
    - distance-to-raters: over the acts rated, full as long as the distances add up to at most
      half their number, from there falling in a straight line to 0 at the greatest possible
      distance; times the share of acts rated.
    """
    if isinstance(content, Ordering):
        return _ordered_pairs(content, response)
    if isinstance(content, Matching):
        return Fraction(_rows_right(content, response), len(content.rows))
    if isinstance(content, Judgement):
        return _near_raters(content, response)
    if isinstance(content, Numeric | ShortText):
        return Fraction(score_whole(content, response))
    picked, keys = _picked(response), _keys(content)
    if content.kind is Kind.PG:
        return Fraction(picked == keys)
    return max(Fraction(0), Fraction(len(picked & keys) - len(picked - keys), len(keys)))


def feedback(content: ItemContent, response: Response | None) -> Feedback:
    """Return what to tell a learner in practice about the response, reasons included."""
    earned = score_partial(content, response)
    mistake = _known_mistake(content, response)
    if response is None:
        verdict = Verdict.BLANK
    elif earned == 1:
        verdict = Verdict.RIGHT
    elif mistake is not None:
        verdict = Verdict.KNOWN_MISTAKE
    else:
        verdict = Verdict.PARTLY if earned else Verdict.WRONG
    rationale = content.rationale if isinstance(content, Numeric | ShortText) else None
    return Feedback(
        verdict=verdict,
        score=earned,
        options=_option_feedback(content, response),
        rationale=rationale if mistake is None else mistake.rationale,
    )


def edit_distance(one: str, other: str) -> int:
    """Return the fewest single-character insertions, deletions and replacements between texts.

    Source: Levenshtein 1966; computed row by row (Wagner & Fischer 1974).
    """
    previous = list(range(len(other) + 1))
    for row, char in enumerate(one, start=1):
        current = [row]
        for column, target in enumerate(other, start=1):
            current.append(
                min(
                    previous[column] + 1,
                    current[-1] + 1,
                    previous[column - 1] + (char != target),
                )
            )
        previous = current
    return previous[-1]


def _picked(response: Response | None) -> set[str]:
    value = value_in(response)
    return set(ids_in(response)) if value is None else {value}


def _keys(content: KeyedItem) -> set[str]:
    return {option.id for option in content.options if option.is_key}


def _is_near(content: Numeric, value: str | None, target: Decimal) -> bool:
    # Fractions, because decimal arithmetic rounds at 28 digits.
    return value is not None and abs(Fraction(value) - Fraction(target)) <= content.tolerance


def _is_accepted(content: ShortText, value: str | None) -> bool:
    return value is not None and any(
        edit_distance(normalised_text(value), normalised_text(accepted)) <= content.edit_distance
        for accepted in content.accepted
    )


def _known_mistake(content: ItemContent, response: Response | None) -> KnownMistake | None:
    """Return the nearest known mistake within the item's tolerance; a right answer is none."""
    value = value_in(response)
    if not isinstance(content, Numeric) or value is None or score_whole(content, response):
        return None
    near = [mistake for mistake in content.mistakes if _is_near(content, value, mistake.value)]
    return min(near, key=lambda found: abs(Fraction(value) - Fraction(found.value)), default=None)


def _rows_right(content: Matching, response: Response | None) -> int:
    chosen = map_in(response)
    return sum(chosen.get(row.id) == row.choice_id for row in content.rows)


def _ordered_pairs(content: Ordering, response: Response | None) -> Fraction:
    rank_of = {chosen: rank for rank, chosen in enumerate(ids_in(response)) if chosen}
    pairs = [(a, b) for a, b in combinations(content.options, 2) if a.tier < b.tier]
    in_order = sum(
        a.id in rank_of and b.id in rank_of and rank_of[a.id] < rank_of[b.id] for a, b in pairs
    )
    return Fraction(in_order, len(pairs))


def _distances(content: Judgement, response: Response | None) -> list[Fraction]:
    """Return the distance of each rating given to the raters' value, in source order."""
    ratings = map_in(response)
    return [
        abs(int(ratings[option.id]) - Fraction(option.value))
        for option in content.options
        if option.id in ratings
    ]


def _near_raters(content: Judgement, response: Response | None) -> Fraction:
    ratings = map_in(response)
    rated = [Fraction(option.value) for option in content.options if option.id in ratings]
    if not rated:
        return Fraction(0)
    allowed = _PER_OPTION_TOLERANCE * len(rated)
    # At least 1.5 per act, hence always above what is allowed.
    greatest = sum((max(v - LOWEST_RATING, HIGHEST_RATING - v) for v in rated), Fraction(0))
    distance = sum(_distances(content, response), Fraction(0))
    nearness = min(Fraction(1), (greatest - distance) / (greatest - allowed))
    return nearness * Fraction(len(rated), len(content.options))


def _option_feedback(content: ItemContent, response: Response | None) -> tuple[OptionFeedback, ...]:
    if isinstance(content, Numeric | ShortText):
        return ()
    if isinstance(content, Ordering):
        return _rank_feedback(content, response)
    if isinstance(content, Matching):
        return _row_feedback(content, response)
    if isinstance(content, Judgement):
        return _rating_feedback(content, response)
    picked = _picked(response)
    return tuple(
        OptionFeedback(
            option_id=option.id,
            chosen=option.id in picked,
            correct=option.is_key,
            rationale=option.rationale,
        )
        for option in content.options
    )


def _rank_feedback(content: Ordering, response: Response | None) -> tuple[OptionFeedback, ...]:
    rank_of = {chosen: rank for rank, chosen in enumerate(ids_in(response), start=1) if chosen}
    ranks_of_tier: dict[int, list[int]] = {}
    for place, option in enumerate(content.options, start=1):
        ranks_of_tier.setdefault(option.tier, []).append(place)
    lines = []
    for option in content.options:
        wanted = ranks_of_tier[option.tier]
        rank = rank_of.get(option.id)
        lines.append(
            OptionFeedback(
                option_id=option.id,
                chosen=rank is not None,
                correct=rank in wanted,
                rationale=option.rationale,
                given=None if rank is None else str(rank),
                expected="-".join(str(end) for end in sorted({wanted[0], wanted[-1]})),
            )
        )
    return tuple(lines)


def _row_feedback(content: Matching, response: Response | None) -> tuple[OptionFeedback, ...]:
    chosen = map_in(response)
    rows = [
        OptionFeedback(
            option_id=row.id,
            chosen=row.id in chosen,
            correct=chosen.get(row.id) == row.choice_id,
            rationale=row.rationale,
            given=chosen.get(row.id),
            expected=row.choice_id,
        )
        for row in content.rows
    ]
    used = set(chosen.values())
    distractors = [
        OptionFeedback(
            option_id=choice.id,
            chosen=choice.id in used,
            correct=choice.id not in used,
            rationale=choice.rationale,
        )
        for choice in content.choices
        if choice.rationale is not None
    ]
    return (*rows, *distractors)


def _rating_feedback(content: Judgement, response: Response | None) -> tuple[OptionFeedback, ...]:
    """A rating is right within the half point per act that whole marking allows on average."""
    ratings = map_in(response)
    lines = []
    for option in content.options:
        rating = ratings.get(option.id)
        near = (
            rating is not None
            and abs(int(rating) - Fraction(option.value)) <= _PER_OPTION_TOLERANCE
        )
        lines.append(
            OptionFeedback(
                option_id=option.id,
                chosen=rating is not None,
                correct=near,
                rationale=option.rationale,
                given=rating,
                expected=f"{option.value.normalize():f}",
            )
        )
    return tuple(lines)
