"""Quiz folders: banks, quizzes and waivers as values, and what broken ones are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.assessment.packages import (
    PLACEMENT,
    Bank,
    check_quiz,
    item_from_raw,
    read_bank,
    read_quizzes,
    read_waivers,
)

HEAD = "kursus: ABC-101\nbutir:\n"
QUIZ = """\
kode: ABC-101
kursus: ABC-101
guna: ujian
menit: 45
percobaan: {maks: 2, jendela_hari: 30, jeda_hari: 7}
penilaian: utuh
mode: bentuk
sel:
  - {pelajaran: 1, jumlah: 1, level: C4}
  - {pelajaran: 1, jumlah: 1}
minimal:
  - {jenis: PG, jumlah: 2}
bentuk:
  - kode: A
    butir: [ABC-101-1-001, ABC-101-1-002]
    cadangan: [ABC-101-1-005]
  - kode: B
    butir: [ABC-101-1-003, ABC-101-1-004]
    cadangan: [ABC-101-1-006]
    batas: {benar: 2, sumber: angoff, panel: "12 penilai", disetujui: [ketua]}
batas: {benar: 1, sumber: usulan, disetujui: []}
tampil: ringkas
acak: {urutan: true, pilihan: false}
"""


def item(number, *, level="C3", use="ujian", extra=""):
    return f"""\
  - id: ABC-101-1-{number:03d}
    versi: 1
    guna: {use}
    pelajaran: 1
    capaian: CP1.1
    level: {level}
    jenis: PG
    b_ahli: -0.5
    b_penilai: 0
    situasi: Keadaan nomor {number}.
    pokok: Apa langkah yang paling tepat?
    kompetensi: [aman.3, keamanan]
    materi: 01-satu.md#mulai
    penulis: satu
    penelaah: dua
    pilihan:
      - {{teks: A, kunci: true, rasional: x}}
      - {{teks: B, rasional: y}}
{extra}"""


def bank_text():
    return HEAD + "".join(item(n, level="C4" if n in {2, 4} else "C3") for n in range(1, 7))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    home = Path("quizzes/ABC-101")
    home.mkdir(parents=True)
    (home / "bank.yaml").write_text(bank_text())
    (home / "ujian-akhir.quiz.yaml").write_text(QUIZ)
    return home


def test_a_sound_bank_becomes_values(folder):
    bank, problems = read_bank(folder / "bank.yaml")
    assert problems == []
    assert bank is not None
    assert (bank.course, bank.code, len(bank.items)) == ("ABC-101", "ABC-101", 6)
    first = bank.items[0]
    assert (first.id, first.use, first.lesson, first.kind) == ("ABC-101-1-001", "ujian", 1, "PG")
    assert (first.prior_b, first.prior_raters, first.keeps_order) == (-0.5, 0, False)
    assert first.competences == ("aman.3", "keamanan")
    assert first.raw["pilihan"][0]["kunci"] is True
    assert first.line_of() == 3
    assert first.line_of("pokok") == 13
    assert bank.items[1].line_of("pilihan", 1, "teks") == 38
    assert bank.find_item("ABC-101-1-002") is bank.items[1]
    assert bank.find_item("tiada") is None


def test_hashes_follow_content_not_layout(folder):
    first, _ = read_bank(folder / "bank.yaml")
    (folder / "bank.yaml").write_text("# catatan\n" + bank_text())
    same, _ = read_bank(folder / "bank.yaml")
    (folder / "bank.yaml").write_text(bank_text().replace("Keadaan nomor 1.", "Keadaan lain."))
    other, _ = read_bank(folder / "bank.yaml")
    assert first is not None
    assert same is not None
    assert other is not None
    assert first.content_hash == same.content_hash != other.content_hash
    assert [
        a.content_hash == b.content_hash for a, b in zip(first.items, other.items, strict=True)
    ] == [
        False,
        True,
        True,
        True,
        True,
        True,
    ]
    assert item_from_raw(first.items[0].raw) == first.items[0]


BROKEN = [
    (
        "versi: 1",
        "versi: 1: 2",
        "4: Ada titik dua di tengah teks; apit teks itu dengan tanda kutip.",
    ),
    (
        "versi: 1",
        "versii: 1",
        '4: Kunci "versii" tidak dikenal di sini; mungkin maksudnya "versi".',
    ),
    (
        "versi: 1",
        "versi: 1\n    versi: 2",
        '5: Kunci "versi" ditulis dua kali; yang pertama ada di baris 4.',
    ),
    (
        "guna: ujian",
        "guna: uji",
        '5: "guna" bernilai "uji"; yang boleh: ujian, latihan, kartu, penempatan.',
    ),
    ("ABC-101-1-002", "ABC-101-2-002", '21: Pengenal "ABC-101-2-002" harus diawali "ABC-101-1-".'),
    ("ABC-101-1-002", "XYZ-101-1-002", '21: Pengenal "XYZ-101-1-002" harus diawali "ABC-101-1-".'),
    ("ABC-101-1-002", "ABC-101-1-001", '21: Pengenal "ABC-101-1-001" sudah dipakai di baris 3.'),
    (
        "kompetensi: [aman.3, keamanan]",
        "kompetensi: [aman.9]",
        '14: ABC-101-1-001: kode kompetensi "aman.9" tidak dikenal.',
    ),
    (
        "penelaah: dua",
        "penelaah: satu",
        "17: ABC-101-1-001: penelaah harus orang lain daripada penulis.",
    ),
    (
        "penulis: satu",
        "penulis: satu\n    musuh: [ABC-101-1-099]",
        '17: ABC-101-1-001: musuh "ABC-101-1-099" tidak ada di bank ini.',
    ),
    (
        "penulis: satu",
        "penulis: satu\n    musuh: [ABC-101-1-001]",
        '17: ABC-101-1-001: musuh "ABC-101-1-001" tidak ada di bank ini.',
    ),
    (
        "penulis: satu",
        "penulis: satu\n    peraga: |\n      ::: surel A\n      x\n",
        '18: Blok "surel" tidak ditutup; tulis ::: pada baris sendiri.',
    ),
    (
        "penulis: satu",
        'penulis: satu\n    peraga: "teks <script>x</script>"',
        "17: Skrip dan unsur aktif tidak diizinkan dalam pelajaran: <script>.",
    ),
    ("kursus: ABC-101", "kursus: XYZ-101", '1: Bank "XYZ-101" berada di folder "ABC-101".'),
    ("kursus: ABC-101\n", "", '1: Kunci "kursus" belum ada.'),
]


@pytest.mark.parametrize(("old", "new", "expected"), BROKEN)
def test_a_broken_bank_says_where_and_why(folder, old, new, expected):
    path = folder / "bank.yaml"
    path.write_text(bank_text().replace(old, new, 1))
    bank, problems = read_bank(path)
    assert bank is None
    assert f"quizzes/ABC-101/bank.yaml:{expected}" in [str(problem) for problem in problems]


@pytest.mark.parametrize("text", ["", "- a\n", "kursus: ABC-101\nbutir: x\n"])
def test_a_file_without_items_is_no_bank(folder, text):
    (folder / "bank.yaml").write_text(text)
    bank, problems = read_bank(folder / "bank.yaml", keep_sound=True)
    assert bank is None
    assert problems


def test_a_missing_bank_is_named(folder):
    _, problems = read_bank(folder / "tiada.yaml")
    assert [str(p) for p in problems] == ["quizzes/ABC-101/tiada.yaml:1: Berkas ini tidak ada."]


def test_sound_items_can_be_kept_beside_broken_ones(folder):
    (folder / "bank.yaml").write_text(bank_text().replace("guna: ujian", "guna: x", 1))
    bank, problems = read_bank(folder / "bank.yaml", keep_sound=True)
    assert bank is not None
    assert [i.id for i in bank.items] == [f"ABC-101-1-{n:03d}" for n in range(2, 7)]
    assert {p.line for p in problems} == {5}


ORDER = """\
kursus: null
butir:
  - id: PENEMPATAN-aman-001
    versi: 1
    guna: penempatan
    level: C2
    jenis: UR
    b_ahli: 0
    b_penilai: 0
    pokok: Urutkan langkah berikut dari yang pertama sampai yang terakhir.
    kompetensi: [aman]
    penulis: satu
    penelaah: dua
    pilihan:
      - {teks: A, rasional: x}
      - {teks: B, rasional: y}
      - {teks: C, rasional: z}
    setara: [[1, 2]]
