"""Signing in and out, passwords, and the own profile."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from lms.kernel.errors import DomainError, NotFound
from lms.platform import clock, settings
from lms.platform.access import queries
from lms.platform.access.passwords import hash_password, verify_password
from lms.platform.access.rules import (
    FREE_TRIES,
    device_name,
    may_try,
    normal_identifier,
    password_problem,
)
from lms.platform.audit.services import record
from lms.platform.db import db, end_transaction_before_slow_work
from lms.platform.models import Account, SignIn, SignInFailure
from lms.platform.slots import publish

SEEN_EVERY = timedelta(minutes=5)


class WeakPassword(DomainError):
    """The new password will not do. Facts: `problem` (code), `minimum_length`."""

    http_status = 422


class WrongPassword(DomainError):
    """The present password, asked for again, does not fit."""

    http_status = 422


class EmailTaken(DomainError):
    """Another account has this e-mail address."""

    http_status = 422


@dataclass(frozen=True, slots=True)
class AllSignInsEnded:
    """Every device of an account was signed out, by a password change or by wish."""

    account_id: int


@dataclass(frozen=True, slots=True)
class SignInResult:
    """`token` when it worked; else either `wait_until` or the number of free tries left."""

    token: str | None
    wait_until: datetime | None = None
    tries_left: int = 0


def token_hash(token: str) -> str:
    """Return what the database keeps of a random token."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(
    *, identifier: str, password: str, stay: bool, network: str, user_agent: str
) -> SignInResult:
    """Check an identifier and password and open a sign-in.

    Unknown, closed and wrong read alike and take the same time. A success is never counted and
    never delayed by somebody else's failures from another address.
    """
    now, today = clock.now(), clock.today()
    name = normal_identifier(identifier)
    name_hash = hashlib.sha256(name.encode()).hexdigest()
    failures = queries.recent_failures(identifier_hash=name_hash, network=network, now=now)
    verdict = may_try(
        pair_failures=failures.of_pair,
        last_failure_at=failures.last_at,
        address_failures=failures.of_address,
        now=now,
    )
    if not verdict.allowed:
        return SignInResult(token=None, wait_until=verdict.wait_until)
    found = queries.find_credentials(name)
    end_transaction_before_slow_work()
    fits = verify_password(found.password_hash if found else None, password)
    if found is None or not fits or (found.locked_on is not None and found.locked_on <= today):
        db.session.add(SignInFailure(identifier_hash=name_hash, network=network, at=now))
        return SignInResult(token=None, tries_left=max(0, FREE_TRIES - failures.of_pair - 1))
    token = open_sign_in(
        account_id=found.account_id, stay=stay, network=network, user_agent=user_agent
    )
    return SignInResult(token=token)


def open_sign_in(*, account_id: int, stay: bool, network: str, user_agent: str) -> str:
    """Open a sign-in for an account whose proof was accepted; return its token."""
    now = clock.now()
    token = secrets.token_urlsafe(32)
    hours = settings.value("signin.keep_hours" if stay else "signin.day_hours")
    idle = hours * 3600 if stay else settings.value("signin.idle_minutes") * 60
    db.session.add(
        SignIn(
            token_hash=token_hash(token),
            account_id=account_id,
            created_at=now,
            last_seen_at=now,
            keep_until=now + timedelta(hours=hours),
            idle_seconds=idle,
            device=device_name(user_agent)[:80],
            network=network,
        )
    )
    record(
        action="account.signed-in",
        object_kind="account",
        object_id=account_id,
        actor_account_id=account_id,
    )
    return token


def touch(signin_id: int, *, last_seen_at: datetime, now: datetime) -> bool:
    """Note that a sign-in is in use, at most once in five minutes; return whether it was written."""
    if now - last_seen_at < SEEN_EVERY:
        return False
    db.session.execute(update(SignIn).where(SignIn.id == signin_id).values(last_seen_at=now))
    return True


