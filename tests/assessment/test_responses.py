from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.rules.item_data import item_content_from
from lms.assessment.rules.kinds import option_ids
from lms.assessment.rules.problem import Problem
from lms.assessment.rules.responses import (
    LONGEST_TEXT,
    ids_in,
    is_answered,
    is_complete,
    map_in,
    normalised_text,
    number_from,
    raw_answer_from,
    read_response,
    value_in,
)
from tests.assessment.item_examples import ALL, any_item, content, ids_by_text, item_and_response

ROWS = {"JD", "SJT"}


@pytest.mark.parametrize("kind", ALL)
def test_nothing_given_is_not_answered(kind):
    item = content(kind)
    empties = [{}, {"x": " "}] if kind in ROWS else [[], [""], ["", "  "]]
    for raw in empties:
        response = read_response(item, raw)
        assert response is None
        assert not is_answered(response)
        assert not is_complete(item, response)


@pytest.mark.parametrize("kind", ALL)
def test_the_wrong_shape_is_a_problem(kind):
    raw = ["x"] if kind in ROWS else {"x": "y"}
    assert read_response(content(kind), raw) == Problem("wrong_shape")


@pytest.mark.parametrize("kind", ["PG", "MR", "UR", "HS"])
def test_an_unknown_option_is_a_problem(kind):
    assert read_response(content(kind), ["o1"]) == Problem("unknown_option", {"value": "o1"})


@pytest.mark.parametrize("kind", ["PG", "AN", "IS"])
def test_one_value_is_wanted(kind):
    assert read_response(content(kind), ["1", "2"]) == Problem("one_value")
    assert read_response(content("AN"), ["1", "1", ""]) == "1"


def test_one_best_answer_is_its_id():
    item = content("PG")
    chosen = ids_by_text(item)["Menunggu atasan"]
    response = read_response(item, [f" {chosen} "])
    assert response == chosen
    assert is_answered(response)
    assert is_complete(item, response)


@pytest.mark.parametrize("kind", ["MR", "HS"])
def test_several_ids_are_kept_once_and_sorted(kind):
    item = content(kind)
    ids = option_ids(item)
    response = read_response(item, [ids[2], "", ids[0], ids[2]])
    assert response == sorted([ids[0], ids[2]])
    assert is_complete(item, response)


def test_ranks_keep_their_order():
    item = content("UR")
    ranks = list(reversed(option_ids(item)))
    assert read_response(item, ranks) == ranks
    assert is_complete(item, ranks)


def test_missing_ranks_are_stored_but_not_complete():
    item = content("UR")
    a, b, _, _ = option_ids(item)
    assert read_response(item, [a, "", b]) == [a, "", b, ""]
    assert is_answered([a, "", b, ""])
    assert not is_complete(item, [a, "", b, ""])
    assert not is_complete(item, [a])


def test_a_choice_made_twice_is_a_problem():
    item = content("UR")
    a = option_ids(item)[0]
    assert read_response(item, [a, "", a, ""]) == Problem("chosen_twice")


def test_more_ranks_than_steps_are_a_problem():
    item = content("UR")
    assert read_response(item, ["", "", "", "", ""]) == Problem("too_many", {"most": 4})


def test_matching_maps_rows_to_choices():
    item = content("JD")
    rows = [row.id for row in item.rows]
    hadiah = ids_by_text(item)["Hadiah"]
    part = read_response(item, {rows[2]: hadiah, rows[0]: ""})
    assert part == {rows[2]: hadiah}
    assert not is_complete(item, part)
    full = read_response(item, dict.fromkeys(rows, hadiah))
    assert is_complete(item, full)


def test_matching_refuses_unknown_rows_and_choices():
    item = content("JD")
    row, choice = item.rows[0], item.choices[0]
    assert read_response(item, {choice.id: choice.id}) == Problem(
        "unknown_row", {"value": choice.id}
    )
    assert read_response(item, {row.id: row.id}) == Problem("unknown_option", {"value": row.id})


def test_judgement_maps_acts_to_ratings():
    item = content("SJT")
    ids = option_ids(item)
    part = read_response(item, {ids[1]: " 4 ", ids[0]: "1"})
    assert part == {ids[0]: "1", ids[1]: "4"}
    assert not is_complete(item, part)
    assert is_complete(item, dict.fromkeys(ids, "2"))


@pytest.mark.parametrize("rating", ["0", "5", "2.5", "٣", "empat", "01"])
def test_a_rating_is_a_whole_number_from_1_to_4(rating):
    item = content("SJT")
    raw = {option_ids(item)[0]: rating}
    assert read_response(item, raw) == Problem("rating_out_of_range")


