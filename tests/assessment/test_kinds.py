from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given

from lms.assessment.rules.fields import MalformedItem
from lms.assessment.rules.item_data import item_content_from, to_jsonable
from lms.assessment.rules.kinds import Kind, Numeric, SingleChoice, option_ids
from tests.assessment.item_examples import ALL, any_item, content, data


def test_every_kind_of_the_contract_has_an_example():
    assert set(ALL) == set(Kind)


HEAD_STEM = "Langkah mana yang paling tepat?"


@pytest.mark.parametrize("kind", ALL)
def test_content_carries_its_kind_and_its_head(kind):
    item = content(kind, peraga="Tabel", tetap=True)
    assert item.kind == kind
    assert item.head.item_id == "CTH-101-1-001"
    assert item.head.version == 1
    assert item.head.stem == HEAD_STEM
    assert item.head.exhibit == "Tabel"
    assert item.head.keep_order is True


def test_a_head_without_extras_has_none():
    head = content("MR").head
    assert (head.situation, head.exhibit, head.keep_order) == (None, None, False)


@given(any_item())
def test_writing_and_reading_gives_the_same_content(item):
    read = item_content_from(item)
    assert item_content_from(json.loads(json.dumps(to_jsonable(read)))) == read


@pytest.mark.parametrize("kind", ALL)
def test_written_content_holds_the_names_of_the_yaml(kind):
    source = data(kind, peraga="Tabel", tetap=True)
    written = to_jsonable(item_content_from(source))
    for field in ("guna", "pelajaran", "level", "b_ahli"):
        del source[field]
    if kind == "SJT":
        source["pilihan"][3]["sd"] = None
    assert written == source


def test_numbers_are_the_decimals_their_author_wrote():
    item = content("AN", jawaban=0.1, toleransi=0)
    assert isinstance(item, Numeric)
    assert item.answer == Decimal("0.1")
    assert content("SJT").options[2].value == Decimal("3.4")


def test_a_number_may_go_without_known_mistakes():
    item = content("AN", keliru=None)
    assert item.mistakes == ()
    assert "keliru" not in to_jsonable(item)


def test_option_ids_are_stable_and_differ_by_version_and_item():
    ids = option_ids(content("UR"))
    assert ids == option_ids(content("UR"))
    assert not set(ids) & set(option_ids(content("UR", versi=2)))
    assert not set(ids) & set(option_ids(content("UR", id="CTH-101-1-002")))


@given(any_item())
def test_option_ids_are_opaque_and_unique(item):
    read = item_content_from(item)
    ids = [*option_ids(read), *(row.id for row in getattr(read, "rows", ()))]
    assert len(set(ids)) == len(ids)
    assert all(len(value) == 13 and value.isalnum() and value.islower() for value in ids)


@given(any_item(kinds=("PG", "MR", "HS")))
def test_option_ids_do_not_know_the_key(item):
    field = "baris" if item["jenis"] == "HS" else "pilihan"
    moved = [{k: v for k, v in row.items() if k != "kunci"} for row in item[field]]
    moved[-1]["kunci"] = True
    assert option_ids(item_content_from(item)) == option_ids(
        item_content_from(item | {field: moved})
    )


def test_option_ids_do_not_know_the_source_order():
    places = Counter()
    for number in range(800):
        ids = option_ids(content("UR", id=f"CTH-{number}"))
        places[sorted(ids).index(ids[0])] += 1
    # 4 places, 200 expected in each; 50 is more than four standard deviations.
    assert all(abs(places[place] - 200) < 50 for place in range(4))


def test_option_ids_cannot_be_computed_without_the_reasons():
    other = data("UR")
    other["pilihan"][0]["rasional"] = "Alasan lain."
    assert not set(option_ids(content("UR"))) & set(option_ids(item_content_from(other)))


def test_options_to_pick_from():
    assert option_ids(content("AN")) == ()
    assert option_ids(content("IS")) == ()
    matching = content("JD")
    assert option_ids(matching) == tuple(choice.id for choice in matching.choices)
    assert len(option_ids(content("SJT"))) == 4


def test_ordering_without_ties_has_one_tier_per_step():
    assert [option.tier for option in content("UR", setara=None).options] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("ties", "tiers"),
    [
        ([[3, 4]], [0, 1, 2, 2]),
        ([[2, 1]], [0, 0, 1, 2]),
        ([[1, 2], [3, 4]], [0, 0, 1, 1]),
        ([[2, 3, 4]], [0, 1, 1, 1]),
        ([], [0, 1, 2, 3]),
    ],
)
def test_ties_share_a_tier(ties, tiers):
    assert [option.tier for option in content("UR", setara=ties).options] == tiers


