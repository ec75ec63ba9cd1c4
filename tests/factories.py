"""One plain function per thing, with fixed readable values."""

from __future__ import annotations

from lms.platform.access import services as access
from lms.platform.db import db
from lms.platform.models import Account
from tests.conftest import PASSWORD_HASH

# --- platform


def account(name="ratri", display_name="Ratri Sekar", email=None):
    """An account that signs in with the tests' password; returns its id."""
    account_id = access.create_account(name=name, display_name=display_name, email=email)
    db.session.get_one(Account, account_id).password_hash = PASSWORD_HASH
    db.session.flush()
    return account_id
