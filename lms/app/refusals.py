"""The one table from refusals (class and facts) to sentences for people.

A test walks all `DomainError` classes and fails when one has no sentence here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from lms.app.demo.seed import DemoRefused, NotEmpty
from lms.assessment import errors as assessment_errors
from lms.competency import errors as competency_errors
from lms.credentials.services import AlreadyRevoked, NameUnchanged
from lms.development import errors as development_errors
from lms.kernel.errors import DomainError, NotAllowed, NotFound
from lms.learning import errors as learning_errors
from lms.people import errors as people_errors
from lms.platform import wording
from lms.platform.access.services import EmailTaken, WeakPassword, WrongPassword
from lms.platform.wording import long_date

Facts = Mapping[str, Any]
Wording = Callable[[Facts], str]


def _weak_password(facts: Facts) -> str:
    words: dict[str, str] = {
        "pendek": _(
            "Kata sandi baru kurang panjang. Pakai sedikitnya %(n)s karakter, misalnya empat kata yang tidak berkaitan.",
            n=facts.get("minimum_length"),
        ),
        "panjang": _("Kata sandi baru terlalu panjang. Pakai paling banyak 200 karakter."),
    }
    easy: str = _(
        "Kata sandi baru mudah ditebak. Hindari nama Anda sendiri dan huruf yang diulang."
    )
    return words.get(str(facts.get("problem")), easy)


def _titles(facts: Facts) -> str:
    """Name lessons: "3. Judul; 4. Judul"."""
    return "; ".join(f"{number}. {title}" for number, title in facts.get("lessons", ()))


def _exam_closed(facts: Facts) -> str:
    titles = _titles(facts)
    if facts.get("enrolled"):
        done_first: str = _(
            "Ujian terbuka setelah semua pelajaran ditandai selesai. Yang belum: %(titles)s.",
            titles=titles,
        )
        return done_first
    enrol_first: str = _(
        "Mulai dulu kursus %(code)s. Ujian terbuka setelah semua pelajarannya ditandai selesai: %(titles)s.",
        code=facts.get("course_code"),
        titles=titles,
    )
    return enrol_first


def _answer_missing(facts: Facts) -> str:
    words: dict[str, str] = {
        "blank": _("Pilih atau tulis jawaban dulu, lalu periksa lagi."),
        "chosen_twice": _(
            "Satu langkah dipilih dua kali. Pilih langkah yang berbeda untuk tiap urutan."
        ),
        "one_value": _("Soal ini minta satu jawaban. Pilih salah satu."),
        "not_a_number": _("Itu belum terbaca sebagai angka. Tulis angka saja, misalnya 12,5."),
        "too_long": _("Jawaban paling panjang %(n)s karakter. Ringkas dulu.", n=facts.get("most")),
    }
    renewed: str = _("Soal ini berubah sejak halaman dibuka. Muat ulang, lalu jawab lagi.")
    return words.get(str(facts.get("problem")), renewed)


def _bad_response(facts: Facts) -> str:
    words: dict[str, str] = {
        "chosen_twice": _(
            "Satu langkah dipilih dua kali. Pilih langkah yang berbeda untuk tiap urutan."
        ),
        "one_value": _("Soal ini menerima satu jawaban saja."),
        "not_a_number": _("Jawaban harus berupa angka, misalnya 12 atau 12,5."),
        "too_long": _(
            "Jawaban terlalu panjang. Tulis paling banyak %(n)s karakter.", n=facts.get("most")
        ),
        "rating_out_of_range": _("Nilai setiap tindakan dari 1 sampai 4."),
    }
    other: str = _("Jawaban itu bukan dari pilihan soal ini. Muat ulang halaman, lalu pilih lagi.")
    return words.get(str(facts.get("problem")), other)


def _quiz_refused(facts: Facts) -> str:
    found = "; ".join(_form_problem(problem.code, problem.facts) for problem in facts["problems"])
    sentence: str = _(
        "Kuis %(kode)s belum memenuhi cetak birunya: %(temuan)s.",
        kode=facts.get("quiz_code"),
        temuan=found,
    )
    return sentence


def _form_problem(code: str, facts: Facts) -> str:
    """Say one finding about a form, as a part of a sentence."""
    words: dict[str, str] = {
        "form_missing": _("tidak ada bentuk tetap, dan pengambilan acak belum dibuka"),
        "unknown_item": _("butir %(item)s tidak ada di bank", item=facts.get("item")),
        "item_repeated": _("butir %(item)s tertulis dua kali", item=facts.get("item")),
        "wrong_use": _(
            "butir %(item)s berguna untuk %(use)s", item=facts.get("item"), use=facts.get("use")
        ),
        "cell_short": _(
            "sel %(cell)s terisi %(found)s dari %(wanted)s butir",
            cell=facts.get("cell"),
            found=facts.get("found"),
            wanted=facts.get("wanted"),
        ),
        "item_without_cell": _("butir %(item)s tidak punya tempat di sel", item=facts.get("item")),
        "kind_short": _(
            "butir %(kind)s baru %(found)s dari %(wanted)s",
            kind=facts.get("kind"),
            found=facts.get("found"),
            wanted=facts.get("wanted"),
        ),
        "enemies": _(
            "butir %(item)s dan %(other)s bermusuhan",
            item=facts.get("item"),
            other=facts.get("other"),
        ),
        "enemy_reserve": _(
            "cadangan %(item)s dan %(other)s bermusuhan",
            item=facts.get("item"),
            other=facts.get("other"),
        ),
        "evidence_short": _(
            "kompetensi %(competence)s dibawa %(found)s dari %(wanted)s butir",
            competence=facts.get("competence"),
            found=facts.get("found"),
            wanted=facts.get("wanted"),
        ),
        "reserve_short": _(
            "cadangan pelajaran %(lesson)s baru %(found)s dari %(wanted)s",
            lesson=facts.get("lesson"),
            found=facts.get("found"),
            wanted=facts.get("wanted"),
        ),
        "reserve_shared": _("cadangan %(item)s dipakai bentuk lain", item=facts.get("item")),
        "form_code_repeated": _("kode bentuk ini dipakai dua kali"),
        "cut_unreachable": _(
            "batas %(mark)s tidak terjangkau pada skala kemampuan", mark=facts.get("pass_mark")
        ),
        "information_low": _(
            "keterangan di batas lulus %(found)s, sedikitnya %(wanted)s",
            found=wording.number(facts.get("found"), 2),
            wanted=wording.number(facts.get("wanted"), 2),
        ),
    }
    text = words.get(code, code)
    form = facts.get("form")
    return text if form is None else str(_("bentuk %(form)s: %(text)s", form=form, text=text))


SENTENCES: dict[type[DomainError], Wording] = {
    NotFound: lambda _f: _("Halaman ini tidak ada atau bukan untuk peran Anda."),
    NotAllowed: lambda _f: _("Halaman ini tidak ada atau bukan untuk peran Anda."),
    assessment_errors.SignInNeeded: lambda _f: _(
        "Masuk dulu untuk melanjutkan ujian. Jawaban yang sudah tersimpan tetap ada."
    ),
    assessment_errors.AttemptClosed: lambda _f: _("Ujian ini tidak menerima jawaban lagi."),
    assessment_errors.AfterTime: lambda f: _(
        "Waktu ujian habis pukul %(jam)s. Jawaban yang sudah tersimpan dinilai, hasilnya ada di halaman hasil.",
        jam=wording.time_of_day(f.get("ended_at")),
    ),
    assessment_errors.AlreadySubmitted: lambda _f: _(
        "Ujian ini sudah dikumpulkan dan dinilai, jadi jawabannya tidak dapat diubah lagi."
    ),
    assessment_errors.TooSoon: lambda f: _(
        "Percobaan berikutnya dapat dimulai %(tanggal)s.",
        tanggal=wording.long_date(f.get("next_on")),
    ),
    assessment_errors.AttemptsUsedUp: lambda f: _(
        "Kesempatan ujian ini sudah terpakai. Percobaan berikutnya dapat dimulai %(tanggal)s.",
        tanggal=wording.long_date(f.get("next_on")),
    ),
    assessment_errors.BadResponse: _bad_response,
    assessment_errors.QuizRefused: _quiz_refused,
    assessment_errors.ItemRefused: lambda f: _(
        "Butir %(kode)s tidak dapat dinilai seperti tertulis. Perbaiki bagian %(bagian)s.",
        kode=f.get("item_code"),
        bagian=f.get("where"),
    ),
    WeakPassword: _weak_password,
    WrongPassword: lambda _f: _("Kata sandi sekarang tidak cocok. Ketik ulang dengan teliti."),
    learning_errors.NotEnrolled: lambda f: _(
        "Anda belum memulai kursus %(title)s. Mulai dulu dari halaman kursusnya.",
        title=f.get("course_title"),
    ),
    learning_errors.LessonLocked: lambda f: _(
        "Selesaikan dulu pelajaran ini: %(titles)s.", titles=_titles(f)
    ),
    learning_errors.ExamClosed: _exam_closed,
    learning_errors.RetestTooEarly: lambda f: _(
        "Anda sudah lulus dan hasilnya berlaku sampai %(until)s. Uji ulang dibuka %(opens)s.",
        until=long_date(f.get("valid_until")),
        opens=long_date(f.get("opens_on")),
    ),
    learning_errors.AnswerMissing: _answer_missing,
    EmailTaken: lambda _f: _("Surel itu sudah dipakai akun lain. Pakai surel Anda sendiri."),
    people_errors.NipMalformed: lambda f: _(
        "NIP harus 18 angka, yang diterima %(n)s karakter. Periksa lagi angkanya.",
        n=f.get("length"),
    ),
    people_errors.NipTaken: lambda _f: _(
        "NIP itu sudah tercatat untuk pegawai lain. Cari dulu pegawainya dengan nomor itu."
    ),
    people_errors.UnitCodeTaken: lambda f: _(
        "Kode unit %(kode)s sudah dipakai. Pilih kode lain.", kode=f.get("code")
    ),
    people_errors.UnitWouldContainItself: lambda _f: _(
        "Unit tidak dapat berada di bawah dirinya sendiri. Pilih induk yang lain."
    ),
    people_errors.UnitHasPersons: lambda f: _(
        "Unit ini masih memuat %(n)s pegawai. Pindahkan mereka dulu, lalu tutup unitnya.",
        n=f.get("count"),
    ),
    people_errors.UnitClosed: lambda _f: _(
        "Unit itu tidak buka pada tanggal tersebut. Pilih unit atau tanggal lain."
    ),
    people_errors.FactAlreadyRecorded: lambda _f: _(
        "Data yang sama baru saja dicatat. Muat ulang halaman untuk melihatnya."
    ),
    people_errors.FactAlreadyCorrected: lambda _f: _(
        "Catatan itu sudah dikoreksi. Koreksi catatan yang terbaru."
    ),
    people_errors.UnknownCode: lambda f: _(
        "Kode %(kode)s tidak ada di data rujukan.", kode=f.get("code")
    ),
    people_errors.RoleFollowsByItself: lambda _f: _(
        "Peran ini mengikuti data pegawai dan jabatan pimpinan, jadi tidak diberikan di sini."
    ),
    people_errors.OwnRole: lambda _f: _("Peran Anda sendiri diatur oleh orang kedua."),
    people_errors.PersonHasAccount: lambda _f: _(
        "Pegawai atau akun itu sudah terhubung dengan yang lain."
    ),
    DemoRefused: lambda _f: _("Data contoh ditolak pada server produksi."),
    NotEmpty: lambda _f: _("Basis data sudah berisi pegawai; data contoh tidak ditambahkan."),
    AlreadyRevoked: lambda _f: _("Sertifikat ini sudah dicabut sebelumnya."),
    NameUnchanged: lambda _f: _(
        "Nama pada sertifikat sudah sama dengan catatan sekarang, jadi tidak perlu diterbitkan ulang."
    ),
    development_errors.RuleStillHolds: lambda _f: _(
        "Kursus ini sudah punya aturan yang masih berlaku. Akhiri aturan itu dulu, lalu buat yang baru."
    ),
    development_errors.RuleHasEnded: lambda _f: _("Aturan ini sudah diakhiri."),
    development_errors.UnknownAudience: lambda _f: _(
        "Sasaran aturan itu tidak dikenal. Pilih sasaran dari daftar."
    ),
    development_errors.ObligationSettled: lambda _f: _(
        "Penugasan ini sudah selesai atau sudah dibebaskan, jadi tidak ada yang perlu diubah."
    ),
    development_errors.TooManyToRemind: lambda f: _(
        "Sekali kirim paling banyak %(most)s pengingat, saringan ini memuat %(count)s. Pilih satu OPD atau satu aturan dulu.",
        most=wording.number(f.get("most")),
        count=wording.number(f.get("count")),
    ),
    competency_errors.UnknownCompetence: lambda f: _(
        "Tidak ada kompetensi berkode %(code)s.", code=f.get("code")
    ),
    competency_errors.UnknownAudience: lambda f: _(
        "Sasaran %(audience)s tidak dikenal.", audience=f.get("audience")
    ),
    competency_errors.RequirementTooSoon: lambda f: _(
        "Persyaratan paling cepat berlaku %(day)s.",
        day=long_date(f.get("earliest")),
    ),
    competency_errors.FrameworkAltered: lambda f: _(
        "Kerangka %(code)s sudah dimuat dengan isi lain. Beri kode baru untuk isi yang baru.",
        code=f.get("code"),
    ),
    competency_errors.OutsideCertificateTaken: lambda f: _(
        "Sertifikat nomor %(number)s dari %(organiser)s sudah pernah diakui.",
        number=f.get("number"),
        organiser=f.get("organiser"),
    ),
    competency_errors.EvidenceRevokedAlready: lambda f: _(
        "Bukti ini sudah dicabut sejak %(day)s.", day=long_date(f.get("on"))
    ),
}


def sentence(error: DomainError) -> str:
    """Return the sentence for a refusal; the nearest ancestor's if a class has none of its own."""
    for kind in type(error).__mro__:
        if kind in SENTENCES:
            return SENTENCES[kind](error.facts)
    return str(_("Permintaan ini belum dapat dilakukan."))
