"""The plan of the demo government: units, posts and persons as plain values. Pure.

The same day gives the same plan. Names are put together from words for water, light and land;
whoever bears one of them is not meant.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from lms.app.demo.words import (
    AGES,
    GENERAL,
    GENERAL_POSTS,
    GRADES,
    ICT_FIELD_OF,
    KIND_OF,
    MEN,
    RANKS,
    SECOND,
    TITLES_OF_LEVEL,
    TITLES_OF_POST,
    WOMEN,
    Level,
)
from lms.kernel.dates import add_months
from lms.people.rules import Employment, Sex, make_nip

SEED: Final = "Tirtamulya"
ROOT_CODE: Final = "TIRTAMULYA"
ROOT_NAME: Final = "Pemerintah Kota Tirtamulya"
OPD_FILE: Final = Path(__file__).with_name("opd.csv")
LARGEST: Final = 60
"""Persons of an OPD at most in the plain demo."""
LOADED_BEFORE: Final = timedelta(days=425)
"""How long before the day of seeding the staff list was first loaded."""
_MAIL: Final = "tirtamulya.contoh.go.id"


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """A unit; `size` counts the persons of an OPD and is 0 for the units below."""

    code: str
    name: str
    kind: str
    group: str
    parent: str | None
    size: int = 0
    head_post: str = ""
    functional_posts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPerson:
    """A person with the first placement; `leads` names the unit led, `plt_of` others besides."""

    name: str
    sex: Sex
    employment: Employment
    rank: str
    nip: str
    unit: str
    opd: str
    post_name: str
    post_kind: str
    starts_on: date
    account: str = ""
    title_before: str = ""
    title_after: str = ""
    email: str | None = None
    former_nip: str | None = None
    leads: str = ""
    ict_field: str = ""
    ict_basis: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody of the demo with an account and a fixed place; `unit` is the number below the OPD."""

    account: str
    name: str
    sex: Sex
    opd: str
    unit: int
    post: str
    level: Level
    employment: Employment = "PNS"
    rank: str = "III/b"
    title: str = "S.Kom."
    leads: bool = False


NAMED: Final = (
    Named("kepala", "Bagaskara Lelana", "L", "DISKOMINFO", 0, "", "kepala", rank="IV/b",
          title="S.T., M.T.I.", leads=True),
    Named("asn2", "Sekar Pertiwi", "P", "DISKOMINFO", 2, "Pengelola Layanan Operasional",
          "pelaksana", employment="PPPK", rank="VII", title="A.Md.Kom."),
    Named("admin", "Banyu Lintang", "L", "DISKOMINFO", 3, "Pranata Komputer Ahli Muda", "ahli",
          rank="III/c"),
    Named("admin2", "Galih Samudra", "L", "DISKOMINFO", 3, "Pranata Komputer Ahli Pertama", "ahli"),
    Named("pengajar2", "Damar Segara", "L", "DISKOMINFO", 2, "Pranata Komputer Ahli Muda", "ahli",
          rank="III/d"),
    Named("atasan", "Jaka Tirtanata", "L", "DISDUKCAPIL", 2, "", "unit", rank="IV/a",
          title="S.Sos., M.Si.", leads=True),
    Named("adminopd", "Kinanti Wardanasari", "P", "DISDUKCAPIL", 1, "Pengelola Layanan Operasional",
          "pelaksana", title="S.AP."),
    Named("asn", "Ratri Sekarwangi", "P", "DISDUKCAPIL", 2, "Pengolah Data dan Informasi",
          "pelaksana", title="S.AP."),
    Named("bkpsdm", "Puspa Arumdalu", "P", "BKPSDM", 4, "Analis Sumber Daya Manusia Aparatur Ahli Muda",
          "ahli", rank="III/d", title="S.Psi., M.Si."),
    Named("bkpsdm2", "Wira Kelana", "L", "BKPSDM", 2, "Analis Sumber Daya Manusia Aparatur Ahli Muda",
          "ahli", rank="III/c", title="S.IP."),
    Named("verifikator", "Laras Kinasih", "P", "BKPSDM", 4,
          "Analis Sumber Daya Manusia Aparatur Ahli Pertama", "ahli", title="S.Psi."),
    Named("pengajar", "Nirmala Ayudya", "P", "BKPSDM", 4,
          "Analis Sumber Daya Manusia Aparatur Ahli Muda", "ahli", rank="III/d", title="S.Kom., M.Pd."),
    Named("auditor", "Candra Wibawa", "L", "ITDA", 2, "Auditor Ahli Muda", "ahli", rank="III/d",
          title="S.E., Ak."),
)  # fmt: skip
PLT_OPD: Final = ("DISPERKIM", "KEC-05")
"""OPD led for the time being by somebody from inside; DISPANGAN, which has nobody, from DISTAN."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole government. `later` are moves and changes of standing of the past year."""

    units: tuple[PlannedUnit, ...]
    persons: tuple[PlannedPerson, ...]
    plt: tuple[tuple[int, str], ...]
    """(index of the person, code of the unit)."""
    swaps: tuple[tuple[int, int, date], ...]
    """Two persons change places on a day."""
    standings: tuple[tuple[int, str, date], ...]
    """(index of the person, code of kedudukan hukum, from)."""
    leavers: tuple[tuple[int, date], ...]


