"""The edge of a request: who asks, may they, one transaction, and headers.

Every view says what it asks for with `@requires`; a view that says nothing answers 404. A request
runs in one transaction: returning commits, raising rolls back, a uniqueness conflict retries once.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import structlog
from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.kernel.actor import Actor, Permission
from lms.platform import clock, settings
from lms.platform.access import queries as access_queries
from lms.platform.access import services as access
from lms.platform.db import db, set_write_intent
from lms.platform.slots import slots

log = structlog.get_logger()

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_SETTINGS_KEPT_SECONDS: Final = 30
_UNTRACKED: Final = frozenset({"static", "platform.alive"})
_LARGEST_NUMBER: Final = 2**63 - 1
"""The largest whole number a database keeps; an address with a larger one names nothing."""

_CSP: Final = (
    "default-src 'self'; object-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


def requires(permission: Permission, *, writes: bool = False) -> Callable[[View], View]:
    """Declare what a view asks for. `writes` marks a GET that writes (progress, access log)."""

    def mark(view: View) -> View:
        view.required_permission = permission  # type: ignore[attr-defined]  # read by the edge
        view.writes = writes  # type: ignore[attr-defined]  # same
        return view

    return mark


def current_actor() -> Actor:
    """Return the signed-in actor.

    Raises:
        RuntimeError: nobody is signed in; a view that asks `Permission.PUBLIC` uses `find_actor`.
    """
    actor = find_actor()
    if actor is None:
        raise RuntimeError("no actor: the view is public")
    return actor


def find_actor() -> Actor | None:
    """Return the signed-in actor, or None. Read once per request."""
    if "actor" not in g:
        g.actor = _load_actor()
    return g.actor  # type: ignore[no-any-return]  # g is untyped


def _load_actor() -> Actor | None:
    token = session.get("sid")
    if not token:
        return None
    now = clock.now()
    found = access_queries.find_signed_in(access.token_hash(token), now=now, today=clock.today())
    if found is None:
        session.pop("sid", None)
        g.signin_expired = True
        return None
    g.signed_in = found
    person = slots.person_behind(found.account_id)
    return Actor(
        account_id=found.account_id,
        account_name=found.account_name,
        display_name=person.display_name if person else found.display_name,
        person_id=person.person_id if person else None,
        grants=person.grants if person else (),
        language=found.language,
        text_size=found.text_size,
        signin_id=found.signin_id,
    )


def client_network() -> str:
    """Return the client's address as the trusted proxies tell it."""
    return request.remote_addr or "-"


class Titian(Flask):
    """Flask with one transaction around every view."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view and commit; on a uniqueness conflict roll back and run it once more."""
        if request.endpoint in _UNTRACKED:
            return super().dispatch_request()
        numbers = (part for part in (request.view_args or {}).values() if isinstance(part, int))
        if any(number > _LARGEST_NUMBER for number in numbers):
            abort(404)
        try:
            return self._run_and_commit()
        except IntegrityError:
            if request.method in SAFE_METHODS:
                raise
            db.session.rollback()
            log.info("request.retried", ref=g.request_ref)
            return self._run_and_commit()

    def _run_and_commit(self) -> ResponseReturnValue:
        result = super().dispatch_request()
        db.session.commit()
        return result


def install(app: Flask) -> None:
    """Hook the edge into an application."""
    proxies = app.config["TITIAN"].trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    app.before_request(_begin)
    app.before_request(_guard)
    app.after_request(_finish)
    app.teardown_request(_tear_down)


def _begin() -> None:
    for kept in list(g):  # an outer application context (a command, a test) may have left something
        g.pop(kept)
    g.started = time.perf_counter()
    g.request_ref = secrets.token_hex(4).upper()
    view = current_app.view_functions.get(request.endpoint or "")
    set_write_intent(writes=request.method not in SAFE_METHODS or getattr(view, "writes", False))
    if request.endpoint in _UNTRACKED:
        return
    primed = current_app.extensions.get("titian_settings_primed", 0.0)
    if g.started - primed > _SETTINGS_KEPT_SECONDS:
        settings.prime()
        current_app.extensions["titian_settings_primed"] = g.started


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    view: Any = current_app.view_functions[request.endpoint]
    permission = getattr(view, "required_permission", None)
    if permission is None:
        log.error("view.unguarded", endpoint=request.endpoint)
        abort(404)
    if permission is Permission.PUBLIC:
        return None
    actor = find_actor()
    if actor is None:
        return _to_sign_in()
    if not actor.may(permission):
        abort(404)
    if g.signed_in.must_change_password and not request.endpoint.startswith("access."):
        return redirect(url_for("access.change_password"), 303)
    return None


def _to_sign_in() -> ResponseReturnValue:
    """Send to the sign-in page and back; what was typed into a form goes along."""
    if request.method in SAFE_METHODS:
        target = request.full_path.rstrip("?")
        return redirect(url_for("access.sign_in", lanjut=target), 303)
    from lms.platform.web.drafts import sign_in_with_draft

    return sign_in_with_draft()


def _finish(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _CSP)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if current_app.config["TITIAN"].secure_cookies:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    if request.endpoint not in _UNTRACKED:
        _touch_sign_in()
        log.info(
            "request",
            method=request.method,
            rule=str(request.url_rule) if request.url_rule else None,
            status=response.status_code,
            ms=round((time.perf_counter() - g.started) * 1000, 1),
            ref=g.request_ref,
        )
    return response


def _touch_sign_in() -> None:
    """Note the use of the sign-in in a transaction of its own, at most once in five minutes.

    The request's own work is committed by now: a database too busy for this note must not turn
    its acknowledgement into an error. The next request notes it.
    """
    found = g.get("signed_in")
    if found is None or clock.now() - found.last_seen_at < access.SEEN_EVERY:
        return
    try:
        db.session.rollback()
        set_write_intent(writes=True)
        access.touch(found.signin_id, last_seen_at=found.last_seen_at, now=clock.now())
        db.session.commit()
    except OperationalError as error:
        db.session.remove()
        log.warning("signin.not_touched", ref=g.request_ref, error=type(error.orig).__name__)


def _tear_down(_error: BaseException | None) -> None:
    set_write_intent(writes=True)
