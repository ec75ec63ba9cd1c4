"""Dated facts of a person (placement, legal standing, tags) as they were known at a moment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Span(Generic[T_co]):
    """One start-dated row: `value` holds from `starts_on` until the next start.

    A value of None means none from then on (left). `supersedes_id` names the row of the same
    person and fact that this one corrects.
    """

    value: T_co
    starts_on: date
    recorded_at: datetime
    supersedes_id: int | None
    id: int


@dataclass(frozen=True, slots=True)
class Tag:
    """An audience tag (`sdm-tik:<field>`, `jenis-jabatan:<code>`) held on `[starts_on, until)`.

    A later row with the same tag and start corrects the earlier one: it closes an open tag, or
    takes it away when `until` = `starts_on`. `id` orders rows of the same moment.
    """

    tag: str
    starts_on: date
    until: date | None
    recorded_at: datetime
    id: int = 0


def timeline_of(spans: Iterable[Span[T]], known_at: datetime) -> list[tuple[date, T]]:
    """Return the steps (from that day on, this value) known at `known_at`, oldest first.

    A row is gone once a known row supersedes it, even if that one is superseded in turn. For
    equal starts the row recorded last wins, then the higher id. Neighbouring steps differ.
    """
    known = sorted(
        (span for span in spans if span.recorded_at <= known_at),
        key=lambda span: (span.starts_on, span.recorded_at, span.id),
    )
    superseded = {span.supersedes_id for span in known}
    by_start = {span.starts_on: span.value for span in known if span.id not in superseded}
    steps: list[tuple[date, T]] = []
    for start, value in by_start.items():
        if not steps or steps[-1][1] != value:
            steps.append((start, value))
    return steps


def value_on(steps: Sequence[tuple[date, T]], day: date) -> T | None:
    """Return the value in effect on that day, or None before the first step."""
    index = bisect_right(steps, day, key=lambda step: step[0])
    return steps[index - 1][1] if index else None


def known_tags(tags: Iterable[Tag], known_at: datetime) -> tuple[Tag, ...]:
    """Return the tags recorded by `known_at`, each tag and start once, as corrected last."""
    known = sorted(
        (tag for tag in tags if tag.recorded_at <= known_at),
        key=lambda tag: (tag.recorded_at, tag.id),
    )
    return tuple({(tag.tag, tag.starts_on): tag for tag in known}.values())


def tags_on(tags: Iterable[Tag], day: date) -> frozenset[str]:
    """Return the names of the given (known) tags that cover that day."""
    return frozenset(
        tag.tag for tag in tags if tag.starts_on <= day and (tag.until is None or day < tag.until)
    )
