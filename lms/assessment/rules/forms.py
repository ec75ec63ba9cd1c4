"""Blueprints and fixed forms: how items make a test, and in which order a taker meets them.

A blueprint is a list of cells; a form meets it when its items can be dealt out to the cells with
none missing and none left over, where one item fills one place in one cell.

Source: docs/semantics.md sections 2 and 5; docs/measurement.md section 8.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lms.assessment.rules.irt import Curve, form_information, theta_at_raw
from lms.assessment.rules.kinds import (
    ItemContent,
    Kind,
    MarkLines,
    Matching,
    Ordering,
    option_ids,
)
from lms.assessment.rules.problem import Problem
from lms.assessment.rules.shuffling import shuffled


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """`count` items of a lesson (or, for placement, of a competence), narrowed if asked."""

    count: int
    lesson: int | None = None
    competence: str | None = None
    level: str | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindMinimum:
    """At least `count` items of a kind, wherever they fall."""

    kind: Kind
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """What every form of a quiz must meet.

    `evidence`: the competence codes for which a pass is evidence; each must be carried by
    `evidence_items` items of every form. `pass_mark` is the quiz's raw mark, None where nothing
    is passed (placement); then information is not asked. `minimum_information` is the setting
    at the cut, in 1/logit**2, inclusive, without the prior's 1.
    """

    use: str
    cells: tuple[Cell, ...]
    minima: tuple[KindMinimum, ...] = ()
    evidence: tuple[str, ...] = ()
    pass_mark: int | None = None
    minimum_information: float = 2.0
    evidence_items: int = 8
    reserves_per_lesson: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A fixed list of items and its reserves; its own pass mark wins over the quiz's."""

    code: str
    items: tuple[str, ...]
    reserves: tuple[str, ...] = ()
    pass_mark: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormItem:
    """What assembling needs to know of an item; `competences` are the codes as written."""

    item_id: str
    use: str
    kind: Kind
    level: str
    lesson: int | None
    competences: frozenset[str]
    curve: Curve
    enemies: frozenset[str] = frozenset()


def implied_competences(codes: Iterable[str]) -> frozenset[str]:
    """Return the codes with the pillar of every indicator: `aman.5` carries `aman` too."""
    return frozenset(part for code in codes for part in (code, code.partition(".")[0]))


def check_forms(
    blueprint: Blueprint, forms: Sequence[Form], bank: Mapping[str, FormItem]
) -> list[Problem]:
    """Return everything that speaks against the quiz's forms together; empty when they may be used.

    Adds to `check_form`, for every form, what concerns them together: codes that differ
    (`form_code_repeated`) and reserves that no other form uses in any way (`reserve_shared`).
    Forms may share items; no rule forbids it.
    """
    problems = [problem for form in forms for problem in check_form(blueprint, form, bank)]
    problems += [
        Problem("form_code_repeated", {"form": code})
        for code, count in Counter(form.code for form in forms).items()
        if count > 1
    ]
    for place, form in enumerate(forms):
        others = [other for other_place, other in enumerate(forms) if other_place != place]
        elsewhere = {item for other in others for item in (*other.items, *other.reserves)}
        problems += [
            Problem("reserve_shared", {"form": form.code, "item": item})
            for item in form.reserves
            if item in elsewhere
        ]
    return problems


def check_form(blueprint: Blueprint, form: Form, bank: Mapping[str, FormItem]) -> list[Problem]:
    """Return everything that speaks against one form; empty when it may be used.

    Codes: `unknown_item`, `item_repeated`, `wrong_use`, `cell_short` (cell counted from 1),
    `item_without_cell`, `kind_short`, `enemies`, `enemy_reserve` (a reserve could not stand in
    for a neighbour), `evidence_short`, `reserve_short`, `cut_unreachable`, `information_low`.
    Every problem names its form. Items the bank does not have are left out of the other checks.
    """
    items = [bank[item] for item in form.items if item in bank]
    reserves = [bank[item] for item in form.reserves if item in bank]
    found = [
        *_membership_problems(blueprint, form, bank),
        *_cell_problems(blueprint.cells, items),
        *_minimum_problems(blueprint, items),
        *_enemy_problems(items, reserves),
        *_reserve_problems(blueprint, reserves),
        *_information_problems(blueprint, form, items),
    ]
    return [Problem(problem.code, {"form": form.code, **problem.facts}) for problem in found]


def form_for_attempt(forms: Sequence[str], previous: Sequence[str], seed: int) -> str:
    """Return the code of the form for the next attempt.

    `previous` are the codes of all attempts so far, oldest first, the passed one before a
    re-test included. The form taken least often comes next, never the one taken last unless it
    is the only one; among equals the attempt's seed decides, so that first attempts are spread
    over all forms and everybody's second is another one.

    Raises:
        ValueError: there is no form.
    """
    if not forms:
        raise ValueError("a quiz needs a form")
    taken = Counter(previous)
    fresh = [code for code in forms if code not in previous[-1:]] or list(forms)
    fewest = min(taken[code] for code in fresh)
    return shuffled(seed, "form", (code for code in fresh if taken[code] == fewest))[0]


def shuffled_order(seed: int, item_ids: Iterable[str]) -> tuple[str, ...]:
    """Return the items of an attempt in the order its seed gives."""
    return shuffled(seed, "items", item_ids)