def test_judgement_refuses_unknown_acts():
    assert read_response(content("SJT"), {"x": "1"}) == Problem("unknown_row", {"value": "x"})


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1.250,5", "1250.5"),
        ("1250,5", "1250.5"),
        ("1250.5", "1250.5"),
        ("1.250", "1250"),
        ("12.345.678", "12345678"),
        ("100.250", "100250"),
        ("0.125", "0.125"),
        ("1250.500", "1250.5"),
        ("3.5", "3.5"),
        ("3,5", "3.5"),
        ("3,250", "3.25"),
        ("007", "7"),
        ("0", "0"),
        ("-0,0", "0"),
        ("-3", "-3"),
        ("\N{MINUS SIGN} 3,5", "-3.5"),
        ("+3", "3"),
        (" 12 500 ", "12500"),
        ("1\N{NO-BREAK SPACE}250,5", "1250.5"),
        ("100", "100"),
        ("Rp 1.250,5", "1250.5"),
        ("rp. 1.250", "1250"),
        ("1.250RP", "1250"),
        ("Rp -5", "-5"),
    ],
)
def test_numbers_are_read_the_indonesian_way_and_plain(typed, number):
    assert read_response(content("AN"), [typed]) == number


@pytest.mark.parametrize(
    "typed",
    ["tiga", "1,250.5", "1.25.0", "1 2", "--3", "+-3", "1e3", "3²", ",5", "5,", "1..2", "٣", "Rp"],
)
def test_what_can_be_read_two_ways_or_none_is_a_problem(typed):
    assert read_response(content("AN"), [typed]) == Problem("not_a_number", {"value": typed})


def test_an_item_without_unit_takes_numbers_only():
    assert read_response(content("AN", satuan=None), ["3"]) == "3"
    assert number_from("3 orang") is None
    assert number_from("3 orang", "Orang") == 3


@given(st.decimals(-(10**9), 10**9, places=2))
def test_every_number_is_read_in_both_forms(number):
    plain = f"{number:f}"
    grouped = f"{number:,.2f}".translate(str.maketrans(",.", ".,"))
    assert number_from(plain.replace(".", ",")) == number
    assert number_from(grouped) == number
    stored = read_response(content("AN"), [grouped])
    assert isinstance(stored, str)
    assert Decimal(stored) == number


def test_short_text_loses_case_accents_and_spaces():
    item = content("IS")
    assert read_response(item, ["  Gánti\t SANDI "]) == "ganti sandi"
    assert normalised_text("CAFÉ  ﬁle") == "cafe file"
    assert normalised_text("Straße") == normalised_text("STRASSE")
    assert normalised_text("\N{SQUARE MB}") == "mb"
    assert normalised_text(".apk") != normalised_text("apk")


def test_a_text_of_accents_alone_is_nothing():
    assert read_response(content("IS"), ["\N{COMBINING ACUTE ACCENT}"]) is None


@pytest.mark.parametrize("kind", ["AN", "IS"])
def test_a_very_long_text_is_a_problem(kind):
    item = content(kind)
    assert read_response(item, ["1" * (LONGEST_TEXT + 1)]) == Problem(
        "too_long", {"most": LONGEST_TEXT}
    )
    assert read_response(item, ["1" * LONGEST_TEXT]) == "1" * LONGEST_TEXT


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text):
    once = normalised_text(text)
    assert normalised_text(once) == once


def test_form_fields_become_the_raw_answer_of_the_kind():
    form = [
        ("csrf_token", "x"),
        ("jawaban", "b"),
        ("jawaban-r1", "1"),
        ("jawaban", "a"),
        ("jawaban-r1", "2"),
        ("urut", "3"),
    ]
    assert raw_answer_from(content("UR"), form) == ["b", "a"]
    assert raw_answer_from(content("SJT"), form) == {"r1": "2"}
    assert raw_answer_from(content("JD"), []) == {}


def test_a_stored_response_of_another_shape_reads_as_nothing():
    assert (value_in(None), ids_in(None), map_in(None)) == (None, [], {})
    assert (value_in(["a"]), ids_in("a"), map_in("a")) == (None, [], {})
    assert (value_in("a"), ids_in(["a"]), map_in({"a": "b"})) == ("a", ["a"], {"a": "b"})


@given(item_and_response())
def test_a_stored_response_is_json_and_reads_back_as_itself(pair):
    item, response = pair
    if response is None:
        return
    raw = [response] if isinstance(response, str) else response
    stored = read_response(item, raw)
    assert not isinstance(stored, Problem)
    assert json.loads(json.dumps(stored)) == stored
    assert read_response(item, [stored] if isinstance(stored, str) else stored) == stored


@given(any_item(), st.lists(st.text(max_size=8), max_size=8))
def test_no_input_breaks_the_reading(item, values):
    read = item_content_from(item)
    for raw in (values, dict.fromkeys(values, "1")):
        response = read_response(read, raw)
        assert response is None or isinstance(response, str | list | dict | Problem)
