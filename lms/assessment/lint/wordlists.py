"""The word lists of the linter, read once from the files in `words/`.

They are data: an author who finds a word missing or unfair changes a line there.
"""

from __future__ import annotations

import functools
from importlib import resources
from typing import Final

_FOLDER: Final = "words"
_REGION_HEADER: Final = "daerah:"


def _lines(name: str) -> list[str]:
    """Return the lines of a list, without comments and empty lines."""
    text = resources.files(__package__ or "").joinpath(_FOLDER, f"{name}.txt").read_text("utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _pairs(name: str) -> dict[str, str]:
    rows = (line.partition("=") for line in _lines(name))
    return {left.strip(): right.strip() for left, _, right in rows}


@functools.cache
def absolutes() -> tuple[str, ...]:
    """Return words and phrases that allow no exception (C04)."""
    return tuple(_lines("absolutes"))


@functools.cache
def vague() -> tuple[str, ...]:
    """Return words that leave room (C05)."""
    return tuple(_lines("vague"))


@functools.cache
def stopwords() -> frozenset[str]:
    """Return words that give nothing away, as written."""
    return frozenset(word for line in _lines("stopwords") for word in line.split())


@functools.cache
def nonstandard() -> dict[str, str]:
    """Return spellings that are not baku, with the baku one (R02)."""
    return _pairs("nonstandard")


@functools.cache
def foreign() -> dict[str, str]:
    """Return foreign terms with their Indonesian equivalent (P07)."""
    return _pairs("foreign")


@functools.cache
def person_names() -> tuple[str, ...]:
    """Return names of real persons that no item may bear (P05)."""
    lines = _lines("names")
    return tuple(lines[: lines.index(_REGION_HEADER)])


@functools.cache
def region_names() -> tuple[str, ...]:
    """Return names of real regions, forbidden behind a word for a government body (P05)."""
    lines = _lines("names")
    return tuple(lines[lines.index(_REGION_HEADER) + 1 :])


@functools.cache
def test_numbers() -> frozenset[str]:
    """Return NIK and NIP that belong to nobody and may be shown (P05)."""
    return frozenset(_lines("testnumbers"))
