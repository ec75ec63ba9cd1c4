"""Chats and e-mails, shown as the things they are, with the signs that a lesson points out.

Their text is plain: addresses in angle brackets, underscores and stars stand as written, since
an exhibit shows exactly what somebody received.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from lms.kernel.markup.blocks import Block
from lms.kernel.markup.inline import escape, plain_html, render_inline
from lms.kernel.problems import Problem

MARK: Final = re.compile(r"==(?P<text>(?:(?!==).)+?)==(?:\((?P<number>\d{1,2})\))?")
"""A marked sign with its number; without the number it is an error."""

_LEGEND_LINE: Final = re.compile(r"^(\d{1,2})\.\s+(\S.*)$")
_CHAT_LINE: Final = re.compile(r"^(>?)\s*((?:[01]\d|2[0-3])\.[0-5]\d)\s+(\S.*)$")
_CHAT_KEYS: Final = ("dari", "info")
_MAIL_KEYS: Final = ("dari", "kepada", "perihal", "waktu")
_KEY_LINE: Final = re.compile(r"^([a-z]+):\s*(.*)$")
_BULLET: Final = re.compile(r"^[-*]\s+(\S.*)$")
_WARNING_ICON: Final = '<svg class="i" aria-hidden="true"><use href="#i-awas"></use></svg>'

Line = tuple[int, str]
"""A line's number in the file and its text."""


@dataclass(slots=True)
class _Page:
    """What one exhibit gathers while it is read."""

    file: str
    marks_allowed: bool
    used: dict[int, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def error(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, message))

    def text(self, line: int, text: str) -> str:
        """Return a piece of the exhibit with its marks, and note which numbers it used."""
        parts: list[str] = []
        end = 0
        for match in MARK.finditer(text):
            parts += [plain_html(text[end : match.start()]), self._mark(line, match)]
            end = match.end()
        parts.append(plain_html(text[end:]))
        return "".join(parts)

    def _mark(self, line: int, match: re.Match[str]) -> str:
        inner = plain_html(match["text"])
        if not self.marks_allowed:
            self.error(line, "Peraga pada butir soal tidak memakai tanda ==...==(n).")
            return inner
        if match["number"] is None:
            self.error(line, f'Tanda "{match["text"]}" belum bernomor; tulis ==...==(1).')
            return f"<mark>{inner}</mark>"
        number = int(match["number"])
        self.used.setdefault(number, line)
        return f"<mark>{inner}</mark> {_pin(number)}"


def _pin(number: int) -> str:
    return f'<span class="pin"><span class="visually-hidden">tanda </span>{number}</span>'


def render(block: Block, *, caption: str, file: str, marks: bool) -> tuple[str, list[Problem]]:
    """Return a chat or an e-mail as a figure, with what is wrong inside it.

    `caption` is the number the platform gives ("Peraga 1.2"). With `marks` False the exhibit
    belongs to an item: marks are an error, and no icon gives away that something is wrong.
    """
    page = _Page(file=file, marks_allowed=marks)
    lines: list[Line] = list(enumerate(block.lines, start=block.line + 1))
    legend: list[tuple[int, int, str]] = []
    if marks and (block.kind == "percakapan" or any(MARK.search(text) for _, text in lines)):
        lines, legend = _take_legend(lines)
    elif marks:
        # An e-mail without marks may end in a list of its own only if it is not numbered:
        # a numbered one is a legend that has lost its marks.
        _, stray = _take_legend(lines)
        for line, number, _ in stray:
            page.error(line, _no_mark(number))
    body = _chat(page, lines) if block.kind == "percakapan" else _mail(page, lines)
    notes = _legend(page, legend)
    icon = _WARNING_ICON if page.used else ""
    title = render_inline(block.title)
    figure = (
        f'<figure class="exh"><figcaption>{icon}<b>{escape(caption)}</b> {title}</figcaption>'
        f"{body}{notes}</figure>"
    )
    return figure, page.problems


def _no_mark(number: int) -> str:
    return f"Keterangan nomor {number} tidak mempunyai tanda ==...==({number}) di peraga ini."


def _take_legend(lines: Sequence[Line]) -> tuple[list[Line], list[tuple[int, int, str]]]:
    """Return the lines without the numbered list at their end, and that list."""
    rest = list(lines)
    legend: list[tuple[int, int, str]] = []
    while rest:
        line, text = rest[-1]
        match = _LEGEND_LINE.match(text)
        if match:
            legend.insert(0, (line, int(match[1]), match[2]))
        elif text.strip():
            break
        rest.pop()
    return rest, legend


