"""Pictures of lessons, under addresses that name their content."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, abort, current_app, send_from_directory
from flask.typing import ResponseReturnValue

from lms.kernel.actor import Permission
from lms.platform.web.edge import requires

blueprint = Blueprint("catalogue", __name__)

_TYPES: Final = {
    "webp": "image/webp",
    "png": "image/png",
    "jpg": "image/jpeg",
    "svg": "image/svg+xml",
}
_HASH_DIGITS: Final = 64


@blueprint.get("/media/<string:sha256>.<string:suffix>")
@requires(Permission.SIGNED_IN)
def media(sha256: str, suffix: str) -> ResponseReturnValue:
    """Send a picture; its address changes with its bytes, so that a browser may keep it."""
    is_hash = len(sha256) == _HASH_DIGITS and set(sha256) <= set("0123456789abcdef")
    if not is_hash or suffix not in _TYPES:
        abort(404)
    response = send_from_directory(
        current_app.config["TITIAN"].data_dir / "media",
        f"{sha256}.{suffix}",
        mimetype=_TYPES[suffix],
        etag=sha256,
        max_age=31_536_000,
    )
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    # An SVG opened by itself is a page: it may draw and nothing else.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    return response
