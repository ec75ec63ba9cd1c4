"""Static files under addresses that change with their content, so that browsers may keep them for a year."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for

_FOLDER = Path(__file__).parents[1] / "static"


@lru_cache(maxsize=256)
def _version(name: str) -> str:
    return hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest()[:10]


@lru_cache(maxsize=256)
def asset(name: str) -> str:
    """Return the address of a static file with its version.

    Raises:
        FileNotFoundError: no such file: a template names it wrongly.
    """
    return f"/static/{name}?v={_version(name)}"


def install(app: Flask) -> None:
    """Offer `asset` and the sprite's address to templates."""
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["sprite_url"] = (
        asset("icons.svg") if (_FOLDER / "icons.svg").exists() else url_for
    )
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 31_536_000
