"""Course folders: what a sound one says, and what every broken one is told."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from lms.assessment.lint import CODES, lint_bank
from lms.assessment.packages import check_quiz, read_bank, read_quizzes
from lms.catalogue.packages import (
    LegalBanner,
    LegalBasis,
    cross_check,
    legal_banners,
    media_sizes,
    package_links,
    read_course,
)
from lms.catalogue.packages.media import MAX_MEDIA_BYTES, Picture, inspect
from lms.kernel.markup import render_lesson
from lms.kernel.schema.codes import STANDARD_CODES

TODAY = date(2026, 12, 1)

COURSE = """\
kode: ABC-101
judul: "Kursus: contoh"
ringkasan: Dua pelajaran.
pilar: aman
jenjang: dasar
jp: 2
menit: 90
berlaku_bulan: 12
prasyarat: []
sasaran: [semua-asn]
capaian:
  - {kode: CP1.1, teks: "Satu."}
  - {kode: CP2.1, teks: "Dua."}
bukti:
  - {kompetensi: aman, tingkat: 2}
bidang_spbe: [keamanan]
kelompok_pemdi: [literasi]
digcomp:
  versi: "2.2"
  kode: ["4.1"]
dasar_hukum:
  - nama: "UU 1/2000 tentang Contoh"
    status: perlu_telaah
    dibandingkan_pada: 2026-11-21
    dibaca: ringkasan
penulis: satu
penelaah: dua
pelajaran:
  - 01-satu.md
  - 02-dua.md
ujian: ABC-101
"""
ONE = """\
---
judul: Satu
menit: 30
capaian: [CP1.1]
sumber:
  - {judul: Buku, tahun: 2020, pengenal: "isbn:1", dibaca_pada: 2026-11-01, dipakai_untuk: Angka}
dasar_hukum: ["UU 1/2000 tentang Contoh"]
latihan: [ABC-101-1-002]
kartu: [ABC-101-1-003]
tugas:
  judul: Coba
  langkah: [Buka, Tutup]
  rubrik:
    - {unsur: Rapi, nilai: 4}
---

## Mulai {#mulai}