def make_plan(*, today: date, people: int | None = None) -> Plan:
    """Return the plan for a day; `people` is how many persons the OPD have in all."""
    dice = random.Random(SEED)  # noqa: S311  # an example that must come out the same each time
    units = _units(people)
    opds = [unit for unit in units if unit.kind == "opd"]
    makers = _Maker(today=today, dice=dice)
    persons: list[PlannedPerson] = []
    for opd in opds:
        below = [unit for unit in units if unit.code.startswith(f"{opd.code}-")]
        persons += _staff(opd, below, makers, dice)
    ordinary = [
        number
        for number, person in enumerate(persons)
        if not person.account and not person.leads and not person.ict_field
    ]
    big = {opd.code for opd in opds if opd.size >= 20}  # noqa: PLR2004  # small offices stay whole
    free = [number for number in ordinary if persons[number].opd in big]
    dice.shuffle(free)
    inactive = [free.pop() for _ in range(min(len(free), max(2, len(persons) // 50)))]
    codes = ("03", "03", "02", "20", "03", "20", "04")
    general = [number for number in free if persons[number].post_kind == GENERAL]
    swaps: list[tuple[int, int, date]] = []
    for turn in range(6):
        first = general.pop() if general else None
        second = next(
            (n for n in general if first is not None and persons[n].opd != persons[first].opd), None
        )
        if first is None or second is None:
            break
        general.remove(second)
        swaps.append((first, second, today - timedelta(days=40 + 50 * turn)))
    leavers: list[tuple[int, date]] = []
    large = sorted((opd for opd in opds if opd.size), key=lambda opd: (-opd.size, opd.code))
    for turn in range(max(1, len(persons) // 150)):
        opd = large[turn % min(4, len(large))]
        unit = next(each for each in units if each.parent == opd.code)
        persons.append(makers.person(opd.code, unit.code, GENERAL_POSTS[2], "pelaksana", age=57))
        leavers.append((len(persons) - 1, today - timedelta(days=30 + 35 * turn % 330)))
    return Plan(
        units=tuple(units),
        persons=tuple(persons),
        plt=tuple(_plt(persons)),
        swaps=tuple(swaps),
        standings=tuple(
            (number, codes[turn % len(codes)], today - timedelta(days=25 + 11 * turn % 300))
            for turn, number in enumerate(inactive)
        ),
        leavers=tuple(leavers),
    )


def _units(people: int | None) -> list[PlannedUnit]:
    with OPD_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sizes = _sizes({row["kode"]: min(LARGEST, int(row["jumlah_asn"])) for row in rows}, people)
    units = [PlannedUnit(ROOT_CODE, ROOT_NAME, "pemda", "", None)]
    for row in rows:
        code = row["kode"]
        functional = tuple(filter(None, row["jabatan_fungsional"].split("|")))
        units.append(
            PlannedUnit(
                code,
                row["nama"],
                "opd",
                row["jenis"],
                ROOT_CODE,
                sizes[code],
                row["kepala"],
                functional,
            )
        )
        parts = [part.split(":", 1) for part in row["unit"].split("|")]
        for number, (kind, name) in enumerate(parts, 1):
            units.append(PlannedUnit(f"{code}-{number:02d}", name, kind, "", code))
        if parts[0][1] == "Sekretariat" and row["jenis"] != "kecamatan":
            for number, name in enumerate(
                ("Umum dan Kepegawaian", "Perencanaan dan Keuangan"), len(parts) + 1
            ):
                units.append(
                    PlannedUnit(
                        f"{code}-{number:02d}", f"Subbagian {name}", "subbag", "", f"{code}-01"
                    )
                )
    return units


def _sizes(plain: dict[str, int], people: int | None) -> dict[str, int]:
    """Return the size of each OPD; a wish shares out by the plain sizes, small offices stay small."""
    if people is None:
        return plain
    least = {code: min(size, 1) for code, size in plain.items()}
    for named in NAMED:
        least[named.opd] = max(least[named.opd], 8)
    fixed = {code for code, size in plain.items() if size < 13}  # noqa: PLR2004  # kecamatan, KESBANG, DISPANGAN
    sizes = {code: plain[code] if code in fixed else least[code] for code in plain}
    shared = {code: size for code, size in plain.items() if code not in fixed}
    rest, weight = max(0, people - sum(sizes.values())), sum(shared.values())
    exact = {code: rest * size / weight for code, size in shared.items()}
    for code, share in exact.items():
        sizes[code] += int(share)
    missing = max(0, people - sum(sizes.values()))
    for code in sorted(exact, key=lambda each: exact[each] % 1, reverse=True)[:missing]:
        sizes[code] += 1
    return sizes


@dataclass(slots=True)
class _Maker:
    """Makes persons one after another, each with a name and a number of their own."""

    today: date
    dice: random.Random
    names: set[str] = field(default_factory=lambda: {named.name for named in NAMED})
    mails: set[str] = field(default_factory=set)
    sequences: dict[str, int] = field(default_factory=dict)

    def person(
        self,
        opd: str,
        unit: str,
        post: str,
        level: Level,
        *,
        pppk_share: float = 0.0,
        age: int | None = None,
        leads: str = "",
    ) -> PlannedPerson:
        """Return a new person in a unit; a functional post comes without its grade."""
        dice = self.dice
        sex: Sex = "P" if dice.random() < 0.5 else "L"  # noqa: PLR2004  # half and half
        employment: Employment = "PPPK" if dice.random() < pppk_share else "PNS"
        post_name, rank = _graded(post, level, employment, dice)
        before, after = _titles(post, level, dice)
        return self._finished(
            name=self._new_name(sex),
            sex=sex,
            employment=employment,
            rank=rank,
            opd=opd,
            unit=unit,
            post_name=post_name,
            level=level,
            title_before=before,
            title_after=after,
            age=age or dice.randint(*AGES[level]),
            leads=leads,
        )

    def named(self, one: Named, unit: str, post_name: str) -> PlannedPerson:
        """Return somebody with a fixed name and an account."""
        return self._finished(
            name=one.name,
            sex=one.sex,
            employment=one.employment,
            rank=one.rank,
            opd=one.opd,
            unit=unit,
            post_name=post_name,
            level=one.level,
            title_before="",
            title_after=one.title,
            age=sum(AGES[one.level]) // 2,
            leads=unit if one.leads else "",
            account=one.account,
        )

    def _finished(
        self,
        *,
        sex: Sex,
        employment: Employment,
        level: Level,
        age: int,
        name: str,
        account: str = "",
        **rest: str,
    ) -> PlannedPerson:
        dice = self.dice
        loaded_on = self.today - LOADED_BEFORE
        birth = add_months(self.today, -12 * age) - timedelta(days=dice.randint(1, 360))
        latest = loaded_on - timedelta(days=100)
        if employment == "PPPK":
            year = dice.randint(max(birth.year + 20, min(2019, latest.year - 1)), latest.year - 1)
            appointed, contract = date(year, 1, 1), 1 + (dice.random() < 0.15)  # noqa: PLR2004  # few had two
        else:
            start = add_months(birth, 12 * 21 + dice.randint(0, 90))
            appointed, contract = min(start, latest).replace(day=1), 1
        nip = self._new_nip(birth, appointed, employment, sex, contract)
        former = (
            self._new_nip(birth, appointed, employment, sex, contract - 1) if contract > 1 else None
        )
        earliest = max(appointed, add_months(loaded_on, -96))
        starts_on = earliest + timedelta(
            days=dice.randint(0, max(0, (loaded_on - earliest).days - 10))
        )
        return PlannedPerson(
            name=name,
            sex=sex,
            employment=employment,
            nip=nip,
            former_nip=former,
            post_kind=KIND_OF[level],
            starts_on=starts_on.replace(day=1)
            if starts_on.replace(day=1) >= earliest
            else starts_on,
            account=account,
            email=self._new_mail(name) if account or dice.random() < 0.85 else None,  # noqa: PLR2004  # some have none
            **rest,
        )

    def _new_name(self, sex: Sex) -> str:
        first = self.dice.choice(MEN if sex == "L" else WOMEN)
        name = f"{first} {self.dice.choice(SECOND)}"
        while name in self.names:
            # Large demos run out of pairs; a third part makes room for a million.
            name = f"{first} {self.dice.choice(SECOND)} {self.dice.choice(SECOND)}"
        self.names.add(name)
        return name

    def _new_mail(self, name: str) -> str:
        plain = name.lower().replace(" ", ".")
        mail, number = f"{plain}@{_MAIL}", 2
        while mail in self.mails:
            mail, number = f"{plain}{number}@{_MAIL}", number + 1
        self.mails.add(mail)
        return mail

    def _new_nip(
        self, birth: date, appointed: date, employment: Employment, sex: Sex, contract: int
    ) -> str:
        def with_sequence(sequence: int) -> str:
            return make_nip(
                employment=employment,
                birth_date=birth,
                appointed_year=appointed.year,
                appointed_month=appointed.month,
                contract_number=contract,
                sex=sex,
                sequence=sequence,
            )

        key = with_sequence(1)[:15]
        self.sequences[key] = self.sequences.get(key, self.dice.randint(0, 40)) + 1
        return with_sequence(self.sequences[key])


def _graded(
    post: str, level: Level, employment: Employment, dice: random.Random
) -> tuple[str, str]:
    """Return the post with its grade, and a rank that goes with it."""
    grades = GRADES.get((level, employment))
    if grades is None:
        return post, dice.choice(RANKS[level, employment])
    grade, ranks = dice.choice(grades)
    return f"{post} {grade}", dice.choice(ranks)


def _titles(post: str, level: Level, dice: random.Random) -> tuple[str, str]:
    if level == "ahli" and post in TITLES_OF_POST:
        return TITLES_OF_POST[post]
    return "", dice.choice(TITLES_OF_LEVEL[level])


def _head_post(unit: PlannedUnit) -> str:
    """Return what the head of a unit below an OPD is called."""
    if unit.kind == "kelurahan":
        return unit.name.replace("Kelurahan", "Lurah")
    if unit.name.startswith("Sekretariat"):
        return "Sekretaris"
    return unit.name if unit.name.startswith("Inspektur") else f"Kepala {unit.name}"


def _staff(
    opd: PlannedUnit, below: Sequence[PlannedUnit], makers: _Maker, dice: random.Random
) -> list[PlannedPerson]:
    """Return the persons of an OPD: the named ones, the heads, and everybody else."""
    by_code = {unit.code: unit for unit in (opd, *below)}
    staff: list[PlannedPerson] = []
    for one in NAMED:
        if one.opd == opd.code:
            code = f"{opd.code}-{one.unit:02d}" if one.unit else opd.code
            post = one.post or (_head_post(by_code[code]) if one.unit else opd.head_post)
            staff.append(makers.named(one, code, post))
    led = {person.leads for person in staff}
    heads: list[tuple[PlannedUnit, Level]] = []
    if opd.size and opd.code not in PLT_OPD:
        heads.append((opd, "kepala"))
    heads += [(unit, "unit") for unit in below if unit.kind != "subbag"]
    heads += [(unit, "subbag") for unit in below if unit.kind == "subbag"]
    heads = [head for head in heads if head[0].code not in led]
    room = opd.size - len(staff)
    for unit, level in heads[: min(room, max(1, opd.size // 3))]:
        post = opd.head_post if level == "kepala" else _head_post(unit)
        staff.append(makers.person(opd.code, unit.code, post, level, leads=unit.code))
    seats = [
        unit for unit in below for _ in range(3 if unit.kind in ("sekolah", "puskesmas") else 1)
    ]
    for number in range(opd.size - len(staff)):
        unit = seats[number % len(seats)]
        post, level = _staff_post(opd, unit, dice)
        share = 0.32 if unit.kind in ("sekolah", "puskesmas") else 0.25
        staff.append(makers.person(opd.code, unit.code, post, level, pppk_share=share))
    return _with_register(opd, staff, dice)


def _staff_post(opd: PlannedUnit, unit: PlannedUnit, dice: random.Random) -> tuple[str, Level]:
    """Return a post for somebody who leads nothing."""
    posts = list(opd.functional_posts)
    if unit.kind == "sekolah":
        posts = ["Guru:A"]
    elif opd.code == "DISDIK":
        posts.remove("Guru:A")
    share = 0.88 if unit.kind in ("sekolah", "puskesmas") or opd.code == "RSUD" else 0.45
    if not posts or dice.random() >= share:
        return dice.choice(GENERAL_POSTS), "pelaksana"
    post, _, streams = dice.choice(posts).partition(":")
    return post, "terampil" if dice.choice(streams) == "T" else "ahli"


def _with_register(
    opd: PlannedUnit, staff: list[PlannedPerson], dice: random.Random
) -> list[PlannedPerson]:
    """Return the staff with its part of the SDM TIK register."""
    found: list[PlannedPerson] = []
    assigned = opd.size < 24 or opd.code == "DISKOMINFO"  # noqa: PLR2004  # small offices have nobody to spare
    for person in staff:
        fields = next(
            (fields for post, fields in ICT_FIELD_OF.items() if person.post_name.startswith(post)),
            (),
        )
        if fields:
            found.append(replace(person, ict_field=dice.choice(fields), ict_basis="jabatan"))
        elif not assigned and not person.account and person.post_name == GENERAL_POSTS[1]:
            assigned = True
            basis = "pendidikan" if dice.random() < 0.3 else "penugasan"  # noqa: PLR2004  # most are appointed
            field_code = dice.choice(("data", "aplikasi", "proses-bisnis"))
            found.append(replace(person, ict_field=field_code, ict_basis=basis))
        else:
            found.append(person)
    return found


def _plt(persons: Sequence[PlannedPerson]) -> list[tuple[int, str]]:
    """Return who leads what for the time being besides the own post."""
    wanted = {"DISTAN": "DISPANGAN", **{code: code for code in PLT_OPD}}
    acting: list[tuple[int, str]] = []
    for home, unit in wanted.items():
        number = next((n for n, person in enumerate(persons) if person.leads == f"{home}-01"), None)
        if number is not None:
            acting.append((number, unit))
    return acting
