"""What a link or a file brings along is compared with the stored hash."""

from __future__ import annotations

from lms.credentials.rules import SHORT_HASH, Verdict, verdict_of
from tests.conftest import NOW

HASH = "ab" * 32


def verdict(asked):
    return verdict_of(
        stored_hash=HASH,
        recomputed_hash=HASH,
        asked_hash=asked,
        revoked_on=None,
        valid_until=None,
        today=NOW.date(),
    )


def test_a_whole_hash_is_compared_whole():
    assert verdict(HASH) is Verdict.VALID
    assert verdict(HASH[:SHORT_HASH]) is Verdict.VALID
    assert verdict(HASH[:-1] + "0") is Verdict.ALTERED
    assert verdict(HASH[:8]) is Verdict.ALTERED
