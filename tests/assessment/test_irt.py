"""Estimates against published data and against our own wide-grid computation.

Data: LSAT section 6, Bock & Lieberman 1970, Psychometrika 35(2), 179-197; the answer sequence
and its fixed-prior estimates were computed once on a grid -12..12 of 2001 points.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.rules.irt import (
    GRID,
    Curve,
    Estimate,
    eap,
    expected_raw,
    form_information,
    guessing_chance,
    information,
    is_informative_at,
    pass_probability,
    probability,
    raw_mark_at,
    theta_at_raw,
)
from tests.assessment.item_examples import ALL, content

GOLDEN = Path(__file__).parent / "golden"
LSAT6 = [
    Curve(a=a, b=b)
    for a, b in zip(
        (0.8257, 0.7228, 0.8908, 0.6884, 0.6569),
        (-3.3588, -1.3700, -0.2797, -1.8663, -3.1258),
        strict=True,
    )
]


def rows_of(name):
    with (GOLDEN / name).open(newline="") as file:
        return list(csv.DictReader(file))


def spread(low, high, count=20, a=1.2):
    return [Curve(a=a, b=low + (high - low) * n / (count - 1)) for n in range(count)]


curves = st.builds(
    Curve,
    b=st.floats(-4, 4),
    a=st.floats(0.3, 2.5),
    c=st.sampled_from([0.0, 0.25, 1 / 3]),
)
thetas = st.floats(-6, 6)


def test_the_grid_has_101_points():
    assert (len(GRID), GRID[0], GRID[50], GRID[-1]) == (101, -5, 0, 5)


def test_eap_follows_the_fixed_prior_after_every_answer():
    rows = rows_of("eap-sequence.csv")
    items = [Curve(a=float(row["a"]), b=float(row["b"])) for row in rows]
    answers = [int(row["answer"]) for row in rows]
    for n, row in enumerate(rows, start=1):
        found = eap(items[:n], answers[:n])
        assert found.theta == pytest.approx(float(row["eap_prior_var1"]), abs=2e-6)
        # The tails cut off at 5 logits are worth 6e-6 after a single answer.
        assert found.se == pytest.approx(float(row["sd_prior_var1"]), abs=7e-6 if n == 1 else 2e-6)


def test_eap_is_not_recentred_on_earlier_estimates():
    rows = rows_of("eap-sequence.csv")
    items = [Curve(a=float(row["a"]), b=float(row["b"])) for row in rows]
    found = eap(items, [int(row["answer"]) for row in rows])
    assert abs(found.theta - float(rows[-1]["recentred_estimate"])) > 0.3


@pytest.mark.parametrize(
    ("pattern", "theta", "se"),
    [
        ("00000", -1.897, 0.801),
        ("00001", -1.475, 0.802),
        ("10000", -1.366, 0.803),
        ("11011", 0.008, 0.834),
        ("11111", 0.646, 0.859),
    ],
)
def test_lsat6_estimates(pattern, theta, se):
    found = eap(LSAT6, [int(mark) for mark in pattern])
    assert found.theta == pytest.approx(theta, abs=6e-4)
    assert found.se == pytest.approx(se, abs=6e-4)


def test_lsat6_likelihood_under_its_published_parameters():
    prior = [math.exp(-point * point / 2) for point in GRID]
    log_likelihood = 0.0
    persons = 0
    for row in rows_of("lsat6.csv"):
        marginal = 0.0
        for weight, point in zip(prior, GRID, strict=True):
            chances = [probability(curve, point) for curve in LSAT6]
            pairs = zip(chances, row["pattern"], strict=True)
            marginal += weight * math.prod(p if mark == "1" else 1 - p for p, mark in pairs)
        log_likelihood += int(row["count"]) * math.log(marginal / sum(prior))
        persons += int(row["count"])
    assert persons == 1000
    assert log_likelihood == pytest.approx(-2466.653, abs=2e-3)


def test_lsat6_mean_ability_is_that_of_the_prior():
    rows = rows_of("lsat6.csv")
    total = sum(
        int(row["count"]) * eap(LSAT6, [int(mark) for mark in row["pattern"]]).theta for row in rows
    )
    assert total / 1000 == pytest.approx(0, abs=1e-3)


@given(st.lists(st.tuples(curves, st.integers(0, 1)), max_size=25), st.randoms())
def test_eap_does_not_depend_on_the_order_of_answers(pairs, chance):
    mixed = list(pairs)
    chance.shuffle(mixed)
    assert eap(*split(pairs)) == eap(*split(mixed))


def split(pairs):
    return [curve for curve, _ in pairs], [mark for _, mark in pairs]


@given(st.lists(st.tuples(curves, st.integers(0, 1)), min_size=1, max_size=25))
def test_one_more_right_answer_raises_the_estimate(pairs):
    items, answers = split(pairs)
    before = eap(items, answers)
    if 0 in answers:
        answers[answers.index(0)] = 1
        assert eap(items, answers).theta > before.theta
    assert -5 <= before.theta <= 5
    assert 0 < before.se < 1.5


def test_no_answers_give_the_prior():
    found = eap([], [])
    assert found.theta == pytest.approx(0, abs=1e-12)
    assert found.se == pytest.approx(1, abs=1e-4)


def test_eap_survives_a_long_test_of_extreme_items():
    found = eap([Curve(a=50, b=20)] * 200, [1] * 200)
    assert (found.theta, found.se) == pytest.approx((5, 0))
    assert eap([Curve(a=50, b=-20, c=0.25)] * 200, [0] * 200).theta == pytest.approx(-5)


def test_marks_and_items_must_be_as_many():
    with pytest.raises(ValueError, match="zip"):
        eap([Curve(b=0)], [])


@pytest.mark.parametrize(
    ("a", "b", "c", "theta", "expected"),
    [
        (1, 0, 0, 0, 0.5),
        (1, 0, 0.25, 0, 0.625),
        (1, 1, 0, 0, 1 / (1 + math.e)),
        (2, 0, 0, 0.5, 1 / (1 + math.exp(-1))),
        (1, 0, 0.25, -1000, 0.25),
        (1, 0, 0, 1000, 1),
    ],
)
def test_probability_of_the_model(a, b, c, theta, expected):
    assert probability(Curve(a=a, b=b, c=c), theta) == pytest.approx(expected, abs=1e-12)


@given(curves, thetas)
def test_information_is_the_squared_slope_over_the_variance(curve, theta):
    step = 1e-5
    slope = (probability(curve, theta + step) - probability(curve, theta - step)) / (2 * step)
    chance = probability(curve, theta)
    assert information(curve, theta) == pytest.approx(
        slope**2 / (chance * (1 - chance)), rel=1e-3, abs=1e-9
    )


@given(curves.filter(lambda curve: curve.c > 0), thetas)
def test_information_meets_the_formula_of_the_design(curve, theta):
    p = probability(curve, theta)
    written = curve.a**2 * (1 - p) / p * ((p - curve.c) / (1 - curve.c)) ** 2
    assert information(curve, theta) == pytest.approx(written, rel=1e-6, abs=1e-9)


def test_three_options_give_at_most_0131():
    best = max(information(Curve(b=0, c=1 / 3), theta / 100) for theta in range(-300, 300))
    assert best == pytest.approx(0.131, abs=5e-4)
    assert 20 * best == pytest.approx(2.6, abs=0.05)


def test_information_is_finite_far_away():
    assert information(Curve(a=2, b=0), -2000) == 0
    assert information(Curve(a=2, b=0, c=0.25), -2000) == 0


def test_test_information_adds_up():
    items = [Curve(b=0)] * 8
    assert form_information(items, 0) == pytest.approx(2)
    assert form_information([], 0) == 0


def test_information_at_the_cut_is_inclusive():
    items = [Curve(b=0)] * 8
    assert is_informative_at(items, 0, 2.0)
    assert not is_informative_at(items, 0.01, 2.0)


def test_two_forms_of_the_design_need_different_raw_marks():
    easy, target = spread(-2, -0.5), spread(-0.5, 1.5)
    assert expected_raw(easy, 0.5) == pytest.approx(17.6, abs=0.05)
    assert expected_raw(target, 0.5) == pytest.approx(10.0, abs=0.05)
    assert expected_raw(easy, 0) == pytest.approx(16.08, abs=0.005)
    assert expected_raw(target, 0) == pytest.approx(7.40, abs=0.005)


def test_one_flat_mark_means_two_abilities():
    assert theta_at_raw(spread(-2, -0.5), 14) == pytest.approx(-0.50, abs=0.005)
    assert theta_at_raw(spread(-0.5, 1.5), 14) == pytest.approx(1.29, abs=0.005)


@given(st.lists(curves, min_size=1, max_size=30), st.floats(-4, 4))
def test_the_cut_inverts_the_characteristic_curve(items, theta):
    found = theta_at_raw(items, expected_raw(items, theta))
    assert found == pytest.approx(theta, abs=1e-6)


def test_a_mark_out_of_reach_has_no_cut():
    items = [Curve(b=0, c=0.25)] * 4
    for raw in (0, 1, 4, 5):
        assert theta_at_raw(items, raw) is None
    assert theta_at_raw(items, 1.01) is not None
    assert theta_at_raw([Curve(a=9, b=0)] * 4, 4) is None  # floats reach 4 before 20 logits
    assert theta_at_raw([Curve(b=30)] * 4, 2) is None
    assert theta_at_raw([], 0) is None


@given(st.lists(curves, min_size=3, max_size=30), st.data())
def test_the_mark_of_a_cut_is_the_mark_it_came_from(items, data):
    mark = data.draw(st.integers(1, len(items) - 1))
    cut = theta_at_raw(items, mark)
    if cut is not None:
        assert raw_mark_at(items, cut) == mark


def test_a_mark_rounds_to_the_nearest_item():
    assert raw_mark_at([Curve(b=0)] * 3, 0) == 2
    assert raw_mark_at([Curve(b=0)] * 3, -0.01) == 1


@pytest.mark.parametrize(
    ("theta", "se", "cut", "p"),
    [(0, 1, 0, 0.5), (1, 0.5, 0, 0.97725), (0, 0.4, 0.4, 0.15866), (0.8416, 1, 0, 0.8)],
)
def test_chance_of_being_above_the_cut(theta, se, cut, p):
    found = pass_probability(Estimate(theta=theta, se=se), cut)
    assert found == pytest.approx(p, abs=5e-5)
    assert found == pytest.approx(1 - NormalDist(theta, se).cdf(cut), abs=1e-12)


def test_only_one_best_answer_can_be_guessed():
    chances = {kind: guessing_chance(content(kind)) for kind in ALL}
    assert chances.pop("PG") == pytest.approx(1 / 3)
    assert set(chances.values()) == {0.0}


@pytest.mark.parametrize("bad", [{"a": 0}, {"a": -1}, {"c": 1}, {"c": -0.1}])
def test_a_curve_that_does_not_rise_is_refused(bad):
    with pytest.raises(ValueError, match="response curve"):
        Curve(b=0, **bad)
