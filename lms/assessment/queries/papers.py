"""The content of tests, kept in memory: versions never change, so that a copy is never stale.

Every key holds the content's hash beside the ids: a restored or emptied database may give an id
to other content, but never a hash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Row, select

from lms.assessment.models import item_version_table
from lms.assessment.rules import forms, irt
from lms.assessment.rules.item_data import item_content_from
from lms.assessment.rules.kinds import ItemContent, Kind
from lms.assessment.rules.scoring import Marking
from lms.platform.db import db

_MOST_KEPT: Final = 200
"""Papers; one takes some 100 kB. Beyond it the memory starts afresh."""
_MOST_ITEMS_KEPT: Final = 4000

_item = item_version_table.c
_ITEM_COLUMNS: Final = (
    _item.id,
    _item.item_code,
    _item.content_hash,
    _item.kind,
    _item.lesson,
    _item.data,
    _item.exhibit_html,
)


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item version as pages need it.

    `content` holds the key: a taker's page of an exam may show its stem, situation and option
    texts, nothing else.
    """

    item_version_id: int
    code: str
    kind: Kind
    content: ItemContent
    exhibit_html: str


@dataclass(frozen=True, slots=True)
class PaperItem:
    """An item inside a form: what it asks, what it measures, and which lesson it belongs to."""

    view: ItemView
    lesson: int | None
    curve: irt.Curve


_shuffled_order = lru_cache(maxsize=4096)(forms.shuffled_order)
"""Every request of an attempt asks for the same order."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One form of one quiz version with everything that showing and grading it needs.

    `items` stand in the order of the file; an attempt's seed gives the order of its taker.
    """

    quiz_code: str
    course_code: str | None
    form_code: str
    items: Mapping[str, PaperItem]
    pass_mark: int
    mark_source: str
    cut_theta: float
    marking: Marking
    shuffles_items: bool
    shuffles_options: bool

    def order(self, seed: int) -> tuple[str, ...]:
        """Return the item codes in the order of the attempt with this seed."""
        codes = tuple(self.items)
        return _shuffled_order(seed, codes) if self.shuffles_items else codes

    def option_order(self, seed: int, content: ItemContent) -> tuple[str, ...]:
        """Return the ids a taker picks from, in the order of the attempt with this seed."""
        return forms.option_order(seed, content, shuffle=self.shuffles_options)


_papers: dict[tuple[object, ...], Paper] = {}
_items: dict[tuple[int, str], ItemView] = {}


def paper_of(row: Row[*tuple[Any, ...]]) -> Paper:
    """Return the paper of a row that names quiz version and form; one statement when it is new.

    The row has `quiz_code, course_code, quiz_hash, quiz_data, form_code, item_version_ids,
    pass_mark, mark_source, cut_theta`. The quiz's hash covers the hashes of its items.
    """
    key = (row.quiz_hash, row.form_code, tuple(row.item_version_ids))
    paper = _papers.get(key)
    if paper is None:
        paper = _read_paper(row)
        if len(_papers) >= _MOST_KEPT:
            _papers.clear()
        _papers[key] = paper
    return paper


def _read_paper(row: Row[*tuple[Any, ...]]) -> Paper:
    found = {
        item.id: item
        for item in db.session.execute(
            select(*_ITEM_COLUMNS).where(_item.id.in_(row.item_version_ids))
        )
    }
    data = row.quiz_data
    return Paper(
        quiz_code=row.quiz_code,
        course_code=row.course_code,
        form_code=row.form_code,
        items={
            found[item_id].item_code: _paper_item(found[item_id])
            for item_id in row.item_version_ids
        },
        pass_mark=row.pass_mark,
        mark_source=row.mark_source,
        cut_theta=row.cut_theta,
        marking=Marking(data["penilaian"]),
        shuffles_items=data["acak"]["urutan"],
        shuffles_options=data["acak"]["pilihan"],
    )


def _paper_item(row: Row[*tuple[Any, ...]]) -> PaperItem:
    view = _view(row)
    return PaperItem(view=view, lesson=row.lesson, curve=curve_of(view.content, row.data))


def curve_of(content: ItemContent, data: Mapping[str, Any]) -> irt.Curve:
    """Return the response curve of an item in stage 0: a = 1, b by experts' rating, c = 1/k."""
    return irt.Curve(b=float(data["b_ahli"]), c=irt.guessing_chance(content))


def _view(row: Row[*tuple[Any, ...]]) -> ItemView:
    key = (row.id, row.content_hash)
    view = _items.get(key)
    if view is None:
        view = ItemView(
            item_version_id=row.id,
            code=row.item_code,
            kind=Kind(row.kind),
            content=item_content_from(row.data),
            exhibit_html=row.exhibit_html,
        )
        if len(_items) >= _MOST_ITEMS_KEPT:
            _items.clear()
        _items[key] = view
    return view


def practice_items(course_code: str, item_codes: Sequence[str]) -> list[ItemView]:
    """Return the current practice items of a course in the order asked for; one statement.

    Codes that are unknown, retired, of another course or of another use are left out: an exam
    item can never be shown with its reasons this way.
    """
    if not item_codes:
        return []
    found = {
        row.item_code: row
        for row in db.session.execute(
            select(*_ITEM_COLUMNS).where(
                _item.item_code.in_(item_codes),
                _item.bank == course_code,
                _item.purpose == "latihan",
                _item.is_current,
            )
        )
    }
    return [_view(found[code]) for code in item_codes if code in found]


def item_view(item_version_id: int) -> ItemView | None:
    """Return an item version by its id, current or not, or None."""
    row = db.session.execute(
        select(*_ITEM_COLUMNS).where(_item.id == item_version_id)
    ).one_or_none()
    return None if row is None else _view(row)
