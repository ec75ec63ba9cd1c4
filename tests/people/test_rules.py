from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.competency.rules import Tag, known_tags, tags_on
from lms.kernel.actor import Role
from lms.people import reference
from lms.people.rules import (
    DatedRow,
    HeadAbove,
    NipWarning,
    full_name,
    group_position,
    holding_on,
    holds_on,
    loggable_search,
    make_nip,
    nearest_opd,
    normal_nip,
    parse_nip,
    post_tags,
    read_search,
    role_of_head,
    sort_name,
    superior_among,
    units_below,
    would_loop,
)

TODAY = date(2026, 11, 21)


def read(text):
    return parse_nip(text, today=TODAY)


def test_nip_of_pns_says_birth_appointment_sex_and_sequence():
    reading = read("19900115 201503 2 007")
    assert reading.digits == "199001152015032007"
    assert reading.employment == "PNS"
    assert reading.birth_date == date(1990, 1, 15)
    assert (reading.appointed_year, reading.appointed_month) == (2015, 3)
    assert reading.contract_number is None
    assert (reading.sex, reading.sequence) == ("P", 7)
    assert reading.warnings == ()
    assert reading.is_storable


def test_number_of_pppk_counts_contracts_from_21():
    reading = read("198812302023221004")
    assert reading.employment == "PPPK"
    assert reading.contract_number == 2
    assert (reading.appointed_year, reading.appointed_month) == (2023, None)
    assert reading.sex == "L"
    assert reading.warnings == ()


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("", [NipWarning.LENGTH]),
        ("19900115201503200", [NipWarning.LENGTH]),
        ("1990011520150320071", [NipWarning.LENGTH]),
        ("19900115201503200x", [NipWarning.LENGTH]),
        ("١٩٩٠٠١١٥٢٠١٥٠٣٢٠٠٧", [NipWarning.LENGTH]),
        ("199002302015032007", [NipWarning.BIRTH_DATE]),
        ("199000152015032007", [NipWarning.BIRTH_DATE]),
        ("199001152015002007", [NipWarning.APPOINTMENT]),
        ("199001152015132007", [NipWarning.APPOINTMENT]),
        ("199001152015202007", [NipWarning.APPOINTMENT]),
        ("199001152015012007", []),
        ("199001152015122007", []),
        ("199001152015212007", []),
        ("199001152015992007", []),
        ("199001152015030007", [NipWarning.SEX]),
        ("199001152015033007", [NipWarning.SEX]),
        ("199001152015031000", [NipWarning.SEQUENCE]),
        ("199001152015031999", []),
        ("200002152018021001", []),  # 18 in the month of the appointment
        ("200003152018021001", [NipWarning.APPOINTED_TOO_EARLY]),
        ("200012312018211001", []),  # only the year is known: the latest day decides
        ("200101012018211001", [NipWarning.APPOINTED_TOO_EARLY]),
        ("199001150000031001", [NipWarning.APPOINTED_TOO_EARLY]),
        ("199001152026121001", [NipWarning.IN_FUTURE]),
        ("199001152026111001", []),
        ("202701152046031001", [NipWarning.IN_FUTURE]),
        (
            "199013402015130000",
            [
                NipWarning.BIRTH_DATE,
                NipWarning.APPOINTMENT,
                NipWarning.SEX,
                NipWarning.SEQUENCE,
            ],
        ),
    ],
)
def test_odd_parts_of_a_number_are_named_and_block_nothing(text, warnings):
    reading = read(text)
    assert list(reading.warnings) == warnings
    assert reading.is_storable == (NipWarning.LENGTH not in warnings)


def test_spaces_dots_hyphens_and_apostrophes_are_not_part_of_a_number():
    assert normal_nip(" '19900115 201503.2-007\u00a0\u200b") == "199001152015032007"


@given(
    employment=st.sampled_from(["PNS", "PPPK"]),
    birth=st.dates(date(1960, 1, 1), date(2000, 12, 31)),
    age=st.integers(19, 25),
    month=st.integers(1, 12),
    contract=st.integers(1, 79),
    sex=st.sampled_from(["L", "P"]),
    sequence=st.integers(1, 999),
)
def test_a_number_made_is_read_back(employment, birth, age, month, contract, sex, sequence):
    nip = make_nip(
        employment=employment,
        birth_date=birth,
        appointed_year=birth.year + age,
        appointed_month=month,
        contract_number=contract,
        sex=sex,
        sequence=sequence,
    )
    reading = read(nip)
    assert reading.warnings == ()
    assert reading.employment == employment
    assert reading.birth_date == birth
    assert reading.appointed_year == birth.year + age
    assert (reading.sex, reading.sequence) == (sex, sequence)
    assert reading.appointed_month == (month if employment == "PNS" else None)
    assert reading.contract_number == (contract if employment == "PPPK" else None)


