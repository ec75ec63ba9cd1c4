"""Pictures of a course: what they really are, how large, and whether an SVG is harmless."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

MAX_MEDIA_BYTES: Final = 2_000_000
"""Pictures must load on a slow line; a photograph at reading width needs a tenth of this."""

TYPE_BY_SUFFIX: Final = {
    "webp": "image/webp",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "svg": "image/svg+xml",
}
NAME: Final = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*\.(webp|png|jpg|jpeg|svg)")

_SVG_TAGS: Final = frozenset(
    {
        *("svg", "g", "defs", "symbol", "use", "title", "desc", "path", "rect", "circle"),
        *("ellipse", "line", "polyline", "polygon", "text", "tspan", "linearGradient"),
        *("radialGradient", "stop", "clipPath", "mask", "pattern", "marker"),
    }
)
_SVG_ATTRIBUTES: Final = frozenset(
    {
        *("id", "class", "role", "aria-label", "aria-hidden", "aria-labelledby", "lang"),
        *("viewBox", "width", "height", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx"),
        *("ry", "fx", "fy", "d", "points", "dx", "dy", "rotate", "transform", "version"),
        *("fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-linecap"),
        *("stroke-linejoin", "stroke-dasharray", "stroke-dashoffset", "stroke-opacity"),
        *("stroke-miterlimit", "opacity", "color", "stop-color", "stop-opacity", "offset"),
        *("font-family", "font-size", "font-weight", "font-style", "text-anchor", "textLength"),
        *("dominant-baseline", "alignment-baseline", "letter-spacing", "clip-path", "clip-rule"),
        *("mask", "marker-start", "marker-mid", "marker-end", "markerWidth", "markerHeight"),
        *("refX", "refY", "orient", "gradientUnits", "gradientTransform", "spreadMethod"),
        *("patternUnits", "patternTransform", "clipPathUnits", "maskUnits", "href", "xlink:href"),
        *("preserveAspectRatio", "vector-effect", "xmlns", "xmlns:xlink", "xml:space", "xml:lang"),
    }
)
_LOCAL_URL: Final = re.compile(r"url\(\s*['\"]?#[\w-]+['\"]?\s*\)")
_NUMBER: Final = re.compile(r"\s*(\d+(?:\.\d+)?)(?:px)?\s*")

_JPEG_MARKER: Final = 0xFF
_JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Start-of-frame markers; the three left out are tables that share the range."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What the bytes of a picture say about it; sizes in pixels, None where they do not."""

    content_type: str
    width: int | None
    height: int | None


def inspect(data: bytes) -> Picture | str:
    """Return what a picture is, or a sentence on why it cannot be used.

    The type comes from the bytes alone, never from the name.
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return Picture("image/png", _big(data[16:20]), _big(data[20:24]))
    if data.startswith(b"\xff\xd8\xff"):
        size = _jpeg_size(data)
        return Picture("image/jpeg", *size) if size else "Gambar JPEG ini rusak."
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        size = _webp_size(data)
        return Picture("image/webp", *size) if size else "Gambar WebP ini rusak."
    head = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"<svg", b"<?xml", b"<!--", b"<!DOCTYPE")):
        return _inspect_svg(data)
    return "Berkas ini bukan gambar WebP, PNG, JPEG, atau SVG."


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height from the first start-of-frame segment."""
    at = 2
    while at + 9 < len(data) and data[at] == _JPEG_MARKER:
        if data[at + 1] in _JPEG_FRAMES:
            return _big(data[at + 7 : at + 9]), _big(data[at + 5 : at + 7])
        at += 2 + _big(data[at + 2 : at + 4])
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height of a lossy, lossless or extended WebP."""
    kind = data[12:16]
    if kind == b"VP8X":
        return _little(data[24:27]) + 1, _little(data[27:30]) + 1
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        return _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF
    if kind == b"VP8L" and data[20:21] == b"\x2f":
        bits = _little(data[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None


class _SvgRefused(Exception):
    """The SVG holds something outside the allow list; the argument is the sentence."""


class _SvgReader:
    """Walks an SVG by events: nothing is expanded, fetched or built."""

    def __init__(self) -> None:
        self.root: dict[str, str] | None = None
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.element
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.ProcessingInstructionHandler = self.instruction

    def doctype(self, *_: object) -> None:
        raise _SvgRefused("SVG ini memuat DOCTYPE, yang tidak diizinkan.")

    def instruction(self, *_: object) -> None:
        raise _SvgRefused("SVG ini memuat instruksi pemroses, yang tidak diizinkan.")

    def element(self, tag: str, attributes: dict[str, str]) -> None:
        if self.root is None:
            if tag != "svg":
                raise _SvgRefused("Berkas ini bukan SVG.")
            self.root = attributes
        if tag not in _SVG_TAGS:
            message = f"SVG ini memuat unsur <{tag}>, yang tidak diizinkan."
            raise _SvgRefused(message)
        for name, value in attributes.items():
            _check_attribute(name, value)


def _check_attribute(name: str, value: str) -> None:
    if name not in _SVG_ATTRIBUTES:
        message = f'SVG ini memuat atribut "{name}", yang tidak diizinkan.'
        raise _SvgRefused(message)
    if name.endswith("href") and not value.startswith("#"):
        raise _SvgRefused("SVG ini menunjuk ke luar berkasnya sendiri.")
    if "url(" in _LOCAL_URL.sub("", value).lower():
        raise _SvgRefused("SVG ini menunjuk ke luar berkasnya sendiri.")


def _inspect_svg(data: bytes) -> Picture | str:
    reader = _SvgReader()
    try:
        reader.parser.Parse(data, True)
    except _SvgRefused as refused:
        return str(refused)
    except expat.ExpatError as error:
        return f"SVG ini tidak dapat dibaca (baris {error.lineno})."
    root = reader.root or {}
    width, height = _number(root.get("width")), _number(root.get("height"))
    box = (root.get("viewBox") or "").replace(",", " ").split()
    if (not width or not height) and len(box) == 4:  # noqa: PLR2004 - min-x min-y width height
        width, height = _number(box[2]), _number(box[3])
    return Picture("image/svg+xml", width, height)


def _number(text: str | None) -> int | None:
    match = _NUMBER.fullmatch(text or "")
    return round(float(match[1])) if match else None
