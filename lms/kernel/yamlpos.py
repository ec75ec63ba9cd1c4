"""YAML that remembers its lines, so that every complaint about content can name one.

The value is the one `yaml.safe_load` gives. Beyond it, duplicate keys, keys that are not text,
anchors and aliases are errors: the first hides a slip of the author, the last let a small file
unfold into a huge one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from lms.kernel.problems import Problem

YamlPath = tuple[str | int, ...]

MAX_BYTES: Final = 4_000_000
"""A bank of 500 items is about 1 MB; anything above this is a mistake or an attack."""

MAX_DEPTH: Final = 40

_STR_TAG: Final = "tag:yaml.org,2002:str"

_SENTENCES: Final = (
    ("found character '\\t'", "Baris ini memakai tab; YAML hanya menerima spasi."),
    (
        "mapping values are not allowed",
        "Ada titik dua di tengah teks; apit teks itu dengan tanda kutip.",
    ),
    ("could not find expected ':'", "Baris ini tidak mempunyai titik dua sesudah nama kunci."),
    ("found unexpected end of stream", "Tanda kutip yang dibuka di sini tidak ditutup."),
    (
        "expected <block end>",
        "Susunan baris di sini tidak sejajar; periksa spasi di awal baris atau tanda kutip.",
    ),
    ("expected ',' or ']'", "Kurung siku yang dibuka di sini tidak ditutup dengan benar."),
    ("expected ',' or '}'", "Kurung kurawal yang dibuka di sini tidak ditutup dengan benar."),
    ("found undefined alias", "Jangkar (&) dan alias (*) tidak dipakai dalam berkas isi."),
    (
        "cannot start any token",
        "Tanda pertama pada teks ini mempunyai arti khusus; apit teks itu dengan tanda kutip.",
    ),
    ("expected a single document", "Berkas ini hanya boleh memuat satu dokumen YAML."),
)
_OPEN_SIGNS: Final = ("end of stream", "expected ',' or")
_UNREADABLE: Final = (
    "YAML tidak dapat dibaca di sini; periksa spasi di awal baris, titik dua, dan tanda kutip."
)
_NO_ALIAS: Final = "Jangkar (&) dan alias (*) tidak dipakai dalam berkas isi."


@dataclass(frozen=True, slots=True)
class Located:
    """A YAML value with the line of each of its parts.

    `lines` maps a path of keys and indexes to the line where that part begins (for a member of
    a mapping: the line of its key). The empty path is the whole value.
    """

    value: Any
    lines: Mapping[YamlPath, int]

    def line(self, *path: str | int) -> int:
        """Return the line of a path, or of its nearest known ancestor."""
        for length in range(len(path), -1, -1):
            if (found := self.lines.get(path[:length])) is not None:
                return found
        return 1

    def within(self, *path: str | int) -> Located:
        """Return the part at `path` with paths counted from there.

        Raises:
            KeyError, IndexError: there is no such part.
        """
        value = self.value
        for step in path:
            value = value[step]
        size = len(path)
        lines = {key[size:]: line for key, line in self.lines.items() if key[:size] == path}
        return Located(value, lines)


class _Refused(Exception):
    """Ends the walk over the nodes at the first thing that has no sensible value."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class _Walker:
    """Builds the value from the node tree and notes lines on the way."""

    def __init__(self, *, file: str, first_line: int) -> None:
        self.file = file
        self.offset = first_line
        self.lines: dict[YamlPath, int] = {}
        self.problems: list[Problem] = []
        self.constructor = yaml.constructor.SafeConstructor()

    def line_of(self, node: yaml.Node) -> int:
        return int(node.start_mark.line) + self.offset

    def value_of(self, node: yaml.Node, path: YamlPath) -> Any:
        self.lines.setdefault(path, self.line_of(node))
        if len(path) > MAX_DEPTH:
            raise _Refused(self.line_of(node), "Susunan di sini bersarang terlalu dalam.")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value_of(child, (*path, i)) for i, child in enumerate(node.value)]
        return self._scalar(node)

    def _scalar(self, node: yaml.Node) -> Any:
        try:
            value = self.constructor.construct_object(node)
        except (yaml.YAMLError, ValueError):
            value = math.nan
        # Not-a-number and infinity have no JSON form, and no field of content means them.
        if isinstance(value, float) and not math.isfinite(value):
            message = f'Nilai "{str(node.value)[:40]}" tidak dapat dibaca; apit dengan tanda kutip.'
            raise _Refused(self.line_of(node), message)
        return value

    def _mapping(self, node: yaml.MappingNode, path: YamlPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = self.line_of(key_node)
            if key_node.tag != _STR_TAG or not isinstance(key_node, yaml.ScalarNode):
                message = f'Nama kunci "{str(key_node.value)[:40]}" harus berupa teks.'
                self.problems.append(Problem(self.file, line, message))
                continue
            key = str(key_node.value)
            if key in result:
                first = self.lines[(*path, key)]
                message = f'Kunci "{key}" ditulis dua kali; yang pertama ada di baris {first}.'
                self.problems.append(Problem(self.file, line, message))
                continue
            self.lines[(*path, key)] = line
            result[key] = self.value_of(value_node, (*path, key))
        return result


class _Loader(yaml.SafeLoader):
    """The safe loader without aliases."""

    def __init__(self, text: str, *, first_line: int) -> None:
        super().__init__(text)
        self.first_line = first_line

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse an alias before it is resolved, so that it can unfold nothing."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise _Refused(self.first_line + int(mark.line), _NO_ALIAS)
        return super().compose_node(parent, index)


def _is_plain_and_shallow(text: str) -> bool:
    """Return True if the text is sound, has no alias and nests no deeper than `MAX_DEPTH`.

    Reads events only, which needs no recursion: the C composer would overflow the stack of the
    whole process on a text of a hundred thousand brackets.
    """
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH or isinstance(event, yaml.AliasEvent):
                return False
    except yaml.YAMLError:
        return False
    return True


def _compose(text: str, *, first_line: int) -> yaml.Node | None:
    """Return the node tree, by the C parser where PyYAML has it: several times faster on a bank.

    The C parser serves sound files only; for every other the Python one speaks, whose marks are
    exact and whose words `_SENTENCES` knows.
    """
    if yaml.__with_libyaml__ and _is_plain_and_shallow(text):
        try:
            fast = yaml.CSafeLoader(text)
            try:
                return fast.get_single_node()
            finally:
                fast.dispose()
        except yaml.YAMLError:
            pass  # several documents, say: told below
    loader = _Loader(text, first_line=first_line)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


def load_yaml(text: str, *, file: str, first_line: int = 1) -> tuple[Located | None, list[Problem]]:
    """Return the value of a YAML text with its lines, or None with the reason.

    `first_line` is the line of the file on which `text` begins. An empty text has the value
    None. With a duplicate key the first value stands, beside a problem.
    """
    if len(text) > MAX_BYTES:
        return None, [Problem(file, first_line, "Berkas ini terlalu besar untuk dibaca.")]
    walker = _Walker(file=file, first_line=first_line)
    try:
        node = _compose(text, first_line=first_line)
        value = None if node is None else walker.value_of(node, ())
    except _Refused as refused:
        return None, [*walker.problems, Problem(file, refused.line, refused.message)]
    except yaml.MarkedYAMLError as error:
        return None, [_problem_of(error, file=file, first_line=first_line)]
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, int(error.position)) + first_line
        return None, [Problem(file, line, "Ada karakter kendali yang tidak boleh dipakai.")]
    except RecursionError:
        return None, [Problem(file, first_line, "Susunan berkas ini bersarang terlalu dalam.")]
    walker.lines.setdefault((), first_line)
    return Located(value, walker.lines), walker.problems


