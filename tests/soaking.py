"""The long proofs: every run takes a sample, `make soak` (TITIAN_SOAK=1) the full numbers.

A test that repeats something says how often with `examples(normal, soak)`. If it is not a property
test, it also notes the number for the table in docs/soak.md: `record_property("number", n)`.
"""

from __future__ import annotations

import os

SOAK = os.environ.get("TITIAN_SOAK") == "1"


def examples(normal: int, soak: int) -> int:
    """How many examples, rounds or kills this run takes."""
    return soak if SOAK else normal
