from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lms.assessment.rules.kinds import Kind, option_ids
from lms.assessment.rules.scoring import (
    PARTIAL_RULES,
    Marking,
    Verdict,
    edit_distance,
    feedback,
    score,
    score_partial,
    score_whole,
)
from tests.assessment.item_examples import (
    ALL,
    content,
    ids_by_text,
    item_and_response,
    right_response,
)


def picks(item, *texts):
    return [ids_by_text(item)[text] for text in texts]


def marks(item, response):
    return score_whole(item, response), score_partial(item, response)


@given(item_and_response())
def test_partial_is_full_exactly_when_whole_is(pair):
    item, response = pair
    whole, partial = marks(item, response)
    assert whole in {0, 1}
    assert 0 <= partial <= 1
    assert isinstance(partial, Fraction)
    assert (whole == 1) == (partial == 1)


@pytest.mark.parametrize("kind", ALL)
def test_the_right_answer_earns_all_and_none_earns_nothing(kind):
    item = content(kind)
    assert marks(item, right_response(item)) == (1, 1)
    assert marks(item, None) == (0, 0)
    for marking in Marking:
        assert score(item, right_response(item), marking) == 1
        assert score(item, None, marking) == 0


def test_every_kind_has_a_named_partial_rule():
    assert set(PARTIAL_RULES) == set(Kind)


def test_a_quiz_file_names_its_marking():
    assert [Marking("utuh"), Marking("parsial")] == list(Marking)
    item = content("MR")
    half = picks(item, "Alamat asing")
    assert score(item, half, Marking.WHOLE) == 0
    assert score(item, half, Marking.PARTIAL) == Fraction(1, 2)


def test_one_best_answer():
    item = content("PG")
    assert [marks(item, chosen) for chosen in option_ids(item)] == [(0, 0), (1, 1), (0, 0)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Alamat asing", "Tautan luar"], (1, 1)),
        (["Alamat asing"], (0, Fraction(1, 2))),
        (["Alamat asing", "Tautan luar", "Salam pembuka"], (0, Fraction(1, 2))),
        (["Alamat asing", "Salam pembuka"], (0, 0)),
        (["Salam pembuka", "Tanda tangan"], (0, 0)),
        (["Alamat asing", "Tautan luar", "Salam pembuka", "Tanda tangan"], (0, 0)),
    ],
)
def test_multiple_response_takes_wrong_picks_off(texts, expected):
    item = content("MR")
    assert marks(item, picks(item, *texts)) == expected


def test_marked_lines_score_like_multiple_response():
    item = content("HS")
    assert marks(item, picks(item, "Buka berkas apk.")) == (0, Fraction(1, 2))
    assert marks(item, picks(item, "Pilih izinkan.", "Buka berkas apk.")) == (1, 1)


# Steps 3 and 4 of the example are equal, which leaves 5 of 6 pairs to order.
@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("1234", (1, 1)),
        ("1243", (1, 1)),
        ("2134", (0, Fraction(4, 5))),
        ("1324", (0, Fraction(4, 5))),
        ("4321", (0, 0)),
        ("12", (0, Fraction(1, 5))),
        ("1.34", (0, Fraction(2, 5))),
        ("1", (0, 0)),
    ],
)
def test_ordering_counts_pairs_and_knows_ties(order, expected):
    item = content("UR")
    ids = option_ids(item)
    ranks = ["" if step == "." else ids[int(step) - 1] for step in order]
    assert marks(item, ranks + [""] * (4 - len(ranks))) == expected


def test_matching_counts_rows():
    item = content("JD")
    right = right_response(item)
    hadiah = ids_by_text(item)["Hadiah"]
    first, second, third = (row.id for row in item.rows)
    assert marks(item, right | {second: hadiah}) == (0, Fraction(2, 3))
    assert marks(item, {third: right[third]}) == (0, Fraction(1, 3))
    assert marks(item, {first: hadiah}) == (0, 0)


