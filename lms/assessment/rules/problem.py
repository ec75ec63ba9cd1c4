"""The one value by which these rules say that something does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, as a stable code with facts; the edge makes the sentence for people.

    A problem is an ordinary outcome, not an error: the caller decides whether to refuse.
    """

    code: str
    facts: Mapping[str, str | int | float] = field(default_factory=dict)
