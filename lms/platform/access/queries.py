"""Reading accounts and sign-ins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import bindparam, func, or_, select

from lms.platform.access.rules import WINDOW
from lms.platform.db import db
from lms.platform.models import Account, SignIn, SignInFailure
from lms.platform.slots import slots


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The sign-in behind a cookie, with what a request needs of its account."""

    signin_id: int
    account_id: int
    account_name: str
    display_name: str
    language: str
    text_size: str
    must_change_password: bool
    last_seen_at: datetime


_HASH_LENGTH: Final = 64
"""What tells a failed sign-in from another limited use, which is noted under its plain name."""

_SIGNED_IN: Final = (
    select(
        SignIn.id,
        SignIn.last_seen_at,
        SignIn.keep_until,
        SignIn.idle_seconds,
        SignIn.ended_at,
        SignIn.account_id,
        Account.name,
        Account.display_name,
        Account.language,
        Account.text_size,
        Account.must_change_password,
        Account.locked_on,
    )
    .join(Account, Account.id == SignIn.account_id)
    .where(SignIn.token_hash == bindparam("token_hash"))
)
"""Built once: every request runs it, and building costs many times what running does."""


def find_signed_in(token_hash: str, *, now: datetime, today: date) -> SignedIn | None:
    """Return the sign-in of a token unless it ended, idled away, or its account is closed."""
    row = db.session.execute(_SIGNED_IN, {"token_hash": token_hash}).first()
    if row is None or row.ended_at is not None or now >= row.keep_until:
        return None
    if (now - row.last_seen_at).total_seconds() > row.idle_seconds:
        return None
    if row.locked_on is not None and row.locked_on <= today:
        return None
    return SignedIn(
        signin_id=row.id,
        account_id=row.account_id,
        account_name=row.name,
        display_name=row.display_name,
        language=row.language,
        text_size=row.text_size,
        must_change_password=row.must_change_password,
        last_seen_at=row.last_seen_at,
    )


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signing in needs of an account."""

    account_id: int
    password_hash: str | None
    locked_on: date | None


def find_credentials(identifier: str) -> Credentials | None:
    """Find an account by name, e-mail or NIP, as normalised by `rules.normal_identifier`."""
    condition = or_(Account.name == identifier, Account.email == identifier)
    if identifier.isdigit():
        by_number = slots.account_by_number(identifier)
        if by_number is not None:
            condition = Account.id == by_number
    row = db.session.execute(
        select(Account.id, Account.password_hash, Account.locked_on).where(condition)
    ).first()
    return None if row is None else Credentials(row.id, row.password_hash, row.locked_on)


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed sign-ins within the window."""

    of_pair: int
    last_at: datetime | None
    of_address: int


def recent_failures(*, identifier_hash: str, network: str, now: datetime) -> Failures:
    """Count the failures of an account + address and of the address within the window."""
    since = now - WINDOW
    of_pair = db.session.execute(
        select(func.count(), func.max(SignInFailure.at)).where(
            SignInFailure.identifier_hash == identifier_hash,
            SignInFailure.network == network,
            SignInFailure.at > since,
        )
    ).one()
    of_address = db.session.execute(
        select(func.count(), func.max(SignInFailure.at)).where(
            SignInFailure.network == network,
            SignInFailure.at > since,
            func.length(SignInFailure.identifier_hash) == _HASH_LENGTH,
        )
    ).one()
    last: list[datetime | None] = [of_pair[1], of_address[1]]
    return Failures(
        of_pair=of_pair[0],
        last_at=next((moment for moment in last if moment is not None), None),
        of_address=of_address[0],
    )


@dataclass(frozen=True, slots=True)
class Device:
    """A device signed in to an account."""

    id: int
    device: str
    network: str
    created_at: datetime
    last_seen_at: datetime


def list_devices(account_id: int, *, now: datetime) -> list[Device]:
    """Return the devices still signed in, latest seen first."""
    rows = db.session.execute(
        select(SignIn.id, SignIn.device, SignIn.network, SignIn.created_at, SignIn.last_seen_at)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None), SignIn.keep_until > now)
        .order_by(SignIn.last_seen_at.desc())
    )
    return [Device(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Profile:
    """What the own profile shows of the account."""

    name: str
    email: str | None
    language: str
    text_size: str


def profile(account_id: int) -> Profile:
    """Return the account's own settings."""
    row = db.session.execute(
        select(Account.name, Account.email, Account.language, Account.text_size).where(
            Account.id == account_id
        )
    ).one()
    return Profile(*row)


def count_uses(*, purpose: str, network: str, since: datetime) -> int:
    """Count the uses of something public and limited (see `services.note_use`) by an address."""
    return db.session.execute(
        select(func.count()).where(
            SignInFailure.identifier_hash == purpose,
            SignInFailure.network == network,
            SignInFailure.at > since,
        )
    ).scalar_one()