@pytest.mark.parametrize(
    ("ties", "reason"),
    [
        ([[1, 3]], "ties"),
        ([[1, 2], [2, 3]], "ties"),
        ([[4, 5]], "ties"),
        ([[2]], "ties"),
        ([[]], "ties"),
        ([[2, 2]], "ties"),
        ([[1, 2, 3, 4]], "nothing_to_order"),
        ([[0, 1]], "not_whole"),
        ([["a", "b"]], "not_whole"),
        ([3], "not_list"),
        ("3,4", "not_list"),
    ],
)
def test_ties_that_make_no_order_are_refused(ties, reason):
    with pytest.raises(MalformedItem) as caught:
        content("UR", setara=ties)
    assert (caught.value.where, caught.value.reason) == ("setara", reason)


def test_rows_with_the_same_right_text_share_a_choice():
    item = content("JD")
    assert [choice.text for choice in item.choices] == ["Mendesak", "Wibawa", "Hadiah"]
    assert item.rows[0].choice_id == item.rows[2].choice_id == item.choices[0].id
    assert [choice.rationale is None for choice in item.choices] == [True, True, False]


def test_matching_may_go_without_distractors():
    item = content("JD", pengecoh=None)
    assert [choice.text for choice in item.choices] == ["Mendesak", "Wibawa"]
    assert to_jsonable(item)["pengecoh"] == []


def option(**changes):
    return {"teks": "Teks", "rasional": "Sebab"} | changes


@pytest.mark.parametrize(
    ("kind", "changes", "where", "reason"),
    [
        ("PG", {"jenis": "XX"}, "jenis", "kind_unknown"),
        ("PG", {"jenis": None}, "jenis", "kind_unknown"),
        ("PG", {"id": " "}, "id", "text_missing"),
        ("PG", {"pokok": 5}, "pokok", "text_missing"),
        ("PG", {"situasi": ""}, "situasi", "text_missing"),
        ("PG", {"versi": 0}, "versi", "not_whole"),
        ("PG", {"versi": True}, "versi", "not_whole"),
        ("PG", {"versi": "1"}, "versi", "not_whole"),
        ("PG", {"tetap": "ya"}, "tetap", "not_boolean"),
        ("PG", {"pilihan": [option(), option()]}, "pilihan", "keys"),
        ("PG", {"pilihan": [option(kunci=True)] * 2}, "pilihan", "keys"),
        ("PG", {"pilihan": [option(kunci=True)]}, "pilihan", "too_few"),
        ("PG", {"pilihan": None}, "pilihan", "too_few"),
        ("PG", {"pilihan": "a"}, "pilihan", "not_list"),
        ("PG", {"pilihan": ["a", "b"]}, "pilihan", "not_mapping"),
        ("PG", {"pilihan": [option(kunci=True), {"teks": "b"}]}, "rasional", "text_missing"),
        ("MR", {"pilihan": [option(), option()]}, "pilihan", "keys"),
        ("HS", {"baris": [option(), option()]}, "baris", "keys"),
        ("UR", {"pilihan": [option()]}, "pilihan", "too_few"),
        ("JD", {"pasangan": [{"kiri": "a", "kanan": "b", "rasional": "c"}]}, "pasangan", "too_few"),
        ("JD", {"pengecoh": [option(teks="Wibawa")]}, "pengecoh", "choices"),
        ("JD", {"pengecoh": [option(), option()]}, "pengecoh", "choices"),
        (
            "JD",
            {"pasangan": [{"kiri": "a", "kanan": "b", "rasional": "c"}] * 2, "pengecoh": None},
            "pengecoh",
            "choices",
        ),
        ("AN", {"jawaban": "3"}, "jawaban", "not_number"),
        ("AN", {"jawaban": True}, "jawaban", "not_number"),
        ("AN", {"jawaban": float("nan")}, "jawaban", "not_number"),
        ("AN", {"toleransi": -1}, "toleransi", "out_of_range"),
        ("IS", {"jawaban": []}, "jawaban", "list_empty"),
        ("IS", {"jawaban": [" "]}, "jawaban", "text_missing"),
        ("IS", {"jarak_edit": -1}, "jarak_edit", "not_whole"),
        ("SJT", {"pilihan": [option(nilai=5, n_penilai=0)] * 2}, "nilai", "out_of_range"),
        ("SJT", {"pilihan": [option(nilai=0.9, n_penilai=0)] * 2}, "nilai", "out_of_range"),
        ("SJT", {"pilihan": [option(nilai=1)] * 2}, "n_penilai", "not_whole"),
        ("SJT", {"pilihan": [option(nilai=1, n_penilai=5, sd=-1)] * 2}, "sd", "out_of_range"),
    ],
)
def test_data_that_cannot_be_scored_are_refused(kind, changes, where, reason):
    with pytest.raises(MalformedItem, match=f"{where}: {reason}") as caught:
        content(kind, **changes)
    assert (caught.value.where, caught.value.reason) == (where, reason)


def test_content_is_frozen():
    item = content("PG")
    assert isinstance(item, SingleChoice)
    with pytest.raises(AttributeError):
        item.options[0].is_key = True