Lihat [pelajaran dua](02-dua.md#lanjut) dan ![denah](media/denah.png).
"""
TWO = """\
---
judul: Dua
menit: 15
capaian: [CP2.1]
dasar_hukum:
  - {nama: PP 2/2001, status: berlaku, dibandingkan_pada: 2025-10-01, dibaca: salinan}
prasyarat: [01-satu.md]
---

## Lanjut {#lanjut}

Teks.
"""


def png(width=3, height=2):
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + b"\0\0\0" * width for _ in range(height)))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A sound package, addressed by a relative path, so that problems print as people see them."""
    monkeypatch.chdir(tmp_path)
    home = Path("courses/ABC-101")
    (home / "media").mkdir(parents=True)
    (home / "course.yaml").write_text(COURSE)
    (home / "01-satu.md").write_text(ONE)
    (home / "02-dua.md").write_text(TWO)
    (home / "media" / "denah.png").write_bytes(png())
    return home


def test_a_sound_package_becomes_values(folder):
    course, problems = read_course(folder)
    assert problems == []
    assert course is not None
    assert (course.code, course.jp, course.minutes, course.pillar) == ("ABC-101", 2, 90, "aman")
    assert [lesson.file for lesson in course.lessons] == ["01-satu.md", "02-dua.md"]
    first, second = course.lessons
    assert first.anchors == ("mulai",)
    assert first.practice == ("ABC-101-1-002",)
    assert first.references[0].read_on == date(2026, 11, 1)
    assert first.legal_bases == course.legal_bases
    assert first.task is not None
    assert first.task.rubric[0].points == 4
    assert first.source == ONE.encode()
    assert first.body_line == 16
    assert second.task is None
    assert second.legal_bases[0].status == "berlaku"
    assert second.prerequisites == ("01-satu.md",)
    assert course.media[0].width == 3
    assert media_sizes(course.media) == {"denah.png": (3, 2)}
    assert course.anchors["02-dua.md"] == {"lanjut"}
    assert [name for name, _ in course.laws["02-dua.md"]] == [
        "PP 2/2001",
        "UU 1/2000 tentang Contoh",
    ]
    assert course.file == "courses/ABC-101/course.yaml"


def test_a_package_renders_with_its_own_links(folder):
    course, _ = read_course(folder)
    assert course is not None
    rendered = render_lesson(course.lessons[0].body, lesson_no=1, links=package_links(course))
    assert rendered.problems == ()
    assert 'height="2"' in rendered.html


def test_the_content_hash_follows_content_not_layout(folder):
    first, _ = read_course(folder)
    assert first is not None
    (folder / "course.yaml").write_text("# catatan\n" + COURSE.replace("jp: 2\n", "jp:   2\n"))
    same, _ = read_course(folder)
    assert same is not None
    assert same.content_hash == first.content_hash
    (folder / "02-dua.md").write_text(TWO + "\n")
    other, _ = read_course(folder)
    assert other is not None
    assert other.content_hash != first.content_hash


BROKEN = [
    # file, what to replace, with what, the first complaint
    (
        "course.yaml",
        "jp: 2",
        "jp: 2: 3",
        "course.yaml:6: Ada titik dua di tengah teks; apit teks itu dengan tanda kutip.",
    ),
    (
        "course.yaml",
        "jp: 2",
        "jp: 2\njudull: x",
        'course.yaml:7: Kunci "judull" tidak dikenal di sini; mungkin maksudnya "judul".',
    ),
    (
        "course.yaml",
        "jp: 2",
        "jp: 2\njp: 3",
        'course.yaml:7: Kunci "jp" ditulis dua kali; yang pertama ada di baris 6.',
    ),
    ("course.yaml", "jp: 2\n", "", 'course.yaml:1: Kunci "jp" belum ada.'),
    (
        "course.yaml",
        "kode: ABC-101",
        "kode: ABC-102",
        'course.yaml:1: Kode "ABC-102" tidak sama dengan nama folder "ABC-101".',
    ),
    (
        "course.yaml",
        "pilar: aman",
        "pilar: amann",
        'course.yaml:4: "pilar" bernilai "amann"; yang boleh: cakap, budaya, etika, aman, null.',
    ),
    (
        "course.yaml",
        "02-dua.md",
        "03-dua.md",
        'course.yaml:30: "03-dua.md" ada di urutan 2; namanya harus diawali 02-.',
    ),
    (
        "course.yaml",
        "  - 02-dua.md\n",
        "",
        'course.yaml:28: "02-dua.md" ada di folder, tetapi tidak didaftar.',
    ),
    (
        "course.yaml",
        "{kompetensi: aman,",
        "{kompetensi: aman.1,",
        'course.yaml:15: Kode "aman.1" tidak dikenal; yang boleh: aman, aplikasi, arsitektur, budaya, cakap, data, etika, infrastruktur, keamanan, proses-bisnis.',
    ),
    (
        "course.yaml",
        "tingkat: 2}",
        "tingkat: 5}",
        'course.yaml:15: "tingkat" bernilai 5, paling besar 4 (tingkat 1 dan 5 tidak dapat dibuktikan dengan ujian).',
    ),
    (
        "course.yaml",
        "tingkat: 2}\n",
        "tingkat: 2}\n  - {kompetensi: aman, tingkat: 3}\n",
        'course.yaml:16: Kompetensi "aman" sudah tercantum dalam bukti.',
    ),
    (
        "course.yaml",
        "tingkat: 2}\n",
        "tingkat: 2}\n  - {kompetensi: data, tingkat: 3}\n",
        'course.yaml:16: Bidang "data" ada dalam bukti, jadi harus ada dalam bidang_spbe.',
    ),
    (
        "course.yaml",
        "bidang_spbe: [keamanan]",
        "bidang_spbe: [aman]",
        'course.yaml:16: Kode "aman" tidak dikenal; yang boleh: aplikasi, arsitektur, data, infrastruktur, keamanan, proses-bisnis.',
    ),
    (
        "course.yaml",
        "[literasi]",
        "[lain]",
        'course.yaml:17: Kode "lain" tidak dikenal; yang boleh: ai-data, kemahiran, kepemimpinan, literasi.',
    ),
    ("course.yaml", '"2.2"', '"9.9"', 'course.yaml:19: Versi DigComp "9.9" tidak dikenal.'),
    ("course.yaml", '["4.1"]', '["4.9"]', 'course.yaml:20: Kode DigComp "4.9" tidak dikenal.'),
    (
        "course.yaml",
        "kode: CP2.1",
        "kode: CP1.1",
        'course.yaml:13: Capaian "CP1.1" ditulis dua kali.',
    ),
    (
        "course.yaml",
        "penelaah: dua",
        "penelaah: satu",
        "course.yaml:27: Penelaah harus orang lain daripada penulis.",
    ),
    (
        "course.yaml",
        "prasyarat: []",
        "prasyarat: [ABC-101]",
        "course.yaml:9: Kursus tidak dapat menjadi prasyarat dirinya sendiri.",
    ),
    (
        "course.yaml",
        "status: perlu_telaah",
        "status: lama",
        'course.yaml:23: "status" bernilai "lama"; yang boleh: berlaku, dicabut, perlu_telaah.',
    ),
    (
        "course.yaml",
        "2026-11-21",
        "21-11-2026",
        'course.yaml:24: "dibandingkan_pada" bernilai "21-11-2026"; bentuk yang benar: tanggal TTTT-BB-HH, misalnya 2026-11-21.',
    ),
    ("course.yaml", "2026-11-21", "2027-01-01", "course.yaml:22: Tanggal 2027-01-01 belum tiba."),
    (
        "01-satu.md",
        "---\njudul",
        "judul",
        "01-satu.md:1: Pelajaran harus diawali bagian depan di antara dua baris ---.",
    ),
    (
        "01-satu.md",
        "menit: 30",
        "menit: tiga",
        '01-satu.md:3: "menit" harus berupa bilangan bulat.',
    ),
    (
        "01-satu.md",
        "menit: 30",
        "menit: [",
        "01-satu.md:3: Kurung siku yang dibuka di sini tidak ditutup dengan benar.",
    ),
    (
        "01-satu.md",
        "capaian: [CP1.1]",
        "capaian: [CP9.1]",
        '01-satu.md:4: Capaian "CP9.1" tidak ada di course.yaml.',
    ),
    (
        "01-satu.md",
        "capaian: [CP1.1]",
        "capaian: [X]",
        '01-satu.md:4: "capaian" ke-1 bernilai "X"; bentuk yang benar: kode capaian, misalnya CP1.2.',
    ),
    (
        "01-satu.md",
        '["UU 1/2000 tentang Contoh"]',
        '["UU 9"]',
        '01-satu.md:7: Dasar hukum "UU 9" tidak ada di course.yaml.',
    ),
    ("01-satu.md", "rubrik:", "rubrikk:", '01-satu.md:10: Kunci "rubrik" belum ada pada "tugas".'),
    (
        "01-satu.md",
        "Lihat",
        "<script>alert(1)</script> Lihat",
        "01-satu.md:19: Skrip dan unsur aktif tidak diizinkan dalam pelajaran: <script>.",
    ),
    (
        "01-satu.md",
        "Lihat",
        "[x](javascript:alert(1)) Lihat",
        '01-satu.md:19: Tautan "javascript:alert(1)" tidak diizinkan.',
    ),
    (
        "01-satu.md",
        "Lihat",
        "::: praktik A\n\nLihat",
        '01-satu.md:19: Blok "praktik" tidak ditutup; tulis ::: pada baris sendiri.',
    ),
    (
        "01-satu.md",
        "Lihat",
        "::: percakapan A\ndari: b\n10.00 ==c==(1)\n:::\n\nLihat",
        "01-satu.md:21: Tanda nomor 1 belum mempunyai keterangan di akhir blok.",
    ),
    ("01-satu.md", "#lanjut", "#tiada", '01-satu.md:19: Jangkar "tiada" tidak ada di 02-dua.md.'),
    (
        "01-satu.md",
        "02-dua.md#lanjut",
        "#tiada",
        '01-satu.md:19: Jangkar "tiada" tidak ada di 01-satu.md.',
    ),
    (
        "01-satu.md",
        "02-dua.md#lanjut",
        "03-x.md#y",
        '01-satu.md:19: Tautan "03-x.md#y" tidak menuju pelajaran mana pun di kursus ini.',
    ),
    (
        "01-satu.md",
        "media/denah.png",
        "media/lain.png",
        '01-satu.md:19: Berkas "media/lain.png" tidak ada.',
    ),
    (
        "02-dua.md",
        "[01-satu.md]",
        "[02-dua.md]",
        '02-dua.md:7: Prasyarat "02-dua.md" bukan pelajaran yang lebih dahulu di kursus ini.',
    ),
    (
        "02-dua.md",
        "\n## Lanjut {#lanjut}\n\nTeks.\n",
        "",
        "02-dua.md:9: Pelajaran ini belum berisi teks.",
    ),
]


@pytest.mark.parametrize(("name", "old", "new", "expected"), BROKEN)
def test_a_broken_package_says_where_and_why(folder, name, old, new, expected):
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))
    course, problems = read_course(folder, STANDARD_CODES, today=TODAY)
    assert course is None
    assert f"courses/ABC-101/{expected}" in [str(problem) for problem in problems]


