"""Ordinary Markdown of lessons: from source to clean HTML, with its faults by line."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

import markdown
from markdown.extensions import Extension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from pymdownx.betterem import BetterEmExtension
from pymdownx.saneheaders import SaneHeadersExtension

from lms.kernel.markup.inline import SLOT_PATTERN, SLOTS
from lms.kernel.markup.sanitise import ID_PREFIX, URL_SCHEMES, clean_text
from lms.kernel.markup.source import (
    ANCHOR_CLOSE,
    ANCHOR_OPEN,
    TICK_CLOSE,
    TICK_OPEN,
    Source,
    prepared,
    problems_of,
    raw_html_problems,
)
from lms.kernel.problems import Problem

_TICK: Final = re.compile(r"\[[ xX]\][ \t]+")
_TABLE_CLASS: Final = {"right": "r", "center": "c"}
_BLOCK_CHILDREN: Final = frozenset({"ul", "ol", "p", "pre", "blockquote", "table", "div"})
_MEDIA: Final = "media/"
_STASHED: Final = re.compile("\x02[^\x03]*\x03")


def _same(target: str) -> str:
    return target


def _same_lesson(file: str, anchor: str) -> str:
    return f"{file}#{anchor}" if anchor else file


@dataclass(frozen=True, slots=True)
class Links:
    """Where the relative links of a text lead.

    `media` maps a picture's name inside `media/` to its width and height in pixels, or to None
    where they are unknown; `lessons` holds the file names of the course. Either may be None:
    then nothing is checked. The two functions give the address that is written out, from a
    picture's name, and from a lesson's file name with the anchor (already prefixed, or empty).
    """

    media: Mapping[str, tuple[int, int] | None] | None = None
    lessons: Collection[str] | None = None
    media_url: Callable[[str], str] = _same
    lesson_url: Callable[[str, str], str] = _same_lesson


class Ids:
    """The ids of one page: explicit anchors are reserved first, other headings get free ones."""

    def __init__(self, anchors: Iterable[str]) -> None:
        self.reserved = set(anchors)
        self.used: set[str] = set()

    def claim(self, anchor: str) -> str | None:
        """Return the anchor for the first heading that bears it, None for any later one."""
        if anchor in self.used:
            return None
        self.used.add(anchor)
        return anchor

    def free(self, title: str) -> str:
        """Return an id for a heading without an anchor, so that an outline can point at it."""
        words = re.findall(r"[a-z0-9]+", _STASHED.sub("", title).lower())
        base = "-".join(words)[:60] or "bagian"
        name, number = base, 1
        while name in self.reserved or name in self.used:
            number += 1
            name = f"{base}-{number}"
        self.used.add(name)
        return name


class _SlotProcessor(InlineProcessor):
    """Turns a contact slot into its token before anything else looks at the braces."""

    def __init__(self) -> None:
        super().__init__(SLOT_PATTERN.pattern)

    def handleMatch(  # type: ignore[override]  # noqa: N802 - Markdown's own name
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element | None, int | None, int | None]:
        """Return the slot's element; an unknown slot stays text."""
        del data
        name = m[1]
        if name not in SLOTS:
            return None, None, None
        return ET.Element("span", {"class": "slot", "data-slot": name}), m.start(0), m.end(0)


