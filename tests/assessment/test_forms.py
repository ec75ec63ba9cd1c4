from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.rules.forms import (
    Blueprint,
    Cell,
    Form,
    FormItem,
    KindMinimum,
    check_form,
    check_forms,
    form_for_attempt,
    implied_competences,
    option_order,
    shuffled_options,
    shuffled_order,
)
from lms.assessment.rules.irt import Curve
from lms.assessment.rules.item_data import item_content_from
from lms.assessment.rules.kinds import Kind, option_ids
from tests.assessment.item_examples import ALL, any_item, content

CELLS = (
    Cell(lesson=1, level="C3", count=1),
    Cell(lesson=1, level="C4", count=1),
    Cell(lesson=1, count=1),
    *(Cell(lesson=n, count=4 if n in {4, 6} else 3) for n in range(2, 7)),
)
BLUEPRINT = Blueprint(
    use="ujian",
    cells=CELLS,
    minima=(KindMinimum(kind=Kind.SJT, count=2),),
    evidence=("aman",),
    pass_mark=14,
)


def item(item_id, lesson, **changes):
    return replace(
        FormItem(
            item_id=item_id,
            use="ujian",
            kind=Kind.MR,
            level="C3",
            lesson=lesson,
            competences=frozenset({"aman.1"}),
            curve=Curve(b=-0.5),
        ),
        **changes,
    )


def form_and_bank(code="A"):
    """A form of 20 that meets the blueprint, with two reserves per lesson."""
    items, reserves = [], []
    for lesson in range(1, 7):
        count = 4 if lesson in {4, 6} else 3
        items += [item(f"{code}{lesson}{n}", lesson) for n in range(count)]
        reserves += [item(f"{code}{lesson}r{n}", lesson) for n in range(2)]
    items[1] = replace(items[1], level="C4")
    items[3] = replace(items[3], kind=Kind.SJT)
    items[9] = replace(items[9], kind=Kind.SJT)
    form = Form(
        code=code,
        items=tuple(one.item_id for one in items),
        reserves=tuple(one.item_id for one in reserves),
    )
    return form, {one.item_id: one for one in (*items, *reserves)}


def problems(form, bank, blueprint=BLUEPRINT):
    return [(one.code, dict(one.facts)) for one in check_form(blueprint, form, bank)]


def changed(bank, item_id, **changes):
    return bank | {item_id: replace(bank[item_id], **changes)}


def test_a_form_that_meets_everything_has_no_problem():
    form, bank = form_and_bank()
    assert len(form.items) == 20
    assert problems(form, bank) == []


def test_a_special_cell_does_not_lose_its_item_to_a_general_one():
    # Dealt out greedily, the C4 item could fill the open place of lesson 1.
    form, bank = form_and_bank()
    for first in range(3):
        for last in range(3):
            order = list(form.items)
            order[first], order[last] = order[last], order[first]
            assert problems(replace(form, items=tuple(order)), bank) == []


def test_the_matching_moves_items_along_a_chain():
    cells = (Cell(count=1), Cell(count=1, lesson=1), Cell(count=1, lesson=1, level="C4"))
    bank = {
        "c": item("c", 1, level="C4"),
        "b": item("b", 1, level="C4"),
        "a": item("a", 2),
    }
    blueprint = Blueprint(use="ujian", cells=cells, reserves_per_lesson=0)
    for order in ("cba", "abc", "bca"):
        assert problems(Form(code="A", items=tuple(order)), bank, blueprint) == []


def test_a_short_cell_is_named_with_its_number():
    form, bank = form_and_bank()
    bank = changed(bank, form.items[1], level="C3")
    assert problems(form, bank) == [
        ("cell_short", {"form": "A", "cell": 2, "wanted": 1, "found": 0}),
        ("item_without_cell", {"form": "A", "item": form.items[2]}),
    ]


def test_an_item_of_another_kind_does_not_fill_a_kind_cell():
    cells = (Cell(lesson=1, kind=Kind.PG, count=1),)
    blueprint = Blueprint(use="ujian", cells=cells, reserves_per_lesson=0)
    form = Form(code="A", items=("a",))
    assert problems(form, {"a": item("a", 1, kind=Kind.PG)}, blueprint) == []
    assert [code for code, _ in problems(form, {"a": item("a", 1)}, blueprint)] == [
        "cell_short",
        "item_without_cell",
    ]