def test_missing_files_are_named(folder):
    (folder / "02-dua.md").unlink()
    course, problems = read_course(folder)
    assert course is None
    assert 'courses/ABC-101/course.yaml:30: Berkas pelajaran "02-dua.md" tidak ada.' in map(
        str, problems
    )
    (folder / "course.yaml").unlink()
    course, problems = read_course(folder)
    assert course is None
    assert [str(p) for p in problems] == ["courses/ABC-101/course.yaml:1: Berkas ini tidak ada."]


def test_an_unreadable_lesson_is_named(folder):
    (folder / "02-dua.md").write_bytes(b"\xff\xfe")
    _, problems = read_course(folder)
    assert any("02-dua.md:1" in str(p) and "UTF-8" in p.message for p in problems)


def test_warnings_do_not_block(folder):
    text = COURSE.replace("menit: 90", "menit: 100").replace("pelajaran:", "pelajaran:", 1)
    text = text.replace(
        '  - {kode: CP2.1, teks: "Dua."}\n',
        '  - {kode: CP2.1, teks: "Dua."}\n  - {kode: CP3.1, teks: "Tiga."}\n',
    )
    (folder / "course.yaml").write_text(text)
    (folder / "media" / "sisa.png").write_bytes(png())
    course, problems = read_course(folder, today=TODAY)
    assert course is not None
    assert [str(p) for p in problems] == [
        "courses/ABC-101/02-dua.md:6: Dasar hukum ini dibandingkan 2025-10-01, perlu ditinjau.",
        "courses/ABC-101/course.yaml:7: 100 menit tidak sama dengan 2 JP x 45 menit.",
        'courses/ABC-101/course.yaml:14: Capaian "CP3.1" tidak diajarkan pelajaran mana pun.',
        "courses/ABC-101/media/sisa.png:1: Gambar ini tidak dipakai pelajaran mana pun.",
    ]