class _Shaper(Treeprocessor):
    """Gives Markdown's tree our classes, ids, tick lines and addresses."""

    def __init__(
        self,
        md: markdown.Markdown,
        *,
        source: Source,
        links: Links,
        ids: Ids | None,
    ) -> None:
        super().__init__(md)
        self.source = source
        self.links = links
        self.ids = ids
        self.problems: list[Problem] = []

    def error(self, line: int, message: str) -> None:
        """Note an error at a line of the file."""
        self.problems.append(Problem(self.source.file, line, message))

    def run(self, root: ET.Element) -> None:
        """Change the tree in place."""
        self._shape_single(root)
        _shape_nested(root)

    def _shape_single(self, root: ET.Element) -> None:
        for element in list(root.iter()):
            if element.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
                self._heading(element)
            elif element.tag == "li":
                self._tick(element)
            elif element.tag == "a":
                self._link(element)
            elif element.tag == "img":
                self._image(element)

    def _heading(self, element: ET.Element) -> None:
        if element.tag == "h1":
            element.tag = "h2"
        anchor = None
        for part in element.iter():
            for name in ("text", "tail"):
                text = getattr(part, name) or ""
                if ANCHOR_OPEN in text:
                    before, _, rest = text.partition(ANCHOR_OPEN)
                    anchor, _, after = rest.partition(ANCHOR_CLOSE)
                    setattr(part, name, before + after)
        if self.ids is None:
            return
        own = self.ids.claim(anchor) if anchor else self.ids.free("".join(element.itertext()))
        if own:
            element.set("id", ID_PREFIX + own)

    def _tick(self, element: ET.Element) -> None:
        holder = element
        if len(element) and element[0].tag == "p" and not (element.text or "").strip():
            holder = element[0]
        text = (holder.text or "").lstrip()
        if not (match := _TICK.match(text)):
            return
        holder.text = TICK_OPEN + text[match.end() :]
        # The label ends before a nested list or paragraph, which cannot stand inside it.
        last = None
        for child in holder:
            if child.tag in _BLOCK_CHILDREN:
                break
            last = child
        if last is None:
            holder.text = holder.text.rstrip() + TICK_CLOSE
        else:
            last.tail = (last.tail or "").rstrip() + TICK_CLOSE

    def _link(self, element: ET.Element) -> None:
        written = element.get("href") or ""
        address, complaint = self._address(html.unescape(written).strip())
        if complaint:
            self.error(self.source.line_of(written), complaint)
        if address is None:
            element.attrib.pop("href", None)
        else:
            element.set("href", address)

    def _image(self, element: ET.Element) -> None:
        written = element.get("src") or ""
        target = html.unescape(written).strip()
        line = self.source.line_of(written)
        if target.startswith(_MEDIA):
            address, complaint = self._media(target.removeprefix(_MEDIA))
        else:
            address, complaint = None, f'Gambar "{target[:60]}" harus berada di folder media/.'
        if complaint:
            self.error(line, complaint)
        if not (element.get("alt") or "").strip():
            self.error(line, "Gambar memerlukan teks pengganti: ![uraian gambar](media/...).")
        element.set("src", address or "")
        element.set("loading", "lazy")
        element.set("decoding", "async")
        if size := (self.links.media or {}).get(target.removeprefix(_MEDIA)):
            element.set("width", str(size[0]))
            element.set("height", str(size[1]))

    def _address(self, target: str) -> tuple[str | None, str | None]:
        """Return the address to write out, or None, and the complaint about it, or None."""
        # Browsers ignore spaces and control characters inside a scheme; so do we.
        bare = re.sub(r"[\x00-\x20]", "", target)
        scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", bare)
        if scheme and scheme[1].lower() in URL_SCHEMES:
            return bare, None
        if scheme or bare.startswith(("/", "\\")):
            return None, f'Tautan "{target[:60]}" tidak diizinkan.'
        if bare.startswith("#"):
            return f"#{ID_PREFIX}{bare[1:]}", None
        if bare.startswith(_MEDIA):
            return self._media(bare.removeprefix(_MEDIA))
        file, _, anchor = bare.partition("#")
        if self.links.lessons is not None and file not in self.links.lessons:
            return None, f'Tautan "{target[:60]}" tidak menuju pelajaran mana pun di kursus ini.'
        return self.links.lesson_url(file, ID_PREFIX + anchor if anchor else ""), None

    def _media(self, name: str) -> tuple[str | None, str | None]:
        if self.links.media is not None and name not in self.links.media:
            return None, f'Berkas "{_MEDIA}{name[:60]}" tidak ada.'
        return self.links.media_url(name), None


