"""The schemas: one copy, and a plain sentence with a line for every way to break them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from lms.kernel.schema import SCHEMA_NAMES, schema_text, validate
from lms.kernel.schema.codes import STANDARD_CODES
from lms.kernel.yamlpos import load_yaml

DOCS = Path(__file__).parents[2] / "docs" / "schema"


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_the_documented_schema_is_a_copy_of_the_shipped_one(name):
    assert (DOCS / f"{name}.schema.json").read_text("utf-8") == schema_text(name)


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_schemas_are_draft_2020_12_and_closed(name):
    schema = json.loads(schema_text(name))
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    open_objects = [
        path
        for path, part in _parts(schema, ())
        if "properties" in part
        and part.get("additionalProperties") is not False
        # A condition or its consequence adds to an object that is closed where it is defined.
        and not {"if", "then", "items"} & set(path)
    ]
    assert open_objects == []


def _parts(value, path):
    if isinstance(value, dict):
        yield path, value
        for key, member in value.items():
            yield from _parts(member, (*path, key))
    elif isinstance(value, list):
        for member in value:
            yield from _parts(member, path)


ITEM = """\
kursus: AMN-101
butir:
  - id: AMN-101-1-001
    versi: 1
    guna: ujian
    pelajaran: 1
    capaian: CP1.1
    level: C3
    jenis: {kind}
    b_ahli: 0
    b_penilai: 0
    pokok: Apa langkah yang paling tepat dalam keadaan seperti itu sekarang?
    kompetensi: [aman]
    materi: 01-a.md#b
    penulis: satu
    penelaah: dua
{rest}"""
OPTION = "      - {teks: a, rasional: b}\n"


@pytest.mark.parametrize(
    ("kind", "rest"),
    [
        ("PG", "    pilihan:\n" + OPTION * 3),
        ("MR", "    pilihan:\n      - {teks: a, kunci: true, rasional: b}\n" + OPTION * 3),
        ("UR", "    pilihan:\n" + OPTION * 3 + "    setara: [[1, 2]]\n"),
        (
            "JD",
            "    pasangan:\n"
            + "      - {kiri: a, kanan: b, rasional: c}\n" * 2
            + "    pengecoh: []\n",
        ),
        (
            "AN",
            "    jawaban: 3\n    toleransi: 0.5\n    satuan: orang\n    rasional: x\n    keliru:\n      - {nilai: 4, rasional: y}\n",
        ),
        ("IS", "    jawaban: [apk]\n    jarak_edit: 1\n    rasional: x\n"),
        (
            "SJT",
            "    pilihan:\n"
            + "      - {teks: a, nilai: 2, n_penilai: 0, sd: null, rasional: b}\n" * 4,
        ),
        ("HS", "    baris:\n" + OPTION * 3),
    ],
)
def test_every_kind_of_item_has_its_form(kind, rest):
    located, _ = load_yaml(ITEM.format(kind=kind, rest=rest), file="bank.yaml")
    assert located is not None
    assert validate("bank", located, file="bank.yaml") == []


@pytest.mark.parametrize(
    ("kind", "rest", "expected"),
    [
        (
            "PG",
            "    pilihan:\n" + OPTION + "      - {teks: a}\n",
            '19: Kunci "rasional" belum ada pada "pilihan" ke-2.',
        ),
        (
            "PG",
            "    pilihan:\n" + OPTION + "      - {teks: a, kunci: false, rasional: b}\n",
            '19: "kunci" hanya boleh bernilai true.',
        ),
        ("PG", "    pilihan:\n" + OPTION, '17: "pilihan" harus berisi sedikitnya 2 isi.'),
        ("PG", "    pilihan:\n" + OPTION * 13, '17: "pilihan" harus berisi paling banyak 12 isi.'),
        (
            "PG",
            "    pilihan:\n" + OPTION * 3 + "    baris: []\n",
            '21: Kunci "baris" tidak berlaku untuk jenis butir atau bank ini.',
        ),
        (
            "PG",
            "    pilihan:\n" + OPTION * 3 + "    situasii: x\n",
            '21: Kunci "situasii" tidak dikenal di sini; mungkin maksudnya "situasi".',
        ),
        (
            "PG",
            "    pilihan:\n" + OPTION * 3 + "    qqq: x\n",
            '21: Kunci "qqq" tidak dikenal di sini.',
        ),
        (
            "PG",
            "    pilihan:\n" + OPTION * 3 + "    situasi: ''\n",
            '21: "situasi" tidak boleh kosong.',
        ),
        (
            "PG",
            "    pilihan:\n" + OPTION * 3 + "    situasi: 12.30\n",
            '21: "situasi" harus berupa teks; apit nilainya dengan tanda kutip.',
        ),
        (
            "PG",
            "    pilihan:\n" + OPTION * 3 + "    musuh: [AMN-101-1-002, AMN-101-1-002]\n",
            '21: "musuh" memuat isi yang sama dua kali.',
        ),
        (
            "UR",
            "    pilihan:\n" + OPTION * 3 + "    setara: [[0, 1]]\n",
            '21: "setara" ke-1 bernilai 0, paling kecil 1.',
        ),
        (
            "AN",
            "    jawaban: tiga\n    toleransi: 0\n    satuan: x\n    rasional: y\n",
            '17: "jawaban" harus berupa bilangan.',
        ),
        (
            "SJT",
            "    pilihan:\n" + "      - {teks: a, nilai: 5, n_penilai: 0, rasional: b}\n" * 4,
            '18: "nilai" bernilai 5, paling besar 4.',
        ),
        ("XX", "", '9: "jenis" bernilai "XX"; yang boleh: PG, MR, UR, JD, AN, IS, SJT, HS.'),
    ],
)
def test_a_breach_is_told_in_a_sentence_with_its_line(kind, rest, expected):
    located, _ = load_yaml(ITEM.format(kind=kind, rest=rest), file="bank.yaml")
    assert located is not None
    found = [str(problem) for problem in validate("bank", located, file="bank.yaml")]
    assert f"bank.yaml:{expected}" in found


def test_placement_items_have_no_lesson_and_one_competence():
    text = ITEM.format(kind="PG", rest="    pilihan:\n" + OPTION * 3)
    text = text.replace("kursus: AMN-101", "kursus: null").replace("[aman]", "[aman, cakap]")
    located, _ = load_yaml(text, file="b")
    assert located is not None
    found = [str(problem) for problem in validate("bank", located, file="b")]
    assert found == [
        'b:5: "guna" hanya boleh bernilai penempatan.',
        'b:6: Kunci "pelajaran" tidak berlaku untuk jenis butir atau bank ini.',
        'b:7: Kunci "capaian" tidak berlaku untuk jenis butir atau bank ini.',
        'b:13: "kompetensi" harus berisi paling banyak 1 isi.',
        'b:14: Kunci "materi" tidak berlaku untuk jenis butir atau bank ini.',
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n", "x:1: Isi berkas ini harus berupa rincian berupa kunci dan nilai."),
        ("a: 1\n", None),
    ],
)
def test_a_file_of_another_shape_is_refused(text, expected):
    located, _ = load_yaml(text, file="x")
    assert located is not None
    found = validate("course", located, file="x")
    assert found
    if expected:
        assert str(found[0]) == expected


def test_lists_at_the_top_are_named_by_their_place():
    located, _ = load_yaml("- {butir: AMN-101, kode: C1, alasan: x}\n- 3\n", file="w")
    assert located is not None
    found = [str(problem) for problem in validate("waivers", located, file="w")]
    assert 'w:1: "alasan" harus berisi sedikitnya 20 karakter.' in found
    assert 'w:1: "kode" bernilai "C1"; bentuk yang benar: kode pemeriksaan, misalnya C12.' in found
    assert "w:2: Bagian ke-2 harus berupa rincian berupa kunci dan nilai." in found


def test_the_shipped_codes_are_those_of_the_contract():
    assert STANDARD_CODES.pillars == {"cakap", "budaya", "etika", "aman"}
    assert len(STANDARD_CODES.fields) == 6
    assert len(STANDARD_CODES.indicators) == 17
    assert STANDARD_CODES.indicators["aman.5"] == "aman"
    assert "cakap.5" not in STANDARD_CODES.item_tags
    assert {"aman", "aman.5", "keamanan"} <= STANDARD_CODES.item_tags
    assert len(STANDARD_CODES.digcomp["2.2"]) == 21