# -- media ----------------------------------------------------------------------------------

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 12"><path d="M0 0h4" fill="url(#a)"/></svg>'
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x02\x00\x03\x01\x01\x11\x00\xff\xd9"
VP8 = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 5, 4)
VP8L = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + ((5 - 1) | (4 - 1) << 14).to_bytes(4, "little")
VP8X = (
    b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0" + (4).to_bytes(3, "little") + (3).to_bytes(3, "little")
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (png(7, 9), Picture("image/png", 7, 9)),
        (JPEG, Picture("image/jpeg", 3, 2)),
        (VP8, Picture("image/webp", 5, 4)),
        (VP8L, Picture("image/webp", 5, 4)),
        (VP8X, Picture("image/webp", 5, 4)),
        (SVG, Picture("image/svg+xml", 24, 12)),
        (
            SVG.replace(b"viewBox", b'width="30px" height="20" viewBox'),
            Picture("image/svg+xml", 30, 20),
        ),
        (SVG.replace(b'viewBox="0 0 24 12"', b""), Picture("image/svg+xml", None, None)),
        (b"\xff\xd8\xff", "Gambar JPEG ini rusak."),
        (b"RIFF\0\0\0\0WEBPxxxx", "Gambar WebP ini rusak."),
        (b"GIF89a", "Berkas ini bukan gambar WebP, PNG, JPEG, atau SVG."),
        (SVG[:-6], "SVG ini tidak dapat dibaca (baris 1)."),
        (b"<?xml version='1.0'?><html/>", "Berkas ini bukan SVG."),
        (
            b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG,
            "SVG ini memuat DOCTYPE, yang tidak diizinkan.",
        ),
        (
            b"<?xml-stylesheet href='x'?>" + SVG,
            "SVG ini memuat instruksi pemroses, yang tidak diizinkan.",
        ),
        (
            SVG.replace(b"<path", b"<script/><path"),
            "SVG ini memuat unsur <script>, yang tidak diizinkan.",
        ),
        (
            SVG.replace(b"<path", b"<foreignObject/><path"),
            "SVG ini memuat unsur <foreignObject>, yang tidak diizinkan.",
        ),
        (
            SVG.replace(b"<path", b"<path onclick='x'"),
            'SVG ini memuat atribut "onclick", yang tidak diizinkan.',
        ),
        (
            SVG.replace(b"<path", b"<path style='x'"),
            'SVG ini memuat atribut "style", yang tidak diizinkan.',
        ),
        (
            SVG.replace(b"<path", b"<use href='https://x.contoh/a.svg#b'/><path"),
            "SVG ini menunjuk ke luar berkasnya sendiri.",
        ),
        (
            SVG.replace(b"url(#a)", b"url(https://x.contoh/a)"),
            "SVG ini menunjuk ke luar berkasnya sendiri.",
        ),
    ],
)
def test_pictures_are_known_by_their_bytes(data, expected):
    assert inspect(data) == expected


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        (
            "Denah.png",
            png(),
            "Nama gambar harus huruf kecil dan berakhiran webp, png, jpg, atau svg.",
        ),
        (
            "a.gif",
            b"GIF89a",
            "Nama gambar harus huruf kecil dan berakhiran webp, png, jpg, atau svg.",
        ),
        ("a.jpg", png(), "Isi gambar ini image/png, tidak sesuai akhiran namanya."),
        (
            "a.svg",
            SVG.replace(b"<path", b"<script/><path"),
            "SVG ini memuat unsur <script>, yang tidak diizinkan.",
        ),
        (
            "a.png",
            png() + b"\0" * MAX_MEDIA_BYTES,
            "Gambar ini lebih besar dari 2 MB; perkecil dahulu.",
        ),
    ],
)
def test_a_bad_picture_blocks_the_package(folder, name, data, expected):
    (folder / "media" / name).write_bytes(data)
    course, problems = read_course(folder)
    assert course is None
    assert f"courses/ABC-101/media/{name}:1: {expected}" in [str(problem) for problem in problems]


