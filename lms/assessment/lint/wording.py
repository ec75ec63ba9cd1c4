"""Checks of the stem, the situation and the language: P01 to P07, R01 and R02."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final

from lms.assessment.lint.text import content_stems, lix, sentences, union_stems, words
from lms.assessment.lint.view import Finding, View
from lms.assessment.lint.wordlists import (
    foreign,
    nonstandard,
    person_names,
    region_names,
    test_numbers,
)

MIN_STEM_WORDS: Final = 8
SITUATION_WORDS: Final = (25, 120)
MAX_IDLE_SENTENCES: Final = 3
MAX_MEAN_SENTENCE: Final = 18
MAX_SENTENCE: Final = 30
MAX_LIX: Final = 65.0
"""Of 128 items the editors read and kept, 98 % lie below 61. The customary 55 belongs to languages
with shorter words: it would flag every tenth of them."""
MIN_LIX_WORDS: Final = 25
NEAR_CHARS: Final = 40

_NEGATIVE: Final = re.compile(
    r"\b(?:kecuali|bukan(?:lah)?|tidak (?:tepat|benar|termasuk)|salah(?! satu| seorang| paham))\b"
    r"|\b(?-i:TIDAK)\b",
    re.IGNORECASE,
)
_SCALE: Final = re.compile(r"\(\s*\d\s*=[^)]*\)")
"""The ends of a rating scale, "(1 = sangat tidak tepat, 4 = sangat tepat)", deny nothing."""
_LOUD: Final = re.compile(r"\*\*[^*]*\*\*")
_OPTION_NEGATION: Final = re.compile(r"\b(?:tidak|bukan|jangan|kecuali)\b", re.IGNORECASE)
_OPINION: Final = re.compile(
    r"\b(?:menurut (?:anda|saudara|pendapat|bapak|ibu)|pendapat (?:anda|saudara)|"
    r"(?:anda|saudara) (?:rasa|setuju))\b",
    re.IGNORECASE,
)
_STEM_END: Final = re.compile(r"[?:]\W*$")
_LONG_NUMBER: Final = re.compile(r"(?<!\d)(?:\d{16}|\d{18})(?!\d)")
_PHONE: Final = re.compile(
    r"(?<![\d.,/-])(?:(?:\+62|62|0)[\s.-]?8\d{1,2}(?:[\s.-]?\d{3,5}){2}"
    r"|\(?0[2-9]\d{1,2}\)?[\s-]\d{5,8}|\(0[2-9]\d{1,2}\)\s?\d{5,8})(?!\d)"
)
_EMAIL: Final = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_DOMAIN: Final = re.compile(
    r"(?<![\w@.-])(?:https?://)?((?:[\w-]+\.)+(?:id|com|org|net|info|io|co|gov|edu|me|xyz|ly|app))"
    r"(?![\w.-]*\w)",
    re.IGNORECASE,
)
_ANY_URL: Final = re.compile(r"https?://([\w.-]+)", re.IGNORECASE)
_SUFFIX_DOMAINS: Final = frozenset({"go.id", "co.id", "or.id", "ac.id", "sch.id", "desa.id"})
_GOVERNMENT: Final = (
    r"(?:kota|kabupaten|kab\.?|provinsi|prov\.?|pemkot|pemkab|pemprov|pemda|dinas|badan|bappeda|"
    r"bkpsdm|bkd|diskominfo|dprd|rsud|sekda|wali kota|walikota|bupati|gubernur)"
)


def p01(view: View) -> Iterator[Finding]:
    """A negative stem is a warning if the word is bold capitals, else an error.

    A negative stem whose options are negative too is an error however it is printed. "Salah
    satu" and "salah paham" are not negative.
    """
    found = _NEGATIVE.search(_SCALE.sub("", view.stem))
    if not found:
        return
    word = found[0]
    loud = any(word in part[0] and word.isupper() for part in _LOUD.finditer(view.stem))
    if any(_OPTION_NEGATION.search(option.text) for option in view.options):
        message = f'pokok negatif ("{word}") berpasangan dengan pilihan negatif.'
        yield view.finding("P01", "error", message, "pokok")
    elif loud:
        yield view.finding("P01", "warning", f'pokok ini negatif ("{word}").', "pokok")
    else:
        message = f'kata negatif "{word}" di pokok belum dicetak **TEBAL KAPITAL**.'
        yield view.finding("P01", "error", message, "pokok")


def p02(view: View) -> Iterator[Finding]:
    """The stem asks: it ends in `?` or `:`, and has at least eight words."""
    if not _STEM_END.search(view.stem) or view.stem.rstrip(':?"” ').endswith(("…", "...")):
        yield view.finding(
            "P02", "warning", "pokok tidak diakhiri tanda tanya atau titik dua.", "pokok"
        )
    elif len(view.stem.split()) < MIN_STEM_WORDS:
        message = f"pokok terlalu pendek untuk dijawab tanpa pilihan (< {MIN_STEM_WORDS} kata)."
        yield view.finding("P02", "warning", message, "pokok")


def p03(view: View) -> Iterator[Finding]:
    """From level C3 an item has a situation of 25 to 120 words."""
    if view.item.level < "C3":
        return
    least, most = SITUATION_WORDS
    count = len(view.situation.split())
    if not view.situation:
        message = f"level {view.item.level} memerlukan situasi."
        yield view.finding("P03", "error", message, "level")
    elif not least <= count <= most:
        message = f"situasi berisi {count} kata; yang diminta {least} sampai {most}."
        yield view.finding("P03", "error", message, "situasi")


def p04(view: View) -> Iterator[Finding]:
    """Decoration: a long situation, or more than three sentences nothing refers to (heuristic)."""
    if view.item.level < "C3" and len(view.situation.split()) > SITUATION_WORDS[1]:
        message = f"situasi lebih dari {SITUATION_WORDS[1]} kata."
        yield view.finding("P04", "warning", message, "situasi")
        return
    referring = union_stems(
        (view.stem, *(option.text for option in view.options), *(r for _, r, _ in view.reasons()))
    )
    idle = [
        sentence
        for sentence in sentences(view.situation)
        if (stems := content_stems(sentence)) and not stems.keys() & referring.keys()
    ]
    if len(idle) > MAX_IDLE_SENTENCES:
        message = f"{len(idle)} kalimat situasi tidak dirujuk pokok, pilihan, atau rasional."
        yield view.finding("P04", "warning", message, "situasi")


def p05(view: View) -> Iterator[Finding]:
    """Nothing real: no persons, regions, NIK, NIP, telephone numbers, addresses.

    Addresses ending in `.contoh` and `contoh.go.id` are allowed, so are domain patterns without
    a host (`go.id`) and the numbers of `words/testnumbers.txt`.
    """
    reasons = ((path, reason) for path, reason, _ in view.reasons())
    for path, text in (*view.visible(), *reasons):
        if message := _real_thing(text):
            yield view.finding("P05", "error", message, *path)


def _real_thing(text: str) -> str | None:
    for number in _LONG_NUMBER.findall(text):
        if number not in test_numbers():
            return f'nomor "{number}" berbentuk NIK atau NIP.'
    if found := _PHONE.search(text):
        return f'nomor telepon "{found[0]}" tampak nyata.'
    hosts = [*_EMAIL.findall(text), *_ANY_URL.findall(text), *_DOMAIN.findall(text)]
    for host in hosts:
        if not _is_example(host.lower().strip(".")):
            return f'alamat "{host}" bukan alamat contoh.'
    if found := _person_pattern().search(text) or _region_pattern().search(text):
        return f'nama "{found[0]}" adalah nama nyata.'
    return None


def _is_example(host: str) -> bool:
    """Return True for hosts that belong to nobody, and for bare domain patterns."""
    if host in _SUFFIX_DOMAINS or host == "contoh.go.id" or host.endswith(".contoh.go.id"):
        return True
    return host.endswith(".contoh") or host == "contoh"


@functools.cache
def _person_pattern() -> re.Pattern[str]:
    names = "|".join(map(re.escape, person_names()))
    return re.compile(rf"\b(?:{names})\b", re.IGNORECASE)


@functools.cache
def _region_pattern() -> re.Pattern[str]:
    names = "|".join(map(re.escape, region_names()))
    between = r"(?:\s+[\w.]+){0,3}?"
    return re.compile(rf"\b{_GOVERNMENT}{between}\s+(?:{names})\b", re.IGNORECASE)


def p06(view: View) -> Iterator[Finding]:
    """The stem asks for what is right, not for an opinion."""
    if found := _OPINION.search(view.stem):
        message = f'pokok menanyakan pendapat ("{found[0]}"); sebut ukurannya.'
        yield view.finding("P06", "warning", message, "pokok")


def p07(view: View) -> Iterator[Finding]:
    """A foreign term is in italics or beside its equivalent where it first appears."""
    text = "\n".join(text for _, text in view.visible())
    for term, equivalent in foreign().items():
        match = re.search(rf"(?<![\w.@/-]){re.escape(term)}(?![\w@/-]|\.\w)", text, re.IGNORECASE)
        if not match:
            continue
        near = text[max(0, match.start() - NEAR_CHARS) : match.end() + NEAR_CHARS].lower()
        italic = text[match.start() - 1 : match.start()] in {"*", "_", "`"}
        if not italic and equivalent not in near:
            message = f'istilah "{match[0]}" tanpa padanan "{equivalent}" atau cetak miring.'
            yield view.finding("P07", "warning", message, "pokok")


def r01(view: View) -> Iterator[Finding]:
    """Situation and stem read easily: mean and longest sentence, and LIX against our own corpus."""
    text = f"{view.situation} {view.stem}".strip()
    parts = [len(words(sentence)) for sentence in sentences(text)]
    if not parts:
        return
    longest, mean = max(parts), sum(parts) / len(parts)
    if longest > MAX_SENTENCE:
        message = f"ada kalimat {longest} kata; pecah menjadi dua."
        yield view.finding("R01", "warning", message, "situasi")
    elif mean > MAX_MEAN_SENTENCE:
        message = f"rata-rata {mean:.0f} kata per kalimat; usahakan {MAX_MEAN_SENTENCE}."
        yield view.finding("R01", "warning", message, "situasi")
    elif sum(parts) >= MIN_LIX_WORDS and lix(text) > MAX_LIX:
        message = f"teks sulit dibaca (LIX {lix(text):.0f}); pakai kata yang lebih pendek."
        yield view.finding("R01", "warning", message, "situasi")


@functools.cache
def _nonstandard_pattern() -> re.Pattern[str]:
    base = "|".join(map(re.escape, sorted(nonstandard(), key=len, reverse=True)))
    return re.compile(
        rf"\b(?:ber|ter|di|ke|se|per|me|mem|men|meng|peng|pem|pen)?({base})(?:nya|kan|an|i|lah)*\b",
        re.IGNORECASE,
    )


def r02(view: View) -> Iterator[Finding]:
    """Common words are spelt as the standard asks."""
    reasons = ((path, reason) for path, reason, _ in view.reasons())
    for path, text in (*view.visible(), *reasons):
        if match := _nonstandard_pattern().search(text):
            right = nonstandard()[match[1].lower()]
            message = f'"{match[0]}" tidak baku; pakai "{right}".'
            yield view.finding("R02", "warning", message, *path)
