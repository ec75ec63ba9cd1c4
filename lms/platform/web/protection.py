"""CSRF: every form carries a token of its session; a few routes bring proof of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf

csrf = CSRFProtect()
View = TypeVar("View", bound=Callable[..., object])


def own_proof(view: View) -> View:
    """Exempt a view that checks a token of its own (an attempt's) instead of the session's."""
    csrf.exempt(view)
    return view


def install(app: Flask) -> None:
    """Check the token of every unsafe request."""
    csrf.init_app(app)
    app.jinja_env.globals["csrf_token"] = generate_csrf
