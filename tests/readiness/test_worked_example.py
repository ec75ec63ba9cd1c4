"""The worked example: every printed column of two golden tables, to 1e-6."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from lms.kernel.counts import Counts
from lms.readiness.rules import (
    GateFacts,
    Gates,
    composite,
    gap_persons,
    is_ranked,
    rank_of,
    readiness_of,
    shrinkage,
    total_of,
    wilson,
)

GOLDEN = Path(__file__).parent / "golden"
TOLERANCE = 1e-6


def table(name):
    with (GOLDEN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CELLS = table("readiness-example.csv")
UNITS = table("readiness-example-opd.csv")


def close(value):
    return pytest.approx(float(value), abs=TOLERANCE, rel=0)


def counts_of(row):
    return Counts(
        int(row["required_n"]),
        int(row["ever_assessed_a"]),
        int(row["currently_valid_c"]),
        int(row["ready_m"]),
    )


def pillars_of(unit):
    return {row["pillar"]: readiness_of(counts_of(row)) for row in CELLS if row["opd"] == unit}


def aman():
    return [counts_of(row) for row in CELLS if row["pillar"] == "Aman"]


def test_the_golden_tables_are_whole():
    assert (len(CELLS), len(UNITS)) == (16, 4)


@pytest.mark.parametrize("row", CELLS, ids=lambda row: f"{row['opd']}-{row['pillar']}")
def test_figures_of_a_cell(row):
    counts = counts_of(row)
    figures = readiness_of(counts)
    assert float(figures.coverage) == close(row["coverage"])
    assert float(figures.currency) == close(row["currency"])
    assert float(figures.quality) == close(row["quality"])
    assert float(figures.rate) == close(row["readiness"])
    assert float(figures.lower) == close(row["lower_bound"])
    assert float(figures.upper) == close(row["upper_bound"])
    assert figures.identity_holds
    low, high = wilson(counts.m, counts.n)
    assert low == close(row["wilson90_low"])
    assert high == close(row["wilson90_high"])
    target = Fraction(int(row["target_pct"]), 100)
    assert gap_persons(counts.m, counts.n, target) == int(row["gap_persons"])


@pytest.mark.parametrize("row", UNITS, ids=lambda row: row["opd"])
def test_figures_of_a_unit(row):
    pillars = pillars_of(row["opd"])
    result = composite(
        {name: each.rate for name, each in pillars.items()},
        dict.fromkeys(pillars, Fraction(1, 4)),
    )
    assert float(result.arithmetic) == close(row["arithmetic"])
    assert float(result.geometric) == close(row["geometric"])
    assert float(result.weakest_rate) == close(row["weakest"])
    rank = rank_of(
        pillars,
        thresholds=tuple(Fraction(each, 5) for each in range(5)),
        gates=Gates(
            coverage_level=4,
            minimum_coverage=Fraction(9, 10),
            audit_level=4,
            snapshots_level=5,
            minimum_snapshots=2,
            roles_level=5,
        ),
        facts=GateFacts(audit_done=True, snapshots_in_a_row=2, roles_filled=True),
    )
    assert rank.level_by_thresholds == int(row["level_by_thresholds"])
    assert rank.level == int(row["level_after_coverage_gate"])
    n = int(row["required_n"])
    assert is_ranked(n) is (row["ranked"] == "yes")
    moments = shrinkage((each.m, each.n) for each in aman())
    own = pillars["Aman"].counts
    assert moments.shrunk(own.m, n, moments.kappa) == close(row["aman_shrunk_kappa_unbounded"])
    assert moments.shrunk(own.m, n) == close(row["aman_shrunk_kappa_5"])


def test_moments_of_the_pillar_over_all_units():
    moments = shrinkage((each.m, each.n) for each in aman())
    assert moments.mean == Fraction(63, 176)
    assert moments.rho == pytest.approx(0.2095, abs=5e-5)
    assert moments.kappa == close(3.772467)
    assert moments.kappa_used == 5


def test_the_total_is_weighted_by_heads_and_not_a_mean_of_rates():
    total = readiness_of(total_of(aman()))
    assert total.rate == Fraction(63, 176)
    mean_of_rates = sum(readiness_of(each).rate for each in aman()) / len(aman())
    assert mean_of_rates == Fraction(525, 1000)


def test_the_first_unit_is_held_by_coverage_alone_when_the_audit_is_done():
    rank = rank_of(
        pillars_of("Dinas Kominfo"),
        thresholds=tuple(Fraction(each, 5) for each in range(5)),
        gates=Gates(4, Fraction(9, 10), 4, 5, 2, 5),
        facts=GateFacts(audit_done=True, snapshots_in_a_row=0, roles_filled=False),
    )
    assert [(each.kind, each.pillar) for each in rank.held_by] == [
        ("coverage", "Etika"),
        ("coverage", "Budaya"),
    ]
