"""One plain function per thing, with fixed readable values."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime

from lms.assessment import services as assessment
from lms.assessment.models import Attempt, QuizForm, QuizVersion
from lms.assessment.packages.bank import Bank, item_from_raw
from lms.assessment.packages.quiz import _quiz as quiz_from_raw
from lms.assessment.services import load_bank
from lms.catalogue.packages import read_course
from lms.catalogue.services import publish_course_version
from lms.competency import queries as competency_queries
from lms.competency import services as competency
from lms.kernel.actor import Role
from lms.people import services as people
from lms.people import services as people_services
from lms.people.models import Person
from lms.platform import clock
from lms.platform.access import services as access
from lms.platform.db import db
from lms.platform.models import Account
from tests.assessment import item_examples
from tests.conftest import NOW, PASSWORD_HASH

_numbers = itertools.count(1)

# --- platform


def account(name="ratri", display_name="Ratri Sekar", email=None):
    """An account that signs in with the tests' password; returns its id."""
    account_id = access.create_account(name=name, display_name=display_name, email=email)
    db.session.get_one(Account, account_id).password_hash = PASSWORD_HASH
    db.session.flush()
    return account_id


# --- competency and readiness


def framework(recorded_at=None, effective_from=None):
    """The shipped framework and the first requirements; returns requirement id by rule code."""
    recorded_at = recorded_at or datetime(2025, 11, 1, tzinfo=UTC)
    competency.load_framework(now=recorded_at)
    competency.seed_requirements(now=recorded_at, effective_from=effective_from or date(2025, 1, 1))
    return {row.rule_code: row.id for row in competency_queries.requirement_rows()}


def office(code, name=None, *, group="dinas", kind="opd", parent_id=None, starts_on=None):
    """A unit that has been there for long; returns its id."""
    return people.create_unit(
        code=code,
        name=name or f"Dinas {code.title()}",
        kind=kind,
        group=group,
        parent_id=parent_id,
        starts_on=starts_on or date(2020, 1, 1),
        now=datetime(2025, 11, 1, tzinfo=UTC),
    )


def staff(unit_id, count=1, *, name="Pegawai", starts_on=None, recorded_at=None, standing="01"):
    """Active staff of a unit; returns their ids."""
    people.load_reference(now=datetime(2025, 11, 1, tzinfo=UTC))
    moment = recorded_at or datetime(2025, 11, 2, tzinfo=UTC)
    return people.add_persons(
        rows=[
            people.NewPerson(
                name=f"{name} {number:03d}",
                employment="PNS",
                unit_id=unit_id,
                post_name="Analis kebijakan",
                standing=standing,
                starts_on=starts_on or date(2025, 1, 6),
            )
            for number in range(1, count + 1)
        ],
        now=moment,
        recorded_at=moment,
    )


def evidence(person_id, competence="aman", level=2, **changes):
    """A measured row, by default a pass of 1 March 2026 that holds for two years."""
    values = {
        "person_id": person_id,
        "competence": competence,
        "level": level,
        "outcome": "lulus" if level else "belum",
        "source_kind": "measured",
        "source_ref": f"attempt:{next(_numbers)}",
        "measured_on": date(2026, 3, 1),
        "valid_until": date(2028, 3, 1),
        "theta": 0.8 if level else -0.6,
        "se": 0.4,
        "cut_theta": 0.2,
        "cut_ref": "AMN-101 A 14/20",
        "recorded_at": datetime(2026, 3, 1, 3, tzinfo=UTC),
    } | changes
    return competency.NewEvidence(**values)


def record(*rows):
    """Record evidence made by `evidence`; returns the ids."""
    return competency.record_evidence_rows(rows)


# --- people


def reference():
    """The reference tables of the staff administration."""
    people_services.load_reference(now=clock.now())