def test_media_holds_files_only(folder):
    (folder / "media" / "sub").mkdir()
    (folder / "media" / "z.png").symlink_to("/etc/hostname")
    _, problems = read_course(folder)
    assert [p.message for p in problems] == ["Folder media/ hanya berisi berkas gambar."] * 2


def test_a_course_without_media_is_sound(folder):
    (folder / "01-satu.md").write_text(ONE.replace("![denah](media/denah.png)", "x"))
    (folder / "media" / "denah.png").unlink()
    (folder / "media").rmdir()
    course, problems = read_course(folder)
    assert course is not None
    assert course.media == ()
    assert problems == []


# -- legal banners --------------------------------------------------------------------------


def law(status, day):
    return LegalBasis("UU", status, day, "salinan")


@pytest.mark.parametrize(
    ("laws", "expected"),
    [
        ((), ()),
        ((law("berlaku", date(2025, 12, 1)),), ()),
        ((law("berlaku", date(2025, 11, 30)),), (LegalBanner.REVIEW_DUE,)),
        ((law("perlu_telaah", date(2026, 11, 21)),), (LegalBanner.AWAITING_REVIEW,)),
        (
            (law("perlu_telaah", date(2024, 1, 1)), law("dicabut", date(2026, 11, 21))),
            (LegalBanner.REVOKED, LegalBanner.AWAITING_REVIEW, LegalBanner.REVIEW_DUE),
        ),
    ],
)
def test_legal_banners_come_gravest_first_and_twelve_months_are_inclusive(laws, expected):
    assert legal_banners(laws, today=TODAY) == expected


# -- cross check ----------------------------------------------------------------------------


@dataclass(frozen=True)
class FakeItem:
    id: str
    use: str = "ujian"
    lesson: int | None = 1
    outcome: str | None = "CP1.1"
    material: str | None = "01-satu.md#mulai"
    competences: tuple[str, ...] = ("aman.1",)

    def line_of(self, *path):
        return 10 + len(path)


@dataclass(frozen=True)
class FakeBank:
    items: tuple[FakeItem, ...]
    course: str | None = "ABC-101"
    file: str = "bank.yaml"


@dataclass(frozen=True)
class FakeForm:
    code: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class FakeQuiz:
    forms: tuple[FakeForm, ...]
    code: str = "ABC-101"
    course: str | None = "ABC-101"
    use: str = "ujian"
    minutes: int = 45
    file: str = "u.quiz.yaml"
    line: int = field(default=3)

    def line_of(self, *path):
        del path
        return self.line


EXAM = tuple(FakeItem(f"ABC-101-1-1{n:02d}") for n in range(8))
PRACTICE = (FakeItem("ABC-101-1-002", use="latihan"), FakeItem("ABC-101-1-003", use="kartu"))
QUIZ = FakeQuiz((FakeForm("A", tuple(item.id for item in EXAM)),))


