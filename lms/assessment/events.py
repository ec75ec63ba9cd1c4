"""What happened in assessment, told upwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """A new attempt was begun; a resumed one is not told again."""

    attempt_id: int
    person_id: int
    quiz_code: str


@dataclass(frozen=True, slots=True)
class AttemptGraded:
    """An attempt was graded, once; `outcome` is lulus, belum or belum_cukup_bukti.

    `today` is the region's date on which it ended: of handing in, or of its time running out.
    """

    attempt_id: int
    person_id: int
    quiz_code: str
    outcome: str
    today: date
