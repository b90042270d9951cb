"""A mail server that delivers nowhere: it keeps the last mails, for people and tests to read."""

import email
import json
import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.policy import default as policy
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session

from sellier.sandbox.errors import MailUnknown
from sellier.sandbox.rows import instant
from sellier.sandbox.store import Store
from sellier.sandbox.values import Mail

KEPT: Final = 200
BYTES_MAX: Final = 10 * 1024 * 1024
_log = logging.getLogger(__name__)


class Catcher:
    """What aiosmtpd calls for each mail it has taken in."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  (named by aiosmtpd)
        raw = envelope.content or b""
        keep(
            self._store,
            sender=envelope.mail_from or "",
            recipients=envelope.rcpt_tos,
            raw=raw if isinstance(raw, bytes) else raw.encode("utf-8", "replace"),
            now=self._clock(),
        )
        return "250 Kept"


def smtp(store: Store, clock: Callable[[], datetime]) -> SMTP:
    """Return the protocol for one connection, to be run by our own event loop."""
    return SMTP(
        Catcher(store, clock),
        hostname="localhost",
        ident="Sandbox",
        data_size_limit=BYTES_MAX,
        enable_SMTPUTF8=True,
    )


def keep(store: Store, *, sender: str, recipients: list[str], raw: bytes, now: datetime) -> None:
    """Keep one mail and forget the oldest beyond what is kept."""
    with store.transaction() as db:
        db.execute(
            "INSERT INTO mail (received_at, sender, recipients, raw) VALUES (?, ?, ?, ?)",
            (now.timestamp(), sender, json.dumps(recipients), raw),
        )
        db.execute(
            "DELETE FROM mail WHERE id <= (SELECT max(id) FROM mail) - ?",
            (KEPT,),
        )


def mails(store: Store, *, limit: int = KEPT) -> list[Mail]:
    """List the newest mails first."""
    return [_mail(row) for row in store.rows("SELECT * FROM mail ORDER BY id DESC LIMIT ?", limit)]


def mail(store: Store, *, mail_id: int) -> Mail:
    """Return one mail. Raises `MailUnknown`."""
    rows = store.rows("SELECT * FROM mail WHERE id = ?", mail_id)
    if not rows:
        raise MailUnknown("No such mail.")
    return _mail(rows[0])


def header(raw: bytes, name: str) -> str:
    """Return a header as text, even of a mail that is broken on purpose."""
    try:
        return " ".join(str(_parsed(raw).get(name, "")).split())
    except (ValueError, IndexError, AttributeError, TypeError, LookupError):
        # The parser of the standard library trips over some hostile headers.
        return ""


def part(raw: bytes, kind: str) -> str | None:
    """Return the `plain` or `html` body, if there is one that can be read."""
    try:
        body = _parsed(raw).get_body((kind,))
        content = body.get_content() if body is not None else None
    except (ValueError, IndexError, AttributeError, TypeError, LookupError):
        return None
    return content if isinstance(content, str) else None


def _parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=policy)


def _mail(row: sqlite3.Row) -> Mail:
    return Mail(
        id=row["id"],
        received_at=instant(row["received_at"]),
        sender=row["sender"],
        recipients=tuple(json.loads(row["recipients"])),
        raw=row["raw"],
    )
