"""What was typed is never lost: a form that could not be accepted comes back with its fields.

Used when the CSRF token is wrong or old, and when the sign-in ended while somebody was writing.
The fields travel inside the page itself; passwords and files do not.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

_SECRET_FIELDS: Final = frozenset(
    {"csrf_token", "password", "present", "new", "kode", "sandi", "draf"}
)
_LARGEST: Final = 60_000
_KEPT_SECONDS: Final = 12 * 3600


def typed_fields() -> list[tuple[str, str]]:
    """Return what was typed into the form of this request, in order, without secrets."""
    return [
        (name, value)
        for name, values in request.form.lists()
        if name not in _SECRET_FIELDS
        for value in values
    ]


def came_from_elsewhere() -> bool:
    """Tell whether another site's page made the browser send this request.

    What it chose must not lie ready to be sent under somebody's name, nor change a setting.
    """
    return request.headers.get("Sec-Fetch-Site") == "cross-site"


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="draft")


def sign_in_with_draft() -> ResponseReturnValue:
    """Answer 401 with the sign-in page, which carries the form that was being sent."""
    from lms.platform.access.forms import SignInForm

    draft = _serializer().dumps({"url": request.full_path.rstrip("?"), "fields": typed_fields()})
    form = SignInForm(formdata=None)
    form.draf.data = draft if len(draft) <= _LARGEST and not came_from_elsewhere() else ""
    return render_template("access/masuk.html", form=form, ended=True), 401


def read_draft(text: str) -> tuple[str, list[tuple[str, str]]] | None:
    """Return (address, fields) of a draft that this server made within 12 hours, else None."""
    try:
        data = _serializer().loads(text, max_age=_KEPT_SECONDS)
    except BadSignature:
        return None
    return data["url"], [(name, value) for name, value in data["fields"]]


def resend_page(url: str, fields: list[tuple[str, str]], *, status: int) -> ResponseReturnValue:
    """Answer a page that shows the fields again and sends them with a fresh token."""
    return render_template(
        "errors/kirim-ulang.html", url=url, fields=fields, ref=g.get("request_ref", "-")
    ), status


def safe_target(target: str | None) -> str:
    """Return a path of this application to go to after signing in; the home page if in doubt.

    A full address, `//host` or a backslash would lead to somebody else's page.
    """
    home = url_for("home.home") if "home.home" in current_app.view_functions else "/"
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return home
    parts = urlsplit(target)
    return home if parts.scheme or parts.netloc or "\\" in target else target
