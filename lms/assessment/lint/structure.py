"""Checks of what an item must carry: S01 to S05, and B03 for scenario judgements."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, Protocol

from lms.assessment.lint.text import words
from lms.assessment.lint.view import Finding, View
from lms.kernel.dates import add_months

MIN_REASON_CHARS: Final = 40
OPTION_RANGE: Final = {"PG": (3, 4), "MR": (4, 6), "SJT": (4, 5)}
MIN_RATERS: Final = 5
MAX_RATING_SD: Final = 0.8
LAW_REVIEW_MONTHS: Final = 12

_NUMBER_WORDS: Final = {
    **{word: n for n, word in enumerate(("dua", "tiga", "empat", "lima", "enam"), start=2)},
    **{str(n): n for n in range(2, 10)},
    "satu": 1,
}
_COUNT: Final = re.compile(
    r"\b(?:pilih(?:lah)?|tandai(?:lah)?|sebutkan|temukan|tentukan|tunjukkan)\b[^.?!]{0,30}?\b("
    + "|".join(_NUMBER_WORDS)
    + r")\b",
    re.IGNORECASE,
)
_MATERIAL: Final = re.compile(r"\d{2}-[a-z0-9-]+\.md#[a-z0-9-]+")
_LAW: Final = re.compile(r"\b(?:Pasal|UU|PP|Perpres|Permen\w*|Perda|SE|SKB)\b")
_KNOWLEDGE: Final = ("sebaiknya", "seharusnya", "tepat", "efektif")


class CourseFacts(Protocol):
    """What the checks need to know of the course: its package has both."""

    @property
    def anchors(self) -> Mapping[str, Collection[str]]:
        """Return anchors by lesson file."""

    @property
    def laws(self) -> Mapping[str, Sequence[tuple[str, date]]]:
        """Return name and day of comparison of the laws behind each lesson, by lesson file."""


def s01(view: View) -> Iterator[Finding]:
    """Every item names its fields; placement items name one pillar instead of a lesson."""
    item, raw = view.item, view.item.raw
    needed = ["id", "versi", "guna", "level", "jenis", "pokok", "kompetensi", "penulis", "penelaah"]
    if item.use == "penempatan":
        if len(item.competences) != 1 or "." in item.competences[0]:
            message = "butir penempatan menyebut tepat satu pilar di kompetensi."
            yield view.finding("S01", "error", message, "kompetensi")
    else:
        needed += ["pelajaran", "capaian"]
    for name in needed:
        if raw.get(name) in (None, "", []):
            yield view.finding("S01", "error", f'kunci "{name}" belum diisi.')
    if item.level not in {"C1", "C2", "C3", "C4", "C5", "C6"}:
        yield view.finding("S01", "error", f'level "{item.level}" tidak dikenal.', "level")


def s02(view: View) -> Iterator[Finding]:
    """PG has one key; MR and HS several, not all, and the stem says how many."""
    kind, count = view.item.kind, len(view.keys)
    if kind == "PG" and count != 1:
        message = f"PG memerlukan tepat satu kunci, di sini ada {count}."
        yield view.finding("S02", "error", message, "pilihan")
    if kind not in {"MR", "HS"}:
        return
    place = "baris" if kind == "HS" else "pilihan"
    if count == 0 or not view.distractors or (kind == "MR" and count == 1):
        message = f"{kind} memerlukan beberapa kunci dan beberapa yang bukan kunci."
        yield view.finding("S02", "error", message, place)
        return
    named = _COUNT.search(view.stem)
    if named is None:
        message = f'jumlah kunci ({count}) belum disebut di pokok, misalnya "Pilih dua ...".'
        yield view.finding("S02", "error", message, "pokok")
    elif _NUMBER_WORDS[named[1].lower()] != count:
        message = f'pokok meminta "{named[1]}", sedangkan kuncinya {count}.'
        yield view.finding("S02", "error", message, "pokok")


def s03(view: View) -> Iterator[Finding]:
    """3-4 options for PG, 4-6 for MR."""
    if view.item.kind not in {"PG", "MR"}:
        return
    least, most = OPTION_RANGE[view.item.kind]
    count = len(view.options)
    if count < least:
        message = f"{view.item.kind} memerlukan {least} sampai {most} pilihan, di sini {count}."
        yield view.finding("S03", "error", message, "pilihan")
    elif count > most:
        message = f"{count} pilihan terlalu banyak; cukup {least} sampai {most}."
        yield view.finding("S03", "warning", message, "pilihan")


def s04(view: View) -> Iterator[Finding]:
    """Every option has a reason of its own of 40 characters or more that is not the option."""
    seen: dict[str, bool] = {}
    for path, reason, explained in view.reasons():
        key = " ".join(words(reason))
        if len(reason) < MIN_REASON_CHARS:
            message = f"rasional ini {len(reason)} karakter; sedikitnya {MIN_REASON_CHARS}."
            yield view.finding("S04", "error", message, *path)
        elif key in seen:
            message = "rasional ini sama dengan rasional pilihan lain."
            yield view.finding("S04", "error", message, *path)
        elif key == " ".join(words(explained)):
            message = "rasional ini hanya mengulang teks pilihannya."
            yield view.finding("S04", "error", message, *path)
        seen[key] = True


def s05(view: View, course: CourseFacts | None, today: date | None) -> Iterator[Finding]:
    """The item points at material that exists; a law it names stands behind that lesson.

    Without `course` only the form of the pointer is checked. A law compared with its text up to
    twelve months ago is accepted even if it awaits review.
    """
    if view.item.use == "penempatan":
        return
    material = view.item.material or ""
    if not _MATERIAL.fullmatch(material):
        message = "materi belum menunjuk berkas pelajaran dan jangkarnya."
        yield view.finding("S05", "error", message, "materi")
        return
    if course is None:
        return
    file, _, anchor = material.partition("#")
    if anchor not in course.anchors.get(file, ()):
        yield view.finding("S05", "error", f'materi "{material}" tidak ada.', "materi")
    texts = (*view.visible(), *((path, reason) for path, reason, _ in view.reasons()))
    named = next(((path, text) for path, text in texts if _LAW.search(text)), None)
    if named is None:
        return
    days = [compared_on for _, compared_on in course.laws.get(file, ())]
    if not days:
        message = "butir menyebut peraturan, sedangkan pelajarannya tanpa dasar_hukum."
        yield view.finding("S05", "error", message, *named[0])
    elif today and all(today > add_months(day, LAW_REVIEW_MONTHS) for day in days):
        message = "dasar_hukum di balik butir ini dibandingkan lebih dari 12 bulan lalu."
        yield view.finding("S05", "error", message, *named[0])


def b03(view: View) -> Iterator[Finding]:
    """SJT: 4-5 options, an instruction that asks what is right, and ratings of five or more.

    Without any rater the values are a proposal: a warning. With one to four raters, or where
    they disagree (SD above 0.8), an error: then the numbers claim what they cannot bear.

    Source: docs/semantics.md section 7.
    """
    if view.item.kind != "SJT":
        return
    least, most = OPTION_RANGE["SJT"]
    if not least <= len(view.options) <= most:
        message = f"SJT memerlukan {least} sampai {most} pilihan."
        yield view.finding("B03", "error", message, "pilihan")
    if not any(word in words(view.stem) for word in _KNOWLEDGE):
        message = 'pokok SJT menanyakan apa yang "sebaiknya" dilakukan, bukan kebiasaan.'
        yield view.finding("B03", "warning", message, "pokok")
    unrated = False
    for index, row in enumerate(view.item.raw.get("pilihan", ())):
        raters, sd = row.get("n_penilai", 0), row.get("sd")
        if raters == 0:
            unrated = True
        elif raters < MIN_RATERS:
            message = f"nilai ini berasal dari {raters} penilai; sedikitnya {MIN_RATERS}."
            yield view.finding("B03", "error", message, "pilihan", index, "n_penilai")
        if sd is not None and sd > MAX_RATING_SD:
            message = f"penilai berbeda pendapat (SD {sd}); pilihan ini diganti."
            yield view.finding("B03", "error", message, "pilihan", index, "sd")
    if unrated:
        yield view.finding("B03", "warning", "belum dinilai panel.", "pilihan")