def unit(code="DISKOMINFO", name=None, kind="opd", parent_id=None, group="dinas", **more):
    """A unit that exists since 2020; returns its id."""
    return people_services.create_unit(
        code=code,
        name=name or f"Unit {code}",
        kind=kind,
        group=group,
        parent_id=parent_id,
        starts_on=more.pop("starts_on", date(2020, 1, 1)),
        now=clock.now(),
        **more,
    )


def person(name="Ratri Sekarwangi", unit_id=None, nip=None, standing="01", **more):
    """A PNS, active and placed since 2024, recorded in 2025; returns the id. Needs `reference()`."""
    fields = {
        "employment": "PNS",
        "rank": "III/b",
        "post_kind": "4",
        "post_name": "Pengolah Data dan Informasi",
        "starts_on": date(2024, 1, 1),
        **more,
    }
    return people_services.add_person(
        person=people_services.NewPerson(
            name=name, unit_id=unit_id, nip=nip, standing=standing, **fields
        ),
        now=clock.now(),
        recorded_at=datetime(2025, 1, 2, 3, 0, tzinfo=UTC),
    )


def head(unit_id, person_id, kind="definitif", **more):
    """A headship since 2024; returns its id."""
    return people_services.appoint_head(
        unit_id=unit_id,
        person_id=person_id,
        kind=kind,
        starts_on=more.pop("starts_on", date(2024, 1, 1)),
        now=clock.now(),
        **more,
    )


def role(account_id, role_code, unit_id=None, **more):
    """A role granted since 2024; returns the grant's id."""
    return people_services.grant_role(
        account_id=account_id,
        role=Role(role_code),
        unit_id=unit_id,
        starts_on=more.pop("starts_on", date(2024, 1, 1)),
        reason="contoh",
        granted_by=None,
        now=clock.now(),
        **more,
    )


# --- assessment


def exam_taker(name="ratri", display_name="Ratri Sekar", *, account_id=None):
    """A person with an account of that name; returns the person's id."""
    person = Person(
        account_id=account(name, display_name) if account_id is None else account_id,
        name=display_name,
        sort_name=display_name.lower(),
        employment="PNS",
        created_at=NOW,
    )
    db.session.add(person)
    db.session.flush()
    return person.id


def exam_items(course="CTH-101"):
    """48 exam items of two lessons, all eight kinds among them, and two practice items."""
    examples = list(item_examples.ALL)
    rows = []
    for lesson in (1, 2):
        for place in range(1, 25):
            kind = examples[(place - 1) % 8] if place <= 16 else "MR"
            rows.append(_exam_item(course, lesson, place, kind, "ujian"))
        rows.append(_exam_item(course, lesson, 25, "PG", "latihan"))
    return rows


def _exam_item(course, lesson, place, kind, use):
    code = f"{course}-{lesson}-{place:03}"
    own = {
        "id": code,
        "guna": use,
        "pelajaran": lesson,
        "capaian": f"CP{lesson}.1",
        "b_ahli": 0,
        "b_penilai": 0,
        "kompetensi": ["aman.3"],
        "materi": "01-pesan.md#pesan",
        "penulis": "redaksi-titian",
        "penelaah": "redaksi-titian-2",
        "pokok": f"Pertanyaan {code}: langkah mana yang paling tepat?",
    }
    return item_examples.data(kind, **own)


def exam_bank(rows=None, course="CTH-101"):
    """A bank of `exam_items`, as its file reads."""
    items = tuple(item_from_raw(row) for row in (exam_items(course) if rows is None else rows))
    return Bank(course, items, f"quizzes/{course}/bank.yaml", "0" * 64)