@given(st.text(max_size=30))
def test_reading_a_number_never_raises(text):
    read(text)


@given(st.text("0123456789", min_size=18, max_size=18))
def test_any_18_digits_are_storable(text):
    assert read(text).is_storable


@pytest.mark.parametrize(
    ("employment", "month", "contract", "sequence"),
    [
        ("PNS", 13, 1, 1),
        ("PNS", 0, 1, 1),
        ("PPPK", 1, 80, 1),
        ("PNS", 1, 1, 0),
        ("PNS", 1, 1, 1000),
    ],
)
def test_parts_that_do_not_fit_make_no_number(employment, month, contract, sequence):
    with pytest.raises(ValueError, match=r"\d"):
        make_nip(
            employment=employment,
            birth_date=date(1990, 1, 1),
            appointed_year=2015,
            appointed_month=month,
            contract_number=contract,
            sex="L",
            sequence=sequence,
        )


@pytest.mark.parametrize(
    ("before", "name", "after", "whole"),
    [
        ("", "Ratri Sekarwangi", "", "Ratri Sekarwangi"),
        ("Dr.", " Ratri  Sekarwangi ", "S.Kom., M.T.I.", "Dr. Ratri Sekarwangi, S.Kom., M.T.I."),
        ("", "Wagiyem", " S.Pd. ", "Wagiyem, S.Pd."),
    ],
)
def test_full_name_bears_titles_before_and_behind(before, name, after, whole):
    assert full_name(title_before=before, name=name, title_after=after) == whole


def test_sort_name_ignores_case_accents_and_spaces():
    assert sort_name("  Réna   ANGGRAÉNI ") == "rena anggraeni"


@pytest.mark.parametrize(
    ("typed", "words", "numbers"),
    [
        ("", (), ()),
        ("Ratri", ("ratri",), ()),
        ("  sekar, RATRI ", ("sekar", "ratri"), ()),
        ("021", (), ("021",)),
        ("19900115 201503 2", (), ("199001152015032",)),
        ("0 2 1", (), ("021",)),
        ("21", ("21",), ()),
        ("ratri 021", ("ratri",), ("021",)),
        ("ratri 21", ("ratri", "21"), ()),
        ("50%_", ("50%_",), ()),
    ],
)
def test_search_knows_words_from_digits(typed, words, numbers):
    search = read_search(typed)
    assert (search.words, search.numbers) == (words, numbers)
    assert search.is_empty == (not words and not numbers)


def test_the_log_keeps_three_digits_of_a_searched_number():
    assert loggable_search("Ratri 199001152015032007") == "ratri ···007"


# --- the tree


TREE = {1: None, 2: 1, 3: 2, 4: 3, 5: 1, 6: 5}
KINDS = {1: "pemda", 2: "opd", 3: "bidang", 4: "subbag", 5: "bidang", 6: "opd"}


def test_persons_count_in_the_nearest_opd():
    assert nearest_opd(TREE, KINDS) == {1: None, 2: 2, 3: 2, 4: 2, 5: None, 6: 6}


def test_an_opd_inside_an_opd_counts_its_own():
    assert nearest_opd({1: None, 2: 1}, {1: "opd", 2: "opd"}) == {1: 1, 2: 2}


def test_a_ring_of_units_belongs_to_no_opd():
    assert nearest_opd({1: 2, 2: 1}, {1: "bidang", 2: "bidang"}) == {1: None, 2: None}


@given(st.dictionaries(st.integers(1, 12), st.one_of(st.none(), st.integers(1, 12)), max_size=12))
def test_every_unit_gets_an_answer_whatever_the_parents(parents):
    kinds = {unit: "opd" if unit % 3 == 0 else "bidang" for unit in parents}
    found = nearest_opd(parents, kinds)
    assert found.keys() >= parents.keys()
    assert all(opd is None or kinds[opd] == "opd" for opd in found.values())
    assert all(found[unit] == unit for unit in parents if kinds[unit] == "opd")


@pytest.mark.parametrize(
    ("unit", "parent", "answer"),
    [(2, 4, True), (2, 2, True), (4, 5, False), (2, None, False), (3, 1, False)],
)
def test_a_unit_cannot_lie_inside_itself(unit, parent, answer):
    assert would_loop(TREE, unit_id=unit, parent_id=parent) is answer


def test_an_old_ring_does_not_hang_the_check():
    assert would_loop({1: 2, 2: 1, 3: None}, unit_id=3, parent_id=1) is False


def test_subtree_holds_the_roots_and_all_below():
    assert units_below(TREE, [2]) == {2, 3, 4}
    assert units_below(TREE, [2, 6, 4]) == {2, 3, 4, 6}
    assert units_below(TREE, []) == frozenset()


