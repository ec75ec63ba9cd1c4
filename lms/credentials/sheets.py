"""The words of a certificate's PDF, put together from the catalogue, the staff list and settings."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from lms.catalogue import queries as catalogue
from lms.competency import queries as competency
from lms.credentials.pdf import Sheet
from lms.credentials.queries import CertificateView
from lms.people import queries as people
from lms.platform import settings, wording


def sheet_of(certificate: CertificateView) -> Sheet:
    """Return the words of the PDF, in Indonesian whatever the reader's language: it is a document."""
    with force_locale("id"):
        return _sheet(certificate)


def _sheet(certificate: CertificateView) -> Sheet:
    face = certificate.face
    card = people.person_card(certificate.person_id)
    terms = catalogue.course_version(certificate.version_id)
    lessons = catalogue.list_lessons(certificate.version_id)
    names = competency.labels()
    place = settings.value("certificate.place")
    issued = wording.long_date(face.issued_on)
    return Sheet(
        agency=settings.value("agency.name"),
        heading=_("Sertifikat"),
        given_to=_("diberikan kepada"),
        post_lines=tuple(
            line
            for line in (
                " · ".join(part for part in (card.post_name, card.rank) if part),
                card.opd_name,
            )
            if line
        ),
        statement=_("yang lulus ujian akhir kursus"),
        evidence_lines=tuple(
            _(
                "Bukti kompetensi %(name)s tingkat %(level)s",
                name=names.get(code, code),
                level=level,
            )
            for code, level in face.evidence
        ),
        facts=(
            (_("Nomor"), face.number),
            (_("Terbit"), issued),
            (_("Berlaku sampai"), wording.long_date(face.valid_until)),
            (_("Lulus pada percobaan ke"), str(certificate.attempt_number)),
        ),
        place_and_date=", ".join(part for part in (place, issued) if part),
        signer=settings.value("certificate.signer_post"),
        unsigned_note=_(
            "Belum ditandatangani secara elektronik; keasliannya diperiksa lewat kode."
        ),
        verify_note=_("Periksa keaslian dengan memindai kode QR atau menulis kode ini:"),
        reverse_heading=_("Mata pelajaran"),
        lesson_header=(_("No."), _("Pelajaran"), _("Menit")),
        lessons=(
            *((str(x.number), x.title, wording.number(x.minutes)) for x in lessons),
            ("", _("Ujian akhir"), wording.number(terms.minutes - sum(x.minutes for x in lessons))),
        ),
        totals=(
            (_("Jumlah menit"), wording.number(terms.minutes)),
            (_("Jam pelajaran (JP)"), _jp_text(certificate)),
        ),
        simulation_note=_(
            "Tingkat kompetensi memakai skala 1 sampai 5 kerangka kompetensi Titian; batas lulus %(source)s.",
            source=_("usulan, belum ditetapkan panel"),
        ),
    )


def _jp_text(certificate: CertificateView) -> str:
    from lms.credentials.slots import jp_of_source

    jp = jp_of_source(certificate.source_ref.split("#")[0])
    words: str = _("%(n)s JP", n=jp) if jp is not None else _("belum final, lihat rekam belajar")
    return words