def exam_quiz(course="CTH-101", **changes):
    """A quiz of two forms of 20 with four reserves each, 14 right to pass, 45 minutes."""

    def codes(first, last):
        return [f"{course}-{n}-{k:03}" for n in (1, 2) for k in range(first, last + 1)]

    raw = {
        "kode": course,
        "kursus": course,
        "guna": "ujian",
        "menit": 45,
        "percobaan": {"maks": 2, "jendela_hari": 30, "jeda_hari": 7},
        "penilaian": "utuh",
        "mode": "bentuk",
        "sel": [{"pelajaran": 1, "jumlah": 10}, {"pelajaran": 2, "jumlah": 10}],
        "bentuk": [
            {"kode": "A", "butir": codes(1, 10), "cadangan": codes(21, 22)},
            {"kode": "B", "butir": codes(11, 20), "cadangan": codes(23, 24)},
        ],
        "batas": {"benar": 14, "sumber": "usulan", "disetujui": []},
        "tampil": "ringkas",
        "acak": {"urutan": True, "pilihan": True},
    } | changes
    return quiz_from_raw(raw, file=f"quizzes/{course}/ujian-akhir.quiz.yaml", lines={})


def loaded_exam(course="CTH-101", **changes):
    """Bank and quiz, published; returns the quiz code."""
    assessment.load_bank(exam_bank(course=course), NOW)
    quiz = exam_quiz(course, **changes)
    assessment.load_quizzes([quiz], NOW)
    return quiz.code


def right_fields(content):
    """The form fields that answer an item rightly."""
    if content.kind in {"AN", "IS"}:
        value = (
            str(content.answer).replace(".", ",") if content.kind == "AN" else content.accepted[0]
        )
        return [("jawaban", value)]
    if content.kind == "UR":
        return [("jawaban", option.id) for option in content.options]
    if content.kind == "JD":
        return [(f"jawaban-{row.id}", row.choice_id) for row in content.rows]
    if content.kind == "SJT":
        return [(f"jawaban-{o.id}", str(round(o.value))) for o in content.options]
    return [("jawaban", option.id) for option in content.options if option.is_key]


# --- catalogue and learning

COURSE_YAML = """\
kode: {code}
judul: "{title}"
ringkasan: Pelajaran singkat untuk pengujian.
pilar: aman
jenjang: dasar
jp: 1
menit: 45
berlaku_bulan: 12
prasyarat: []
sasaran: [semua-asn]
capaian:
  - {{kode: CP1.1, teks: "Membedakan pesan sah dan tipuan."}}
bukti:
  - {{kompetensi: aman, tingkat: 2}}
  - {{kompetensi: keamanan, tingkat: 2}}
bidang_spbe: [keamanan]
kelompok_pemdi: [literasi]
digcomp: {{versi: "2.2", kode: ["4.1"]}}
dasar_hukum:
  - {{nama: UU Contoh, status: perlu_telaah, dibandingkan_pada: 2026-11-20, dibaca: ringkasan}}
penulis: redaksi
penelaah: redaksi-2
pelajaran: [{files}]
ujian: {code}
"""

LESSON_MD = """\
---
judul: Pelajaran ke-{n}
menit: 10
capaian: [CP1.1]
sumber: []
dasar_hukum: [UU Contoh]
latihan: [{practice}]
kartu: []
prasyarat: [{requires}]
---

## Satu kejadian {{#kejadian}}

Isi pelajaran {n}. {words} Lapor ke {{{{kontak.csirt}}}}.
"""

PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff"
    b"\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


def course_folder(
    root, code="UJI-101", *, title="Uji: Kursus", words="", requires=None, media=False
):
    """A course folder of three lessons; the second has the practice items. Returns the folder."""
    folder = root / "courses" / code
    folder.mkdir(parents=True, exist_ok=True)
    files = [f"{n:02d}-pelajaran.md" for n in (1, 2, 3)]
    yaml = COURSE_YAML.format(code=code, title=title, files=", ".join(files))
    (folder / "course.yaml").write_text(yaml)
    for n, file in enumerate(files, start=1):
        practice = ", ".join(row["id"] for row in practice_rows(code)) if n == 2 else ""
        text = LESSON_MD.format(
            n=n, practice=practice, words=words, requires=(requires or {}).get(n, "")
        )
        if media and n == 1:
            text += "\n![Satu titik](media/titik.png)\n"
        (folder / file).write_text(text)
    if media:
        (folder / "media").mkdir(exist_ok=True)
        (folder / "media" / "titik.png").write_bytes(PIXEL)
    return folder


