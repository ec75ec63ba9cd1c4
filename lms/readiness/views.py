"""The readiness reports: all OPD, one OPD, the persons behind a figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import groupby
from typing import Any, Final, Literal, cast, get_args

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.competency.queries import Status
from lms.kernel.actor import Actor, Permission
from lms.kernel.counts import Counts
from lms.kernel.dates import add_months
from lms.kernel.errors import NotFound
from lms.people import services as people
from lms.people.forms import ExportForm
from lms.platform import clock, wording
from lms.platform.export import table_response
from lms.platform.paging import page_number
from lms.platform.web.edge import current_actor, requires
from lms.readiness import queries
from lms.readiness.forms import PairForm
from lms.readiness.queries import Group, Line, OfficeReport, Overview
from lms.readiness.rules import (
    FORMULA_VERSION,
    Condition,
    GapSplit,
    Rank,
    gap_persons,
    readiness_of,
    split_gap,
    wilson,
)

blueprint = Blueprint("readiness", __name__, template_folder="templates")

HEADER: Final = (
    "kode_opd",
    "nama_opd",
    "kompetensi",
    "n",
    "a",
    "c",
    "m",
    "r",
    "batas_bawah",
    "batas_atas",
    "peringkat",
    "diperingkat",
    "as_of",
    "known_at",
    "versi_rumus",
    "keterangan",
)
PERSONS_HEADER: Final = (
    "id",
    "nip",
    "nama",
    "kode_opd",
    "kode_unit",
    "kompetensi",
    "status",
    "tingkat",
    "tingkat_wajib",
    "diukur",
    "berlaku_sampai",
    "as_of",
    "known_at",
)
NOT_OFFICIAL: Final = "simulasi, bukan nilai resmi"
_PLACE: Final = "KODE-OPD"
_HIDDEN: Final = "disembunyikan"
_NONE: Final = "n/a"
_LAST_RANK: Final = 5
_STATUSES: Final[tuple[Status, ...]] = ("belum-tes", "kedaluwarsa", "belum-lulus", "siap")
Kind = Literal["csv", "xlsx"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which report a request asks for."""

    form: PairForm
    as_of: date
    known_at: datetime
    group: Group

    @property
    def address(self) -> dict[str, Any]:
        """The query string that gives this very report again."""
        found = {"as_of": self.as_of.isoformat(), "known_at": _moment(self.known_at)}
        return found | ({"kelompok": self.group} if self.group != "pilar" else {})

    @property
    def status(self) -> int:
        """200, or 422 when what was typed could not be read."""
        return 422 if self.form.errors else 200


def _query() -> dict[str, Any]:
    """Return the query string, for the same report at another address."""
    return request.args.to_dict()


def _asked() -> _Asked:
    form, now = PairForm(request.args), clock.now()
    if not form.validate():
        return _Asked(form, clock.today(), now, "pilar")
    return _Asked(
        form,
        form.as_of.data or clock.today(),
        # What will be known later is not known yet: a later moment would not give the same again.
        min(form.moment or now, now),
        cast("Group", form.kelompok.data),
    )


def _moment(moment: datetime) -> str:
    """Return a moment to the microsecond, so that the same pair gives the same figures again."""
    return clock.local(moment).isoformat()


def _overview(actor: Actor, asked: _Asked) -> Overview:
    return queries.overview(
        as_of=asked.as_of,
        known_at=asked.known_at,
        group=asked.group,
        scope=actor.scope(Permission.READINESS_VIEW),
        person_scope=actor.scope(Permission.PERSON_VIEW),
    )


def _office(actor: Actor, asked: _Asked, code: str) -> OfficeReport:
    return queries.office_report(
        code,
        as_of=asked.as_of,
        known_at=asked.known_at,
        group=asked.group,
        scope=actor.scope(Permission.READINESS_VIEW),
        person_scope=actor.scope(Permission.PERSON_VIEW),
    )


@blueprint.get("/kesiapan")
@requires(Permission.READINESS_VIEW)
def overview() -> ResponseReturnValue:
    """Show all OPD; a head is led to the own one."""
    actor, asked = current_actor(), _asked()
    scope = actor.scope(Permission.READINESS_VIEW)
    if not scope.everything:
        codes = queries.reachable_codes(scope)
        if not codes:
            raise NotFound(kind="opd")
        return redirect(url_for("readiness.office", code=codes[0], **_query()), 303)
    found = _overview(actor, asked)
    gaps = _gaps(found.total, found.columns)
    page = render_template(
        "readiness/overview.html",
        report=found,
        groups=_heat_groups(found, asked),
        bottom=_heat_cells(found.total, found, is_total=True),
        asked=asked,
        words=_Words(found.policy.target),
        checklist=_checklist(found.total),
        head=_headline(found.total),
        gaps=gaps,
        scale=max((gap.split.total for gap in gaps), default=0) or 1,
        formula_version=FORMULA_VERSION,
        today=clock.today(),
    )
    return page, asked.status


