"""The report: every OPD by pillar or field, one OPD, and the total line.

Few statements, flat in the number of persons: the tree, the newest base with the rows after it,
and the names of the codes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal

from lms.competency import queries as competency
from lms.kernel.actor import Scope
from lms.kernel.counts import Counts
from lms.kernel.errors import NotFound
from lms.kernel.schema.codes import STANDARD_CODES
from lms.people import queries as people
from lms.people.rules import OPD, group_position
from lms.platform import clock, settings
from lms.readiness.queries.facts import ALL_PILLARS, HEADS
from lms.readiness.queries.tallies import ready_lost_between, tally_rows, tally_sums
from lms.readiness.rules import (
    GateFacts,
    Gates,
    Rank,
    Readiness,
    SmallCell,
    is_ranked,
    rank_of,
    readiness_of,
    suppress,
    total_of,
)

Group = Literal["pilar", "bidang"]
EXPIRING_DAYS: Final = 90
TOTAL: Final = "TOTAL"

_COVERAGE_LEVEL: Final = 4
_AUDIT_LEVEL: Final = 4
_SNAPSHOTS_LEVEL: Final = 5
_ROLES_LEVEL: Final = 5
_NOBODY: Final = Counts()


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """The values in force that the office decides; shares are 0-1.

    Equal values are the same object, so that it is cheap to look up by.
    """

    target: Fraction
    thresholds: tuple[Fraction, ...]
    coverage_gate: Fraction
    minimum_ranked: int
    minimum_shown: int


def policy() -> Policy:
    """Return the policy in force today."""
    return _policy(
        settings.value("readiness.target_pct"),
        tuple(settings.value("readiness.rank_thresholds_pct")),
        settings.value("readiness.coverage_gate_pct"),
        settings.value("readiness.minimum_ranked"),
        settings.value("readiness.minimum_shown"),
    )


@lru_cache(maxsize=64)
def _policy(
    target: float,
    thresholds: tuple[float, ...],
    coverage_gate: float,
    minimum_ranked: int,
    minimum_shown: int,
) -> Policy:
    return Policy(
        target=_share(target),
        thresholds=tuple(map(_share, thresholds)),
        coverage_gate=_share(coverage_gate),
        minimum_ranked=minimum_ranked,
        minimum_shown=minimum_shown,
    )


def _share(percent: float) -> Fraction:
    return Fraction(str(percent)) / 100


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report: an OPD, or all of them together (`code` TOTAL, `unit_id` None).

    `heads` counts active, placed staff; `together` all required pillars at once, person by
    person. `hidden` names competences whose figures this reader may not see, pillars always among
    them. `ranked` is False below the smallest number of staff and for the total. `rank` is None
    where nobody is required, and where it would tell of hidden pillars.
    """

    unit_id: int | None
    code: str
    name: str
    group: str
    heads: int
    counts: Mapping[str, Counts]
    together: Counts
    rank: Rank | None
    ranked: bool
    hidden: frozenset[str] = frozenset()

    @property
    def hides_rank(self) -> bool:
        """Tell whether the rank is kept from this reader: it follows from the pillars."""
        return not self.hidden.isdisjoint(_PILLAR_ORDER)

    def readiness(self, competence: str) -> Readiness:
        """Return every figure of one competence."""
        return readiness_of(self.counts[competence])


@dataclass(frozen=True, slots=True)
class Column:
    """A competence of the report and its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The report of a pair (as_of, known_at), in the order of kinds of office."""

    as_of: date
    known_at: datetime
    group: Group
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    total: Line
    policy: Policy
    persons_reach: frozenset[int] = frozenset()
    """OPD whose persons the reader may see by name."""
    opd_of: Mapping[int, int | None] = field(default_factory=dict)
    """Unit -> the OPD in which its persons count on that day."""

    @property
    def offices(self) -> int:
        """How many OPD stand in it."""
        return len(self.lines)


