"""Where the `:::` blocks of a lesson begin and end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lms.kernel.problems import Problem

EXHIBITS: Final = ("percakapan", "surel")
CALLOUTS: Final = ("praktik", "lapor", "catatan")
KINDS: Final = EXHIBITS + CALLOUTS

_FENCE: Final = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_COLONS: Final = re.compile(r"^(?P<indent>\s*):::(?P<more>:*)\s*(?P<kind>[^\s:]*)\s*(?P<title>.*)$")

_CODE_SPAN: Final = re.compile(r"(?<!`)(`+)(?!`)(?:.|\n(?!\n))+?(?<!`)\1(?!`)")
"""A run of backticks, text without an empty line, and the same run again."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Ordinary Markdown between blocks; `line` is the line of its first character."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """One `:::` block; `line` is the line of its opening, the body begins on the next."""

    line: int
    kind: str
    title: str
    lines: tuple[str, ...]


class _Splitter:
    """Reads line by line and keeps the one open block."""

    def __init__(self, *, file: str) -> None:
        self.file = file
        self.parts: list[Prose | Block] = []
        self.problems: list[Problem] = []
        self.prose: list[str] = []
        self.prose_line = 0
        self.opening: tuple[int, str, str] | None = None
        self.body: list[str] = []
        self.depth = 0
        self.fence: str | None = None

    def error(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, message))

    def feed(self, number: int, text: str) -> None:
        if not self._in_fence(text) and (match := _COLONS.match(text)):
            if match["kind"] or match["more"]:
                self._open(number, match)
            else:
                self._close(number, match["indent"])
            return
        if self.opening is None:
            if not self.prose:
                self.prose_line = number
            self.prose.append(text)
        else:
            self.body.append(text)

    def _in_fence(self, text: str) -> bool:
        """Return True inside a code fence, where colons are only colons."""
        match = _FENCE.match(text)
        if self.fence is None:
            self.fence = match[1] if match else None
            return False
        if match and match[1].startswith(self.fence) and not text.strip(" `~"):
            self.fence = None
        return True

    def _open(self, number: int, match: re.Match[str]) -> None:
        kind, title = match["kind"], match["title"].strip()
        if self.opening is not None:
            outer_line, outer_kind, _ = self.opening
            self.depth += 1
            self.error(
                number,
                "Blok tidak boleh berada di dalam blok lain; tutup dulu blok "
                f'"{outer_kind}" dari baris {outer_line}.',
            )
            return
        if match["indent"] or match["more"]:
            self.error(number, "Pembuka blok ditulis tepat ::: di awal baris, tanpa spasi.")
        if kind not in KINDS:
            known = ", ".join(KINDS)
            self.error(number, f'Blok "{kind}" tidak dikenal; yang ada: {known}.')
        elif not title:
            self.error(number, f'Blok "{kind}" memerlukan judul sesudah namanya.')
        self._end_prose()
        self.opening, self.body, self.depth = (number, kind, title), [], 0

    def _close(self, number: int, indent: str) -> None:
        if self.opening is None:
            self.error(number, "Penutup ::: ini tidak mempunyai pembuka.")
            return
        if self.depth:
            self.depth -= 1
            return
        if indent:
            self.error(number, "Penutup blok ditulis tepat ::: di awal baris, tanpa spasi.")
        self._end_block()

    def _end_prose(self) -> None:
        if any(line.strip() for line in self.prose):
            self.parts.append(Prose(self.prose_line, "\n".join(self.prose)))
        self.prose = []

    def _end_block(self) -> None:
        assert self.opening is not None
        line, kind, title = self.opening
        self.parts.append(Block(line, kind, title, tuple(self.body)))
        self.opening = None

    def finish(self) -> None:
        if self.opening is not None:
            line, kind, _ = self.opening
            self.error(line, f'Blok "{kind}" tidak ditutup; tulis ::: pada baris sendiri.')
            self._end_block()
        self._end_prose()


def split(text: str, *, file: str, first_line: int) -> tuple[list[Prose | Block], list[Problem]]:
    """Return the parts of a text in order, with what is wrong about its blocks.

    Unknown and unclosed blocks are returned too, so that a preview shows all of the text. An
    unclosed block takes everything to the end.
    """
    splitter = _Splitter(file=file)
    for number, line in enumerate(text.split("\n"), start=first_line):
        splitter.feed(number, line)
    splitter.finish()
    return splitter.parts, splitter.problems


def mask_code(text: str) -> str:
    """Return the text with code replaced by spaces, of the same length and lines.

    Checks of the source look here, so that an example in code is not taken for the thing.
    """
    lines = text.split("\n")
    fence: str | None = None
    for index, line in enumerate(lines):
        match = _FENCE.match(line)
        if fence is None and match:
            fence = match[1]
        elif fence is not None:
            if match and match[1].startswith(fence) and not line.strip(" `~"):
                fence = None
            lines[index] = " " * len(line)
    return _CODE_SPAN.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), "\n".join(lines))