def course(root, code="UJI-101", **changes):
    """A published course with its practice items; returns what publishing came to."""
    package, problems = read_course(course_folder(root, code, **changes), today=clock.today())
    assert package is not None, problems
    published = publish_course_version(package=package, media_dir=root / "media", now=clock.now())
    bank(code)
    return published


def practice_rows(code="UJI-101", *, stem="Mana yang tepat?"):
    """Raw practice items of lesson 2: a PG and a UR."""
    head = {
        "versi": 1,
        "guna": "latihan",
        "pelajaran": 2,
        "capaian": "CP1.1",
        "level": "C3",
        "b_ahli": 0,
        "b_penilai": 0,
        "kompetensi": ["aman"],
        "materi": "02-pelajaran.md#kejadian",
        "penulis": "redaksi",
        "penelaah": "redaksi-2",
    }
    return [
        {
            **head,
            "id": f"{code}-2-001",
            "jenis": "PG",
            "pokok": stem,
            "pilihan": [
                {
                    "teks": "Menelepon lewat nomor lama",
                    "kunci": True,
                    "rasional": "Jalannya sudah dikenal.",
                },
                {"teks": "Membalas pesannya", "rasional": "Balasan sampai ke pengirim yang sama."},
                {"teks": "Meneruskan ke grup", "rasional": "Orang lain ikut terpancing."},
            ],
        },
        {
            **head,
            "id": f"{code}-2-002",
            "jenis": "UR",
            "pokok": "Urutkan dari yang pertama:",
            "pilihan": [
                {"teks": "Putuskan sambungan", "rasional": "Yang keluar berhenti."},
                {"teks": "Hubungi bank", "rasional": "Uang berpindah paling cepat."},
                {"teks": "Lapor", "rasional": "Yang lain diperingatkan."},
            ],
        },
    ]


def bank(code="UJI-101", rows=None):
    """The practice items of a course, loaded."""
    items = tuple(item_from_raw(row) for row in (rows or practice_rows(code)))
    load_bank(Bank(code, items, f"quizzes/{code}/bank.yaml", "h"), clock.now())


def learner(name="ratri", display_name="Ratri Sekarwangi"):
    """A person on the staff list with an account; returns the person's id. Needs `reference()`."""
    unit_id = unit("DISDUKCAPIL")
    person_id = person(display_name, unit_id=unit_id)
    people_services.link_account(person_id=person_id, account_id=account(name, display_name))
    return person_id


def graded_attempt(person_id, quiz_code, outcome="lulus", *, number=1, graded_at=None):
    """A graded attempt on a form of a quiz of its own; returns its id."""
    moment = graded_at or clock.now()
    quiz = QuizVersion(
        quiz_code=quiz_code,
        number=number,
        content_hash=f"h{number}",
        is_current=number == 1,
        course_code=quiz_code,
        minutes=45,
        data={},
        loaded_at=moment,
    )
    db.session.add(quiz)
    db.session.flush()
    form = QuizForm(
        quiz_version_id=quiz.id,
        code="A",
        item_version_ids=[],
        reserve_item_version_ids=[],
        pass_mark=14,
        mark_source="usulan",
        cut_theta=0.25,
        information_at_cut=3.0,
    )
    db.session.add(form)
    db.session.flush()
    attempt = Attempt(
        person_id=person_id,
        quiz_code=quiz_code,
        quiz_version_id=quiz.id,
        form_id=form.id,
        number=number,
        seed=1,
        token_hash=f"t{person_id}-{quiz_code}-{number}",
        state="dinilai",
        started_at=moment,
        started_on=clock.local_date(moment),
        ends_at=moment,
        graded_at=moment,
        pass_mark=14,
        outcome=outcome,
        theta=0.8,
        se=0.4,
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt.id