def judged(values, ratings):
    rows = [
        {"teks": f"T{n}", "rasional": "S", "nilai": value, "n_penilai": 0}
        for n, value in enumerate(values)
    ]
    item = content("SJT", pilihan=rows)
    pairs = zip(option_ids(item), ratings, strict=True)
    return marks(item, {act: rating for act, rating in pairs if rating != "-"})


@pytest.mark.parametrize(
    ("values", "ratings", "expected"),
    [
        ((1, 2, 3, 4), "1234", (1, 1)),
        ((1, 2, 3, 4), "2244", (1, 1)),  # distance 2 of 4 options: just allowed
        ((1, 2, 3, 4), "3234", (1, 1)),
        ((1, 2, 3, 4), "3244", (0, Fraction(7, 8))),  # 3; greatest 10: (10-3)/(10-2)
        ((1, 2, 3, 4), "4411", (0, 0)),
        ((1, 4, 1), "241", (1, 1)),
        ((1, 4, 1), "242", (0, Fraction(14, 15))),  # distance 2 of 3 options, 1.5 allowed
        ((1.5, 4, 1), "242", (1, 1)),  # 0.5 + 0 + 1 = 1.5
        ((1.4, 4, 1), "242", (0, Fraction(70, 71))),  # 1.6; greatest 8.6: 7.0 / 7.1
        ((1, 2, 3, 4), "123-", (0, Fraction(3, 4))),
        ((1, 2, 3, 4), "1---", (0, Fraction(1, 4))),
        ((1, 4), "4-", (0, 0)),
        ((2.5, 2.5), "2-", (0, Fraction(1, 2))),
    ],
)
def test_judgement_allows_half_a_point_per_act(values, ratings, expected):
    assert judged(values, ratings) == expected


def test_judgement_by_hand_on_every_rating_of_two_acts():
    for first, second in product("1234", repeat=2):
        distance = abs(int(first) - 1) + abs(int(second) - 4)
        whole, partial = judged((1, 4), (first, second))
        assert whole == (distance <= 1)
        assert partial == min(1, Fraction(6 - distance, 5))


@pytest.mark.parametrize(
    ("value", "whole"),
    [("1250.5", 1), ("1250", 1), ("1251", 1), ("1251.001", 0), ("1249.9", 0), ("0", 0)],
)
def test_numbers_are_right_within_the_tolerance_inclusive(value, whole):
    assert marks(content("AN"), value) == (whole, whole)


def test_no_tolerance_is_exact_however_long_the_number():
    item = content("AN", jawaban=3, toleransi=0)
    assert score_whole(item, "3") == 1
    assert score_whole(item, "3." + "0" * 60 + "1") == 0


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("ganti sandi", 1),
        ("ganti sandy", 1),
        ("gantisandi", 1),
        ("ganti sandis", 1),
        ("gati sandy", 0),
        ("mengganti sandi", 1),
        ("lapor", 0),
    ],
)
def test_short_text_is_right_within_the_edit_distance(text, whole):
    assert marks(content("IS"), text) == (whole, whole)


def test_a_response_of_another_shape_earns_nothing():
    for kind in ("UR", "JD", "SJT", "AN", "IS", "MR"):
        item = content(kind)
        for response in ("1", ["x"], {"x": "1"}):
            if kind == "IS" or not (kind == "AN" and response == "1"):
                assert score_whole(item, response) == 0


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 2)],
)
def test_edit_distance_of_known_pairs(one, other, distance):
    assert edit_distance(one, other) == distance


