"""What higher floors tell a certificate: its JP stands in the ledger of `development`."""

from __future__ import annotations

from collections.abc import Callable

_jp: list[Callable[[str], int | None]] = []


def provide_jp(find: Callable[[str], int | None]) -> None:
    """Say how the final JP of a source (`attempt:<id>`) is found; None while it is not final."""
    _jp[:] = [find]


def jp_of_source(source_ref: str) -> int | None:
    """Return the final JP of a source, or None."""
    return _jp[0](source_ref) if _jp else None