def test_placement_cells_ask_for_a_competence_and_no_reserves():
    pillars = ("cakap", "budaya", "etika", "aman")
    bank = {
        f"{pillar}{n}": item(
            f"{pillar}{n}", None, use="penempatan", competences=frozenset({f"{pillar}.2"})
        )
        for pillar in pillars
        for n in range(8)
    }
    blueprint = Blueprint(
        use="penempatan", cells=tuple(Cell(competence=pillar, count=8) for pillar in pillars)
    )
    form = Form(code="A", items=tuple(bank))
    assert problems(form, bank, blueprint) == []
    bank = changed(bank, "aman0", competences=frozenset({"etika"}))
    assert [code for code, _ in problems(form, bank, blueprint)] == [
        "cell_short",
        "item_without_cell",
    ]


def test_an_indicator_implies_its_pillar():
    assert implied_competences(["aman.5", "keamanan"]) == {"aman.5", "aman", "keamanan"}
    assert implied_competences([]) == frozenset()


def test_minima_of_kinds():
    form, bank = form_and_bank()
    bank = changed(bank, form.items[9], kind=Kind.UR)
    assert problems(form, bank) == [
        ("kind_short", {"form": "A", "kind": "SJT", "wanted": 2, "found": 1})
    ]


@pytest.mark.parametrize(("carriers", "is_met"), [(7, False), (8, True), (9, True)])
def test_evidence_needs_eight_items_of_its_code(carriers, is_met):
    form, bank = form_and_bank()
    for item_id in form.items[:carriers]:
        bank = changed(bank, item_id, competences=frozenset({"aman.5", "data"}))
    found = problems(form, bank, replace(BLUEPRINT, evidence=("aman", "data")))
    short = ("evidence_short", {"form": "A", "competence": "data", "wanted": 8, "found": carriers})
    assert found == ([] if is_met else [short])


@pytest.mark.parametrize("names_other", [0, 1])
def test_enemies_are_absent_whichever_names_the_other(names_other):
    form, bank = form_and_bank()
    pair = [form.items[0], form.items[5]]
    bank = changed(bank, pair[names_other], enemies=frozenset({pair[1 - names_other]}))
    assert problems(form, bank) == [("enemies", {"form": "A", "item": pair[0], "other": pair[1]})]


def test_a_reserve_must_get_along_with_the_form():
    form, bank = form_and_bank()
    reserve = form.reserves[0]
    bank = changed(bank, reserve, enemies=frozenset({form.items[7], form.reserves[3]}))
    assert problems(form, bank) == [
        ("enemy_reserve", {"form": "A", "item": form.items[7], "other": reserve}),
        ("enemy_reserve", {"form": "A", "item": reserve, "other": form.reserves[3]}),
    ]


def test_enemies_outside_the_form_do_not_matter():
    form, bank = form_and_bank()
    bank = changed(bank, form.items[0], enemies=frozenset({"B11"}))
    assert problems(form, bank) == []


def test_two_reserves_per_lesson():
    form, bank = form_and_bank()
    assert problems(replace(form, reserves=form.reserves[1:]), bank) == [
        ("reserve_short", {"form": "A", "lesson": 1, "wanted": 2, "found": 1})
    ]


def test_unknown_repeated_and_foreign_items():
    form, bank = form_and_bank()
    practice = form.items[4]
    bank = changed(bank, practice, use="latihan")
    broken = replace(form, reserves=(*form.reserves, form.items[0], "tidak-ada"))
    assert problems(broken, bank) == [
        ("item_repeated", {"form": "A", "item": form.items[0]}),
        ("wrong_use", {"form": "A", "item": practice, "use": "latihan"}),
        ("unknown_item", {"form": "A", "item": "tidak-ada"}),
    ]


def test_information_at_the_cut_is_asked():
    form, bank = form_and_bank()
    # 20 equal items at 14 of 20: P = .7, so information is 20 x .21.
    assert problems(form, bank, replace(BLUEPRINT, minimum_information=4.19)) == []
    [(code, facts)] = problems(form, bank, replace(BLUEPRINT, minimum_information=4.21))
    assert code == "information_low"
    assert facts["found"] == pytest.approx(4.2)
    assert facts["wanted"] == 4.21


def test_a_forms_own_mark_wins():
    form, bank = form_and_bank()
    strict = replace(BLUEPRINT, minimum_information=4.0)
    assert problems(form, bank, strict) == []
    [(code, facts)] = problems(replace(form, pass_mark=18), bank, strict)
    assert code == "information_low"
    assert facts["found"] == pytest.approx(20 * 0.9 * 0.1)


def test_a_mark_nobody_can_reach_is_a_problem():
    form, bank = form_and_bank()
    assert problems(replace(form, pass_mark=20), bank) == [
        ("cut_unreachable", {"form": "A", "pass_mark": 20})
    ]


def two_forms():
    a, bank_a = form_and_bank("A")
    b, bank_b = form_and_bank("B")
    return a, b, bank_a | bank_b


