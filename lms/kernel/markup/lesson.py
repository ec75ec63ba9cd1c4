"""Whole lessons and exhibits: blocks and prose put together, numbered and cleaned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from lms.kernel.markup import blocks, exhibits, prose
from lms.kernel.markup.blocks import EXHIBITS, Block, Prose
from lms.kernel.markup.inline import escape, render_inline
from lms.kernel.markup.prose import Ids, Links
from lms.kernel.markup.sanitise import clean_blocks
from lms.kernel.markup.source import Source, anchors_of
from lms.kernel.problems import Problem

RENDERER_VERSION: Final = "1"
"""Stored HTML is rendered again when this changes: raise it with every change of the output."""

_CALLOUTS: Final = {
    "praktik": ("call", "#i-tas"),
    "lapor": ("call warn", "#i-lonceng"),
    "catatan": ("call plain-c", "#i-info"),
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered text: HTML safe to store and show, its faults, and its explicit anchors.

    The HTML may be shown even where there are errors (a preview does): whatever is not allowed
    has been taken out. It needs `fill_slots` before it is shown.
    """

    html: str
    problems: tuple[Problem, ...]
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """One line of a lesson's outline; `id` is the element's id as it stands in the HTML."""

    level: int
    id: str
    text: str


def render_lesson(
    text: str,
    *,
    lesson_no: int | None,
    file: str = "",
    first_line: int = 1,
    links: Links | None = None,
) -> Rendered:
    """Return a lesson's body as safe HTML.

    `first_line` is the line of the file on which the body begins, below the front matter.
    Chats and e-mails are numbered "Peraga <lesson_no>.<k>" in order; without a lesson number
    (a preview of a loose text) "Peraga <k>".
    """
    parts, problems = blocks.split(text, file=file, first_line=first_line)
    sources = [_source(part, file=file) for part in parts]
    anchors = [found for source in sources if source for found in anchors_of(source)]
    problems += _repeated(anchors, file=file)
    page = _Page(
        file=file,
        links=links or Links(),
        ids=Ids(name for name, _ in anchors),
        prefix="Peraga" if lesson_no is None else f"Peraga {lesson_no}.",
    )
    html = "\n".join(page.part(*pair) for pair in zip(parts, sources, strict=True))
    problems += page.problems
    names = tuple(dict.fromkeys(name for name, _ in anchors))
    return Rendered(clean_blocks(html), tuple(sorted(set(problems))), names)


def render_exhibit(
    text: str, *, file: str = "", first_line: int = 1, links: Links | None = None
) -> Rendered:
    """Return an item's exhibit as safe HTML: Markdown and blocks, without marks, ids and ticks."""
    parts, problems = blocks.split(text, file=file, first_line=first_line)
    page = _Page(file=file, links=links or Links(), ids=None, prefix="Peraga", marks=False)
    html = "\n".join(page.part(part, _source(part, file=file)) for part in parts)
    problems += page.problems
    return Rendered(clean_blocks(html), tuple(sorted(set(problems))))


def _source(part: Prose | Block, *, file: str) -> Source | None:
    """Return the Markdown inside a part; exhibits have none, their text is plain."""
    if isinstance(part, Prose):
        return Source(part.text, file, part.line)
    if part.kind in EXHIBITS:
        return None
    return Source("\n".join(part.lines), file, part.line + 1)


def _repeated(anchors: Iterable[tuple[str, int]], *, file: str) -> list[Problem]:
    first: dict[str, int] = {}
    problems: list[Problem] = []
    for name, line in anchors:
        if name in first:
            message = f'Jangkar "{name}" sudah dipakai di baris {first[name]}.'
            problems.append(Problem(file, line, message))
        first.setdefault(name, line)
    return problems


class _Page:
    """One page being put together: the exhibit counter, the ids taken, the problems."""

    def __init__(
        self,
        *,
        file: str,
        links: Links,
        ids: Ids | None,
        prefix: str,
        marks: bool = True,
    ) -> None:
        self.file = file
        self.links = links
        self.ids = ids
        self.prefix = prefix
        self.marks = marks
        self.exhibits = 0
        self.problems: list[Problem] = []

    def part(self, part: Prose | Block, source: Source | None) -> str:
        """Return one part as HTML."""
        if source is None:
            assert isinstance(part, Block)
            return self._exhibit(part)
        html, problems = prose.render(source, links=self.links, ids=self.ids, ticks=self.marks)
        self.problems += problems
        return html if isinstance(part, Prose) else _callout(part, html)

    def _exhibit(self, block: Block) -> str:
        self.exhibits += 1
        number = f"{self.prefix}{self.exhibits}" if self.prefix.endswith(".") else self.prefix
        html, problems = exhibits.render(block, caption=number, file=self.file, marks=self.marks)
        self.problems += problems
        return html


def _callout(block: Block, body: str) -> str:
    """Return a callout; a block of unknown kind shows as a note, beside its error."""
    classes, icon = _CALLOUTS.get(block.kind, _CALLOUTS["catatan"])
    label = escape(block.title.replace("*", "").replace("`", ""))
    return (
        f'<aside class="{classes}" aria-label="{label}"><svg class="i" aria-hidden="true">'
        f'<use href="{icon}"></use></svg><p class="ct mb-1">{render_inline(block.title)}</p>'
        f"{body}</aside>"
    )


class _Outline(HTMLParser):
    """Collects headings with ids from HTML that we rendered ourselves."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Heading] = []
        self.open: tuple[int, str] | None = None
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a heading."""
        name = dict(attrs).get("id")
        if tag in {"h2", "h3", "h4", "h5", "h6"} and name:
            self.open, self.text = (int(tag[1]), name), []

    def handle_data(self, data: str) -> None:
        """Gather a heading's words."""
        if self.open:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """End a heading."""
        if self.open and tag == f"h{self.open[0]}":
            level, name = self.open
            self.found.append(Heading(level, name, " ".join("".join(self.text).split())))
            self.open = None


def headings(html: str) -> list[Heading]:
    """Return the outline of rendered HTML: every heading that has an id, in order."""
    outline = _Outline()
    outline.feed(html)
    outline.close()
    return outline.found
