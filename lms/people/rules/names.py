"""Names of persons: with titles, in order, and as somebody searches for them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from lms.people.rules.nip import normal_nip

SHORTEST_NUMBER: Final = 3
"""From so many digits on, a search word is looked for in numbers."""
_LONGEST_SEARCH: Final = 100


def tidy_name(text: str) -> str:
    """Return the text with single spaces and none at the ends."""
    return " ".join(text.split())


def full_name(*, title_before: str, name: str, title_after: str) -> str:
    """Return the name with its titles: "Dr. Ratri Sekarwangi, S.Kom."."""
    front = tidy_name(f"{title_before} {name}")
    after = tidy_name(title_after)
    return f"{front}, {after}" if after else front


def sort_name(name: str) -> str:
    """Return a name as it is ordered and searched: lower case, without accents, single spaces."""
    plain = unicodedata.normalize("NFKD", name)
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return tidy_name(letters.casefold())


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: every word in the name, every run of digits in some number."""

    words: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is looked for."""
        return not self.words and not self.numbers


def read_search(text: str) -> Search:
    """Return the name words and NIP digits in what somebody typed.

    Digits in groups are one number ("19900101 201503" searches for 14 digits in a row). Fewer
    than three digits are taken as a name word, which no name has: guessing a number digit by
    digit helps nobody who looks for a person.
    """
    typed = text[:_LONGEST_SEARCH]
    whole = normal_nip(typed)
    if whole.isascii() and whole.isdigit() and len(whole) >= SHORTEST_NUMBER:
        return Search(numbers=(whole,))
    words: list[str] = []
    numbers: list[str] = []
    for word in sort_name(re.sub(r"[,;]", " ", typed)).split():
        is_number = word.isascii() and word.isdigit() and len(word) >= SHORTEST_NUMBER
        (numbers if is_number else words).append(word)
    return Search(words=tuple(words), numbers=tuple(numbers))


def loggable_search(text: str) -> str:
    """Return a search as the access log keeps it: of a number only the last three digits."""
    search = read_search(text)
    return " ".join((*search.words, *(f"···{number[-3:]}" for number in search.numbers)))