def _shape_nested(root: ET.Element) -> None:
    """Shape what is replaced or judged by its children, after they are done."""
    for element in list(root.iter()):
        for index, child in enumerate(list(element)):
            if child.tag == "table":
                element[index] = _scrollable(child)
            elif child.tag == "ul":
                _mark_tick_list(child)
            elif child.tag == "p" and _is_lone_image(child):
                _make_figure(child)


def _scrollable(table: ET.Element) -> ET.Element:
    """Return the table in a box of its own that scrolls, which the keyboard can reach."""
    table.set("class", "t")
    for cell in table.iter():
        align = cell.attrib.pop("align", "")
        if align in _TABLE_CLASS:
            cell.set("class", _TABLE_CLASS[align])
        if cell.tag == "th":
            cell.set("scope", "col")
    label = {"role": "group", "aria-label": "Tabel, dapat digulir", "tabindex": "0"}
    box = ET.Element("div", {"class": "tw", **label})
    box.tail, table.tail = table.tail, None
    box.append(table)
    return box


def _mark_tick_list(element: ET.Element) -> None:
    """Take the bullets off a list whose every line is one to tick."""
    items = list(element)
    starts = [(item[0] if len(item) and item[0].tag == "p" else item).text for item in items]
    if items and all((start or "").startswith(TICK_OPEN) for start in starts):
        element.set("class", "bare ticks")


def _is_lone_image(paragraph: ET.Element) -> bool:
    only = len(paragraph) == 1 and paragraph[0].tag == "img"
    return only and not (paragraph.text or "").strip() and not (paragraph[0].tail or "").strip()


def _make_figure(paragraph: ET.Element) -> None:
    """Make a picture on its own a figure; its title, if any, becomes the caption."""
    paragraph.tag = "figure"
    paragraph.set("class", "pic")
    if title := paragraph[0].attrib.pop("title", None):
        ET.SubElement(paragraph, "figcaption").text = title


class _House(Extension):
    """Markdown as lessons use it."""

    def __init__(self, *, source: Source, links: Links, ids: Ids | None) -> None:
        super().__init__()
        self.source, self.links, self.ids = source, links, ids
        self.shaper: _Shaper | None = None

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - Markdown's own name
        """Register our parts, and take off what lessons do not use."""
        self.shaper = _Shaper(md, source=self.source, links=self.links, ids=self.ids)
        md.inlinePatterns.register(_SlotProcessor(), "slot", 185)
        md.treeprocessors.register(self.shaper, "titian", 15)
        # Addresses in angle brackets are shown, not linked; underlined headings would make a
        # paragraph above a line of dashes a heading by accident.
        md.inlinePatterns.deregister("automail")
        md.parser.blockprocessors.deregister("setextheader")


def render(
    source: Source, *, links: Links, ids: Ids | None, ticks: bool = True
) -> tuple[str, list[Problem]]:
    """Return a stretch of Markdown as clean HTML, with what is wrong in it.

    `ids` are those of the whole page; None leaves headings without ids.
    With `ticks` False a line to tick shows a box sign: inside an exam form a checkbox would look
    like an answer.
    """
    house = _House(source=source, links=links, ids=ids)
    md = markdown.Markdown(
        extensions=[
            TableExtension(use_align_attribute=True),
            "markdown.extensions.fenced_code",
            "markdown.extensions.sane_lists",
            BetterEmExtension(smart_enable="all"),
            SaneHeadersExtension(),
            house,
        ],
        output_format="html",
    )
    raw = md.convert(prepared(source))
    assert house.shaper is not None
    problems = [
        *problems_of(source),
        *house.shaper.problems,
        *raw_html_problems(source, md.htmlStash.rawHtmlBlocks),
    ]
    return _with_ticks(clean_text(raw), ticks=ticks), problems


def _with_ticks(cleaned: str, *, ticks: bool) -> str:
    opening = (
        '<label class="form-check"><input class="form-check-input" type="checkbox"> '
        '<span class="form-check-label">'
    )
    closing = "</span></label>"
    if not ticks:
        opening, closing = "☐ ", ""
    return cleaned.replace(TICK_OPEN, opening).replace(TICK_CLOSE, closing)
