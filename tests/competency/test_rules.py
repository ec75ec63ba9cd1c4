"""Competence rules: standing, requirement, timelines, and a person's share of the tallies."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.competency.rules import (
    ACTIVE_AUDIENCE,
    Decision,
    Delta,
    EvidenceFact,
    PersonFacts,
    Requirement,
    Span,
    StepKey,
    Tag,
    as_known,
    counts_on,
    deltas,
    effective_windows,
    known_tags,
    person_steps,
    required_on,
    specificity_of,
    standing_on,
    tags_on,
    timeline_of,
    valid_until,
    value_on,
)
from lms.kernel.counts import Counts
from lms.kernel.dates import FAR_FUTURE

START = date(2026, 1, 1)
HORIZON = 70
KNOWN = datetime(2026, 1, 1, tzinfo=UTC)
LATE = KNOWN + timedelta(days=365)


def day(offset):
    return START + timedelta(days=offset)


def hour(offset):
    return KNOWN + timedelta(hours=offset)


def evidence(
    id=1,  # noqa: A002 - the field's own name
    *,
    competence="aman",
    level=2,
    measured=0,
    valid_from=None,
    until=30,
    source="measured",
    recorded=0,
    theta=0.5,
    se=0.4,
    **decided,
):
    return EvidenceFact(
        id=id,
        competence=competence,
        level=level,
        measured_on=day(measured),
        valid_from=day(measured if valid_from is None else valid_from),
        valid_until=None if until is None else day(until),
        source_kind=source,
        theta=theta,
        se=se,
        recorded_at=hour(recorded),
        **decided,
    )


def requirement(
    rule=1,
    version=1,
    *,
    audience=ACTIVE_AUDIENCE,
    competence="aman",
    level=2,
    start=0,
    until=None,
    specificity=None,
    recorded=None,
):
    return Requirement(
        rule_id=rule,
        version_id=version,
        audience=audience,
        competence=competence,
        level=level,
        effective_from=day(start),
        effective_until=None if until is None else day(until),
        specificity=specificity_of(audience) if specificity is None else specificity,
        recorded_at=None if recorded is None else hour(recorded),
    )


def span(value, start=0, *, id=1, recorded=0, supersedes=None):  # noqa: A002
    return Span(
        value=value,
        starts_on=day(start),
        recorded_at=hour(recorded),
        supersedes_id=supersedes,
        id=id,
    )


def decision(kind, on, until=None, *, about=1, recorded=1, id=0):  # noqa: A002
    return Decision(
        evidence_id=about,
        kind=kind,
        effective_on=day(on),
        effective_until=None if until is None else day(until),
        recorded_at=hour(recorded),
        id=id,
    )


def person(*rows, placements=None, standings=None, tags=(), decisions=()):
    return PersonFacts(
        placements=(span(7),) if placements is None else placements,
        standings=(span(True),) if standings is None else standings,
        tags=tags,
        evidence=rows,
        decisions=tuple(decisions),
    )


KEY = StepKey(7, "aman", 1)


# Validity


def test_validity_runs_to_the_same_calendar_day():
    assert valid_until(date(2026, 3, 15), 24) == date(2028, 3, 15)


def test_validity_from_a_long_month_ends_on_the_last_day_of_a_short_one():
    assert valid_until(date(2026, 8, 31), 6) == date(2027, 2, 28)


def test_validity_without_months_has_no_end():
    assert valid_until(START, None) is None


def test_last_valid_day_still_counts_and_the_next_does_not():
    row = evidence(until=30)
    assert row.in_force_on(day(30))
    assert not row.in_force_on(day(31))
    assert row.assesses_on(day(31))


def test_evidence_without_end_stays_in_force():
    assert evidence(until=None).in_force_on(FAR_FUTURE)


def test_evidence_is_not_in_force_before_it_is_measured_or_valid():
    assert not evidence(measured=5).in_force_on(day(4))
    assert not evidence(measured=5, valid_from=8).in_force_on(day(7))
    assert evidence(measured=5, valid_from=8).assesses_on(day(7))
    # C <= A holds even when a certificate's validity starts before its measurement.
    assert not evidence(measured=5, valid_from=2).in_force_on(day(3))


@pytest.mark.parametrize("field", ["revoked_on", "replaced_on"])
def test_revocation_and_replacement_act_from_their_day_on(field):
    row = evidence(**{field: day(10)})
    assert row.in_force_on(day(9))
    assert not row.in_force_on(day(10))
    assert not row.assesses_on(day(10))


# Standing


def test_without_evidence_nobody_is_assessed():
    standing = standing_on([], "aman", day(0))
    assert (standing.level, standing.evidence_id) == (0, None)
    assert not standing.assessed
    assert not standing.current
    assert not standing.under_review
    assert not standing.meets(0)


def test_standing_is_the_highest_level_in_force():
    rows = [evidence(1, level=3, until=10), evidence(2, level=2, measured=5, until=30)]
    assert standing_on(rows, "aman", day(10)).evidence_id == 1
    after = standing_on(rows, "aman", day(11))
    assert (after.level, after.evidence_id, after.valid_until) == (2, 2, day(30))


def test_ties_go_to_the_later_measurement_then_the_higher_id():
    rows = [evidence(9, measured=1), evidence(3, measured=2), evidence(4, measured=2)]
    assert standing_on(rows, "aman", day(5)).evidence_id == 4


def test_standing_carries_the_measurement_of_its_row():
    standing = standing_on([evidence(theta=0.25, se=0.5)], "aman", day(1))
    assert (standing.theta, standing.se, standing.source_kind) == (0.25, 0.5, "measured")
    assert standing.measured_on == day(0)


def test_a_required_level_is_met_when_reached_exactly():
    standing = standing_on([evidence(level=2)], "aman", day(1))
    assert standing.meets(2)
    assert not standing.meets(3)


def test_level_0_is_assessed_and_current_but_meets_nothing():
    standing = standing_on([evidence(level=0)], "aman", day(1))
    assert standing.assessed
    assert standing.current
    assert not standing.meets(1)


def test_a_claim_never_counts():
    standing = standing_on([evidence(source="claimed", level=5)], "aman", day(1))
    assert not standing.assessed
    assert not standing.current


def test_evidence_of_another_competence_is_not_looked_at():
    assert not standing_on([evidence(competence="etika")], "aman", day(1)).assessed


def test_expired_evidence_leaves_its_person_assessed():
    standing = standing_on([evidence(until=10)], "aman", day(11))
    assert standing.assessed
    assert not standing.current


def test_evidence_under_review_stays_in_a_and_c_and_leaves_m():
    row = evidence(review_from=day(5), review_until=day(19))
    assert standing_on([row], "aman", day(4)).meets(2)
    held = standing_on([row], "aman", day(5))
    assert held.assessed
    assert held.current
    assert held.under_review
    assert not held.meets(1)
    assert standing_on([row], "aman", day(18)).under_review
    assert standing_on([row], "aman", day(19)).meets(2)


def test_other_evidence_stands_while_one_row_is_under_review():
    rows = [evidence(1, level=3, review_from=day(0)), evidence(2, level=2)]
    standing = standing_on(rows, "aman", day(1))
    assert (standing.level, standing.under_review) == (2, True)


# Replay


def test_rows_and_decisions_recorded_later_are_not_known_yet():
    rows = [evidence(1, recorded=0), evidence(2, recorded=5)]
    made = [decision("revoked", 3, recorded=4)]
    assert [row.id for row in as_known(rows, made, hour(3))] == [1]
    (first, second) = as_known(rows, made, hour(5))
    assert (first.revoked_on, second.revoked_on) == (day(3), None)


def test_a_moment_knows_what_is_recorded_at_it():
    assert as_known([evidence(recorded=2)], [], hour(2))
    assert not as_known([evidence(recorded=2)], [], hour(1))


def test_the_revocation_that_acts_first_holds():
    made = [decision("revoked", 9), decision("revoked", 4, recorded=2), decision("replaced", 6)]
    (row,) = as_known([evidence()], made, LATE)
    assert (row.revoked_on, row.replaced_on) == (day(4), day(6))


def test_only_decisions_say_what_was_decided():
    stale = evidence(revoked_on=day(1), review_from=day(1))
    (row,) = as_known([stale], [], LATE)
    assert (row.revoked_on, row.review_from, row.reviews) == (None, None, ())


def test_a_later_review_row_corrects_the_earlier_one():
    made = [decision("review", 5, 19), decision("review", 5, 8, recorded=2)]
    (before,) = as_known([evidence()], made, hour(1))
    assert (before.review_from, before.review_until) == (day(5), day(19))
    (after,) = as_known([evidence()], made, hour(2))
    assert (after.review_from, after.review_until) == (day(5), day(8))
    assert after.earlier_reviews == ()


def test_review_rows_of_one_moment_go_by_id():
    made = [decision("review", 5, 8, id=2), decision("review", 5, 19, id=1)]
    (row,) = as_known([evidence()], made, LATE)
    assert row.review_until == day(8)


def test_an_empty_review_row_ends_the_review():
    for written_end in (None, 19):
        made = [decision("review", 5, written_end), decision("review", 9, 9, recorded=2)]
        (row,) = as_known([evidence()], made, LATE)
        assert row.reviews == ((day(5), day(9)),)


def test_a_new_review_leaves_an_earlier_one_as_it_was():
    made = [decision("review", 2, 6), decision("review", 20, 24, recorded=2)]
    (row,) = as_known([evidence()], made, LATE)
    assert (row.review_from, row.review_until) == (day(20), day(24))
    assert row.earlier_reviews == ((day(2), day(6)),)
    assert [row.under_review_on(day(each)) for each in (1, 2, 6, 20, 24)] == [
        False,
        True,
        False,
        True,
        False,
    ]


# Requirements


def test_specificity_orders_the_audiences():
    assert specificity_of("asn-aktif") < specificity_of("jenis-jabatan:4")
    assert specificity_of("jenis-jabatan:4") < specificity_of("sdm-tik:data")


@pytest.mark.parametrize("audience", ["semua", "sdm-tik", "sdm-tik:", ""])
def test_an_unknown_audience_is_refused(audience):
    with pytest.raises(ValueError, match=f"^{audience}$"):
        specificity_of(audience)


def chosen(lines, tags=("asn-aktif",), on=5):
    required = required_on(lines, set(tags), "aman", day(on))
    return None if required is None else required.chosen.version_id


def test_nothing_is_required_without_an_applying_line():
    assert chosen([]) is None
    assert chosen([requirement(competence="etika")]) is None
    assert chosen([requirement()], tags=()) is None


def test_a_requirement_holds_from_its_first_day_up_to_its_end():
    line = requirement(start=3, until=6)
    assert [chosen([line], on=each) for each in (2, 3, 5, 6)] == [None, 1, 1, None]


def test_the_highest_level_wins_and_the_others_also_ask():
    broad = requirement(1, 1, level=3)
    narrow = requirement(2, 2, audience="sdm-tik:data", level=2)
    post = requirement(3, 3, audience="jenis-jabatan:4", level=2)
    tags = {"asn-aktif", "sdm-tik:data", "jenis-jabatan:4"}
    required = required_on([post, narrow, broad], tags, "aman", day(1))
    assert required.chosen == broad
    assert required.also == (narrow, post)


def test_of_equal_levels_the_narrower_audience_wins():
    lines = [requirement(1, 9), requirement(2, 2, audience="sdm-tik:data")]
    assert chosen(lines, tags=("asn-aktif", "sdm-tik:data")) == 2


def test_of_equal_levels_and_audiences_the_newer_version_wins():
    assert chosen([requirement(1, 5, start=0), requirement(2, 4, start=1)]) == 4
    assert chosen([requirement(1, 5), requirement(2, 6)]) == 6


def test_a_new_version_ends_the_old_one_even_when_it_asks_for_less():
    lines = [requirement(1, 1, level=3), requirement(1, 2, level=2, start=4)]
    assert [chosen(lines, on=each) for each in (3, 4)] == [1, 2]


def test_a_new_version_ends_the_old_one_for_audiences_it_no_longer_names():
    lines = [requirement(1, 1), requirement(1, 2, audience="sdm-tik:data", start=4)]
    assert [chosen(lines, on=each) for each in (3, 4)] == [1, None]


def test_of_two_versions_with_one_start_the_higher_id_holds():
    lines = [requirement(1, 2, level=2), requirement(1, 1, level=4)]
    assert chosen(lines, on=0) == 2


def test_a_rule_whose_newest_version_has_ended_is_silent():
    lines = [requirement(1, 1), requirement(1, 2, start=4, until=6)]
    assert [chosen(lines, on=each) for each in (3, 5, 6)] == [1, 2, None]


def test_a_gap_between_two_versions_stays_a_gap():
    lines = [requirement(1, 1, until=3), requirement(1, 2, start=8)]
    assert [chosen(lines, on=each) for each in (2, 3, 7, 8)] == [1, None, None, 2]


def test_windows_close_only_what_lasts_too_long():
    kept = requirement(1, 1, until=3)
    cut = requirement(1, 2, start=3, until=20)
    last = requirement(1, 3, start=8)
    windows = effective_windows([kept, cut, last])
    assert [line.effective_until for line in windows] == [day(3), day(8), None]
    assert effective_windows(windows) == windows


def test_a_version_starts_with_its_first_line():
    lines = [requirement(1, 1), requirement(1, 2, start=9), requirement(1, 2, start=4)]
    assert effective_windows(lines)[0].effective_until == day(4)


def test_a_version_recorded_later_ends_nothing_yet():
    lines = [requirement(1, 1, recorded=0), requirement(1, 2, start=4, recorded=5)]
    (line,) = effective_windows(lines, hour(4))
    assert line.effective_until is None
    assert len(effective_windows(lines, hour(5))) == 2


# Timelines


def test_a_timeline_of_nothing_has_no_value():
    assert timeline_of([], LATE) == []
    assert value_on([], day(0)) is None


def test_a_span_holds_until_the_next_start():
    steps = timeline_of([span(2, 10, id=2), span(1, 0, id=1), span(None, 20, id=3)], LATE)
    assert steps == [(day(0), 1), (day(10), 2), (day(20), None)]
    assert [value_on(steps, day(each)) for each in (-1, 0, 9, 10, 20)] == [None, 1, 1, 2, None]


def test_of_equal_starts_the_newest_recorded_wins():
    spans = [span(1, recorded=3, id=1), span(2, recorded=1, id=2)]
    assert timeline_of(spans, LATE) == [(day(0), 1)]
    assert timeline_of(spans, hour(2)) == [(day(0), 2)]


def test_of_equal_moments_the_higher_id_wins():
    assert timeline_of([span(2, id=2), span(1, id=1)], LATE) == [(day(0), 2)]


def test_a_superseding_row_removes_the_row_it_names():
    spans = [
        span(1, 0, id=1),
        span(2, 10, id=2, recorded=1),
        span(2, 15, id=3, recorded=2, supersedes=2),
    ]
    assert timeline_of(spans, hour(1)) == [(day(0), 1), (day(10), 2)]
    assert timeline_of(spans, hour(2)) == [(day(0), 1), (day(15), 2)]


def test_a_corrected_correction_does_not_bring_the_first_row_back():
    spans = [
        span(1, 0, id=1),
        span(2, 10, id=2, recorded=1, supersedes=1),
        span(3, 20, id=3, recorded=2, supersedes=2),
    ]
    assert timeline_of(spans, LATE) == [(day(20), 3)]


def test_neighbouring_steps_differ():
    assert timeline_of([span(1, 0, id=1), span(1, 5, id=2)], LATE) == [(day(0), 1)]


def test_tags_cover_a_half_open_range():
    tags = (Tag("sdm-tik:data", day(2), day(5), KNOWN), Tag("jenis-jabatan:4", day(0), None, KNOWN))
    assert tags_on(tags, day(1)) == {"jenis-jabatan:4"}
    assert tags_on(tags, day(2)) == {"sdm-tik:data", "jenis-jabatan:4"}
    assert tags_on(tags, day(5)) == {"jenis-jabatan:4"}


def test_a_later_row_corrects_a_tag_of_the_same_start():
    opened = Tag("sdm-tik:data", day(2), None, hour(0), 1)
    closed = Tag("sdm-tik:data", day(2), day(9), hour(4), 2)
    assert known_tags([closed, opened], hour(3)) == (opened,)
    assert known_tags([closed, opened], hour(4)) == (closed,)


# One person's steps


def test_a_pass_counts_from_its_day_and_its_expiry_on_the_day_after():
    steps = person_steps(person(evidence(measured=5, until=30)), [requirement()], LATE)
    assert steps == {
        (7, "aman", 1): [
            (day(0), Counts(1, 0, 0, 0)),
            (day(5), Counts(1, 1, 1, 1)),
            (day(31), Counts(1, 1, 0, 0)),
        ]
    }


def test_nobody_counts_without_unit_activity_or_requirement():
    row = evidence()
    assert person_steps(person(row, placements=()), [requirement()], LATE) == {}
    assert person_steps(person(row, placements=(span(None),)), [requirement()], LATE) == {}
    assert person_steps(person(row, standings=()), [requirement()], LATE) == {}
    assert person_steps(person(row, standings=(span(False),)), [requirement()], LATE) == {}
    assert person_steps(person(row), [], LATE) == {}
    assert person_steps(PersonFacts(), [requirement()], LATE) == {}


def test_a_move_takes_the_contribution_from_one_unit_to_the_other():
    moved = person(evidence(until=None), placements=(span(7, id=1), span(8, 10, id=2)))
    assert person_steps(moved, [requirement()], LATE) == {
        (7, "aman", 1): [(day(0), Counts(1, 1, 1, 1)), (day(10), Counts())],
        (8, "aman", 1): [(day(10), Counts(1, 1, 1, 1))],
    }


def test_inactivity_takes_a_person_out_and_back_in():
    away = person(
        evidence(until=15),
        standings=(span(True, id=1), span(False, 10, id=2), span(True, 20, id=3)),
    )
    assert person_steps(away, [requirement()], LATE)[KEY] == [
        (day(0), Counts(1, 1, 1, 1)),
        (day(10), Counts()),
        (day(20), Counts(1, 1, 0, 0)),
    ]


def test_a_tag_brings_a_narrower_requirement_for_its_time():
    lines = [requirement(), requirement(2, 2, audience="sdm-tik:keamanan", level=3)]
    tagged = person(evidence(until=None), tags=(Tag("sdm-tik:keamanan", day(4), day(9), KNOWN),))
    assert person_steps(tagged, lines, LATE) == {
        (7, "aman", 1): [
            (day(0), Counts(1, 1, 1, 1)),
            (day(4), Counts()),
            (day(9), Counts(1, 1, 1, 1)),
        ],
        (7, "aman", 2): [(day(4), Counts(1, 1, 1, 0)), (day(9), Counts())],
    }


def test_review_and_revocation_turn_the_contribution():
    flagged = person(
        evidence(until=None), decisions=(decision("review", 3, 17), decision("revoked", 40))
    )
    assert person_steps(flagged, [requirement()], LATE)[KEY] == [
        (day(0), Counts(1, 1, 1, 1)),
        (day(3), Counts(1, 1, 1, 0)),
        (day(17), Counts(1, 1, 1, 1)),
        (day(40), Counts(1, 0, 0, 0)),
    ]


def test_an_ordered_recheck_takes_the_place_of_the_row_it_names():
    rechecked = person(
        evidence(1, until=None),
        evidence(2, level=0, measured=12, until=None),
        decisions=(decision("replaced", 20),),
    )
    assert person_steps(rechecked, [requirement()], LATE)[KEY] == [
        (day(0), Counts(1, 1, 1, 1)),
        (day(20), Counts(1, 1, 1, 0)),
    ]


def test_a_decision_corrects_the_written_end_of_a_review():
    row = evidence(until=None)
    flagged = person(row, decisions=(decision("review", 3, 17),))
    cleared = person(row, decisions=(*flagged.decisions, decision("review", 3, 8, recorded=2)))
    old = person_steps(flagged, [requirement()], LATE)
    new = person_steps(cleared, [requirement()], LATE)
    assert deltas(old, new) == [
        Delta(7, "aman", 1, day(8), 0, 0, 0, 1),
        Delta(7, "aman", 1, day(17), 0, 0, 0, -1),
    ]


def test_evidence_of_an_unrequired_competence_adds_nothing():
    steps = person_steps(person(evidence(competence="etika")), [requirement()], LATE)
    assert steps == {KEY: [(day(0), Counts(1, 0, 0, 0))]}


# Deltas


def test_deltas_from_nothing_are_the_rows_of_a_new_person():
    steps = person_steps(person(evidence(measured=5, until=30)), [requirement()], LATE)
    assert deltas({}, steps) == [
        Delta(7, "aman", 1, day(0), 1, 0, 0, 0),
        Delta(7, "aman", 1, day(5), 0, 1, 1, 1),
        Delta(7, "aman", 1, day(31), 0, 0, -1, -1),
    ]


def test_no_change_needs_no_rows():
    steps = person_steps(person(evidence()), [requirement()], LATE)
    assert deltas(steps, steps) == []


def test_counts_before_the_first_step_are_zero():
    assert counts_on([(day(3), Counts(1))], day(2)) == Counts()


# Properties

offsets = st.integers(0, 50)
recorded = st.integers(0, 20)
ends = st.none() | st.integers(0, 60)
competences = st.sampled_from(["aman", "etika"])


def numbered(rows, make):
    return tuple(make(index, row) for index, row in enumerate(rows, start=1))


def spans_of(values):
    @st.composite
    def build(draw):
        rows = draw(st.lists(st.tuples(values, offsets, recorded), max_size=4))
        made = []
        for index, (value, start, at) in enumerate(rows, start=1):
            supersedes = draw(st.none() | st.integers(1, index - 1)) if index > 1 else None
            made.append(span(value, start, id=index, recorded=at, supersedes=supersedes))
        return tuple(made)

    return build()


evidence_rows = st.lists(
    st.tuples(
        competences,
        st.integers(0, 4),
        offsets,
        st.integers(-3, 5),
        ends,
        st.sampled_from(["measured", "outside", "rubric", "claimed"]),
        recorded,
    ),
    max_size=5,
).map(
    lambda rows: numbered(
        rows,
        lambda index, row: evidence(
            index,
            competence=row[0],
            level=row[1],
            measured=row[2],
            valid_from=row[2] + row[3],
            until=row[4],
            source=row[5],
            recorded=row[6],
        ),
    )
)
decision_rows = st.lists(
    st.builds(
        decision,
        st.sampled_from(["revoked", "replaced", "review"]),
        offsets,
        ends,
        about=st.integers(1, 5),
        recorded=recorded,
        id=st.integers(0, 9),
    ),
    max_size=4,
).map(tuple)
tag_rows = st.lists(
    st.builds(
        lambda name, start, until, at: Tag(
            name, day(start), None if until is None else day(until), hour(at)
        ),
        st.sampled_from(["sdm-tik:data", "jenis-jabatan:4"]),
        offsets,
        ends,
        recorded,
    ),
    max_size=3,
).map(tuple)
people = st.builds(
    PersonFacts,
    placements=spans_of(st.sampled_from([None, 1, 2])),
    standings=spans_of(st.sampled_from([True, True, False])),
    tags=tag_rows,
    evidence=evidence_rows,
    decisions=decision_rows,
)
settled_people = st.builds(
    lambda rows, made: person(*rows, decisions=made), evidence_rows, decision_rows
)
anybody = people | settled_people
requirement_sets = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from([ACTIVE_AUDIENCE, "sdm-tik:data", "jenis-jabatan:4"]),
        competences,
        st.integers(1, 4),
        st.integers(0, 30),
        ends,
        recorded,
    ),
    min_size=1,
    max_size=5,
).map(
    lambda rows: numbered(
        rows,
        lambda index, row: requirement(
            row[0],
            index,
            audience=row[1],
            competence=row[2],
            level=row[3],
            start=row[4],
            until=row[5],
            recorded=row[6],
        ),
    )
)
moments = st.integers(0, 21).map(hour)
all_days = [day(offset) for offset in range(-5, HORIZON)]


def counted_by_hand(facts, requirements, known_at, competence, on):
    """What one person adds on one day, straight from the definitions."""
    unit = value_on(timeline_of(facts.placements, known_at), on)
    active = value_on(timeline_of(facts.standings, known_at), on)
    tags = tags_on(known_tags(facts.tags, known_at), on) | {ACTIVE_AUDIENCE}
    lines = effective_windows(requirements, known_at)
    required = required_on(lines, tags, competence, on)
    if unit is None or not active or required is None:
        return None, Counts()
    rows = [
        row
        for row in as_known(facts.evidence, facts.decisions, known_at)
        if row.competence == competence
        and row.source_kind != "claimed"
        and not (row.revoked_on and row.revoked_on <= on)
        and not (row.replaced_on and row.replaced_on <= on)
        and row.measured_on <= on
    ]
    valid = [
        row
        for row in rows
        if row.valid_from <= on and (row.valid_until is None or on <= row.valid_until)
    ]
    ready = [
        row
        for row in valid
        if row.level >= required.chosen.level
        and not any(first <= on and (last is None or on < last) for first, last in row.reviews)
    ]
    key = StepKey(unit, competence, required.chosen.version_id)
    return key, Counts(1, bool(rows), bool(valid), bool(ready))


@settings(max_examples=50)
@given(st.lists(anybody, max_size=3), requirement_sets, moments)
def test_the_sum_over_people_is_the_sum_of_their_steps(group, requirements, known_at):
    all_steps = [person_steps(facts, requirements, known_at) for facts in group]
    for on in all_days:
        by_hand = {}
        for facts in group:
            for competence in ("aman", "etika"):
                key, counts = counted_by_hand(facts, requirements, known_at, competence, on)
                if key is not None:
                    by_hand[key] = by_hand.get(key, Counts()) + counts
        keys = {key for steps in all_steps for key in steps}
        from_steps = {
            key: sum((counts_on(steps.get(key, ()), on) for steps in all_steps), Counts())
            for key in keys
        }
        assert {key: each for key, each in from_steps.items() if each != Counts()} == by_hand


@settings(max_examples=50)
@given(anybody, requirement_sets, moments)
def test_steps_are_consistent_ordered_and_without_repetition(facts, requirements, known_at):
    for course in person_steps(facts, requirements, known_at).values():
        days = [on for on, _ in course]
        assert days == sorted(set(days))
        assert course[0][1].n == 1
        for _, counts in course:
            assert counts.is_consistent
            assert counts.n in (0, 1)
        assert all(one != other for (_, one), (_, other) in pairwise(course))


@settings(max_examples=50)
@given(anybody, anybody, requirement_sets, moments)
def test_deltas_replayed_over_the_old_give_the_new(before, after, requirements, known_at):
    old = person_steps(before, requirements, known_at)
    new = person_steps(after, requirements, known_at)
    rows = deltas(old, new)
    where = [(row.unit_id, row.competence, row.requirement_version_id) for row in rows]
    assert len({(key, row.effective_on) for key, row in zip(where, rows, strict=True)}) == len(rows)
    assert all((row.d_n, row.d_a, row.d_c, row.d_m) != (0, 0, 0, 0) for row in rows)
    for key in old.keys() | new.keys():
        for on in all_days:
            change = sum(
                (
                    Counts(row.d_n, row.d_a, row.d_c, row.d_m)
                    for row, place in zip(rows, where, strict=True)
                    if place == key and row.effective_on <= on
                ),
                Counts(),
            )
            assert counts_on(old.get(key, ()), on) + change == counts_on(new.get(key, ()), on)


@settings(max_examples=50)
@given(anybody, requirement_sets, moments, competences, offsets, ends)
def test_a_failed_voluntary_attempt_lowers_nothing(
    facts, requirements, known_at, competence, on, until
):
    failed = evidence(99, competence=competence, level=0, measured=on, until=until, recorded=0)
    tried = PersonFacts(
        facts.placements,
        facts.standings,
        facts.tags,
        (*facts.evidence, failed),
        facts.decisions,
    )
    rows = deltas(
        person_steps(facts, requirements, known_at), person_steps(tried, requirements, known_at)
    )
    assert all((row.d_n, row.d_m) == (0, 0) for row in rows)


@settings(max_examples=50)
@given(anybody, requirement_sets, st.integers(0, 21))
def test_a_replay_sees_only_what_was_recorded_by_then(facts, requirements, at):
    def until(rows):
        return tuple(row for row in rows if row.recorded_at <= hour(at))

    then = PersonFacts(
        until(facts.placements),
        until(facts.standings),
        until(facts.tags),
        until(facts.evidence),
        until(facts.decisions),
    )
    assert person_steps(facts, requirements, hour(at)) == person_steps(
        then, until(requirements), LATE
    )
