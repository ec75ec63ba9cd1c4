"""Publishing banks and quizzes: what is new becomes a version, what was answered stays."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from lms.assessment.errors import ItemRefused, QuizRefused
from lms.assessment.models import item_version_table, quiz_form_table, quiz_version_table
from lms.assessment.packages import Bank, Form, Item, Quiz
from lms.assessment.queries.papers import curve_of
from lms.assessment.rules import forms as form_rules
from lms.assessment.rules import irt
from lms.assessment.rules.fields import MalformedItem
from lms.assessment.rules.item_data import item_content_from
from lms.assessment.rules.kinds import Kind
from lms.assessment.rules.problem import Problem
from lms.kernel.markup import Links, render_exhibit
from lms.kernel.yamlpos import canonical_bytes
from lms.platform import settings
from lms.platform.audit.services import record
from lms.platform.db import db

_items = item_version_table
_quizzes = quiz_version_table
_forms = quiz_form_table

NO_MARK = "tanpa"
"""`mark_source` of a quiz that nobody passes or fails (placement); its mark is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """How many things a load added, changed, left as they were, and retired."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0

    def __add__(self, other: LoadReport) -> LoadReport:
        return LoadReport(
            added=self.added + other.added,
            changed=self.changed + other.changed,
            unchanged=self.unchanged + other.unchanged,
            retired=self.retired + other.retired,
        )


def load_bank(bank: Bank, now: datetime, *, links: Links | None = None) -> LoadReport:
    """Publish a bank: a new version for every item whose content differs from the current one.

    Loading the same bank again changes nothing; going back to an earlier content makes that
    version current again. Items that the file no longer has are retired: they stay in the forms
    and answers that name them. Four statements, however large the bank, when nothing changed.

    Raises:
        ItemRefused: an item cannot be scored as it is written.
    """
    known = db.session.execute(
        select(
            _items.c.id,
            _items.c.item_code,
            _items.c.number,
            _items.c.content_hash,
            _items.c.is_current,
        ).where(_items.c.bank == bank.code)
    ).all()
    current = {row.item_code: row for row in known if row.is_current}
    by_content = {(row.item_code, row.content_hash): row for row in known}
    highest: dict[str, int] = {}
    for row in known:
        highest[row.item_code] = max(row.number, highest.get(row.item_code, 0))
    report = LoadReport()
    retire: list[int] = []
    revive: list[int] = []
    rows: list[dict[str, Any]] = []
    for item in bank.items:
        before = current.pop(item.id, None)
        if before is not None and before.content_hash == item.content_hash:
            report = replace(report, unchanged=report.unchanged + 1)
            continue
        if before is not None:
            retire.append(before.id)
        if item.id in highest:
            report = replace(report, changed=report.changed + 1)
        else:
            report = replace(report, added=report.added + 1)
        again = by_content.get((item.id, item.content_hash))
        if again is not None:
            revive.append(again.id)
        else:
            rows.append(_item_row(bank, item, highest.get(item.id, 0) + 1, now=now, links=links))
    retire += [row.id for row in current.values()]
    report = replace(report, retired=len(current))
    _set_current(_items, retire, is_current=False)
    _set_current(_items, revive, is_current=True)
    if rows:
        db.session.execute(insert(_items), rows)
    if rows or retire or revive:
        record(
            action="bank.loaded",
            object_kind="bank",
            object_id=bank.code,
            added=report.added,
            changed=report.changed,
            retired=report.retired,
        )
    return report


def _item_row(
    bank: Bank, item: Item, number: int, *, now: datetime, links: Links | None
) -> dict[str, Any]:
    try:
        item_content_from(item.raw)
    except MalformedItem as problem:
        raise ItemRefused(
            item_code=item.id, where=problem.where, reason=problem.reason
        ) from problem
    exhibit = item.raw.get("peraga")
    return {
        "item_code": item.id,
        "number": number,
        "content_hash": item.content_hash,
        "is_current": True,
        "bank": bank.code,
        "purpose": item.use,
        "kind": item.kind,
        "lesson": item.lesson,
        "data": dict(item.raw),
        "exhibit_html": render_exhibit(exhibit, links=links).html if exhibit else "",
        "loaded_at": now,
    }


def _set_current(table: Any, ids: Sequence[int], *, is_current: bool) -> None:
    if ids:
        db.session.execute(update(table).where(table.c.id.in_(ids)).values(is_current=is_current))


def load_quizzes(
    quizzes: Iterable[Quiz],
    now: datetime,
    *,
    evidence: Mapping[str, Sequence[str]] | None = None,
) -> LoadReport:
    """Publish quizzes on the items that are current now; load their banks first.

    A quiz is new when its file or the content of any of its items differs. Attempts already begun
    keep their version. `evidence` names, by course code, the competences for which a pass is
    evidence: every form must carry each of them often enough.

    Raises:
        QuizRefused: a form does not meet the blueprint, or says too little at its cut.
    """
    report = LoadReport()
    for quiz in quizzes:
        codes = (evidence or {}).get(quiz.course or "", ())
        report += _load_quiz(quiz, now, evidence=tuple(codes))
    return report


def _load_quiz(quiz: Quiz, now: datetime, *, evidence: tuple[str, ...]) -> LoadReport:
    wanted = {code for form in quiz.forms for code in (*form.items, *form.reserves)}
    bank = _bank_items(wanted)
    problems = _problems(quiz, bank, evidence=evidence)
    if problems:
        raise QuizRefused(quiz_code=quiz.code, problems=tuple(problems))
    content_hash = _quiz_hash(quiz, bank)
    known = db.session.execute(
        select(
            _quizzes.c.id, _quizzes.c.number, _quizzes.c.content_hash, _quizzes.c.is_current
        ).where(_quizzes.c.quiz_code == quiz.code)
    ).all()
    if any(row.is_current and row.content_hash == content_hash for row in known):
        return LoadReport(unchanged=1)
    _set_current(_quizzes, [row.id for row in known if row.is_current], is_current=False)
    again = [row.id for row in known if row.content_hash == content_hash]
    if again:
        _set_current(_quizzes, again, is_current=True)
    else:
        number = max((row.number for row in known), default=0) + 1
        _insert_quiz(quiz, bank, number=number, content_hash=content_hash, now=now)
    record(action="quiz.loaded", object_kind="quiz", object_id=quiz.code, content=content_hash[:16])
    return LoadReport(changed=1) if known else LoadReport(added=1)


@dataclass(frozen=True, slots=True)
class _BankItem:
    """A current item as a form sees it."""

    version_id: int
    content_hash: str
    form_item: form_rules.FormItem


def _bank_items(codes: set[str]) -> dict[str, _BankItem]:
    rows = db.session.execute(
        select(
            _items.c.id,
            _items.c.item_code,
            _items.c.content_hash,
            _items.c.purpose,
            _items.c.kind,
            _items.c.lesson,
            _items.c.data,
        ).where(_items.c.item_code.in_(codes), _items.c.is_current)
    )
    return {
        row.item_code: _BankItem(
            row.id,
            row.content_hash,
            form_rules.FormItem(
                item_id=row.item_code,
                use=row.purpose,
                kind=Kind(row.kind),
                level=row.data["level"],
                lesson=row.lesson,
                competences=frozenset(row.data["kompetensi"]),
                curve=curve_of(item_content_from(row.data), row.data),
                enemies=frozenset(row.data.get("musuh", ())),
            ),
        )
        for row in rows
    }


def _problems(
    quiz: Quiz, bank: Mapping[str, _BankItem], *, evidence: tuple[str, ...]
) -> list[Problem]:
    if quiz.mode != "bentuk" or not quiz.forms:
        return [Problem("form_missing")]
    blueprint = form_rules.Blueprint(
        use=quiz.use,
        cells=tuple(
            form_rules.Cell(
                count=cell.count,
                lesson=cell.lesson,
                competence=cell.competence,
                level=cell.level,
                kind=None if cell.kind is None else Kind(cell.kind),
            )
            for cell in quiz.cells
        ),
        minima=tuple(
            form_rules.KindMinimum(kind=Kind(line.kind), count=line.count) for line in quiz.minimums
        ),
        evidence=evidence,
        pass_mark=None if quiz.cut is None else quiz.cut.right,
        minimum_information=settings.value("exam.minimum_information_at_cut"),
    )
    forms = [
        form_rules.Form(
            code=form.code,
            items=form.items,
            reserves=form.reserves,
            pass_mark=None if form.cut is None else form.cut.right,
        )
        for form in quiz.forms
    ]
    found = {code: item.form_item for code, item in bank.items()}
    return form_rules.check_forms(blueprint, forms, found)


def _quiz_hash(quiz: Quiz, bank: Mapping[str, _BankItem]) -> str:
    """Return one hash over the quiz file and the content of every item it names."""
    contents = {code: item.content_hash for code, item in bank.items()}
    return hashlib.sha256(canonical_bytes([quiz.content_hash, contents])).hexdigest()


def _insert_quiz(
    quiz: Quiz,
    bank: Mapping[str, _BankItem],
    *,
    number: int,
    content_hash: str,
    now: datetime,
) -> None:
    kept = ("guna", "percobaan", "penilaian", "tampil", "acak", "sel", "minimal", "batas")
    version_id = db.session.execute(
        insert(_quizzes)
        .values(
            quiz_code=quiz.code,
            number=number,
            content_hash=content_hash,
            is_current=True,
            course_code=quiz.course,
            minutes=quiz.minutes,
            data={key: quiz.raw[key] for key in kept if key in quiz.raw},
            loaded_at=now,
        )
        .returning(_quizzes.c.id)
    ).scalar_one()
    db.session.execute(
        insert(_forms), [_form_row(quiz, form, bank, version_id) for form in quiz.forms]
    )


def _form_row(
    quiz: Quiz, form: Form, bank: Mapping[str, _BankItem], version_id: int
) -> dict[str, Any]:
    """Return the row of a form; its checks have passed, so its cut can be reached."""
    curves = [bank[code].form_item.curve for code in form.items]
    mark = quiz.cut_of(form)
    cut_theta = None if mark is None else irt.theta_at_raw(curves, mark.right)
    at = 0.0 if cut_theta is None else cut_theta
    return {
        "quiz_version_id": version_id,
        "code": form.code,
        "item_version_ids": [bank[code].version_id for code in form.items],
        "reserve_item_version_ids": [bank[code].version_id for code in form.reserves],
        "pass_mark": 0 if mark is None else mark.right,
        "mark_source": NO_MARK if mark is None else mark.source,
        "cut_theta": at,
        "information_at_cut": irt.form_information(curves, at),
    }
