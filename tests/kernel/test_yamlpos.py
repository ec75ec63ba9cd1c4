"""YAML with lines: values, the place of every part, and complaints people can act on."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from lms.kernel.problems import Problem, has_errors
from lms.kernel.yamlpos import (
    MAX_BYTES,
    Located,
    canonical_bytes,
    load_yaml,
    plain,
    read_source,
    read_yaml,
    walk_strings,
)

TEXT = """\
kode: AMN-101
bukti:
  - {kompetensi: aman, tingkat: 2}
  - kompetensi: keamanan
    tingkat: 2
dibaca: 2026-11-21
ringkas: >-
  dua
  baris
"""


def test_the_value_is_the_one_safe_load_gives():
    located, problems = load_yaml(TEXT, file="c.yaml")
    assert problems == []
    assert located is not None
    assert located.value == yaml.safe_load(TEXT)
    assert located.value["dibaca"] == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("kode",), 1),
        (("bukti",), 2),
        (("bukti", 0), 3),
        (("bukti", 0, "tingkat"), 3),
        (("bukti", 1, "tingkat"), 5),
        (("ringkas",), 7),
        (("bukti", 1, "tidak-ada"), 4),
        (("tidak-ada", 3), 1),
    ],
)
def test_every_part_knows_its_line(path, line):
    located, _ = load_yaml(TEXT, file="c.yaml")
    assert located is not None
    assert located.line(*path) == line


def test_a_part_can_be_taken_out_with_its_lines():
    located, _ = load_yaml(TEXT, file="c.yaml", first_line=11)
    assert located is not None
    part = located.within("bukti", 1)
    assert part.value == {"kompetensi": "keamanan", "tingkat": 2}
    assert part.line("tingkat") == 15


def test_a_place_without_known_lines_is_line_one():
    assert Located({}, {}).line("x") == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a: 1\nb: 2\na: 3\n",
            'c.yaml:3: Kunci "a" ditulis dua kali; yang pertama ada di baris 1.',
        ),
        ("a: 1\n2: 3\n", 'c.yaml:2: Nama kunci "2" harus berupa teks.'),
        (
            "a: 1\nb: x: y\n",
            "c.yaml:2: Ada titik dua di tengah teks; apit teks itu dengan tanda kutip.",
        ),
        ("a:\n\tb: 1\n", "c.yaml:2: Baris ini memakai tab; YAML hanya menerima spasi."),
        ('a: 1\nb: "x\nc: 2\n', "c.yaml:2: Tanda kutip yang dibuka di sini tidak ditutup."),
        (
            "a: [1, 2\nb: 3\n",
            "c.yaml:1: Kurung siku yang dibuka di sini tidak ditutup dengan benar.",
        ),
        (
            "a: {b: 1\nc\n",
            "c.yaml:1: Kurung kurawal yang dibuka di sini tidak ditutup dengan benar.",
        ),
        (
            "a: 1\n b: 2\n",
            "c.yaml:2: Ada titik dua di tengah teks; apit teks itu dengan tanda kutip.",
        ),
        ("a: 1\nb\nc: 2\n", "c.yaml:3: Baris ini tidak mempunyai titik dua sesudah nama kunci."),
        (
            "a: 1\n- b\n",
            "c.yaml:2: Susunan baris di sini tidak sejajar; periksa spasi di awal baris atau tanda kutip.",
        ),
        (
            "a: 1\nb: @x\n",
            "c.yaml:2: Tanda pertama pada teks ini mempunyai arti khusus; apit teks itu dengan tanda kutip.",
        ),
        ("a: &x 1\nb: *x\n", "c.yaml:2: Jangkar (&) dan alias (*) tidak dipakai dalam berkas isi."),
        ("a: 1\n---\nb: 2\n", "c.yaml:2: Berkas ini hanya boleh memuat satu dokumen YAML."),
        ("a: 1\nb: .nan\n", 'c.yaml:2: Nilai ".nan" tidak dapat dibaca; apit dengan tanda kutip.'),
        (
            "a: 2026-13-45\n",
            'c.yaml:1: Nilai "2026-13-45" tidak dapat dibaca; apit dengan tanda kutip.',
        ),
        (
            "a: !!python/name:x 1\n",
            'c.yaml:1: Nilai "1" tidak dapat dibaca; apit dengan tanda kutip.',
        ),
        ("a: 1\nb: \x07\n", "c.yaml:2: Ada karakter kendali yang tidak boleh dipakai."),
        ("a: 1\n%YAML x\n---\n", None),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(text, expected):
    _, problems = load_yaml(text, file="c.yaml")
    assert problems
    if expected:
        assert str(problems[0]) == expected


def test_lines_count_from_where_the_text_stands_in_its_file():
    _, problems = load_yaml("a: 1\na: 2\n", file="l.md", first_line=2)
    assert problems[0].line == 3
    _, problems = load_yaml("a: &x 1\nb: *x\n", file="l.md", first_line=2)
    assert problems[0].line == 3


def test_the_first_of_two_equal_keys_stands():
    located, problems = load_yaml("a: 1\na: 2\n", file="c.yaml")
    assert located is not None
    assert located.value == {"a": 1}
    assert has_errors(problems)


def test_an_empty_text_is_none():
    located, problems = load_yaml("", file="c.yaml", first_line=4)
    assert located is not None
    assert located.value is None
    assert located.line() == 4
    assert problems == []


def test_deep_nesting_and_size_are_refused():
    _, problems = load_yaml("[" * 60 + "]" * 60, file="c.yaml")
    assert problems[0].message == "Susunan di sini bersarang terlalu dalam."
    _, problems = load_yaml("[" * 50_000, file="c.yaml")
    assert has_errors(problems)
    _, problems = load_yaml("x" * (MAX_BYTES + 1), file="c.yaml")
    assert problems[0].message == "Berkas ini terlalu besar untuk dibaca."


def test_files_are_read_as_utf8_with_unix_line_ends(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert read_source(path) == ("a: 1\nb: 2\n", [])
    located, problems = read_yaml(path)
    assert located is not None
    assert located.value == {"a": 1, "b": 2}
    assert problems == []


def test_a_file_that_cannot_be_read_says_why(tmp_path):
    _, problems = read_yaml(tmp_path / "tiada.yaml")
    assert str(problems[0]).endswith("tiada.yaml:1: Berkas ini tidak ada.")
    bad = tmp_path / "latin.yaml"
    bad.write_bytes(b"a: 1\nb: caf\xe9\n")
    _, problems = read_source(bad)
    assert problems[0].line == 2
    assert "UTF-8" in problems[0].message
    _, problems = read_source(tmp_path)
    assert problems[0].message == "Berkas ini tidak dapat dibuka."
    big = tmp_path / "big.yaml"
    big.write_bytes(b"x" * (MAX_BYTES + 1))
    _, problems = read_source(big)
    assert problems[0].message == "Berkas ini terlalu besar untuk dibaca."


def test_canonical_bytes_ignore_layout_and_order():
    one, _ = load_yaml("b: 2\na: {c: 2026-01-02, d: [1, x]}\n", file="x")
    two, _ = load_yaml("# catatan\na:\n  d: [1, 'x']\n  c: 2026-01-02\nb: 2\n", file="x")
    assert one is not None
    assert two is not None
    assert canonical_bytes(one.value) == canonical_bytes(two.value)
    assert canonical_bytes(one.value) != canonical_bytes({"b": 3})
    assert plain((date(2026, 1, 2),)) == ["2026-01-02"]


def test_texts_are_walked_in_file_order():
    assert list(walk_strings({"a": ["x", 1, {"b": "y"}]})) == [
        (("a", 0), "x"),
        (("a", 2, "b"), "y"),
    ]


def test_problems_print_as_file_line_sentence_and_sort_by_place():
    late = Problem("a.md", 12, "Dua.")
    early = Problem("a.md", 2, "Satu.", "warning", "C12")
    assert str(late) == "a.md:12: Dua."
    assert sorted([late, early]) == [early, late]
    assert not has_errors([early])
    assert has_errors([early, late])
