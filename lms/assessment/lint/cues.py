"""Checks for cues that give the key away, and for options that do not belong together."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from typing import Final

from lms.assessment.lint.text import content_stems, find_phrase, union_stems, words
from lms.assessment.lint.view import Finding, View
from lms.assessment.lint.wordlists import absolutes, vague

LENGTH_RATIO: Final = 1.4
CONVERGENCE_GAP: Final = 0.25
SIMILARITY: Final = 0.9

_ALL_OR_NONE: Final = re.compile(
    r"\b(?:semua(?: jawaban| pilihan)?(?: di atas)?(?: adalah)? (?:benar|salah)"
    r"|salah semua|benar semua"
    r"|[a-e],? (?:dan|serta) [a-e] (?:benar|salah)"
    r"|tidak ada(?: jawaban| pilihan)? (?:yang )?(?:benar|tepat|salah))\b",
    re.IGNORECASE,
)
_NEGATIONS: Final = frozenset({"tidak", "bukan", "jangan", "tanpa", "tak", "belum"})
_NUMBER: Final = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?")
_RANGE: Final = re.compile(
    rf"({_NUMBER.pattern})\s*(?:-|–|sampai|hingga|s\.?d\.?)\s*({_NUMBER.pattern})"
)
_PREFIX: Final = re.compile(r"^(me|ber|di)(?=[a-z]{3})")
_OPENING_MARKS: Final = "\"“'‘(`*"
_QUOTES: Final = frozenset("\"”'’")


def c01(view: View) -> Iterator[Finding]:
    """The key is the longest option and over 1.4 times the median distractor (in characters)."""
    if view.item.kind != "PG" or not view.has_keyed_options:
        return
    key = max(len(text) for text in view.keys)
    others = [len(text) for text in view.distractors]
    if key > max(others) and key > LENGTH_RATIO * statistics.median(others):
        message = f"kunci jauh lebih panjang ({key} karakter) daripada pengecohnya."
        yield view.finding("C01", "error", message, "pilihan")


def c04(view: View) -> Iterator[Finding]:
    """Absolute words stand only in distractors (error), or only in the key (warning)."""
    if not view.has_keyed_options:
        return
    in_key = next((word for text in view.keys if (word := find_phrase(text, absolutes()))), None)
    in_other = next(
        (word for text in view.distractors if (word := find_phrase(text, absolutes()))), None
    )
    if in_other and not in_key:
        message = f'kata mutlak "{in_other}" hanya ada pada pengecoh.'
        yield view.finding("C04", "error", message, "pilihan")
    elif in_key and not in_other:
        message = f'kata mutlak "{in_key}" hanya ada pada kunci.'
        yield view.finding("C04", "warning", message, "pilihan")


def c05(view: View) -> Iterator[Finding]:
    """Vague words stand only in the key."""
    if not view.has_keyed_options:
        return
    in_key = next((word for text in view.keys if (word := find_phrase(text, vague()))), None)
    if in_key and not any(find_phrase(text, vague()) for text in view.distractors):
        message = f'kata samar "{in_key}" hanya ada pada kunci.'
        yield view.finding("C05", "warning", message, "pilihan")


def c06(view: View) -> Iterator[Finding]:
    """The key alone repeats a content word of the stem (error) or of the situation (warning)."""
    if not view.has_keyed_options:
        return
    keys, others = union_stems(view.keys), union_stems(view.distractors)
    echoed = [keys[key] for key in content_stems(view.stem) if key in keys and key not in others]
    if echoed:
        message = f'kata "{echoed[0]}" di pokok hanya terulang pada kunci.'
        yield view.finding("C06", "error", message, "pilihan")
        return
    situation = content_stems(view.situation).keys()
    if situation & keys.keys() and not situation & others.keys():
        echo = keys[min(situation & keys.keys())]
        message = f'hanya kunci yang mengulang kata situasi ("{echo}").'
        yield view.finding("C06", "warning", message, "pilihan")


def c07(view: View) -> Iterator[Finding]:
    """The key holds far more of the other options' words than any of them does (heuristic)."""
    if view.item.kind != "PG" or not view.has_keyed_options:
        return
    sets = [set(content_stems(option.text)) for option in view.options]
    scores = [
        statistics.mean(
            len(one & other) / max(1, len(other)) for j, other in enumerate(sets) if j != i
        )
        for i, one in enumerate(sets)
    ]
    key = next(i for i, option in enumerate(view.options) if option.is_key)
    rest = max(score for i, score in enumerate(scores) if i != key)
    if scores[key] - rest > CONVERGENCE_GAP:
        message = "kunci memuat unsur bersama terbanyak dari pilihan lain."
        yield view.finding("C07", "warning", message, "pilihan")


