"""Reading Indonesian text as the checks need it: words, stems, sentences."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final

from lms.assessment.lint.wordlists import stopwords

CONTENT_LETTERS: Final = 5
"""Shorter words are too common to give an answer away."""

_WORD: Final = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
_SENTENCE_END: Final = re.compile(r"(?<=[.?!:])[\"”’')]*\s+")
_MIN_STEM: Final = 4
_SUFFIXES: Final = ("nya", "lah", "kah", "pun", "kan", "an", "i")
_PREFIXES: Final = (
    *("memper", "diper", "penge", "menge", "peng", "meng", "peny", "meny", "pem", "mem"),
    *("pen", "men", "per", "ber", "ter", "me", "pe", "di", "ke", "se"),
)


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, numbers included; `e-mail` is one word."""
    return [match[0].lower() for match in _WORD.finditer(text)]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; a colon ends one, since a quotation or list follows."""
    return [part for part in _SENTENCE_END.split(text.strip()) if part.strip()]


@functools.lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return a word without its affixes, good enough to compare words of one item.

    Strips suffixes as long as four letters stay, then up to two prefixes as long as three do, and
    last a first letter k, p, s or t, which prefixes swallow (`kirim`, `mengirim`). Roots that end
    like a suffix lose it too, in all their forms alike: the stem is a key, not a word.
    """
    base = word
    while (shorter := _without_suffix(base)) != base:
        base = shorter
    for _ in range(2):
        base = _without_prefix(base)
    return base[1:] if len(base) >= _MIN_STEM and base[0] in "kpst" else base


def _without_suffix(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _MIN_STEM:
            return word[: -len(suffix)]
    return word


def _without_prefix(word: str) -> str:
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= _MIN_STEM - 1:
            return word[len(prefix) :]
    return word


@functools.cache
def _stop_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in stopwords())


def content_stems(text: str) -> dict[str, str]:
    """Return the stems of a text's content words, each with the first word that gave it.

    Content words have at least five letters, are no stop words and hold no digit.
    """
    found: dict[str, str] = {}
    for word in words(text):
        if len(word) < CONTENT_LETTERS or not word.replace("-", "").isalpha():
            continue
        key = stem(word)
        if word not in stopwords() and key not in _stop_stems():
            found.setdefault(key, word)
    return found


def union_stems(texts: Iterable[str]) -> dict[str, str]:
    """Return the content stems of several texts together."""
    found: dict[str, str] = {}
    for text in texts:
        for key, word in content_stems(text).items():
            found.setdefault(key, word)
    return found


def find_phrase(text: str, phrases: Iterable[str]) -> str | None:
    """Return the first of the phrases that stands in the text as whole words, or None."""
    joined = f" {' '.join(words(text))} "
    return next((phrase for phrase in phrases if f" {phrase} " in joined), None)


def shingles(text: str, size: int = 5) -> frozenset[tuple[str, ...]]:
    """Return the runs of `size` words of a text; a shorter text is one run."""
    tokens = words(text)
    if len(tokens) <= size:
        return frozenset({tuple(tokens)}) if tokens else frozenset()
    return frozenset(tuple(tokens[at : at + size]) for at in range(len(tokens) - size + 1))


def jaccard(left: AbstractSet[object], right: AbstractSet[object]) -> float:
    """Return the shared part of two sets, 0 to 1; two empty sets share nothing."""
    together = len(left | right)
    return len(left & right) / together if together else 0.0


def lix(text: str) -> float:
    """Return the readability index: words per sentence plus the percentage of long words.

    Words of more than six letters count as long; an empty text has 0.

    Source: Björnsson 1968 (LIX).
    """
    tokens = words(text)
    if not tokens:
        return 0.0
    long = sum(len(token) > 6 for token in tokens)  # noqa: PLR2004 - the index's own definition
    return len(tokens) / max(1, len(sentences(text))) + 100 * long / len(tokens)
