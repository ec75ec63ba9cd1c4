"""All roles on all routes: what a role may not open answers 404, and nothing breaks."""

from __future__ import annotations

import pytest

from lms.kernel.actor import PERMISSIONS_OF, Permission, Role
from lms.people.models import Person, RoleGrant
from lms.platform.db import db
from tests import factories
from tests.conftest import NOW

SAMPLES = {
    "code": "AMN-101",
    "number": 1,
    "position": 1,
    "kind": "csv",
    "name": "platform.seal-audit",
    "row_id": 1,
    "signin_id": 1,
    "person_id": 1,
    "obligation_id": 1,
    "rule_code": "AMN-101",
    "rule_id": 1,
    "opd": "SETDA",
    "pillar": "aman",
    "competence": "aman",
    "sha256": "0" * 64,
    "suffix": "png",
    "attempt_id": 1,
    "filename": "css/titian.css",
}
BARE = frozenset({Permission.PUBLIC, Permission.SIGNED_IN})


def address_of(app, rule):
    samples = {name: SAMPLES.get(name, "1") for name in rule.arguments}
    with app.test_request_context():
        from flask import url_for

        return url_for(rule.endpoint, **samples)


def routes(app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        permission = app.view_functions[rule.endpoint].required_permission
        for method in sorted(rule.methods & {"GET", "POST"}):
            yield method, address_of(app, rule), permission


def an_account(role):
    account_id = factories.account(role.value, role.value.title())
    if role is Role.ASN:
        db.session.add(
            Person(
                account_id=account_id, name="Asn", sort_name="asn", employment="PNS",
                created_at=NOW,
            )
        )  # fmt: skip
    else:
        db.session.add(
            RoleGrant(
                account_id=account_id, role=role.value, starts_on=NOW.date(), reason="uji",
                recorded_at=NOW,
            )
        )  # fmt: skip
    db.session.commit()


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_what_it_may_and_nothing_else(app, client, sign_in, role):
    an_account(role)
    may = PERMISSIONS_OF[role] | BARE
    wrong = []
    for method, address, permission in routes(app):
        if address in ("/keluar", "/profil/keluar-semua"):
            continue
        sign_in(role.value)
        answer = client.open(address, method=method)
        if answer.status_code >= 500:
            wrong.append((method, address, answer.status_code))
        elif permission not in may and answer.status_code != 404:
            wrong.append((method, address, answer.status_code, "without", permission))
    assert wrong == []


def test_a_visitor_opens_only_what_is_public(app, client):
    wrong = []
    for method, address, permission in routes(app):
        answer = client.open(address, method=method)
        away = answer.status_code in (303, 401)
        if permission is not Permission.PUBLIC and not away:
            wrong.append((method, address, answer.status_code))
        if answer.status_code >= 500:
            wrong.append((method, address, answer.status_code))
    assert wrong == []