def overview(
    *,
    as_of: date,
    known_at: datetime,
    group: Group = "pilar",
    scope: Scope,
    person_scope: Scope,
) -> Overview:
    """Return the OPD that a scope reaches, and the total of all of them. Four statements.

    Where the reader may see no persons (outside `person_scope`), small figures are hidden, and
    with them the next smallest when the total would give them away.
    """
    tree = people.unit_tree(as_of, known_at)
    labels = competency.labels()
    columns = tuple(
        Column(code, name)
        for code, name in labels.items()
        if (code in STANDARD_CODES.pillars) == (group == "pilar")
    )
    wanted = {*STANDARD_CODES.pillars, HEADS, ALL_PILLARS, *(column.code for column in columns)}
    offices = {unit.id: unit for unit in tree if unit.kind == OPD}
    opd_of = {unit.id: unit.opd_id for unit in tree}
    sums = _office_sums(as_of, known_at, wanted, opd_of)
    now_tree = tree if scope.everything and person_scope.everything else None
    reach = _reach(scope, offices, now_tree)
    persons_reach = _reach(person_scope, offices, now_tree)
    rules = policy()
    listed = sorted(
        (unit for unit in offices.values() if unit.is_open or sums[unit.id].get(HEADS, _NOBODY).n),
        key=lambda unit: (group_position(unit.group), unit.code),
    )
    codes = [column.code for column in columns]
    lines = [
        _line(
            sums[unit.id],
            codes,
            rules,
            unit_id=unit.id,
            code=unit.code,
            name=unit.name,
            group=unit.group,
        )
        for unit in listed
    ]
    total = _line(
        {code: total_of(sums[unit.id].get(code, _NOBODY) for unit in listed) for code in wanted},
        codes,
        rules,
        unit_id=None,
        code=TOTAL,
        name="",
        group="",
    )
    lines, total = _hide(lines, total, sums, codes, rules, persons_reach)
    return Overview(
        as_of=as_of,
        known_at=known_at,
        group=group,
        columns=columns,
        lines=tuple(line for line in lines if line.unit_id in reach),
        total=total,
        policy=rules,
        persons_reach=persons_reach,
        opd_of=opd_of,
    )


def _office_sums(
    as_of: date,
    known_at: datetime,
    wanted: Collection[str],
    opd_of: Mapping[int, int | None],
) -> dict[int, dict[str, Counts]]:
    """Return the counts per OPD and competence, from those of the units below."""
    added: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for unit_id, competence, n, a, c, m in tally_rows(as_of, known_at, competences=wanted):
        opd_id = opd_of.get(unit_id)
        if opd_id is None:
            continue
        known = added[opd_id].get(competence)
        if known is None:
            added[opd_id][competence] = [int(n), int(a), int(c), int(m)]
        else:
            known[0] += int(n)
            known[1] += int(a)
            known[2] += int(c)
            known[3] += int(m)
    found: dict[int, dict[str, Counts]] = defaultdict(dict)
    for opd_id, of_office in added.items():
        found[opd_id] = {code: Counts(*figures) for code, figures in of_office.items()}
    return found


def _reach(
    scope: Scope, offices: Iterable[int], tree: list[people.UnitRow] | None
) -> frozenset[int]:
    """Return the OPD in a scope; a permission always is of today's tree."""
    if scope.everything:
        return frozenset(offices)
    if scope.is_empty:
        return frozenset()
    if tree is None:
        tree = people.unit_tree(clock.today())
    return people.unit_ids_in(scope, tree) & frozenset(offices)


def _line(
    sums: Mapping[str, Counts],
    codes: Sequence[str],
    rules: Policy,
    *,
    unit_id: int | None,
    code: str,
    name: str,
    group: str,
) -> Line:
    heads = sums.get(HEADS, _NOBODY).n
    pillars = tuple(
        (pillar, sums.get(pillar, _NOBODY)) for pillar in _PILLAR_ORDER if pillar in sums
    )
    return Line(
        unit_id=unit_id,
        code=code,
        name=name,
        group=group,
        heads=heads,
        counts={each: sums.get(each, _NOBODY) for each in codes},
        together=sums.get(ALL_PILLARS, _NOBODY),
        rank=_rank(pillars, rules) if heads else None,
        ranked=unit_id is not None and is_ranked(heads, rules.minimum_ranked),
    )


_PILLAR_ORDER: Final = ("cakap", "budaya", "etika", "aman")


@lru_cache(maxsize=8192)
def _rank(pillars: tuple[tuple[str, Counts], ...], rules: Policy) -> Rank | None:
    """Return the rank of these counts; the same counts come back on every view of the page."""
    return rank_of(
        {pillar: readiness_of(counts) for pillar, counts in pillars},
        thresholds=rules.thresholds,
        gates=Gates(
            coverage_level=_COVERAGE_LEVEL,
            minimum_coverage=rules.coverage_gate,
            audit_level=_AUDIT_LEVEL,
            snapshots_level=_SNAPSHOTS_LEVEL,
            minimum_snapshots=2,
            roles_level=_ROLES_LEVEL,
        ),
        # Neither an audit of honesty nor the need per TIK role is recorded yet; what is not
        # known does not count as done.
        facts=GateFacts(audit_done=False, snapshots_in_a_row=0, roles_filled=False),
    )