def c08(view: View) -> Iterator[Finding]:
    """No option speaks about the other options."""
    for option in view.options:
        if _ALL_OR_NONE.search(option.text):
            message = f'pilihan "{option.text[:40]}" menilai pilihan lain.'
            yield view.finding("C08", "error", message, *option.path)


def c09(view: View) -> Iterator[Finding]:
    """No two options are the same, opposite, or ranges of numbers that overlap.

    "Nearly the same" compares the order of words, so that two sequences of the same steps may
    stand side by side.
    """
    if view.item.kind == "HS":
        return
    for (i, one), (j, other) in combinations(enumerate(view.options), 2):
        reason = _too_close(words(one.text), words(other.text)) or _overlap(one.text, other.text)
        if reason:
            yield view.finding(
                "C09", "error", f"pilihan {i + 1} dan {j + 1} {reason}.", *other.path
            )


def _too_close(one: Sequence[str], other: Sequence[str]) -> str | None:
    if one == other:
        return "sama"
    if set(one) ^ set(other) <= _NEGATIONS:
        bare = [[word for word in side if word not in _NEGATIONS] for side in (one, other)]
        if bare[0] == bare[1]:
            return "saling berlawanan"
    if SequenceMatcher(None, one, other, autojunk=False).ratio() > SIMILARITY:
        return "hampir sama"
    return None


def _overlap(one: str, other: str) -> str | None:
    ranges = [_RANGE.search(text) for text in (one, other)]
    if not all(ranges):
        return None
    (a, b), (c, d) = ((_value(match[1]), _value(match[2])) for match in ranges if match)
    return "bertumpang-tindih rentangnya" if max(a, c) <= min(b, d) else None


def _value(number: str) -> float:
    return float(number.replace(".", "").replace(",", "."))


def c10(view: View) -> Iterator[Finding]:
    """Options that are numbers rise."""
    if view.item.kind not in {"PG", "MR"}:
        return
    matches = [_NUMBER.match(option.text.lstrip("Rp ")) for option in view.options]
    if len(matches) > 1 and all(matches):
        values = [_value(match[0]) for match in matches if match]
        if values != sorted(values):
            yield view.finding("C10", "warning", "pilihan angka tidak urut naik.", "pilihan")


def c11(view: View) -> Iterator[Finding]:
    """The key's first word is of another kind (me-, ber-, di-, other) than all distractors'."""
    if view.item.kind != "PG" or not view.has_keyed_options:
        return
    kinds = {_first_kind(text) for text in view.distractors}
    if len(kinds) == 1 and _first_kind(view.keys[0]) not in kinds:
        message = "hanya kunci yang dimulai dengan bentuk kata berbeda."
        yield view.finding("C11", "warning", message, "pilihan")


def _first_kind(text: str) -> str:
    first = next(iter(words(text)), "")
    match = _PREFIX.match(first)
    return match[1] if match else "lain"


def c12(view: View) -> Iterator[Finding]:
    """Options begin alike (capital or not) and end alike (with the same mark or none)."""
    if view.item.kind == "HS" or len(view.options) < 2:  # noqa: PLR2004 - one cannot differ
        return
    ends = {_ending(option.text) for option in view.options}
    starts = {_start(option.text) for option in view.options} - {"other"}
    if len(ends) > 1:
        yield view.finding("C12", "warning", "tanda baca akhir pilihan tidak seragam.")
    elif len(starts) > 1:
        yield view.finding("C12", "warning", "huruf awal pilihan tidak seragam.")


def _ending(text: str) -> str:
    """Return the closing mark of an option; a quotation ends in its quotation mark."""
    if text[-1:] in _QUOTES:
        return '"'
    bare = text.rstrip(")`*")
    return bare[-1] if bare[-1:] in {".", ",", ";", "!", "?", ":"} else ""


def _start(text: str) -> str:
    first = text.lstrip(_OPENING_MARKS)[:1]
    if not first.isalpha():
        return "other"
    return "upper" if first.isupper() else "lower"
