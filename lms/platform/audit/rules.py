"""The chain's arithmetic."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Final

GENESIS: Final = "0" * 64
"""The hash before the first."""


def sealed_hash(
    *,
    previous: str,
    audit_id: int,
    at: datetime,
    actor_account_id: int | None,
    action: str,
    object_kind: str,
    object_id: str,
    facts: dict[str, Any],
) -> str:
    """Return the SHA-256 (hex) over the previous hash and every column of a row.

    The moment is written in UTC with microseconds, so that both databases give the same bytes.
    """
    row = [
        previous,
        audit_id,
        at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        actor_account_id,
        action,
        object_kind,
        object_id,
        facts,
    ]
    text = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