"""


def test_a_placement_bank_belongs_to_no_course(folder):
    home = folder.parent / PLACEMENT
    home.mkdir()
    (home / "bank.yaml").write_text(ORDER)
    bank, problems = read_bank(home / "bank.yaml")
    assert problems == []
    assert bank is not None
    assert (bank.course, bank.code) == (None, "PENEMPATAN")
    assert bank.items[0].lesson is None
    assert bank.items[0].material is None


@pytest.mark.parametrize("ties", ["[[1, 4]]", "[[1, 2], [2, 3]]"])
def test_ties_name_options_that_exist_once(folder, ties):
    home = folder.parent / PLACEMENT
    home.mkdir()
    (home / "bank.yaml").write_text(ORDER.replace("[[1, 2]]", ties).replace("[aman]", "[aman]"))
    bank, problems = read_bank(home / "bank.yaml")
    assert bank is None
    assert "setara menunjuk pilihan" in problems[0].message
    assert problems[0].line == 18


def test_placement_items_name_a_pillar(folder):
    home = folder.parent / PLACEMENT
    home.mkdir()
    (home / "bank.yaml").write_text(ORDER.replace("[aman]", "[keamanan]"))
    _, problems = read_bank(home / "bank.yaml")
    assert [p.message for p in problems] == [
        'PENEMPATAN-aman-001: kode kompetensi "keamanan" tidak dikenal.'
    ]


# -- quizzes --------------------------------------------------------------------------------


def test_a_sound_quiz_becomes_values(folder):
    quizzes, problems = read_quizzes(folder)
    assert problems == []
    (quiz,) = quizzes
    assert (quiz.code, quiz.course, quiz.use, quiz.minutes, quiz.size) == (
        "ABC-101",
        "ABC-101",
        "ujian",
        45,
        2,
    )
    assert (quiz.attempts.maximum, quiz.attempts.window_days, quiz.attempts.wait_days) == (2, 30, 7)
    assert (quiz.grading, quiz.mode, quiz.shows) == ("utuh", "bentuk", "ringkas")
    assert (quiz.shuffles_items, quiz.shuffles_options) == (True, False)
    first, second = quiz.forms
    assert quiz.cut_of(first) is quiz.cut
    own = quiz.cut_of(second)
    assert own is not None
    assert (own.right, own.source, own.panel, own.approved_by) == (
        2,
        "angoff",
        "12 penilai",
        ("ketua",),
    )
    assert quiz.line_of("bentuk", 1) == 17


def test_a_placement_quiz_has_no_limits(folder):
    home = folder.parent / PLACEMENT
    home.mkdir()
    text = QUIZ.replace("kode: ABC-101", "kode: PENEMPATAN", 1).replace(
        "kursus: ABC-101", "kursus: null"
    )
    text = text.replace("guna: ujian", "guna: penempatan").replace(
        "{maks: 2, jendela_hari: 30, jeda_hari: 7}",
        "{maks: null, jendela_hari: null, jeda_hari: 365}",
    )
    text = text.replace("{pelajaran: 1,", "{kompetensi: aman,").replace(
        "batas: {benar: 1, sumber: usulan, disetujui: []}\n", "batas: null\n"
    )
    (home / "p.quiz.yaml").write_text(text)
    quizzes, problems = read_quizzes(home)
    assert problems == []
    assert quizzes[0].cut is None
    assert quizzes[0].attempts.maximum is None
    assert quizzes[0].cells[0].competence == "aman"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("menit: 45", "menit: x", '4: "menit" harus berupa bilangan bulat.'),
        ("menit: 45", "menit: 45\nlama: 3", '5: Kunci "lama" tidak dikenal di sini.'),
        (
            "menit: 45",
            "menit: [45",
            "4: Kurung siku yang dibuka di sini tidak ditutup dengan benar.",
        ),
        (
            "kursus: ABC-101",
            "kursus: XYZ-101",
            '2: Kuis milik "XYZ-101" berada di folder "ABC-101".',
        ),
        (
            "{pelajaran: 1, jumlah: 1}",
            "{jumlah: 1}",
            "10: Tiap sel menyebut pelajaran atau kompetensi, salah satu saja.",
        ),
        (
            "{pelajaran: 1, jumlah: 1}",
            "{kompetensi: amann, jumlah: 1}",
            '10: Kompetensi "amann" tidak dikenal.',
        ),
        ("kode: B", "kode: A", '17: Bentuk "A" ditulis dua kali.'),
        ("benar: 2", "benar: 3", '17: Batas 3 lebih besar dari isi bentuk "B".'),
        (
            "batas: {benar: 1, sumber: usulan, disetujui: []}\n",
            "",
            '14: Bentuk "A" belum mempunyai batas lulus.',
        ),
        (
            "tampil: ringkas",
            "tampil: lengkap",
            "22: Kunci dan alasan ujian tidak pernah ditampilkan; pakai ringkas atau skor.",
        ),
        (
            "sumber: usulan",
            "sumber: kira",
            '21: "sumber" bernilai "kira"; yang boleh: usulan, angoff.',
        ),
    ],
)
def test_a_broken_quiz_says_where_and_why(folder, old, new, expected):
    assert old in QUIZ
    (folder / "ujian-akhir.quiz.yaml").write_text(QUIZ.replace(old, new, 1))
    quizzes, problems = read_quizzes(folder)
    assert quizzes == ()
    assert f"quizzes/ABC-101/ujian-akhir.quiz.yaml:{expected}" in [str(p) for p in problems]


def test_a_quiz_of_fixed_forms_needs_forms(folder):
    text = QUIZ[: QUIZ.index("bentuk:\n  - kode")] + QUIZ[QUIZ.index("batas: {benar: 1") :]
    (folder / "ujian-akhir.quiz.yaml").write_text(text)
    _, problems = read_quizzes(folder)
    assert [p.message for p in problems] == ['Kunci "bentuk" belum ada.']


def test_two_quizzes_cannot_bear_one_code(folder):
    (folder / "z.quiz.yaml").write_text(QUIZ)
    quizzes, problems = read_quizzes(folder)
    assert len(quizzes) == 1
    assert (
        problems[0].message
        == 'Kode kuis "ABC-101" sudah dipakai quizzes/ABC-101/ujian-akhir.quiz.yaml.'
    )


def checked(folder, quiz=QUIZ, bank=None):
    (folder / "ujian-akhir.quiz.yaml").write_text(quiz)
    (folder / "bank.yaml").write_text(bank or bank_text())
    found, problems = read_bank(folder / "bank.yaml")
    assert problems == []
    assert isinstance(found, Bank)
    quizzes, problems = read_quizzes(folder)
    assert problems == []
    return [
        str(p).removeprefix("quizzes/ABC-101/ujian-akhir.quiz.yaml:")
        for p in check_quiz(quizzes[0], found)
    ]


def test_a_bank_can_fill_its_quiz(folder):
    assert checked(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "ABC-101-1-002]",
            "ABC-101-1-099]",
            [
                '15: Butir "ABC-101-1-099" tidak ada di bank.',
                "14: Bentuk A memuat 1 butir PG, sedikitnya 2.",
            ],
        ),
        (
            "ABC-101-1-002]",
            "ABC-101-1-001]",
            [
                '15: Butir "ABC-101-1-001" tercantum dua kali di bentuk A.',
                "14: Butir bentuk A tidak mengisi semua sel cetak biru.",
            ],
        ),
        (
            "ABC-101-1-002]",
            "ABC-101-1-006]",
            ["14: Butir bentuk A tidak mengisi semua sel cetak biru."],
        ),
        (
            "ABC-101-1-002]",
            "ABC-101-1-002, ABC-101-1-006]",
            ["14: Bentuk A berisi 3 butir, cetak biru 2."],
        ),
        (
            "cadangan: [ABC-101-1-006]",
            "cadangan: [ABC-101-1-005]",
            ['19: Cadangan "ABC-101-1-005" sudah dipakai bentuk A.'],
        ),
        (
            "{jenis: PG, jumlah: 2}",
            "{jenis: SJT, jumlah: 1}",
            ["14: Bentuk A memuat 0 butir SJT, sedikitnya 1."],
        ),
    ],
)
def test_a_quiz_the_bank_cannot_fill_says_why(folder, old, new, expected):
    assert old in QUIZ
    found = checked(folder, quiz=QUIZ.replace(old, new, 1))
    for sentence in expected:
        assert sentence in found


def test_items_of_another_use_and_enemies_do_not_fit(folder):
    bank = HEAD + item(1, extra="    musuh: [ABC-101-1-005]\n") + item(2, level="C4", use="latihan")
    bank += item(3) + item(4, level="C4") + item(5, extra="    musuh: [ABC-101-1-001]\n") + item(6)
    assert checked(folder, bank=bank) == [
        "14: Bentuk A memuat butir bermusuhan ABC-101-1-001 dan ABC-101-1-005.",
        '15: Butir "ABC-101-1-002" berguna untuk latihan, bukan ujian.',
    ]


def test_items_find_places_by_moving_others(folder):
    # 001 fits only the open cell, 002 both: the first choice of 002 must give way.
    quiz = QUIZ.replace("[ABC-101-1-001, ABC-101-1-002]", "[ABC-101-1-002, ABC-101-1-001]")
    cells = "  - {pelajaran: 1, jumlah: 1}\n  - {pelajaran: 1, jumlah: 1, level: C4}\n"
    old = "  - {pelajaran: 1, jumlah: 1, level: C4}\n  - {pelajaran: 1, jumlah: 1}\n"
    assert checked(folder, quiz=quiz.replace(old, cells)) == []


# -- waivers --------------------------------------------------------------------------------


def test_waivers_are_read_with_their_reason(folder):
    assert read_waivers(folder) == ((), [])
    (folder / "waivers.yaml").write_text(
        "- {butir: ABC-101-1-001, kode: C12, alasan: Kutipan asli berakhir dengan tanda tanya.}\n"
    )
    (waiver,), problems = read_waivers(folder)
    assert problems == []
    assert (waiver.item, waiver.code, waiver.line) == ("ABC-101-1-001", "C12", 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- {butir: ABC-101-1-001, kode: C12}\n", '1: Kunci "alasan" belum ada pada Bagian ke-1.'),
        (
            "- {butir: ABC-101-1-001, kode: C12, alasan: sebab}\n",
            '1: "alasan" harus berisi sedikitnya 20 karakter.',
        ),
        (
            "a: [\n",
            "2: YAML tidak dapat dibaca di sini; periksa spasi di awal baris, titik dua, dan tanda kutip.",
        ),
    ],
)
def test_broken_waivers_say_why(folder, text, expected):
    (folder / "waivers.yaml").write_text(text)
    waivers, problems = read_waivers(folder)
    assert waivers == ()
    assert str(problems[0]) == f"quizzes/ABC-101/waivers.yaml:{expected}"
