"""One stretch of Markdown source, and the faults that can be read off it line by line."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from lms.kernel.markup.blocks import mask_code
from lms.kernel.markup.exhibits import MARK
from lms.kernel.markup.inline import SLOT_PATTERN, SLOTS
from lms.kernel.problems import Problem

# Private-use characters carry our own marks through Markdown and the sanitiser. The source is
# freed of them first, so that none can come from an author.
TICK_OPEN: Final = "\ue000"
TICK_CLOSE: Final = "\ue001"
ANCHOR_OPEN: Final = "\ue002"
ANCHOR_CLOSE: Final = "\ue003"

_PRIVATE: Final = re.compile("[\ue000-\uf8ff\x00-\x08\x0b-\x1f]")
_HEADING: Final = re.compile(r"^ {0,3}#{1,6}[ \t]+\S.*$", re.MULTILINE)
_TOP_HEADING: Final = re.compile(r"^ {0,3}#[ \t]", re.MULTILINE)
_ANCHOR: Final = re.compile(r"[ \t]*\{#(?P<name>[^{}\n]*)\}[ \t#]*$")
_ANCHOR_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_STRAY_ANCHOR: Final = re.compile(r"(?<!\{)\{#[^{}\n]*\}")
_ATTRIBUTE_LIST: Final = re.compile(r"(?<!\{)\{:?[ \t]*[^{}\n]*?[\w-][ \t]*=[^{}\n]*\}(?!\})")
_SLOT_IN_LINK: Final = re.compile(r"\]\([^)\n]*\{\{")
_TAG: Final = re.compile(r"<\s*([a-zA-Z][\w:-]*)")
_HANDLER: Final = re.compile(r"[\s/\"']on[a-z]+\s*=", re.IGNORECASE)
_ACTIVE_TAGS: Final = frozenset(
    {
        *("script", "style", "iframe", "frame", "object", "embed", "applet", "template"),
        *("form", "input", "button", "textarea", "select", "link", "meta", "base"),
        *("svg", "math", "video", "audio"),
    }
)


@dataclass(slots=True)
class Source:
    """A text, the file it stands in, and the line on which it begins.

    `masked` is the text with code blanked out, character for character.
    """

    text: str
    file: str
    line: int
    masked: str = field(init=False)
    dirty: bool = field(init=False)
    _next: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        clean = _PRIVATE.sub("", self.text)
        self.dirty = clean != self.text
        self.text = clean
        self.masked = mask_code(clean)

    def line_at(self, offset: int) -> int:
        """Return the line of the file at a place in the text."""
        return self.line + self.text.count("\n", 0, offset)

    def line_of(self, needle: str) -> int:
        """Return the line of the next occurrence of a piece of the text.

        Asking again for the same piece moves on to its next occurrence. What is not there
        letter by letter is looked for with character references read; else the first line.
        """
        wanted = needle.strip().split("\n", 1)[0][:80]
        at = self.text.find(wanted, self._next.get(wanted, 0)) if wanted else -1
        if at >= 0:
            self._next[wanted] = at + 1
            return self.line_at(at)
        decoded = html.unescape(wanted)
        for index, line in enumerate(self.text.split("\n")):
            if decoded and decoded in html.unescape(line):
                return self.line + index
        return self.line

    def problem(self, offset: int, message: str) -> Problem:
        """Return an error at a place in the text."""
        return Problem(self.file, self.line_at(offset), message)


def problems_of(source: Source) -> Iterator[Problem]:
    """Yield what the source alone shows: headings, braces, slots and marks out of place."""
    masked = source.masked
    if source.dirty:
        yield Problem(source.file, source.line, "Ada karakter kendali yang tidak boleh dipakai.")
    for match in _TOP_HEADING.finditer(masked):
        message = "Judul tingkat satu sudah berasal dari bagian depan; mulailah dari ##."
        yield source.problem(match.start(), message)
    for match in _ATTRIBUTE_LIST.finditer(masked):
        message = (
            f'Atribut "{match[0][:60]}" tidak dipakai; yang boleh hanya {{#jangkar}} di judul.'
        )
        yield source.problem(match.start(), message)
    for match in SLOT_PATTERN.finditer(masked):
        if match[1] not in SLOTS:
            known = ", ".join(f"{{{{{name}}}}}" for name in SLOTS)
            message = f'Kontak "{match[0][:60]}" tidak dikenal; yang ada: {known}.'
            yield source.problem(match.start(), message)
    for match in _SLOT_IN_LINK.finditer(masked):
        message = "Kontak {{...}} tidak dipakai di dalam alamat tautan."
        yield source.problem(match.start(), message)
    for match in MARK.finditer(masked):
        if match["number"]:
            message = "Tanda ==...==(n) hanya dipakai di dalam blok percakapan atau surel."
            yield source.problem(match.start(), message)
    yield from _anchor_problems(source)


def _anchor_problems(source: Source) -> Iterator[Problem]:
    headings = {source.line_at(match.start()) for match in _HEADING.finditer(source.masked)}
    for match in _STRAY_ANCHOR.finditer(source.masked):
        if "=" in match[0]:
            continue
        name = match[0][2:-1]
        if source.line_at(match.start()) not in headings:
            yield source.problem(match.start(), "Jangkar {#...} hanya dipakai di akhir judul.")
        elif not _ANCHOR_NAME.fullmatch(name):
            message = f'Jangkar "{name}" harus huruf kecil, angka, dan tanda hubung.'
            yield source.problem(match.start(), message)


def anchors_of(source: Source) -> list[tuple[str, int]]:
    """Return the explicit anchors with their lines, in order."""
    return [
        (found["name"], source.line_at(match.start()))
        for match in _HEADING.finditer(source.masked)
        if (found := _ANCHOR.search(match[0])) and _ANCHOR_NAME.fullmatch(found["name"])
    ]


def prepared(source: Source) -> str:
    """Return the text for Markdown: anchors as private marks, attribute lists blanked out."""
    text = list(source.text)
    for match in _ATTRIBUTE_LIST.finditer(source.masked):
        text[match.start() : match.end()] = " " * len(match[0])
    for match in _HEADING.finditer(source.masked):
        if found := _ANCHOR.search(match[0]):
            start, end = match.start() + found.start(), match.end()
            # One list cell may hold several characters; the others of the stretch are emptied.
            text[start:end] = [""] * (end - start)
            if _ANCHOR_NAME.fullmatch(found["name"]):
                text[start] = f"{ANCHOR_OPEN}{found['name']}{ANCHOR_CLOSE}"
    return "".join(text)


def raw_html_problems(source: Source, stashed: Iterable[object]) -> Iterator[Problem]:
    """Yield an error for every piece of raw HTML that Markdown has set aside.

    Lessons need none: what is harmless has a Markdown form, the rest would be stripped.
    """
    for piece in stashed:
        text = str(piece).strip()
        match = _TAG.match(text)
        if not match or text.startswith(("<pre><code>", '<pre><code class="language-')):
            continue
        tag = match[1].lower()
        line = source.line_of(text)
        if tag in _ACTIVE_TAGS or _HANDLER.search(text) or "javascript:" in text.lower():
            message = f"Skrip dan unsur aktif tidak diizinkan dalam pelajaran: <{tag}>."
        else:
            message = f"HTML <{tag}> tidak dipakai; tulis dengan Markdown, atau apit dengan `...`."
        yield Problem(source.file, line, message)