def _hide(
    lines: list[Line],
    total: Line,
    sums: Mapping[int, Mapping[str, Counts]],
    codes: Sequence[str],
    rules: Policy,
    persons_reach: frozenset[int],
) -> tuple[list[Line], Line]:
    if all(line.unit_id in persons_reach for line in lines):
        return lines, total
    # Pillars are looked at in the report of fields too: rank and number of staff tell of them.
    cells = [
        SmallCell(line.code, code, sums[line.unit_id].get(code, _NOBODY).n)
        for line in lines
        if line.unit_id is not None
        for code in dict.fromkeys((*_PILLAR_ORDER, *codes))
    ]
    totals: dict[str, int] = defaultdict(int)
    for cell in cells:
        totals[cell.competence] += cell.n
    suppressed = suppress(cells, totals, rules.minimum_shown)
    # Whoever sees persons of some OPD sees the total line in full: a head must.
    hidden_totals = frozenset() if persons_reach else suppressed.totals
    by_code: dict[str, set[str]] = defaultdict(set)
    for unit_code, competence in suppressed.cells:
        by_code[unit_code].add(competence)
    return [
        line
        if line.unit_id in persons_reach or line.code not in by_code
        else _with_hidden(line, frozenset(by_code[line.code]))
        for line in lines
    ], _with_hidden(total, hidden_totals)


def _with_hidden(line: Line, hidden: frozenset[str]) -> Line:
    if not hidden:
        return line
    return Line(
        unit_id=line.unit_id,
        code=line.code,
        name=line.name,
        group=line.group,
        heads=line.heads,
        counts=line.counts,
        together=line.together,
        rank=None if not hidden.isdisjoint(_PILLAR_ORDER) else line.rank,
        ranked=line.ranked,
        hidden=hidden,
    )


@dataclass(frozen=True, slots=True)
class OfficeReport:
    """One OPD with the total line beside it.

    `expiring` says per competence by how many persons M falls within 90 days if nobody renews.
    """

    overview: Overview
    line: Line
    expiring: Mapping[str, int]

    @property
    def shows_persons(self) -> bool:
        """Whether the reader may see the persons behind the figures."""
        return self.line.unit_id in self.overview.persons_reach


def office_report(
    code: str,
    *,
    as_of: date,
    known_at: datetime,
    group: Group = "pilar",
    scope: Scope,
    person_scope: Scope,
) -> OfficeReport:
    """Return the report of one OPD by its code in upper case. Six statements at most.

    Raises:
        NotFound: there is no such OPD on that day, or the scope does not reach it.
    """
    found = overview(
        as_of=as_of, known_at=known_at, group=group, scope=scope, person_scope=person_scope
    )
    line = next((each for each in found.lines if each.code == code), None)
    if line is None or line.unit_id is None:
        raise NotFound(kind="opd", code=code)
    units = [unit_id for unit_id, opd_id in found.opd_of.items() if opd_id == line.unit_id]
    expiring = ready_lost_between(
        as_of, as_of + timedelta(days=EXPIRING_DAYS), known_at, unit_ids=units
    )
    return OfficeReport(
        overview=found,
        line=line,
        expiring={each: max(0, expiring.get(each, 0)) for each in line.counts},
    )


def reachable_codes(scope: Scope) -> list[str]:
    """Return the codes of the open OPD that a scope of today reaches, by code."""
    tree = people.unit_tree(clock.today())
    reach = people.unit_ids_in(scope, tree)
    return [unit.code for unit in tree if unit.kind == OPD and unit.is_open and unit.id in reach]


def shares_on(
    line: Line, *, as_of: date, known_at: datetime, hidden: Collection[str] = ()
) -> dict[str, Fraction]:
    """Return M/N of an OPD on another day, for what anybody was required in then. Three statements.

    `hidden` names competences whose figures of that day the reader may not see.
    """
    if line.unit_id is None:
        return {}
    units = [unit.id for unit in people.unit_tree(as_of, known_at) if unit.opd_id == line.unit_id]
    if not units:
        return {}
    sums: dict[str, Counts] = defaultdict(Counts)
    for (_unit, code), counts in tally_sums(
        as_of, known_at, competences=line.counts.keys(), unit_ids=units
    ).items():
        sums[code] += counts
    return {
        code: Fraction(each.m, each.n)
        for code, each in sums.items()
        if each.n and code not in hidden
    }
