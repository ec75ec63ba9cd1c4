"""Order by chance that a stored seed rebuilds.

The standard library's generator is barred from these rules and promises its sequence for one
function only; SHA-256 gives the same order on every machine and version for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def shuffled(seed: int, label: str, values: Iterable[str]) -> tuple[str, ...]:
    """Return the values in an order that depends on seed, label and the set of values alone.

    The order in which the values come in does not matter, so that an attempt can be rebuilt from
    rows in any order. Different labels under one seed give unrelated orders.

    Source: Fisher & Yates 1938, as Durstenfeld 1964, Communications of the ACM 7(7), 420
    (Algorithm 235). The i-th draw is SHA-256 of "seed:label:i" as an integer, modulo the number
    of values left; with 256 bits the modulus favours no value by more than 1 in 2**240.
    """
    order = sorted(values)
    for last in range(len(order) - 1, 0, -1):
        digest = hashlib.sha256(f"{seed}:{label}:{last}".encode()).digest()
        pick = int.from_bytes(digest, "big") % (last + 1)
        order[last], order[pick] = order[pick], order[last]
    return tuple(order)
