"""Keep the English catalogue complete: `update` merges the sources into it, `check` lists what lacks.

The sources are Indonesian, so there is no Indonesian catalogue: without one, gettext gives back the
source text, and `ngettext` chooses between the two forms that the author wrote.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages import frontend
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, check_and_call_extract_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
CATALOGUE = ROOT / "lms/translations/en/LC_MESSAGES/messages.po"

KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}

SHOWN_BY_NAME = {"lms/wiring.py": ("Job", "title")}
"""Texts that a page shows as `_(variable)`: file -> the call and its argument that hold them."""

HEADER = r"""# Titian in English. The sources are Indonesian; `python scripts/translate.py check` lists what lacks.
msgid ""
msgstr ""
"Language: en\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""

_CALL = re.compile(r"(?<![\w.])(" + "|".join(KEYWORDS) + r")\(|{%-?\s*trans\b")
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@dataclass(frozen=True, slots=True)
class Found:
    """A text of the sources: what to translate, its second form or None, and where it stands."""

    singular: str
    plural: str | None
    place: str


def texts() -> list[Found]:
    """Return every text of the sources, sorted, once per text; a plural form wins over none."""
    found: dict[str, Found] = {}
    for one in (*_marked(), *shown_by_name()):
        before = found.get(one.singular)
        if before is None or before.plural is None:
            place = f"{before.place} {one.place}" if before else one.place
            found[one.singular] = Found(one.singular, one.plural, place)
    return [found[key] for key in sorted(found)]


def _marked() -> Iterator[Found]:
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = frontend.parse_mapping_cfg(file)
    for pattern, method in methods:
        if method == "jinja2":  # a template that does not parse must not lose its texts in silence
            options.setdefault(pattern, {})["silent"] = "false"
    for path in sorted((ROOT / "lms").rglob("*.*")):
        if path.suffix not in {".py", ".html", ".txt"} or not _holds_a_text(path):
            continue
        for name, line, message, _comments, _context in check_and_call_extract_file(
            path, methods, options, None, KEYWORDS, (), strip_comment_tags=False, dirpath=ROOT
        ):
            singular, plural = message if isinstance(message, tuple) else (message, None)
            yield Found(singular, plural, f"{name}:{line}")


def _holds_a_text(path: Path) -> bool:
    """Return whether it is worth taking the file apart, which costs a hundred times as much."""
    return _CALL.search(path.read_text(encoding="utf-8")) is not None


def shown_by_name() -> Iterator[Found]:
    """Yield the texts that pages show as `_(variable)`."""
    for file, (call, argument) in SHOWN_BY_NAME.items():
        for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == call:
                for keyword in node.keywords:
                    if keyword.arg == argument and isinstance(keyword.value, ast.Constant):
                        yield Found(keyword.value.value, None, f"{file}:{keyword.value.lineno}")


def catalogue() -> Catalog:
    """Return the catalogue as it lies on disk; an empty one if there is none yet."""
    if not CATALOGUE.exists():
        return read_po(BytesIO(HEADER.encode()), locale="en")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def problems() -> list[str]:
    """Return what keeps the catalogue from being complete and exact, a line each."""
    old = catalogue()
    lines = []
    sources = texts()
    for text in sources:
        message = old.get(text.singular)
        word = "missing" if message is None else _fault(text, message)
        if word:
            lines.append(f"{word}: {text.singular!r} ({text.place})")
    wanted = {text.singular for text in sources}
    lines += [f"obsolete: {_id(m)!r}" for m in old if m.id and _id(m) not in wanted]
    return lines


def _id(message: Message) -> str:
    return str(message.id[0] if message.pluralizable else message.id)


def _fault(text: Found, message: Message) -> str:
    """Return what is wrong with a translation in a word, or an empty string."""
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    source = placeholders(text.singular)
    if message.fuzzy:
        return "fuzzy"
    if message.pluralizable != (text.plural is not None):
        return "number of forms differs"
    if text.plural is not None and placeholders(text.plural) != source:
        return "placeholders of the two source forms differ"
    if not all(form and form.strip() for form in forms):
        return "empty"
    if any(placeholders(form) != source for form in forms):
        return "placeholders differ"
    if any("%" in _PLACEHOLDER.sub("", form) for form in forms):
        return "a per cent sign of its own, which formatting would trip over"
    if any(_edges(form) != _edges(text.singular) for form in forms):
        return "spaces at the edges differ"
    return ""


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def placeholders(text: str) -> set[str]:
    """Return the names between %( and )s."""
    return set(_PLACEHOLDER.findall(text))


def update() -> tuple[int, int]:
    """Merge the sources into the catalogue; return how many texts there are and how many lack words.

    A translation is kept only for the very same source; nothing is guessed, what no source holds
    any more is dropped.
    """
    old = catalogue()
    new = Catalog(locale="en", fuzzy=False)
    empty = 0
    for text in texts():
        message = old.get(text.singular)
        kept = message.string if message is not None and not message.fuzzy else ""
        if text.plural is not None:
            forms = kept if isinstance(kept, tuple) else (kept, kept)
            new.add((text.singular, text.plural), forms)
        else:
            forms = (kept[-1] if isinstance(kept, tuple) else kept,)
            new.add(text.singular, forms[0])
        empty += not all(forms)
    out = BytesIO()
    write_po(out, new, width=0, omit_header=True, sort_output=True, no_location=True)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text(HEADER + out.getvalue().decode(), encoding="utf-8")
    return len(new), empty


def main(command: str) -> int:
    """Run one command; return the exit code."""
    if command == "update":
        count, empty = update()
        print(f"{count} texts, {empty} without English words: {CATALOGUE.relative_to(ROOT)}")
        return 0
    lines = problems()
    print(*lines, sep="\n", end="\n" if lines else "")
    return 1 if lines else 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["update"], ["check"]):
        sys.exit("usage: translate.py update | check")
    sys.exit(main(sys.argv[1]))
