"""Requirements, the evidence ledger and decisions about it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from lms.competency import errors, queries, services
from lms.competency.events import EvidenceDecided, EvidenceRecorded, RequirementChanged
from lms.competency.models import Evidence, EvidenceDecision
from lms.kernel.errors import NotFound
from lms.platform import clock
from lms.platform.db import db
from lms.platform.slots import slots
from tests import factories


@pytest.fixture
def person(database):
    factories.framework()
    return factories.staff(factories.office("DISDIK"))[0]


@pytest.fixture
def published(monkeypatch):
    seen = []
    kinds = (EvidenceRecorded, EvidenceDecided, RequirementChanged)
    monkeypatch.setattr(slots, "subscribers", dict.fromkeys(kinds, (seen.append,)))
    return seen


def requirement(**changes):
    values = {
        "rule_code": "literasi-aman",
        "audience": "asn-aktif",
        "competence": "aman",
        "level": 3,
        "effective_from": clock.today() + timedelta(days=1),
        "reason": "Naik tingkat",
        "now": clock.now(),
    }
    return services.add_requirement(**values | changes)


def test_first_requirements_are_seeded_once(database):
    rules = factories.framework()
    assert len(rules) == 10
    rows = {row.rule_code: row for row in queries.requirement_rows()}
    assert (rows["literasi-aman"].audience, rows["literasi-aman"].level) == ("asn-aktif", 2)
    assert (rows["sdm-tik-data"].audience, rows["sdm-tik-data"].level) == ("sdm-tik:data", 3)
    assert services.seed_requirements(now=clock.now(), effective_from=date(2025, 1, 1)) == 0


def test_change_begins_tomorrow_at_the_earliest(person):
    with pytest.raises(errors.RequirementTooSoon) as refused:
        requirement(effective_from=clock.today())
    assert refused.value.facts["earliest"] == clock.today() + timedelta(days=1)
    requirement(effective_from=clock.today(), seeding=True)
    requirement()
    assert [
        row.version for row in queries.requirement_rows() if row.rule_code == "literasi-aman"
    ] == [
        3,
        2,
        1,
    ]


def test_unknown_codes_are_refused(person):
    with pytest.raises(errors.UnknownCompetence):
        requirement(competence="aman.1")
    with pytest.raises(errors.UnknownAudience):
        requirement(audience="semua")
    with pytest.raises(errors.UnknownCompetence):
        factories.record(factories.evidence(person, "digital"))


def test_one_row_keeps_what_was_measured(person, published):
    row_id = services.record_evidence(
        person_id=person,
        competence="aman",
        level=2,
        outcome="lulus",
        theta=0.61,
        se=0.38,
        cut_theta=0.2,
        source_kind="measured",
        source_ref="attempt:7",
        cut_ref="AMN-101 A 14/20",
        measured_on=date(2026, 11, 20),
        valid_until=date(2028, 11, 20),
    )
    row = db.session.get_one(Evidence, row_id)
    assert row.framework_version == "KDA-2026"
    assert (row.valid_from, row.recorded_at) == (date(2026, 11, 20), clock.now())
    assert published == [EvidenceRecorded((row_id,), person)]
    assert queries.competences_of_evidence("measured", "attempt:7") == {"aman": row_id}


def test_bulk_publishes_once_for_all(person, published):
    (other,) = factories.staff(factories.office("DINKES"))
    ids = factories.record(factories.evidence(person), factories.evidence(other, "cakap"))
    assert published[-1] == EvidenceRecorded(tuple(ids), None)
    assert queries.persons_of_evidence(ids) == {ids[0]: person, ids[1]: other}
    assert services.record_evidence_rows([]) == []


def test_ordered_recheck_replaces_the_row_it_names(person, published):
    (first,) = factories.record(factories.evidence(person, level=3))
    moment = datetime(2026, 6, 1, 3, tzinfo=UTC)
    (second,) = factories.record(
        factories.evidence(person, level=0, supersedes_id=first, recorded_at=moment)
    )
    recorded, decided = published[-2:]
    assert recorded == EvidenceRecorded((second,), person)
    assert (decided.evidence_id, decided.person_id) == (first, person)
    decision = db.session.scalars(select(EvidenceDecision)).one()
    assert (decision.kind, decision.effective_on) == ("replaced", date(2026, 6, 1))


def test_revocation_is_final_and_names_its_reason(person, published):
    (row,) = factories.record(factories.evidence(person))
    decision_id = services.revoke_evidence(
        evidence_id=row, reason="Soal bocor", decided_by=None, now=clock.now()
    )
    assert published[-1] == EvidenceDecided(decision_id, row, person)
    with pytest.raises(errors.EvidenceRevokedAlready):
        services.revoke_evidence(evidence_id=row, reason="lagi", decided_by=None, now=clock.now())
    with pytest.raises(NotFound):
        services.revoke_evidence(evidence_id=999, reason="", decided_by=None, now=clock.now())


def test_review_lasts_fourteen_days_unless_ended(person):
    (row,) = factories.record(factories.evidence(person))
    services.review_evidence(
        evidence_id=row, reason="Alamat sama", decided_by=None, now=clock.now()
    )
    decision = db.session.scalars(select(EvidenceDecision)).one()
    assert decision.effective_until - decision.effective_on == timedelta(days=14)
    (listed,) = queries.evidence_rows(person, today=clock.today(), now=clock.now())
    assert listed.state == "ditinjau"
    services.end_review(evidence_id=row, reason="Wajar", decided_by=None, now=clock.now())
    (listed,) = queries.evidence_rows(person, today=clock.today(), now=clock.now())
    assert listed.state == "berlaku"
    assert [each.kind for each in listed.decisions] == ["review", "review"]


def test_outside_certificate_becomes_evidence_without_theta(person):
    ids = services.accept_outside_certificate(
        person_id=person,
        title="Pelatihan Keamanan Informasi",
        organiser="Balai Diklat",
        number="12/2026",
        issued_on=date(2026, 1, 31),
        levels={"aman": 3, "etika": 2},
        valid_months=1,
        verified_by=None,
        now=clock.now(),
    )
    rows = [db.session.get_one(Evidence, row_id) for row_id in ids]
    assert [(row.competence, row.level) for row in rows] == [("aman", 3), ("etika", 2)]
    assert {(row.outcome, row.theta, row.valid_until) for row in rows} == {
        ("diakui", None, date(2026, 2, 28))
    }
    listed = queries.evidence_rows(person, today=clock.today(), now=clock.now())
    assert {row.certificate for row in listed} == {"Pelatihan Keamanan Informasi, Balai Diklat"}
    with pytest.raises(errors.OutsideCertificateTaken):
        services.accept_outside_certificate(
            person_id=person,
            title="Lain",
            organiser="Balai Diklat",
            number="12/2026",
            issued_on=date(2026, 1, 31),
            levels={"aman": 3},
            valid_months=None,
            verified_by=None,
            now=clock.now(),
        )


def test_many_outside_certificates_at_once(person):
    awards = [
        services.OutsideAward(
            person_id=person,
            title=f"Pelatihan {number}",
            organiser="Balai Diklat",
            number=str(number),
            issued_on=date(2026, 1, number),
            levels={"cakap": 2},
            valid_months=24,
            verified_by=None,
            recorded_at=datetime(2026, 2, number, tzinfo=UTC),
        )
        for number in (1, 2)
    ]
    ids = services.accept_outside_certificates(awards)
    assert len(ids) == 2
    assert services.accept_outside_certificates([]) == []
    titles = {
        row.certificate
        for row in queries.evidence_rows(person, today=clock.today(), now=clock.now())
    }
    assert titles == {"Pelatihan 1, Balai Diklat", "Pelatihan 2, Balai Diklat"}