def crossed(folder, items=EXAM + PRACTICE, quizzes=(QUIZ,), **bank):
    course, problems = read_course(folder)
    assert problems == []
    assert course is not None
    return [str(p) for p in cross_check(course, FakeBank(tuple(items), **bank), quizzes)]


def test_a_course_its_bank_and_its_quiz_agree(folder):
    assert crossed(folder) == []


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ((FakeItem("x", lesson=9),), "bank.yaml:11: x: pelajaran 9 tidak ada di kursus ABC-101."),
        (
            (FakeItem("x", outcome="CP2.1"),),
            'bank.yaml:11: x: capaian "CP2.1" tidak tercantum di 01-satu.md.',
        ),
        (
            (FakeItem("x", outcome="CP9"),),
            'bank.yaml:11: x: capaian "CP9" tidak tercantum di course.yaml.',
        ),
        (
            (FakeItem("x", material="09-x.md#y"),),
            'bank.yaml:11: x: berkas materi "09-x.md" tidak ada di kursus ABC-101.',
        ),
        (
            (FakeItem("x", material="01-satu.md#y"),),
            'bank.yaml:11: x: jangkar "y" tidak ada di 01-satu.md.',
        ),
        (
            (FakeItem("x", use="latihan"),),
            "bank.yaml:11: x: butir latihan ini tidak dicantumkan pelajaran mana pun.",
        ),
    ],
)
def test_an_item_that_does_not_fit_its_course_is_named(folder, items, expected):
    assert expected in crossed(folder, items=(*EXAM, *PRACTICE, *items))


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (EXAM, 'courses/ABC-101/01-satu.md:8: Butir "ABC-101-1-002" tidak ada di bank.'),
        (
            (FakeItem("ABC-101-1-002"),),
            'courses/ABC-101/01-satu.md:8: Butir "ABC-101-1-002" berguna untuk ujian, bukan latihan.',
        ),
        (
            (FakeItem("ABC-101-1-003", use="kartu", lesson=2),),
            'courses/ABC-101/01-satu.md:9: Butir "ABC-101-1-003" milik pelajaran 2, bukan pelajaran 1.',
        ),
    ],
)
def test_a_lesson_that_lists_a_wrong_item_is_named(folder, items, expected):
    assert expected in crossed(folder, items=items)


@pytest.mark.parametrize(
    ("quizzes", "expected"),
    [
        ((), 'courses/ABC-101/course.yaml:31: Kuis "ABC-101" tidak ada di folder quizzes.'),
        (
            (FakeQuiz(QUIZ.forms, use="latihan"),),
            'u.quiz.yaml:3: Kuis "ABC-101" bukan ujian kursus ABC-101.',
        ),
        (
            (FakeQuiz(QUIZ.forms, minutes=60),),
            "courses/ABC-101/course.yaml:7: Pelajaran dan ujian berjumlah 105 menit, sedangkan course.yaml menyebut 90.",
        ),
        (
            (FakeQuiz((FakeForm("B", QUIZ.forms[0].items[:7]),)),),
            'courses/ABC-101/course.yaml:15: Bukti "aman" perlu 8 butir di tiap bentuk; bentuk B hanya memuat 7.',
        ),
    ],
)
def test_an_exam_that_does_not_fit_its_course_is_named(folder, quizzes, expected):
    assert expected in crossed(folder, quizzes=quizzes)


def test_a_bank_of_another_course_is_named(folder):
    assert 'bank.yaml:1: Bank ini milik "XYZ-101", bukan "ABC-101".' in crossed(
        folder, course="XYZ-101"
    )


# -- the author's guide ---------------------------------------------------------------------

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-course.md"


def test_the_guides_example_is_complete_and_sound(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    example = re.findall(
        r"^Berkas `(.+?)`:\n\n```\w+\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL
    )
    assert len(example) == 4
    for name, text in example:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
    course, problems = read_course(Path("courses/CTH-101"), today=TODAY)
    assert problems == []
    assert course is not None
    bank, problems = read_bank(Path("quizzes/CTH-101/bank.yaml"))
    assert problems == []
    assert bank is not None
    quizzes, problems = read_quizzes(Path("quizzes/CTH-101"))
    assert problems == []
    assert check_quiz(quizzes[0], bank) == []
    assert cross_check(course, bank, quizzes) == []
    assert [str(p) for p in lint_bank(bank, course=course, today=TODAY)] == []


def test_the_guide_names_every_check():
    text = GUIDE.read_text()
    for code in CODES:
        assert code in text
