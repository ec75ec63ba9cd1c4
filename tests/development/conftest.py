"""A small city with a course and a rule, for the tests of duties."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from lms.development import services
from lms.kernel.actor import Actor, Grant, Role
from lms.platform.db import db
from tests import factories as make

TODAY = date(2026, 11, 21)
COURSE = "UJI-101"
RULE = "UJI-101-semua"


@dataclass
class City:
    """Ids by name: units, persons, accounts; and the rule that obliges everybody."""

    units: dict
    persons: dict
    accounts: dict
    rule_id: int = 0

    def actor(self, name, role, unit=None):
        return Actor(
            account_id=self.accounts[name],
            account_name=name,
            display_name=name,
            person_id=self.persons.get(name),
            grants=(Grant(role, self.units[unit] if unit else None),),
        )

    @property
    def bkpsdm(self):
        return self.actor("bkpsdm", Role.BKPSDM)

    @property
    def kepala(self):
        return self.actor("kepala", Role.KEPALA_OPD, "DISKOMINFO")


def build_city(tmp_path):
    """Two OPD, a bidang, five active persons and one who left; the head and atasan have mail."""
    make.reference()
    units = {"root": make.unit("TIRTAMULYA", kind="pemda", group="")}
    units["DISDUKCAPIL"] = make.unit("DISDUKCAPIL", "Dinas Dukcapil", parent_id=units["root"])
    units["BIDANG"] = make.unit(
        "DISDUKCAPIL-02", "Bidang Pelayanan", "bidang", units["DISDUKCAPIL"], ""
    )
    units["DISKOMINFO"] = make.unit("DISKOMINFO", "Dinas Kominfo", parent_id=units["root"])
    accounts = {
        name: make.account(name, email=f"{name}@contoh.go.id")
        for name in ("bkpsdm", "kepala", "atasan", "adminopd", "asn", "asn2")
    }
    make.role(accounts["bkpsdm"], "bkpsdm")
    make.role(accounts["adminopd"], "admin-opd", units["DISDUKCAPIL"])
    persons = {
        "kepala": make.person(
            "Bagaskara Lelana", units["DISKOMINFO"], account_id=accounts["kepala"]
        ),
        "atasan": make.person("Jaka Tirtanata", units["BIDANG"], account_id=accounts["atasan"]),
        "asn": make.person(
            "Ratri Sekarwangi", units["BIDANG"], "199001152015032007", account_id=accounts["asn"]
        ),
        "asn2": make.person(
            "Wira Kelana", units["DISKOMINFO"], account_id=accounts["asn2"], employment="PPPK"
        ),
        "tanpa": make.person("Kemala Wanadri", units["DISDUKCAPIL"]),
        "keluar": make.person("Galih Samudra", units["DISDUKCAPIL"], standing="02"),
    }
    make.head(units["DISKOMINFO"], persons["kepala"])
    make.head(units["BIDANG"], persons["atasan"])
    make.course(tmp_path, COURSE, title="Aman: Kursus Uji")
    db.session.flush()
    return City(units, persons, accounts)


def add_rule(city, **changes):
    values = {
        "code": RULE,
        "title": "Aman bagi semua",
        "course_code": COURSE,
        "effective_from": TODAY,
        "reason": "Setiap ASN melayani warga.",
        "legal_basis": "Peraturan contoh",
    } | changes
    city.rule_id = services.add_obligation_rule(**values)
    return city.rule_id


@pytest.fixture
def city(database, tmp_path):
    return build_city(tmp_path)
