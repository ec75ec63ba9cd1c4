"""Deny by default: every endpoint declares its permission, and no role opens what it may not."""

from __future__ import annotations

import inspect

from lms.kernel.actor import Permission
from lms.kernel.errors import DomainError


def test_every_endpoint_declares_its_permission(app):
    unguarded = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        and not isinstance(
            getattr(app.view_functions[rule.endpoint], "required_permission", None), Permission
        )
    ]
    assert unguarded == []


def test_public_endpoints_are_few_and_known(app):
    public = sorted(
        {
            rule.endpoint
            for rule in app.url_map.iter_rules()
            if getattr(app.view_functions[rule.endpoint], "required_permission", None)
            is Permission.PUBLIC
        }
    )
    assert public == [
        "access.choose_language",
        "access.do_sign_in",
        "access.sign_in",
        "access.sign_out",
        "assessment.question",
        "assessment.review",
        "assessment.save",
        "assessment.submit",
        "credentials.look_up",
        "credentials.verify",
        "credentials.verify_file",
        "home.root",
        "platform.alive",
        "platform.metrics",
        "platform.ready",
    ]


def test_gets_that_change_nothing_do_not_ask_for_the_write_lock(app):
    writing = sorted(
        endpoint for endpoint, view in app.view_functions.items() if getattr(view, "writes", False)
    )
    assert all(
        "GET" in rule.methods for rule in app.url_map.iter_rules() if rule.endpoint in writing
    ), writing


def all_refusals(base=DomainError):
    for child in base.__subclasses__():
        yield child
        yield from all_refusals(child)


def test_every_refusal_has_a_sentence(app):
    from lms.app.refusals import SENTENCES

    missing = [
        f"{kind.__module__}.{kind.__name__}"
        for kind in all_refusals()
        if kind.__module__.startswith("lms.")
        and not any(base in SENTENCES for base in kind.__mro__)
    ]
    assert missing == []


def test_views_never_touch_the_database():
    import pkgutil

    import lms

    offenders = []
    for module in pkgutil.walk_packages(lms.__path__, "lms."):
        if module.name.endswith(".views") or ".pages." in module.name:
            source = inspect.getsource(__import__(module.name, fromlist=["_"]))
            if "sqlalchemy" in source or ".models" in source or "db.session" in source:
                offenders.append(module.name)
    assert offenders == []