def _legend(page: _Page, legend: Sequence[tuple[int, int, str]]) -> str:
    """Return the explanations, after checking that marks and explanations match."""
    numbers = [number for _, number, _ in legend]
    for expected, (line, number, _) in enumerate(legend, start=1):
        if number != expected:
            page.error(line, f"Keterangan ini bernomor {number}, seharusnya {expected}.")
        elif number not in page.used:
            page.error(line, _no_mark(number))
    for number, line in page.used.items():
        if number not in numbers:
            page.error(line, f"Tanda nomor {number} belum mempunyai keterangan di akhir blok.")
    if not legend:
        return ""
    items = "".join(
        f"<li>{_pin(number)}<span>{render_inline(text)}</span></li>" for _, number, text in legend
    )
    return f'<ol class="legend" aria-label="Keterangan peraga">{items}</ol>'


def _head(
    page: _Page, lines: Sequence[Line], keys: Sequence[str]
) -> tuple[dict[str, Line], list[Line]]:
    """Return the `key: value` lines at the beginning, and the lines after them."""
    head: dict[str, Line] = {}
    for index, (line, text) in enumerate(lines):
        match = _KEY_LINE.match(text)
        if not match or match[1] not in keys:
            return head, list(lines[index:])
        if match[1] in head:
            page.error(line, f'Baris "{match[1]}:" ditulis dua kali.')
        head.setdefault(match[1], (line, match[2]))
    return head, []


def _chat(page: _Page, lines: Sequence[Line]) -> str:
    head, rest = _head(page, lines, _CHAT_KEYS)
    first = lines[0][0] if lines else 1
    if "dari" not in head:
        page.error(first, 'Percakapan harus diawali baris "dari:".')
    who = page.text(*head.get("dari", (first, "")))
    info = f'<br><span class="mute">{page.text(*head["info"])}</span>' if "info" in head else ""
    bubbles = [_bubble(page, *message) for message in _messages(page, rest)]
    if not bubbles:
        page.error(first, "Percakapan ini belum berisi pesan.")
    return (
        '<div class="chat"><div class="who"><span class="ava" aria-hidden="true">?</span>'
        f"<span><b>{who}</b>{info}</span></div>{''.join(bubbles)}</div>"
    )


def _messages(page: _Page, lines: Iterable[Line]) -> Iterator[tuple[int, bool, str, str]]:
    """Yield line, whether the phone's owner wrote it, the time, and the text of each message.

    A line that begins with a space continues the message above it.
    """
    current: tuple[int, bool, str, str] | None = None
    for line, text in lines:
        if match := _CHAT_LINE.match(text):
            if current:
                yield current
            current = (line, bool(match[1]), match[2], match[3].rstrip())
        elif text[:1].isspace() and text.strip() and current:
            current = (*current[:3], f"{current[3]} {text.strip()}")
        elif text.strip():
            page.error(line, "Baris percakapan diawali jam, misalnya 15.42, lalu teksnya.")
    if current:
        yield current


def _bubble(page: _Page, line: int, reply: bool, time: str, text: str) -> str:
    kind = "bub me" if reply else "bub"
    who = '<span class="xs mute">Jawaban</span> ' if reply else ""
    return f'<div class="{kind}">{who}{page.text(line, text)}<time>{time}</time></div>'


def _mail(page: _Page, lines: Sequence[Line]) -> str:
    head, rest = _head(page, lines, _MAIL_KEYS)
    first = lines[0][0] if lines else 1
    missing = [f'"{key}:"' for key in _MAIL_KEYS if key not in head]
    if missing:
        page.error(first, f"Surel ini belum mempunyai baris {', '.join(missing)}.")
    if rest and rest[0][1].strip():
        page.error(rest[0][0], "Sesudah kepala surel harus ada satu baris kosong.")
    terms = "".join(
        f"<dt>{key.capitalize()}</dt><dd>{page.text(*head[key])}</dd>"
        for key in _MAIL_KEYS
        if key in head
    )
    body = "".join(_paragraph(page, lines) for lines in _paragraphs(rest))
    if not body:
        page.error(first, "Surel ini belum berisi paragraf.")
    return f'<div class="mail"><dl class="dl st">{terms}</dl><div class="mail-b">{body}</div></div>'


def _paragraphs(lines: Iterable[Line]) -> Iterator[list[Line]]:
    current: list[Line] = []
    for line, text in lines:
        if text.strip():
            current.append((line, text.strip()))
        elif current:
            yield current
            current = []
    if current:
        yield current


def _paragraph(page: _Page, lines: Sequence[Line]) -> str:
    """Return a paragraph, or a list when every line of it is a list item."""
    for pattern, tag in ((_BULLET, "ul"), (_LEGEND_LINE, "ol")):
        matches = [pattern.match(text) for _, text in lines]
        if all(matches):
            texts = [match[match.lastindex or 0] for match in matches if match]
            items = (page.text(line, text) for (line, _), text in zip(lines, texts, strict=True))
            return f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>"
    joined = " ".join(page.text(line, text) for line, text in lines)
    return f"<p>{joined}</p>"
