"""Readiness rules: counts, figures, ranks, uncertainty and small-cell suppression."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.kernel.counts import Counts
from lms.readiness.rules import (
    FORMULA_VERSION,
    Flow,
    GateFacts,
    Gates,
    SmallCell,
    composite,
    expected_ready,
    flow_balance,
    gap_persons,
    is_ranked,
    more_than_share,
    poisson_binomial,
    probability_above_cut,
    rank_of,
    readiness_of,
    shrinkage,
    split_gap,
    suppress,
    total_of,
    wilson,
)

THRESHOLDS = tuple(Fraction(each, 5) for each in range(5))
GATES = Gates(
    coverage_level=4,
    minimum_coverage=Fraction(9, 10),
    audit_level=4,
    snapshots_level=5,
    minimum_snapshots=2,
    roles_level=5,
)
ALL_DONE = GateFacts(audit_done=True, snapshots_in_a_row=2, roles_filled=True)
NOTHING_DONE = GateFacts(audit_done=False, snapshots_in_a_row=0, roles_filled=False)
QUARTER = Fraction(1, 4)


@st.composite
def consistent_counts(draw):
    n = draw(st.integers(0, 500))
    a = draw(st.integers(0, n))
    c = draw(st.integers(0, a))
    return Counts(n, a, c, draw(st.integers(0, c)))


# Counts


def test_counts_add_and_subtract_by_component():
    one, other = Counts(10, 8, 6, 4), Counts(4, 3, 2, 1)
    assert one + other == Counts(14, 11, 8, 5)
    assert one - other == Counts(6, 5, 4, 3)


@pytest.mark.parametrize(
    ("counts", "consistent"),
    [
        (Counts(), True),
        (Counts(2, 2, 2, 2), True),
        (Counts(1, 2, 0, 0), False),
        (Counts(2, 1, 2, 0), False),
        (Counts(2, 2, 1, 2), False),
        (Counts(0, 0, 0, -1), False),
    ],
)
def test_counts_are_consistent_when_each_is_within_the_one_before(counts, consistent):
    assert counts.is_consistent is consistent


@settings(max_examples=50)
@given(st.lists(consistent_counts(), max_size=6))
def test_sums_of_consistent_counts_are_consistent(rows):
    assert total_of(rows).is_consistent


# Readiness


def test_the_formula_version_is_printed_as_text():
    assert FORMULA_VERSION == "1"


@settings(max_examples=50)
@given(consistent_counts())
def test_rate_is_coverage_times_currency_times_quality(counts):
    figures = readiness_of(counts)
    assert figures.identity_holds
    assert figures.applies is (counts.n > 0)
    if counts.n:
        assert 0 <= figures.lower == figures.rate <= figures.upper <= 1
        assert figures.upper - figures.lower == Fraction(counts.n - counts.c, counts.n)
    if counts.c:
        assert figures.rate == figures.coverage * figures.currency * figures.quality


def test_inconsistent_counts_are_refused():
    with pytest.raises(ValueError, match="n=1, a=2"):
        readiness_of(Counts(1, 2, 0, 0))


def test_where_nobody_is_required_nothing_applies():
    figures = readiness_of(Counts())
    assert not figures.applies
    assert (figures.rate, figures.coverage, figures.currency, figures.quality) == (None,) * 4
    assert (figures.lower, figures.upper) == (None, None)


def test_a_unit_without_required_persons_changes_no_total():
    rows = [Counts(12, 3, 3, 3), Counts(40, 36, 30, 24)]
    assert total_of([*rows, Counts()]) == total_of(rows)
    assert total_of([]) == Counts()


def test_where_nobody_is_assessed_the_rate_is_zero_and_later_factors_are_missing():
    figures = readiness_of(Counts(10, 0, 0, 0))
    assert (figures.rate, figures.coverage, figures.currency, figures.quality) == (
        0,
        0,
        None,
        None,
    )
    assert (figures.lower, figures.upper) == (0, 1)


def test_where_everything_expired_the_rate_is_zero_and_quality_is_missing():
    figures = readiness_of(Counts(10, 5, 0, 0))
    assert (figures.rate, figures.coverage, figures.currency, figures.quality) == (
        0,
        Fraction(1, 2),
        0,
        None,
    )


def test_three_of_twelve_tested_and_passed_is_a_quarter_ready_and_ranked():
    figures = readiness_of(Counts(12, 3, 3, 3))
    assert (figures.rate, figures.lower, figures.upper) == (QUARTER, QUARTER, 1)
    assert is_ranked(12)


@pytest.mark.parametrize(("active_n", "ranked"), [(0, False), (9, False), (10, True)])
def test_only_under_ten_is_not_ranked(active_n, ranked):
    assert is_ranked(active_n) is ranked


def test_identity_notices_a_wrong_rate():
    good = readiness_of(Counts(4, 4, 4, 2))
    wrong = type(good)(
        counts=good.counts,
        rate=Fraction(3, 4),
        coverage=good.coverage,
        currency=good.currency,
        quality=good.quality,
        lower=good.lower,
        upper=good.upper,
    )
    assert not wrong.identity_holds


# Interval, gaps, flows


def test_wilson_of_nobody_is_missing():
    assert wilson(0, 0) is None


@pytest.mark.parametrize(("m", "n"), [(-1, 4), (5, 4)])
def test_wilson_of_impossible_counts_is_refused(m, n):
    with pytest.raises(ValueError, match=str(m)):
        wilson(m, n)


@settings(max_examples=50)
@given(st.integers(1, 10_000), st.data())
def test_wilson_contains_the_rate_and_stays_within_0_and_1(n, data):
    m = data.draw(st.integers(0, n))
    low, high = wilson(m, n)
    assert 0 <= low <= m / n + 1e-12
    assert m / n - 1e-12 <= high <= 1


@pytest.mark.parametrize(
    ("m", "n", "target", "gap"),
    [
        (24, 40, Fraction(4, 5), 8),
        (32, 40, Fraction(4, 5), 0),
        (33, 40, Fraction(4, 5), 0),
        (3, 12, Fraction(4, 5), 7),
        (0, 0, Fraction(4, 5), 0),
        (0, 3, Fraction(1), 3),
    ],
)
def test_gap_is_the_missing_number_of_persons(m, n, target, gap):
    assert gap_persons(m, n, target) == gap


@pytest.mark.parametrize(
    ("n", "needed"), [(10, 10), (176, 159), (4955, 4460), (11, 10), (0, 1), (1, 1)]
)
def test_more_than_ninety_percent_is_strict(n, needed):
    assert more_than_share(n, Fraction(9, 10)) == needed


def test_the_gap_splits_into_three_actions():
    split = split_gap(Counts(120, 84, 48, 30))
    assert (split.not_assessed, split.expired, split.not_passed) == (36, 36, 18)
    assert split.total == 90


@settings(max_examples=50)
@given(consistent_counts())
def test_the_three_actions_add_up_to_everybody_who_is_not_ready(counts):
    assert split_gap(counts).total == counts.n - counts.m


def test_flows_balance_to_the_unit():
    flow = Flow(passed=6, expired=3, left=2, joined=3, ready_left=1)
    balance = flow_balance(n0=40, m0=24, n1=41, m1=26, flow=flow)
    assert (balance.n, balance.m) == (41, 26)
    assert balance.holds


@pytest.mark.parametrize(("n1", "m1", "off"), [(41, 27, (0, 1)), (40, 26, (-1, 0))])
def test_flows_that_do_not_balance_say_by_how_much(n1, m1, off):
    flow = Flow(passed=6, expired=3, left=2, joined=3, ready_left=1)
    balance = flow_balance(n0=40, m0=24, n1=n1, m1=m1, flow=flow)
    assert (balance.off_n, balance.off_m) == off
    assert not balance.holds


def test_every_flow_has_its_sign():
    flow = Flow(
        passed=64,
        expired=1,
        revoked=2,
        joined=32,
        left=4,
        ready_joined=16,
        ready_left=8,
        review_m=-3,
        requirement_n=-5,
        requirement_m=-7,
    )
    balance = flow_balance(n0=100, m0=50, n1=123, m1=109, flow=flow)
    assert (balance.n, balance.m, balance.holds) == (123, 109, True)


# Composite and rank


def test_composite_of_equal_pillars_is_their_rate():
    result = composite(dict.fromkeys("abcd", Fraction(1, 2)), dict.fromkeys("abcd", QUARTER))
    assert (result.geometric, result.arithmetic) == (Decimal("0.5"), Fraction(1, 2))
    assert (result.weakest, result.left_out) == ("a", ())


def test_a_pillar_at_zero_counts_as_the_floor():
    rates = {"cakap": Fraction(1), "aman": Fraction(0)}
    weights = dict.fromkeys(rates, Fraction(1, 2))
    result = composite(rates, weights)
    assert result.geometric == Decimal("0.1")
    assert (result.weakest, result.weakest_rate) == ("aman", 0)
    assert composite(rates, weights, floor=Fraction(4, 100)).geometric == Decimal("0.2")


def test_a_pillar_that_nobody_needs_is_left_out():
    rates = {"cakap": Fraction(1, 4), "aman": None, "etika": Fraction(1)}
    weights = {"cakap": QUARTER, "aman": Fraction(1, 2), "etika": QUARTER}
    result = composite(rates, weights)
    assert (result.geometric, result.left_out) == (Decimal("0.5"), ("aman",))
    assert result.arithmetic == Fraction(5, 8)


def test_without_any_pillar_there_is_no_composite():
    assert composite({"aman": None}, {"aman": Fraction(1)}) is None


@pytest.mark.parametrize(
    "weights",
    [
        {"aman": Fraction(1)},
        {"aman": QUARTER, "etika": QUARTER},
        {"aman": Fraction(2), "etika": Fraction(-1)},
    ],
)
def test_weights_that_do_not_fit_are_refused(weights):
    with pytest.raises(ValueError, match="etika"):
        composite({"aman": Fraction(1), "etika": Fraction(1)}, weights)


def rank(*counts, facts=ALL_DONE):
    pillars = {f"p{index}": readiness_of(each) for index, each in enumerate(counts)}
    return rank_of(pillars, thresholds=THRESHOLDS, gates=GATES, facts=facts)


@pytest.mark.parametrize(
    ("m", "level"), [(0, 1), (19, 1), (20, 2), (39, 2), (40, 3), (60, 4), (79, 4), (80, 5)]
)
def test_a_threshold_is_reached_exactly(m, level):
    assert rank(Counts(100, 100, 100, m)).level == level


def test_the_weakest_pillar_decides():
    result = rank(Counts(100, 100, 100, 100), Counts(100, 100, 100, 30))
    assert (result.level, result.level_by_thresholds) == (2, 2)
    assert [(each.kind, each.pillar) for each in result.held_by] == [("rate", "p1")]
    assert (result.held_by[0].have, result.held_by[0].need) == (
        Fraction(3, 10),
        Fraction(2, 5),
    )


def test_level_4_needs_coverage_in_every_pillar_and_the_audit():
    counts = (Counts(100, 90, 90, 85), Counts(100, 89, 89, 85))
    result = rank(*counts, facts=NOTHING_DONE)
    assert (result.level, result.level_by_thresholds) == (3, 5)
    assert [(each.kind, each.pillar) for each in result.held_by] == [
        ("coverage", "p1"),
        ("audit", None),
    ]
    assert len(result.checklist) == 5


@pytest.mark.parametrize(
    ("snapshots", "roles", "held"),
    [(1, True, ["snapshots"]), (2, False, ["roles"]), (0, False, ["snapshots", "roles"])],
)
def test_level_5_needs_two_snapshots_and_every_role(snapshots, roles, held):
    facts = GateFacts(audit_done=True, snapshots_in_a_row=snapshots, roles_filled=roles)
    result = rank(Counts(10, 10, 10, 10), facts=facts)
    assert result.level == 4
    assert [each.kind for each in result.held_by] == held


def test_at_the_highest_level_nothing_is_left_to_do():
    result = rank(Counts(10, 10, 10, 10))
    assert (result.level, result.checklist, result.held_by) == (5, (), ())


def test_pillars_that_nobody_needs_ask_nothing_of_the_rank():
    result = rank(Counts(10, 10, 10, 10), Counts())
    assert result.level == 5
    held = rank(Counts(10, 5, 5, 7 - 2), Counts(), facts=NOTHING_DONE)
    assert {each.pillar for each in held.checklist} == {"p0", None}


def test_where_nobody_is_required_there_is_no_rank():
    assert rank(Counts(), Counts()) is None


@pytest.mark.parametrize("thresholds", [(), (QUARTER,), (Fraction(0), Fraction(1, 2), QUARTER)])
def test_thresholds_must_start_at_zero_and_not_fall(thresholds):
    with pytest.raises(ValueError, match=r"\("):
        rank_of({}, thresholds=thresholds, gates=GATES, facts=ALL_DONE)


# Shrinkage


def test_without_persons_there_is_nothing_to_shrink():
    assert shrinkage([]) is None
    assert shrinkage([(0, 0)]) is None


@pytest.mark.parametrize(
    "units", [[(3, 10)], [(1, 1), (0, 1)], [(5, 5), (3, 3)], [(0, 5), (0, 3)], [(2, 10), (4, 20)]]
)
def test_units_that_cannot_or_do_not_differ_are_drawn_to_the_mean(units):
    result = shrinkage(units)
    assert (result.rho, result.kappa, result.kappa_used) == (0.0, math.inf, 50.0)
    assert result.shrunk(*units[0], kappa=result.kappa) == float(result.mean)


def test_rho_stops_at_one():
    result = shrinkage([(0, 2), (2, 2)])
    assert (result.rho, result.kappa, result.kappa_used) == (1.0, 0.0, 5.0)
    assert result.shrunk(2, 2, kappa=0.0) == 1.0


def test_units_without_persons_do_not_change_the_moments():
    units = [(24, 40), (30, 120), (6, 12), (3, 4)]
    assert shrinkage(units) == shrinkage([*units, (0, 0)])


# Measurement


def test_the_expected_number_of_ready_persons():
    result = expected_ready(
        [(1.2, 0.30), (0.6, 0.35), (0.4, 0.40), (0.1, 0.45), (-0.2, 0.40), (-0.9, 0.35)]
    )
    assert result.probabilities == pytest.approx(
        (1.000, 0.957, 0.841, 0.588, 0.309, 0.005), abs=5e-4
    )
    assert result.expected == pytest.approx(3.70, abs=5e-3)
    assert result.sd == pytest.approx(0.80, abs=5e-3)
    assert result.pmf == pytest.approx((0, 0.002, 0.057, 0.330, 0.463, 0.148, 0.001), abs=5e-4)
    assert sum(p >= 0.80 for p in result.probabilities) == 3


def test_of_nobody_nobody_is_expected():
    result = expected_ready([])
    assert (result.expected, result.sd, result.pmf) == (0.0, 0.0, (1.0,))


def test_at_the_cut_the_odds_are_even():
    assert probability_above_cut(0.0, 0.4) == 0.5


@pytest.mark.parametrize("se", [0.0, -0.1])
def test_a_standard_error_must_be_positive(se):
    with pytest.raises(ValueError, match=str(se)):
        probability_above_cut(1.0, se)


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1), max_size=12))
def test_the_distribution_adds_up_and_has_the_expected_mean(probabilities):
    pmf = poisson_binomial(probabilities)
    assert math.fsum(pmf) == pytest.approx(1)
    assert math.fsum(k * p for k, p in enumerate(pmf)) == pytest.approx(math.fsum(probabilities))


# Suppression


def hidden(sizes, total="sum", **settings_):
    rows = [SmallCell(unit, "aman", n) for unit, n in sizes.items()]
    totals = {} if total is None else {"aman": sum(sizes.values()) if total == "sum" else total}
    result = suppress(rows, totals, **settings_)
    return "".join(sorted(unit for unit, _ in result.cells)), bool(result.totals)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"A": 5, "B": 9}, ""),
        ({"A": 4, "B": 9, "C": 7}, "AC"),
        ({"A": 4, "B": 0, "C": 7}, "AC"),
        ({"A": 4, "B": 1, "C": 7}, "AB"),
        ({"A": 2, "B": 1, "C": 7, "D": 6}, "ABD"),
        ({"A": 4, "B": 7, "C": 7}, "AB"),
        ({"A": 0, "B": 7}, ""),
    ],
)
def test_small_rows_and_what_would_give_them_away_are_hidden(sizes, expected):
    assert hidden(sizes) == (expected, False)


def test_a_small_total_is_hidden_with_its_rows():
    assert hidden({"A": 1, "B": 2, "C": 0}) == ("AB", True)


def test_without_a_total_only_small_rows_are_hidden():
    assert hidden({"A": 4, "B": 9}, total=None) == ("A", False)


def test_a_small_row_may_hide_among_persons_outside_the_rows():
    assert hidden({"A": 4, "B": 9}, total=20) == ("A", False)


def test_everything_is_hidden_when_nothing_less_suffices():
    assert hidden({"A": 3, "B": 8}, total=11) == ("AB", False)


def test_the_smallest_number_shown_is_a_setting():
    assert hidden({"A": 2, "B": 3, "C": 9}, minimum=3) == ("AB", False)


def test_competences_are_suppressed_apart():
    rows = [
        SmallCell("A", "aman", 3),
        SmallCell("B", "aman", 8),
        SmallCell("C", "aman", 9),
        SmallCell("A", "etika", 30),
        SmallCell("B", "etika", 8),
    ]
    result = suppress(rows, {"aman": 20, "etika": 38, "budaya": 0})
    assert result.cells == {("A", "aman"), ("B", "aman")}
    assert result.totals == frozenset()


@settings(max_examples=50)
@given(st.dictionaries(st.text("ABCDEFGH", min_size=1, max_size=2), st.integers(0, 15)))
def test_the_total_minus_what_is_shown_never_gives_a_small_group(sizes):
    rows = [SmallCell(unit, "aman", n) for unit, n in sizes.items()]
    total = sum(sizes.values())
    result = suppress(rows, {"aman": total})
    missing = [n for unit, n in sizes.items() if (unit, "aman") in result.cells]
    assert all((unit, "aman") in result.cells for unit, n in sizes.items() if 0 < n < 5)
    if missing and not result.totals:
        assert len(missing) > 1
        assert sum(missing) >= 5
