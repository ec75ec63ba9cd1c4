"""Checks that look at a whole bank: C02, C03, D01, D02, B02, and repeated ids (S01)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, groupby
from typing import Final

from lms.assessment.lint.text import content_stems, jaccard, sentences, shingles, words
from lms.assessment.lint.view import Finding, View

SIGNIFICANCE: Final = 0.01
MAX_SHARE_FOUR: Final = 0.40
"""For four options; with k options the same excess over chance is 1.6 / k."""
MIN_ITEMS: Final = 10
MIN_EXPECTED: Final = 5
MAX_RUN: Final = 4
DUPLICATE: Final = 0.85
SIMILAR: Final = 0.60
MAX_LOW_SHARE: Final = 0.15
MIN_HIGH_SHARE: Final = 0.35
MIN_KEY_STEMS: Final = 3

_CHI_SQUARE_1_PCT: Final = {1: 6.635, 2: 9.210, 3: 11.345, 4: 13.277, 5: 15.086}
"""The 1 % points of chi-square by degrees of freedom; PG has two or three."""


def repeated_ids(views: Sequence[View]) -> Iterator[Finding]:
    """No two items bear one id."""
    seen: set[str] = set()
    for view in views:
        if view.item.id in seen:
            yield view.finding("S01", "error", "pengenal ini sudah dipakai butir lain.", "id")
        seen.add(view.item.id)
    for view in views:
        for index, enemy in enumerate(view.item.enemies):
            if enemy not in seen:
                message = f'musuh "{enemy}" tidak ada di bank.'
                yield view.finding("S01", "error", message, "musuh", index)


def _single_keyed(views: Sequence[View]) -> list[View]:
    return [
        view
        for view in views
        if view.item.kind == "PG" and len(view.keys) == 1 and view.distractors
    ]


def c02(views: Sequence[View]) -> Iterator[Finding]:
    """The key is the longest option more often than chance allows (exact test, p < 0.01)."""
    items = _single_keyed(views)
    if len(items) < MIN_ITEMS:
        return
    chances = [1 / len(view.options) for view in items]
    hits = sum(len(view.keys[0]) > max(map(len, view.distractors)) for view in items)
    share, expected = hits / len(items), sum(chances) / len(items)
    if share > MAX_SHARE_FOUR * 4 * expected and _tail(chances, hits) < SIGNIFICANCE:
        message = f"kunci adalah pilihan terpanjang pada {hits} dari {len(items)} butir PG."
        yield Finding("C02", "error", message)


def _tail(chances: Sequence[float], hits: int) -> float:
    """Return the probability of at least so many hits, each with its own chance (exact)."""
    row = [1.0]
    for chance in chances:
        row = [
            (row[i] * (1 - chance) if i < len(row) else 0.0) + (row[i - 1] * chance if i else 0.0)
            for i in range(len(row) + 1)
        ]
    return sum(row[hits:])


def c03(views: Sequence[View]) -> Iterator[Finding]:
    """Keys are spread over the positions, and do not stand in one place five times running."""
    items = _single_keyed(views)
    by_size: dict[int, list[int]] = defaultdict(list)
    positions = []
    for view in items:
        at = next(i for i, option in enumerate(view.options) if option.is_key)
        positions.append(at)
        by_size[len(view.options)].append(at)
    for size, places in sorted(by_size.items()):
        if message := _lopsided(places, size):
            yield Finding("C03", "warning", message)
    for at, run in groupby(positions):
        if (length := len(list(run))) > MAX_RUN:
            message = f"kunci berada di pilihan {at + 1} pada {length} butir PG berturut-turut."
            yield Finding("C03", "warning", message)


def _lopsided(places: Sequence[int], size: int) -> str | None:
    counts = Counter(places)
    total = len(places)
    position, most = counts.most_common(1)[0]
    share_limit = MAX_SHARE_FOUR * 4 / size
    expected = total / size
    if total >= MIN_ITEMS and most / total > share_limit:
        return f"{most} dari {total} kunci PG dengan {size} pilihan ada di pilihan {position + 1}."
    chi_square = sum((counts[i] - expected) ** 2 / expected for i in range(size))
    if expected >= MIN_EXPECTED and chi_square > _CHI_SQUARE_1_PCT.get(size - 1, float("inf")):
        return f"letak kunci PG dengan {size} pilihan tidak seimbang."
    return None


def d01(views: Sequence[View]) -> Iterator[Finding]:
    """No item repeats another: runs of five words of situation, exhibit and stem.

    A stem alone may return ("Urutkan tindakan ..."); it counts as a repetition where neither
    item has a situation or an exhibit.
    """
    texts = [shingles(view.body) for view in views]
    for (i, one), (j, other) in combinations(enumerate(views), 2):
        share = jaccard(texts[i], texts[j])
        bare = not (one.situation or one.exhibit or other.situation or other.exhibit)
        if share > DUPLICATE or (bare and words(one.stem) == words(other.stem)):
            message = f"isinya sama dengan {one.item.id}."
            yield other.finding("D01", "error", message, "pokok")
        elif share > SIMILAR:
            message = f"isinya mirip {one.item.id} ({share:.0%})."
            yield other.finding("D01", "warning", message, "pokok")


def d02(views: Sequence[View]) -> Iterator[Finding]:
    """An item whose stem or situation holds another's answer is that item's enemy.

    Only items of one use meet in a form. A PG or MR key counts as held when it stands there word
    for word (at least three), or one sentence holds all its content words (at least three); a
    short answer when it stands there as a word.
    """
    for one, other in combinations(views, 2):
        if one.item.use != other.item.use or one.item.use in {"latihan", "kartu"}:
            continue
        if other.item.id in one.item.enemies or one.item.id in other.item.enemies:
            continue
        for giver, taker in ((one, other), (other, one)):
            if answer := _given_away(giver, taker):
                message = f'memuat jawaban {taker.item.id} ("{answer}"); daftarkan sebagai musuh.'
                yield giver.finding("D02", "warning", message, "pokok")


def _given_away(giver: View, taker: View) -> str | None:
    text = f"{giver.situation}\n{giver.stem}"
    joined = f" {' '.join(words(text))} "
    if taker.item.kind == "IS":
        answers = (" ".join(words(str(a))) for a in taker.item.raw.get("jawaban", ()))
        return next((a for a in answers if len(a) >= MIN_KEY_STEMS and f" {a} " in joined), None)
    if not taker.has_keyed_options:
        return None
    held = [set(content_stems(sentence)) for sentence in sentences(text)]
    for key in taker.keys:
        stems, said = set(content_stems(key)), words(key)
        literal = len(said) >= MIN_KEY_STEMS and f" {' '.join(said)} " in joined
        if literal or (len(stems) >= MIN_KEY_STEMS and any(stems <= part for part in held)):
            return key[:60]
    return None


def b02(views: Sequence[View]) -> Iterator[Finding]:
    """Of the exam items at most 15 % are C1-C2 and at least 35 % C4 or higher."""
    levels = [view.item.level for view in views if view.item.use in {"ujian", "penempatan"}]
    if len(levels) < MIN_ITEMS:
        return
    low = sum(level <= "C2" for level in levels) / len(levels)
    high = sum(level >= "C4" for level in levels) / len(levels)
    if low > MAX_LOW_SHARE:
        message = f"{low:.0%} butir berada di C1-C2; paling banyak {MAX_LOW_SHARE:.0%}."
        yield Finding("B02", "warning", message)
    if high < MIN_HIGH_SHARE:
        message = f"{high:.0%} butir berada di C4 ke atas; sedikitnya {MIN_HIGH_SHARE:.0%}."
        yield Finding("B02", "warning", message)