def test_leading_an_opd_gives_kepala_opd_and_leading_below_atasan():
    assert role_of_head("opd") is Role.KEPALA_OPD
    assert role_of_head("bidang") is Role.ATASAN
    assert role_of_head("pemda") is Role.ATASAN


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 1, 31), True),
        (date(2026, 2, 1), False),
    ],
)
def test_a_period_holds_from_its_start_to_the_day_before_its_end(day, answer):
    assert holds_on(day, starts_on=date(2026, 1, 1), ends_on=date(2026, 2, 1)) is answer
    assert holds_on(day, starts_on=date(2026, 1, 1), ends_on=None) is (day >= date(2026, 1, 1))


@pytest.mark.parametrize(
    ("heads", "superior"),
    [
        ([], None),
        ([(0, 7, "definitif")], None),
        ([(0, 8, "definitif"), (1, 9, "definitif")], 8),
        ([(0, 7, "definitif"), (1, 9, "definitif")], 9),
        ([(1, 10, "plh"), (1, 9, "plt")], 9),
        ([(0, 7, "definitif"), (0, 8, "plh"), (1, 9, "definitif")], 9),
        ([(1, 9, "definitif"), (1, 7, "plh"), (2, 11, "definitif")], 11),
    ],
)
def test_superior_is_the_head_of_the_nearest_unit_that_one_does_not_lead(heads, superior):
    rows = [HeadAbove(distance, person, kind) for distance, person, kind in heads]
    assert superior_among(rows, person_id=7) == superior


def test_kinds_of_office_have_an_order_and_unknown_ones_come_last():
    assert group_position("sekretariat") < group_position("dinas") < group_position("kecamatan")
    assert group_position("lain") > group_position("kecamatan")


# --- dated facts


def moment(day):
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)


def row(number, value, start, recorded=0, supersedes=None):
    return DatedRow(number, value, date(2026, 1, start), moment(recorded), supersedes)


def test_the_latest_start_holds_and_of_equal_starts_the_one_recorded_last():
    rows = [row(1, "a", 1), row(2, "b", 5), row(3, "c", 5, recorded=2)]
    assert holding_on(rows, date(2025, 12, 31)) is None
    assert holding_on(rows, date(2026, 1, 4)).value == "a"
    assert holding_on(rows, date(2026, 1, 5)).value == "c"


def test_what_was_taken_back_is_gone():
    rows = [row(1, "a", 1), row(2, "b", 5), row(3, "b", 9, recorded=1, supersedes=2)]
    assert holding_on(rows, date(2026, 1, 8)).value == "a"
    assert holding_on(rows, date(2026, 1, 9)).value == "b"


def test_kind_of_post_gives_a_tag_until_the_next_kind():
    tags = post_tags([row(1, "4", 1), row(2, "2", 10), row(3, "2", 15), row(4, "", 20)])
    assert [(tag.tag, tag.starts_on.day, tag.until and tag.until.day) for tag in tags] == [
        ("jenis-jabatan:2", 10, 20),
        ("jenis-jabatan:4", 1, 10),
    ]


def test_a_placement_recorded_later_closes_the_tag_from_then_on_only():
    tags = post_tags([row(1, "4", 1), row(2, "2", 10, recorded=30)])
    known_before = [tag for tag in tags if tag.recorded_at <= moment(29)]
    assert [(tag.tag, tag.until) for tag in known_before] == [("jenis-jabatan:4", None)]
    assert len(tags) == 3


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "1", "2", "4"]), st.integers(1, 28), st.integers(0, 6)),
        max_size=7,
        unique_by=lambda fact: (fact[1], fact[2]),
    ),
    st.integers(1, 28),
    st.integers(0, 6),
)
def test_tags_agree_with_the_placement_that_was_known_to_hold(facts, day, known):
    rows = [row(n, code, start, recorded) for n, (code, start, recorded) in enumerate(facts, 1)]
    tags = [Tag(t.tag, t.starts_on, t.until, t.recorded_at, t.id) for t in post_tags(rows)]
    held = tags_on(known_tags(tags, moment(known)), date(2026, 1, day))
    holding = holding_on([r for r in rows if r.recorded_at <= moment(known)], date(2026, 1, day))
    expected = {f"jenis-jabatan:{holding.value}"} if holding and holding.value else set()
    assert held == expected


# --- reference data


def test_reference_has_31_standings_of_which_only_aktif_counts():
    rows = reference.legal_standings()
    assert len(rows) == 31
    assert [row.code for row in rows if row.counts_as_active] == ["01"]
    assert {row.code: row.name for row in rows}["03"] == "Tugas Belajar"


def test_reference_has_ranks_of_both_kinds_and_kinds_of_post():
    ranks = reference.ranks()
    assert [r.code for r in ranks if r.employment == "PPPK"][8] == "IX"
    assert next(r for r in ranks if r.code == "III/b").title == "Penata Muda Tingkat I"
    assert [kind.code for kind in reference.post_kinds()] == ["1", "2", "3", "4"]
    assert reference.origin("golongan").version == "2024-06-24"