def sign_out(*, token: str) -> None:
    """End the sign-in of a token; an unknown token is already signed out."""
    db.session.execute(
        update(SignIn)
        .where(SignIn.token_hash == token_hash(token), SignIn.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def sign_out_device(*, account_id: int, signin_id: int) -> None:
    """End one device of the own account.

    Raises:
        NotFound: no such device of this account.
    """
    owner = db.session.execute(
        select(SignIn.account_id).where(SignIn.id == signin_id)
    ).scalar_one_or_none()
    if owner != account_id:
        raise NotFound(kind="signin", id=signin_id)
    db.session.execute(
        update(SignIn)
        .where(SignIn.id == signin_id, SignIn.ended_at.is_(None))
        .values(ended_at=clock.now())
    )
    record(
        action="account.device-signed-out",
        object_kind="account",
        object_id=account_id,
        actor_account_id=account_id,
        signin_id=signin_id,
    )


def sign_out_everywhere(*, account_id: int) -> None:
    """End every device of an account. Publishes `AllSignInsEnded`."""
    db.session.execute(
        update(SignIn)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None))
        .values(ended_at=clock.now())
    )
    record(
        action="account.signed-out-everywhere",
        object_kind="account",
        object_id=account_id,
        actor_account_id=account_id,
    )
    publish(AllSignInsEnded(account_id=account_id))


def change_password(*, account_id: int, present: str, new: str) -> None:
    """Change the own password; every device is signed out and the person signs in anew.

    Raises:
        WrongPassword: the present one does not fit.
        WeakPassword: the new one will not do.
    """
    account = db.session.get_one(Account, account_id)
    if not verify_password(account.password_hash, present):
        raise WrongPassword
    set_password(account_id=account_id, new=new)


def set_password(*, account_id: int, new: str, check: bool = True) -> None:
    """Set a password; `check=False` only for the demo's shared one. Signs out everywhere.

    Raises:
        WeakPassword: it will not do.
    """
    account = db.session.get_one(Account, account_id)
    minimum = settings.value("signin.password_min_length")
    if check and (
        problem := password_problem(
            new, minimum_length=minimum, account_words=(account.name, account.email or "")
        )
    ):
        raise WeakPassword(problem=problem, minimum_length=minimum)
    account.password_hash = hash_password(new)
    account.password_changed_at = clock.now()
    account.must_change_password = False
    record(
        action="account.password-changed",
        object_kind="account",
        object_id=account_id,
        actor_account_id=account_id,
    )
    sign_out_everywhere(account_id=account_id)


def update_profile(*, account_id: int, email: str | None, language: str, text_size: str) -> None:
    """Change the own e-mail, language and text size.

    Raises:
        EmailTaken: another account has the address.
    """
    account = db.session.get_one(Account, account_id)
    address = email.strip().lower() if email else None
    is_new_address = address != account.email
    account.email = address
    account.language, account.text_size = language, text_size
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()  # the page that says so asks the database again
        raise EmailTaken from error
    if is_new_address:  # mail and sign-in follow it; the address itself is no matter of the trail
        record(
            action="account.email-changed",
            object_kind="account",
            object_id=account_id,
            actor_account_id=account_id,
        )


def choose_language(*, account_id: int, language: str) -> None:
    """Set the language of the own account."""
    db.session.execute(update(Account).where(Account.id == account_id).values(language=language))


def create_account(
    *,
    name: str,
    display_name: str,
    email: str | None = None,
    is_demo: bool = False,
    password_hash: str | None = None,
) -> int:
    """Create an account; return its id. The name is stored in lower case.

    Without `password_hash`, which only the demo's shared password uses, nobody can sign in yet.
    """
    account = Account(
        name=name.lower(),
        email=email.lower() if email else None,
        display_name=display_name,
        created_at=clock.now(),
        is_demo=is_demo,
        password_hash=password_hash,
    )
    db.session.add(account)
    db.session.flush()
    record(action="account.created", object_kind="account", object_id=account.id)
    return account.id


def forget_old_failures(*, now: datetime) -> int:
    """Delete failures that no longer count; return how many."""
    return db.session.execute(  # type: ignore[attr-defined,no-any-return]  # a cursor result
        delete(SignInFailure).where(SignInFailure.at < now - timedelta(days=1))
    ).rowcount


def demand_new_password(*, account_id: int) -> None:
    """Make the account choose a password of its own at the next sign-in."""
    db.session.execute(
        update(Account).where(Account.id == account_id).values(must_change_password=True)
    )
    record(action="account.new-password-demanded", object_kind="account", object_id=account_id)


def lock_account(*, account_id: int, today: date) -> None:
    """Close an account from a date on and sign it out everywhere."""
    db.session.execute(update(Account).where(Account.id == account_id).values(locked_on=today))
    record(action="account.locked", object_kind="account", object_id=account_id)
    sign_out_everywhere(account_id=account_id)


def note_use(*, purpose: str, network: str, now: datetime) -> None:
    """Note a use of something public that is limited per address, such as checking certificates.

    Kept beside the sign-in failures under the purpose's plain name, which no hash can equal.
    """
    db.session.add(SignInFailure(identifier_hash=purpose, network=network, at=now))