def found_in(forms, bank):
    return [(one.code, dict(one.facts)) for one in check_forms(BLUEPRINT, forms, bank)]


def test_two_forms_need_64_items_when_nothing_is_shared():
    a, b, bank = two_forms()
    assert len(bank) == 64
    assert found_in([a, b], bank) == []


def test_forms_may_share_items_but_not_reserves():
    a, b, bank = two_forms()
    shared = replace(b, items=(a.items[0], *b.items[1:]))
    assert found_in([a, shared], bank) == []
    taken = replace(b, reserves=(a.reserves[0], *b.reserves[1:]))
    assert found_in([a, taken], bank) == [
        ("reserve_shared", {"form": "A", "item": a.reserves[0]}),
        ("reserve_shared", {"form": "B", "item": a.reserves[0]}),
    ]
    spent = replace(b, reserves=(a.items[0], *b.reserves[1:]))
    assert found_in([a, spent], bank) == [("reserve_shared", {"form": "B", "item": a.items[0]})]


def test_problems_of_every_form_are_listed():
    a, b, bank = two_forms()
    short = [replace(form, reserves=form.reserves[:-1]) for form in (a, b)]
    assert [(code, facts["form"]) for code, facts in found_in(short, bank)] == [
        ("reserve_short", "A"),
        ("reserve_short", "B"),
    ]


def test_form_codes_differ():
    a, b, bank = two_forms()
    assert found_in([a, replace(b, code="A")], bank) == [("form_code_repeated", {"form": "A"})]


@pytest.mark.parametrize("seed", range(20))
def test_the_second_attempt_takes_the_other_form(seed):
    assert form_for_attempt(["A", "B"], ["A"], seed) == "B"
    assert form_for_attempt(["A", "B"], ["B"], seed) == "A"
    assert form_for_attempt(["A", "B"], ["A", "B"], seed) == "A"
    assert form_for_attempt(["A", "B"], ["A", "B", "A"], seed) == "B"
    assert form_for_attempt(["A"], ["A", "A"], seed) == "A"
    assert form_for_attempt(["A", "B"], ["X"], seed) in {"A", "B"}
    assert form_for_attempt(["A", "B", "C"], ["C", "C", "A"], seed) == "B"
    assert form_for_attempt(["A", "B"], ["A", "A", "B"], seed) == "A"


def test_first_attempts_are_spread_over_the_forms():
    first = Counter(form_for_attempt(["A", "B"], [], seed) for seed in range(1000))
    assert abs(first["A"] - 500) < 75


def test_a_quiz_without_forms_cannot_be_taken():
    with pytest.raises(ValueError, match="form"):
        form_for_attempt([], [], 1)


names = st.lists(st.text(min_size=1, max_size=6), unique=True, max_size=40)


@given(st.integers(-(2**63), 2**63), names)
def test_an_order_is_a_permutation_that_repeats(seed, ids):
    order = shuffled_order(seed, ids)
    assert sorted(order) == sorted(ids)
    assert shuffled_order(seed, reversed(ids)) == order


def test_orders_are_the_same_on_every_machine():
    # Rebuilding old attempts depends on this: never change it, add another function.
    assert shuffled_order(2026, "abcdefgh") == tuple("dcfbaheg")
    assert shuffled_options(2026, "CTH-1", "abcd") == tuple("cbad")


def test_every_order_comes_up_equally_often():
    seen = Counter(shuffled_order(seed, "abc") for seed in range(6000))
    assert len(seen) == 6
    assert all(abs(count - 1000) < 130 for count in seen.values())


def test_items_of_one_attempt_have_unrelated_option_orders():
    orders = {shuffled_options(7, f"CTH-{n}", "abcd") for n in range(200)}
    assert len(orders) == 24


@given(any_item(), st.integers(0, 2**31), st.booleans())
def test_options_shown_are_those_of_the_item(data, seed, shuffle):
    item = item_content_from(data)
    shown = option_order(seed, item, shuffle=shuffle)
    assert sorted(shown) == sorted(option_ids(item))
    assert shown == option_order(seed, item, shuffle=shuffle)


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("shuffle", [True, False])
def test_which_options_are_shuffled(kind, keep, shuffle):
    item = content(kind, tetap=keep)
    shown = {option_order(seed, item, shuffle=shuffle) for seed in range(200)}
    if kind in {"UR", "JD"}:  # the source order is the key
        assert len(shown) == (24 if kind == "UR" else 6)
    elif kind in {"HS", "AN", "IS"} or keep or not shuffle:
        assert shown == {option_ids(item)}
    else:
        assert len(shown) == (6 if kind == "PG" else 24)
