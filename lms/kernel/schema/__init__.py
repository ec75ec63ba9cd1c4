"""JSON Schemas of the content files, and the sentence for each way to break them.

The `*.schema.json` files beside this module are the one source; `docs/schema/` holds copies for
authors' editors, and a test keeps them equal. The descriptions inside them are Indonesian on
purpose: they become part of the sentences that trainers read.
"""

from __future__ import annotations

import difflib
import functools
import json
import re
from collections.abc import Callable, Iterable, Mapping
from importlib import resources
from typing import Any, Final, Literal

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from lms.kernel.problems import Problem
from lms.kernel.yamlpos import Located, YamlPath, plain

SchemaName = Literal["course", "lesson-front-matter", "bank", "quiz", "waivers"]
SCHEMA_NAMES: Final[tuple[SchemaName, ...]] = (
    "course",
    "lesson-front-matter",
    "bank",
    "quiz",
    "waivers",
)

_TYPE_WORDS: Final = {
    "string": "teks",
    "integer": "bilangan bulat",
    "number": "bilangan",
    "boolean": "true atau false",
    "array": "daftar",
    "object": "rincian berupa kunci dan nilai",
    "null": "null",
}


def schema_text(name: SchemaName) -> str:
    """Return the schema file's text as shipped."""
    return resources.files(__name__).joinpath(f"{name}.schema.json").read_text("utf-8")


@functools.cache
def _validator(name: SchemaName) -> Draft202012Validator:
    schema = json.loads(schema_text(name))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker(["date"]))


def validate(name: SchemaName, located: Located, *, file: str) -> list[Problem]:
    """Return one problem per breach of the named schema, in file order, without repeats.

    Dates read by YAML count as texts of the form YYYY-MM-DD.
    """
    instance = plain(located.value)
    found = {
        Problem(file, located.line(*path), sentence)
        for error in _validator(name).iter_errors(instance)
        for path, sentence in _sentences(error)
    }
    return sorted(found)


def _sentences(error: ValidationError) -> Iterable[tuple[YamlPath, str]]:
    """Yield where and how one breach is to be told; several unknown keys give several."""
    path: YamlPath = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        known = _schema(error).get("properties", {})
        members: Any = error.instance
        for key in members:
            if key not in known:
                yield (*path, key), _unknown_key(str(key), known)
        return
    kind = str(error.validator)
    speak = _SPEAKERS.get(kind, _other)
    yield path, speak(_subject(path), error)


def _schema(error: ValidationError) -> Mapping[str, Any]:
    """Return the part of the schema that was broken; a bare true or false counts as empty."""
    schema: Any = error.schema
    return schema if isinstance(schema, Mapping) else {}


def _unknown_key(key: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(key, list(known), n=1)
    hint = f'; mungkin maksudnya "{close[0]}"' if close else ""
    return f'Kunci "{key}" tidak dikenal di sini{hint}.'


def _subject(path: YamlPath) -> str:
    """Return what the sentence is about: the nearest key, and the place in its list."""
    if not path:
        return "Isi berkas ini"
    last = path[-1]
    if isinstance(last, str):
        return f'"{last}"'
    owner = next((step for step in reversed(path) if isinstance(step, str)), None)
    place = f"ke-{last + 1}"
    return f'"{owner}" {place}' if owner else f"Bagian {place}"


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f'"{text[:60]}"'


def _required(subject: str, error: ValidationError) -> str:
    # jsonschema reports one missing key at a time and names it only in its message.
    match = re.match(r"'([^']*)'", error.message)
    key = match[1] if match else "?"
    owner = "" if subject.startswith("Isi") else f" pada {subject}"
    return f'Kunci "{key}" belum ada{owner}.'


def _type(subject: str, error: ValidationError) -> str:
    wanted: Any = error.validator_value
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    words = " atau ".join(_TYPE_WORDS.get(name, name) for name in names)
    quoted = "string" in names and not isinstance(error.instance, dict | list | type(None))
    hint = "; apit nilainya dengan tanda kutip" if quoted else ""
    return f"{subject} harus berupa {words}{hint}."


def _enum(subject: str, error: ValidationError) -> str:
    values: Any = error.validator_value
    allowed = ", ".join("null" if value is None else str(value) for value in values)
    return f"{subject} bernilai {_shown(error.instance)}; yang boleh: {allowed}."


def _const(subject: str, error: ValidationError) -> str:
    wanted = json.dumps(error.validator_value, ensure_ascii=False).strip('"')
    return f"{subject} hanya boleh bernilai {wanted}."


def _described(subject: str, error: ValidationError) -> str:
    form = _schema(error).get("description", "periksa bentuknya")
    return f"{subject} bernilai {_shown(error.instance)}; bentuk yang benar: {form}."


def _limit(word: str) -> Callable[[str, ValidationError], str]:
    def speak(subject: str, error: ValidationError) -> str:
        note = _schema(error).get("description")
        more = f" ({note})" if note else ""
        return f"{subject} bernilai {error.instance}, {word} {error.validator_value}{more}."

    return speak


def _size(word: str, unit: str) -> Callable[[str, ValidationError], str]:
    def speak(subject: str, error: ValidationError) -> str:
        return f"{subject} harus berisi {word} {error.validator_value} {unit}."

    return speak


def _length(subject: str, error: ValidationError) -> str:
    if not error.instance:
        return f"{subject} tidak boleh kosong."
    return _size("sedikitnya", "karakter")(subject, error)


def _not_here(subject: str, _: ValidationError) -> str:
    return f"Kunci {subject} tidak berlaku untuk jenis butir atau bank ini."


def _twice(subject: str, _: ValidationError) -> str:
    return f"{subject} memuat isi yang sama dua kali."


def _other(subject: str, _: ValidationError) -> str:
    return f"{subject} tidak sesuai bentuk yang diminta."


_SPEAKERS: Final[dict[str, Callable[[str, ValidationError], str]]] = {
    "required": _required,
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _described,
    "format": _described,
    "minimum": _limit("paling kecil"),
    "maximum": _limit("paling besar"),
    "minItems": _size("sedikitnya", "isi"),
    "maxItems": _size("paling banyak", "isi"),
    "minLength": _length,
    "maxLength": _size("paling banyak", "karakter"),
    "uniqueItems": _twice,
    "not": _not_here,
}