@blueprint.get("/kesiapan.<any(csv, xlsx):kind>")
@requires(Permission.READINESS_VIEW)
def overview_export(kind: Kind) -> ResponseReturnValue:
    """Send the report of all OPD in reach and the total as a file."""
    actor, asked = current_actor(), _asked()
    found = _overview(actor, asked)
    if not found.lines and not actor.scope(Permission.READINESS_VIEW).everything:
        raise NotFound(kind="opd")
    lines = sorted(found.lines, key=lambda line: line.code)
    return _file("kesiapan", kind, found, lines, asked)


@blueprint.get("/kesiapan/<code>")
@requires(Permission.READINESS_VIEW)
def office(code: str) -> ResponseReturnValue:
    """Show one OPD; its code in other than upper case leads to the right address."""
    if code != code.upper():
        target = url_for("readiness.office", code=code.upper(), **_query())
        return redirect(target, 303)
    actor, asked = current_actor(), _asked()
    found = _office(actor, asked, code)
    a_year_ago = add_months(asked.as_of, -12)
    page = render_template(
        "readiness/office.html",
        report=found,
        line=found.line,
        total=found.overview.total,
        asked=asked,
        words=_Words(found.overview.policy.target),
        checklist=_checklist(found.line),
        held_by=_held_by(found.line),
        help_most=_help_most(found),
        action_of=cheapest_action,
        gaps=_gaps(found.line, found.overview.columns),
        last=queries.shares_on(
            found.line,
            as_of=a_year_ago,
            known_at=asked.known_at,
            hidden=_hidden_on(actor, found, a_year_ago),
        ),
        last_on=a_year_ago,
        others=[line.code for line in found.overview.lines],
        statuses=_STATUSES,
        formula_version=FORMULA_VERSION,
        today=clock.today(),
    )
    return page, asked.status


def _hidden_on(actor: Actor, found: OfficeReport, day: date) -> frozenset[str]:
    """Return what the reader may not see of the same OPD on another day: it was smaller, perhaps."""
    if found.shows_persons:
        return frozenset()
    then = queries.overview(
        as_of=day,
        known_at=found.overview.known_at,
        group=found.overview.group,
        scope=actor.scope(Permission.READINESS_VIEW),
        person_scope=actor.scope(Permission.PERSON_VIEW),
    )
    return frozenset[str]().union(
        *(line.hidden for line in then.lines if line.unit_id == found.line.unit_id)
    )


@blueprint.get("/kesiapan/<code>.<any(csv, xlsx):kind>")
@requires(Permission.READINESS_VIEW)
def office_export(code: str, kind: Kind) -> ResponseReturnValue:
    """Send the rows of one OPD and the total as a file."""
    if code != code.upper():
        target = url_for("readiness.office_export", code=code.upper(), kind=kind, **_query())
        return redirect(target, 303)
    asked = _asked()
    found = _office(current_actor(), asked, code)
    return _file(f"kesiapan-{code}", kind, found.overview, [found.line], asked)


def _file(
    name: str, kind: Kind, found: Overview, lines: Sequence[Line], asked: _Asked
) -> ResponseReturnValue:
    if asked.form.errors:
        return render_template("readiness/pair.html", asked=asked), asked.status
    return table_response(name, kind, HEADER, _rows(found, [*lines, found.total]))