def shuffled_options(seed: int, item_id: str, ids: Iterable[str]) -> tuple[str, ...]:
    """Return option ids in the order that the seed gives for this item."""
    return shuffled(seed, f"options:{item_id}", ids)


def option_order(seed: int, content: ItemContent, *, shuffle: bool) -> tuple[str, ...]:
    """Return the ids a taker picks from, in the order to show them; AN and IS have none.

    `shuffle` is the quiz's `acak.pilihan`; an item with `keep_order` and the lines of HS stay as
    written whatever it says. The steps of UR and the choices of JD are shuffled whatever it says,
    because their source order is the key. The rows of JD always stay as written.
    """
    ids = option_ids(content)
    order_is_key = isinstance(content, Ordering | Matching)
    stays = content.head.keep_order or isinstance(content, MarkLines) or not shuffle
    if stays and not order_is_key:
        return ids
    return shuffled_options(seed, content.head.item_id, ids)


def _membership_problems(
    blueprint: Blueprint, form: Form, bank: Mapping[str, FormItem]
) -> list[Problem]:
    problems = []
    for item, count in Counter((*form.items, *form.reserves)).items():
        if count > 1:
            problems.append(Problem("item_repeated", {"item": item}))
        if item not in bank:
            problems.append(Problem("unknown_item", {"item": item}))
        elif bank[item].use != blueprint.use:
            problems.append(Problem("wrong_use", {"item": item, "use": bank[item].use}))
    return problems


def _fits(cell: Cell, item: FormItem) -> bool:
    return (
        cell.lesson in {None, item.lesson}
        and cell.level in {None, item.level}
        and cell.kind in {None, item.kind}
        and (cell.competence is None or cell.competence in implied_competences(item.competences))
    )


def _cell_problems(cells: Sequence[Cell], items: Sequence[FormItem]) -> list[Problem]:
    """Deal items out to places so that as many as possible are filled, and name what is not.

    A cell for level C3 and one for the whole lesson want the same item; counting per cell would
    miss that, and taking the first that fits would refuse a form that can be dealt out.

    Source: augmenting paths for bipartite matching, Kuhn 1955.
    """
    places = [number for number, cell in enumerate(cells) for _ in range(cell.count)]
    holder: dict[int, FormItem] = {}

    def seat(item: FormItem, tried: set[int]) -> bool:
        for place, number in enumerate(places):
            if place in tried or not _fits(cells[number], item):
                continue
            tried.add(place)
            if place not in holder or seat(holder[place], tried):
                holder[place] = item
                return True
        return False

    unseated = [item for item in items if not seat(item, set())]
    filled = Counter(places[place] for place in holder)
    return [
        Problem("cell_short", {"cell": number + 1, "wanted": cell.count, "found": filled[number]})
        for number, cell in enumerate(cells)
        if filled[number] < cell.count
    ] + [Problem("item_without_cell", {"item": item.item_id}) for item in unseated]


def _minimum_problems(blueprint: Blueprint, items: Sequence[FormItem]) -> list[Problem]:
    kinds = Counter(item.kind for item in items)
    carried = Counter(code for item in items for code in implied_competences(item.competences))
    return [
        Problem(
            "kind_short",
            {"kind": minimum.kind, "wanted": minimum.count, "found": kinds[minimum.kind]},
        )
        for minimum in blueprint.minima
        if kinds[minimum.kind] < minimum.count
    ] + [
        Problem(
            "evidence_short",
            {"competence": code, "wanted": blueprint.evidence_items, "found": carried[code]},
        )
        for code in blueprint.evidence
        if carried[code] < blueprint.evidence_items
    ]


def _enemy_problems(items: Sequence[FormItem], reserves: Sequence[FormItem]) -> list[Problem]:
    """Enmity counts both ways, whichever of the two items names it."""
    everybody = [*items, *reserves]
    problems = []
    for place, one in enumerate(everybody):
        for other_place in range(place + 1, len(everybody)):
            other = everybody[other_place]
            if other.item_id in one.enemies or one.item_id in other.enemies:
                code = "enemies" if other_place < len(items) else "enemy_reserve"
                problems.append(Problem(code, {"item": one.item_id, "other": other.item_id}))
    return problems


def _reserve_problems(blueprint: Blueprint, reserves: Sequence[FormItem]) -> list[Problem]:
    """Every lesson of the blueprint needs its reserves; cells without a lesson need none."""
    found = Counter(item.lesson for item in reserves)
    lessons = dict.fromkeys(cell.lesson for cell in blueprint.cells if cell.lesson is not None)
    wanted = blueprint.reserves_per_lesson
    return [
        Problem("reserve_short", {"lesson": lesson, "wanted": wanted, "found": found[lesson]})
        for lesson in lessons
        if found[lesson] < wanted
    ]


def _information_problems(
    blueprint: Blueprint, form: Form, items: Sequence[FormItem]
) -> list[Problem]:
    mark = blueprint.pass_mark if form.pass_mark is None else form.pass_mark
    if mark is None:
        return []
    curves = [item.curve for item in items]
    cut = theta_at_raw(curves, mark)
    if cut is None:
        return [Problem("cut_unreachable", {"pass_mark": mark})]
    found = form_information(curves, cut)
    if found >= blueprint.minimum_information:
        return []
    return [Problem("information_low", {"wanted": blueprint.minimum_information, "found": found})]
