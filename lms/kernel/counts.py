"""The four integers that every readiness figure is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """Persons of one competence: `n` required, `a` ever assessed, `c` currently valid, `m` ready.

    Also stands for the *difference* of two such counts, so the constructor refuses nothing:
    ask `is_consistent` where a state is meant and not a change.

    Source: docs/readiness.md section 2.
    """

    n: int = 0
    a: int = 0
    c: int = 0
    m: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.n + other.n, self.a + other.a, self.c + other.c, self.m + other.m)

    def __sub__(self, other: Counts) -> Counts:
        return Counts(self.n - other.n, self.a - other.a, self.c - other.c, self.m - other.m)

    @property
    def is_consistent(self) -> bool:
        """Whether 0 <= M <= C <= A <= N, which every state obeys and a change need not."""
        return 0 <= self.m <= self.c <= self.a <= self.n
