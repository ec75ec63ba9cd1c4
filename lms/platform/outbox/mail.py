"""The mail sender: `smtp://` to a server, `file:` to one RFC 5322 file per message."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from lms.platform import clock, settings
from lms.platform.models import OutboxRow
from lms.platform.outbox.services import Delivery, register_sender
from lms.platform.slots import Address, slots


class NoAddress(Exception):
    """The addressee has no e-mail address; the in-app notice is all they get."""


class Letter(NamedTuple):
    """A rendered mail."""

    subject: str
    text: str
    html: str | None = None


Composer = Callable[[dict[str, Any], Address], Letter]
_composers: dict[str, Composer] = {}


def register_composer(template: str, compose: Composer) -> None:
    """Say how the mails of a template (`payload["template"]`) are written."""
    _composers[template] = compose


def install(mail_url: str) -> None:
    """Register the mail sender for this deployment's mail URL.

    Raises:
        ValueError: the URL is neither `smtp[s]://` nor `file:`.
    """
    deliver = _deliverer(mail_url)

    def send(row: OutboxRow) -> Delivery:
        address = slots.address_of(row.person_id, row.account_id)
        if address is None or not address.email:
            raise NoAddress("penerima tidak punya alamat surel")
        letter = _composers[row.payload["template"]](row.payload, address)
        message = EmailMessage()
        message["Subject"] = letter.subject
        message["From"] = formataddr(("Titian", settings.value("mail.sender")))
        message["To"] = formataddr((address.name, address.email))
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = make_msgid(idstring=str(row.id), domain="titian.localhost")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        if letter.html:
            message.add_alternative(letter.html, subtype="html")
        row_id = row.id
        return lambda: deliver(message, row_id)

    register_sender("mail", send)


def _deliverer(mail_url: str) -> Callable[[EmailMessage, int], None]:
    parts = urlsplit(mail_url)
    if parts.scheme == "file":
        folder = Path(mail_url.removeprefix("file:"))

        def to_file(message: EmailMessage, row_id: int) -> None:
            folder.mkdir(parents=True, exist_ok=True)
            name = f"{clock.now():%Y%m%dT%H%M%S}-{row_id}.eml"
            (folder / name).write_bytes(bytes(message))

        return to_file
    if parts.scheme in ("smtp", "smtps") and parts.hostname:
        host, port = parts.hostname, parts.port or (465 if parts.scheme == "smtps" else 587)

        def to_server(message: EmailMessage, _row_id: int) -> None:
            context = ssl.create_default_context()
            client = (
                smtplib.SMTP_SSL(host, port, timeout=20, context=context)
                if parts.scheme == "smtps"
                else smtplib.SMTP(host, port, timeout=20)
            )
            with client:
                if parts.scheme == "smtp" and client.has_extn("starttls"):
                    client.starttls(context=context)
                if parts.username:
                    client.login(unquote(parts.username), unquote(parts.password or ""))
                client.send_message(message)

        return to_server
    raise ValueError("LMS_MAIL_URL harus smtp://, smtps:// atau file:FOLDER")