@given(st.text("abc", max_size=7), st.text("abc", max_size=7), st.text("abc", max_size=7))
@example("abc", "abc", "")
def test_edit_distance_is_a_metric(one, other, third):
    distance = edit_distance(one, other)
    assert distance == edit_distance(other, one)
    assert (distance == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance <= max(len(one), len(other))
    assert distance <= edit_distance(one, third) + edit_distance(third, other)


@pytest.mark.parametrize("kind", ALL)
def test_feedback_on_nothing_still_gives_the_reasons(kind):
    item = content(kind)
    told = feedback(item, None)
    assert told.verdict is Verdict.BLANK
    assert told.score == 0
    assert not any(line.chosen for line in told.options)
    assert (told.rationale is None) == bool(told.options)


@given(item_and_response())
def test_the_verdict_follows_the_score(pair):
    item, response = pair
    told = feedback(item, response)
    assert (told.verdict is Verdict.RIGHT) == (told.score == 1)
    assert (told.verdict is Verdict.PARTLY) == (0 < told.score < 1)


def test_feedback_on_picks_names_key_and_choice():
    item = content("MR")
    told = feedback(item, picks(item, "Alamat asing", "Salam pembuka", "Tautan luar"))
    assert told.verdict is Verdict.PARTLY
    assert [(line.chosen, line.correct) for line in told.options] == [
        (True, True),
        (True, False),
        (True, True),
        (False, False),
    ]
    assert [line.option_id for line in told.options] == list(option_ids(item))
    assert told.options[1].rationale == "Surel sah pun menyapa."


def test_feedback_on_one_best_answer():
    item = content("PG")
    wrong = feedback(item, option_ids(item)[0])
    assert wrong.verdict is Verdict.WRONG
    assert [(line.chosen, line.correct) for line in wrong.options] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_feedback_on_ranks_names_given_and_expected():
    item = content("UR")
    a, b, c, d = option_ids(item)
    lines = feedback(item, [b, "", d, c]).options
    assert [(line.chosen, line.correct, line.given, line.expected) for line in lines] == [
        (False, False, None, "1"),
        (True, False, "1", "2"),
        (True, True, "4", "3-4"),
        (True, True, "3", "3-4"),
    ]
    assert lines[0].option_id == a


def test_feedback_on_rows_names_given_and_expected_and_distractors():
    item = content("JD")
    first, second, _ = item.rows
    hadiah = ids_by_text(item)["Hadiah"]
    told = feedback(item, {first.id: first.choice_id, second.id: hadiah})
    assert told.verdict is Verdict.PARTLY
    assert [(line.chosen, line.correct, line.given) for line in told.options] == [
        (True, True, first.choice_id),
        (True, False, hadiah),
        (False, False, None),
        (True, False, None),
    ]
    assert [line.expected for line in told.options[:3]] == [row.choice_id for row in item.rows]
    assert told.options[3].option_id == hadiah
    assert feedback(item, right_response(item)).options[3].correct


def test_feedback_on_ratings_allows_half_a_point():
    item = content("SJT")
    ids = option_ids(item)
    lines = feedback(item, dict(zip(ids[:3], "133", strict=True))).options
    assert [(line.chosen, line.correct, line.given, line.expected) for line in lines] == [
        (True, True, "1", "1"),
        (True, False, "3", "2"),
        (True, True, "3", "3.4"),
        (False, False, None, "4"),
    ]


@pytest.mark.parametrize(
    ("value", "verdict", "rationale"),
    [
        ("1250.5", Verdict.RIGHT, "Jumlah kedua kolom."),
        ("7", Verdict.WRONG, "Jumlah kedua kolom."),
        ("999.5", Verdict.KNOWN_MISTAKE, "Kolom kedua terlewat."),
        ("1000.1", Verdict.KNOWN_MISTAKE, "Kolom kedua terlewat."),
        ("1000.4", Verdict.KNOWN_MISTAKE, "Kolom kedua terlewat, dibulatkan."),
    ],
)
def test_a_known_mistake_has_its_own_reason(value, verdict, rationale):
    told = feedback(content("AN"), value)
    assert (told.verdict, told.rationale, told.options) == (verdict, rationale, ())


def test_a_right_answer_is_never_a_mistake():
    overlapping = [{"nilai": 1250, "rasional": "Terlalu dekat."}]
    told = feedback(content("AN", keliru=overlapping), "1250")
    assert (told.verdict, told.rationale) == (Verdict.RIGHT, "Jumlah kedua kolom.")


def test_feedback_on_short_text_gives_the_reason():
    told = feedback(content("IS"), "lapor")
    assert told.verdict is Verdict.WRONG
    assert told.rationale == "Sandi yang bocor diganti dahulu."
