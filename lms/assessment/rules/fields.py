"""Typed reading of single fields from an item's parsed YAML.

The author's mistakes are found earlier, by schema and linter, with file and line. What is
checked here again is only what scoring could not survive, so that a `MalformedItem` means a
hole in those checks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal


class MalformedItem(ValueError):
    """The item's data cannot become content: `where` is the field, `reason` a stable code."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason


def text(data: Mapping[str, object], field: str) -> str:
    """Return a text that must be there and must not be blank, exactly as written."""
    value = data.get(field)
    if not isinstance(value, str) or not value.strip():
        raise MalformedItem(field, "text_missing")
    return value


def optional_text(data: Mapping[str, object], field: str) -> str | None:
    """Return the text, or None when the field is absent or null; blank is not allowed."""
    return None if data.get(field) is None else text(data, field)


def texts(data: Mapping[str, object], field: str) -> tuple[str, ...]:
    """Return a list of at least one text, none of them blank."""
    values = _sequence(data, field)
    if not values:
        raise MalformedItem(field, "list_empty")
    return tuple(text({field: value}, field) for value in values)


def flag(data: Mapping[str, object], field: str) -> bool:
    """Return a yes-or-no field; absent or null is no."""
    value = data.get(field)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise MalformedItem(field, "not_boolean")
    return value


def whole(data: Mapping[str, object], field: str, *, least: int) -> int:
    """Return a whole number of at least `least`; YAML's true and false are not numbers."""
    value = data.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise MalformedItem(field, "not_whole")
    return value


def decimal(
    data: Mapping[str, object],
    field: str,
    *,
    least: Decimal | None = None,
    most: Decimal | None = None,
) -> Decimal:
    """Return a number as the decimal its author wrote: 0.1 is one tenth, not its binary neighbour.

    `least` and `most` are inclusive.
    """
    value = data.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise MalformedItem(field, "not_number")
    number = Decimal(str(value))
    if (least is not None and number < least) or (most is not None and number > most):
        raise MalformedItem(field, "out_of_range")
    return number


def jsonable(number: Decimal) -> int | float:
    """Return the number as YAML would have given it; `decimal` reads back the same value."""
    return int(number) if number == number.to_integral_value() else float(number)


def records(
    data: Mapping[str, object], field: str, *, least: int
) -> tuple[Mapping[str, object], ...]:
    """Return a list of mappings with at least `least` entries; absent or null is empty."""
    values = [] if data.get(field) is None else _sequence(data, field)
    found = tuple(value for value in values if isinstance(value, Mapping))
    if len(found) < len(values):
        raise MalformedItem(field, "not_mapping")
    if len(found) < least:
        raise MalformedItem(field, "too_few")
    return found


def groups(data: Mapping[str, object], field: str) -> tuple[tuple[int, ...], ...]:
    """Return a list of lists of whole numbers >= 1, each sorted; absent or null is empty."""
    if data.get(field) is None:
        return ()
    return tuple(
        tuple(
            sorted(
                whole({field: member}, field, least=1) for member in _sequence({field: row}, field)
            )
        )
        for row in _sequence(data, field)
    )


def _sequence(data: Mapping[str, object], field: str) -> Sequence[object]:
    value = data.get(field)
    if not isinstance(value, list | tuple):
        raise MalformedItem(field, "not_list")
    return value