def _rows(found: Overview, lines: Sequence[Line]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of an export, in the order of `HEADER`.

    Source: docs/contract.md (exports).
    """
    behind = (found.as_of, _moment(found.known_at), FORMULA_VERSION, NOT_OFFICIAL)
    for line in lines:
        is_total = line.unit_id is None
        rank = _NONE if is_total or line.rank is None else line.rank.level
        for column in found.columns:
            hidden = column.code in line.hidden
            yield (
                line.code,
                _("Seluruh OPD") if is_total else line.name,
                column.code,
                *([_HIDDEN] * 7 if hidden else _figures(line.counts[column.code])),
                _HIDDEN if line.hides_rank and not is_total else rank,
                line.ranked,
                *behind,
            )


def _figures(counts: Counts) -> list[Any]:
    figures = readiness_of(counts)
    shares = (figures.rate, figures.lower, figures.upper)
    return [
        counts.n,
        counts.a,
        counts.c,
        counts.m,
        *(_NONE if share is None else share for share in shares),
    ]


@blueprint.get("/kesiapan/<code>/<competence>")
@requires(Permission.READINESS_VIEW, writes=True)
def persons(code: str, competence: str) -> ResponseReturnValue:
    """Show the persons behind a figure; the look is logged with its filter."""
    if code != code.upper():
        target = url_for(
            "readiness.persons",
            code=code.upper(),
            competence=competence,
            **_query(),
        )
        return redirect(target, 303)
    actor = current_actor()
    asked, found, status = _behind(actor, code, competence)
    page = queries.people_behind(
        opd_id=cast("int", found.line.unit_id),
        competence=competence,
        status=status,
        scope=actor.scope(Permission.PERSON_VIEW),
        as_of=asked.as_of,
        known_at=asked.known_at,
        page=page_number(request.args.get("halaman")),
    )
    people.log_access(
        account_id=actor.account_id,
        page=request.path,
        now=clock.now(),
        filter_text=_filter_text(status, asked),
        rows=len(page.rows),
    )
    counts = found.line.counts[competence]
    return render_template(
        "readiness/persons.html",
        report=found,
        line=found.line,
        column=next(each for each in found.overview.columns if each.code == competence),
        counts=counts,
        gap=split_gap(counts),
        page=page,
        status=status,
        asked=asked,
        words=_Words(found.overview.policy.target),
    ), asked.status


@blueprint.get("/kesiapan/<code>/<competence>.<any(csv, xlsx):kind>")
@requires(Permission.READINESS_VIEW, writes=True)
def persons_export(code: str, competence: str, kind: Kind) -> ResponseReturnValue:
    """Send the persons behind a figure as a file, once its purpose is said; every row is logged."""
    actor = current_actor()
    asked, found, status = _behind(actor, code.upper(), competence)
    form = ExportForm(request.args)
    if not form.validate() or asked.form.errors:
        page = render_template(
            "readiness/export.html",
            form=form,
            line=found.line,
            competence=competence,
            kept=asked.address | ({"status": status} if status else {}),
            back_url=url_for(
                "readiness.persons", code=found.line.code, competence=competence, **asked.address
            ),
        )
        return page, 422
    rows = queries.all_people_behind(
        opd_id=cast("int", found.line.unit_id),
        competence=competence,
        status=status,
        scope=actor.scope(Permission.PERSON_VIEW),
        as_of=asked.as_of,
        known_at=asked.known_at,
    )
    people.log_export(
        account_id=actor.account_id,
        page=request.path,
        now=clock.now(),
        person_ids=[row.person_id for row in rows],
        purpose=str(form.tujuan.data),
        filter_text=_filter_text(status, asked),
    )
    behind = (asked.as_of, _moment(asked.known_at))
    return table_response(
        f"kesiapan-{found.line.code}-{competence}",
        kind,
        PERSONS_HEADER,
        (
            (
                row.person_id,
                row.card.nip,
                row.card.full_name,
                found.line.code,
                row.card.unit_code,
                competence,
                row.status,
                row.level,
                row.required,
                row.measured_on,
                row.valid_until,
                *behind,
            )
            for row in rows
            if row.card is not None
        ),
    )


def _behind(actor: Actor, code: str, competence: str) -> tuple[_Asked, OfficeReport, Status | None]:
    """Return what a list of persons is about.

    Raises:
        NotFound: no such OPD or competence, or the reader may not see its persons.
    """
    asked = _asked()
    if competence not in {"cakap", "budaya", "etika", "aman"}:
        asked = _Asked(asked.form, asked.as_of, asked.known_at, "bidang")
    found = _office(actor, asked, code)
    if not found.shows_persons or competence not in found.line.counts:
        raise NotFound(kind="readiness-persons", code=code, competence=competence)
    wanted = request.args.get("status")
    status = cast("Status", wanted) if wanted in get_args(Status) else None
    return asked, found, status


def _filter_text(status: Status | None, asked: _Asked) -> str:
    return f"status={status or 'semua'} as_of={asked.as_of.isoformat()}"


# What follows turns figures into words.


_RANKS: Final = {
    1: _l("Awal"),
    2: _l("Tumbuh"),
    3: _l("Cukup"),
    4: _l("Kuat"),
    5: _l("Mantap"),
}
_GROUPS: Final = {
    "sekretariat": _l("Sekretariat"),
    "inspektorat": _l("Pengawasan"),
    "badan": _l("Badan"),
    "dinas": _l("Dinas"),
    "satpol_pp": _l("Satuan Polisi Pamong Praja"),
    "rsud": _l("Rumah sakit"),
    "kecamatan": _l("Kecamatan"),
}
_OTHERS: Final = _l("Lainnya")
_STATUS_WORDS: Final = {
    "siap": _l("Siap"),
    "belum-lulus": _l("Belum lulus"),
    "kedaluwarsa": _l("Kedaluwarsa"),
    "belum-tes": _l("Belum tes"),
    "tidak-wajib": _l("Tidak diwajibkan"),
}
_PILLARS: Final = {
    "cakap": _l("Cakap"),
    "budaya": _l("Budaya"),
    "etika": _l("Etika"),
    "aman": _l("Aman"),
}
_OFFICE_CONDITIONS: Final = {
    "audit": _l("Pemeriksaan kejujuran ujian sudah dilakukan"),
    "snapshots": _l("Dua potret bulanan berturut-turut"),
    "roles": _l("Setiap peran SDM TIK terisi"),
}


class _Words:
    """Small words and figures that the templates ask for."""

    def __init__(self, target: Fraction) -> None:
        self.target = target

    @staticmethod
    def rank(level: int) -> str:
        """Return our own name of a rank."""
        return str(_RANKS[level])

    @staticmethod
    def group(code: str) -> str:
        """Return the heading of a kind of office."""
        return str(_GROUPS.get(code, _OTHERS))

    @staticmethod
    def status(code: str) -> str:
        """Return the word of a person's status in a competence."""
        return str(_STATUS_WORDS[code])

    @staticmethod
    def whole_percent(counts: Counts) -> int:
        """Return M/N in whole percent, half up."""
        return (200 * counts.m + counts.n) // (2 * counts.n)

    @staticmethod
    def figures(counts: Counts) -> Any:
        """Return every figure of the counts."""
        return readiness_of(counts)

    @staticmethod
    def wilson(counts: Counts) -> tuple[float, float] | None:
        """Return the 90 % interval of M of N."""
        return wilson(counts.m, counts.n)

    def gap(self, counts: Counts) -> int:
        """Return how many persons are missing to the target."""
        return gap_persons(counts.m, counts.n, self.target)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell of the heat map: its text, its shade 0-5, whether hatched, and columns it spans."""

    text: str
    shade: int = 0
    small: bool = False
    span: int = 1


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the heat map, with all its words: the page has hundreds of cells."""

    code: str
    name: str
    url: str
    heads: str
    cells: list[_Cell]
    rank: str
    unranked: bool


def _heat_groups(found: Overview, asked: _Asked) -> list[tuple[str, list[_Row]]]:
    """Return the rows of the heat map under their headings."""
    # One address is built and the others follow it: building is what costs.
    pattern = url_for("readiness.office", code=_PLACE, **asked.address)
    return [
        (
            _Words.group(group),
            [
                _Row(
                    code=line.code,
                    name=line.name,
                    url=pattern.replace(_PLACE, line.code),
                    heads="–" if line.hidden else wording.number(line.heads),
                    cells=_heat_cells(line, found),
                    rank="–" if line.hidden or line.rank is None else str(line.rank.level),
                    unranked=bool(line.heads and not line.hidden and not line.ranked),
                )
                for line in lines
            ],
        )
        for group, lines in groupby(found.lines, key=lambda line: line.group)
    ]


def _heat_cells(line: Line, found: Overview, *, is_total: bool = False) -> list[_Cell]:
    if line.heads == 0 and not is_total:
        return [_Cell(_("belum ada pegawai"), span=len(found.columns))]
    steps = [(step.numerator, step.denominator) for step in found.policy.thresholds[1:]]
    cells = []
    for column in found.columns:
        counts = line.counts[column.code]
        if column.code in line.hidden:
            cells.append(_Cell(_("disembunyikan")))
        elif counts.n == 0:
            cells.append(_Cell("–" if is_total else _("tidak ada yang wajib")))
        else:
            shade = 1 + sum(counts.m * below >= above * counts.n for above, below in steps)
            small = counts.n < found.policy.minimum_ranked and not is_total
            cells.append(_Cell(str(_Words.whole_percent(counts)), shade, small))
    return cells


@dataclass(frozen=True, slots=True)
class _Gap:
    """The persons of one competence who are not ready, and the first thing to do about them."""

    code: str
    name: str
    counts: Counts
    split: GapSplit


def _gaps(line: Line, columns: Sequence[queries.Column]) -> list[_Gap]:
    return [
        _Gap(
            column.code, column.name, line.counts[column.code], split_gap(line.counts[column.code])
        )
        for column in columns
        if column.code not in line.hidden
    ]


def cheapest_action(split: GapSplit) -> tuple[str, int]:
    """Return what helps most people first, as (action, persons); of equals the cheaper one.

    Renewing costs less than a first test, a test less than teaching.
    """
    actions = (
        ("uji-ulang", split.expired),
        ("tes", split.not_assessed),
        ("dampingi", split.not_passed),
    )
    return max(actions, key=lambda action: action[1])


@dataclass(frozen=True, slots=True)
class _HelpMost:
    """The one action that moves an OPD most: whom it is for and what it would give."""

    column: queries.Column
    action: str
    persons: int
    rate: Fraction
    then: Fraction


def _help_most(found: OfficeReport) -> _HelpMost | None:
    """Return the cheapest action of the weakest competence below target; None when none is."""
    target = found.overview.policy.target
    best: _HelpMost | None = None
    for column in found.overview.columns:
        counts = found.line.counts[column.code]
        if column.code in found.line.hidden or not gap_persons(counts.m, counts.n, target):
            continue
        action, persons = cheapest_action(split_gap(counts))
        rate = Fraction(counts.m, counts.n)
        if best is None or rate < best.rate:
            then = Fraction(counts.m + persons, counts.n)
            best = _HelpMost(column, action, persons, rate, then)
    return best


@dataclass(frozen=True, slots=True)
class _Check:
    """One condition of the next rank in words."""

    text: str
    detail: str
    met: bool


def _checklist(line: Line) -> list[_Check]:
    if line.rank is None:
        return []
    return [
        _Check(_condition_text(each), _condition_detail(each, line), each.met)
        for each in line.rank.checklist
        if each.pillar is None or each.pillar not in line.hidden
    ]


def _condition_text(condition: Condition) -> str:
    need = wording.percent(condition.need, 0)
    text: str
    if condition.kind == "rate":
        text = _("%(pillar)s minimal %(need)s", pillar=_pillar(condition.pillar), need=need)
    elif condition.kind == "coverage":
        text = _(
            "%(pillar)s: minimal %(need)s sudah dites", pillar=_pillar(condition.pillar), need=need
        )
    else:
        text = str(_OFFICE_CONDITIONS[condition.kind])
    return text


def _condition_detail(condition: Condition, line: Line) -> str:
    if condition.kind not in {"rate", "coverage"}:
        return "" if condition.met else str(_("belum tercatat"))
    share = wording.percent(condition.have)
    counts = line.counts.get(str(condition.pillar))
    if condition.met or counts is None:
        return share
    reached = counts.m if condition.kind == "rate" else counts.a
    missing = gap_persons(reached, counts.n, condition.need)
    return str(_("%(share)s, kurang %(n)s orang", share=share, n=wording.number(missing)))


def _pillar(code: str | None) -> str:
    return str(_PILLARS.get(code or "", ""))


def _headline(line: Line) -> list[str]:
    """Return the sentences under the rank: what holds the next one, in persons."""
    rank = line.rank
    if rank is None or rank.level == _LAST_RANK:
        return []
    sentences = [_held_by(line)]
    held = [each for each in rank.held_by if each.kind == "rate" and each.pillar in line.counts]
    if held:
        counts = line.counts[str(held[0].pillar)]
        sentences.append(
            _(
                "%(pillar)s perlu %(n)s orang lagi yang siap; %(expired)s orang cukup mengulang ujian karena buktinya kedaluwarsa.",
                pillar=_pillar(held[0].pillar),
                n=wording.number(gap_persons(counts.m, counts.n, held[0].need)),
                expired=wording.number(split_gap(counts).expired),
            )
        )
    return sentences


def _held_by(line: Line) -> str:
    """Return in one sentence what holds the next rank; "" at the top or without a rank."""
    rank: Rank | None = line.rank
    if rank is None or not rank.held_by:
        return ""
    following = rank.level + 1
    rates = [_pillar(each.pillar) for each in rank.held_by if each.kind == "rate"]
    coverage = [each for each in rank.held_by if each.kind == "coverage"]
    sentence: str
    if rates:
        sentence = _(
            "Pilar %(pillars)s menahan peringkat %(rank)s.",
            pillars=", ".join(rates),
            rank=following,
        )
    elif coverage:
        sentence = _(
            "Peringkat %(rank)s tertahan karena cakupan tes %(pillars)s di bawah %(need)s.",
            rank=following,
            pillars=", ".join(_pillar(each.pillar) for each in coverage),
            need=wording.percent(coverage[0].need, 0),
        )
    else:
        reasons = ", ".join(_condition_text(each) for each in rank.held_by)
        sentence = _("Peringkat %(rank)s menunggu: %(reasons)s.", rank=following, reasons=reasons)
    return sentence