def _problem_of(error: yaml.MarkedYAMLError, *, file: str, first_line: int) -> Problem:
    """Return the parser's complaint as a sentence for trainers, at the line they must mend."""
    text = f"{error.context or ''} {error.problem or ''}"
    message = next((say for token, say in _SENTENCES if token in text), _UNREADABLE)
    # An open quote or bracket is noticed too late, and must be mended where it began.
    unclosed = error.context_mark is not None and any(sign in text for sign in _OPEN_SIGNS)
    mark = error.context_mark if unclosed else error.problem_mark or error.context_mark
    return Problem(file, first_line + (int(mark.line) if mark else 0), message)


def read_source(path: Path) -> tuple[str | None, list[Problem]]:
    """Return the text of a UTF-8 file with unix line ends, or None with the reason.

    A byte order mark is dropped: spreadsheet programs and editors on Windows leave one.
    """
    file = path.as_posix()
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None, [Problem(file, 1, "Berkas ini tidak ada.")]
    except OSError:
        return None, [Problem(file, 1, "Berkas ini tidak dapat dibuka.")]
    if len(data) > MAX_BYTES:
        return None, [Problem(file, 1, "Berkas ini terlalu besar untuk dibaca.")]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "Berkas ini bukan teks UTF-8; simpan ulang dengan penyandian UTF-8."
        return None, [Problem(file, line, message)]
    return text.replace("\r\n", "\n").replace("\r", "\n"), []


def read_yaml(path: Path) -> tuple[Located | None, list[Problem]]:
    """Return the value of a YAML file with its lines, or None with the reasons."""
    text, problems = read_source(path)
    if text is None:
        return None, problems
    return load_yaml(text, file=path.as_posix())


def plain(value: Any) -> Any:
    """Return the value with dates written as YYYY-MM-DD, so that it is JSON all through."""
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [plain(member) for member in value]
    return value.isoformat() if isinstance(value, date) else value


def canonical_bytes(value: Any) -> bytes:
    """Return the one byte form of a value: JSON, keys sorted, no spaces, UTF-8.

    Comments, key order and line breaks of the YAML leave it unchanged, so a content hash over
    these bytes changes only when the content does.
    """
    text = json.dumps(
        plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def walk_strings(value: Any, path: YamlPath = ()) -> Iterator[tuple[YamlPath, str]]:
    """Yield every text inside a value with its path, in file order."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from walk_strings(member, (*path, key))
    elif isinstance(value, list | tuple):
        for index, member in enumerate(value):
            yield from walk_strings(member, (*path, index))
