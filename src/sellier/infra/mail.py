"""Send a mail by SMTP. What fails leaves as one of our errors, worth another try or final."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import parseaddr
from typing import ClassVar, Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib

PORTS: Final[Mapping[str, int]] = {"smtp": 25, "smtps": 465}
DEADLINE_S: Final = 10.0
PERMANENT: Final = 500


class MailError(Exception):
    """The mail did not leave, as far as we know."""

    code: ClassVar[str]
    is_retryable: ClassVar[bool]


class MailUnavailable(MailError):
    """The server is away, slow, busy or does not know us. The mail itself may be fine."""

    code = "mail.unavailable"
    is_retryable = True


class MailRefused(MailError):
    """The server will never take this mail, or the address is none. Trying again is no use."""

    code = "mail.refused"
    is_retryable = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail goes out. `use_tls` is from the first byte on; `start_tls` None is if offered."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    use_tls: bool = False
    start_tls: bool | None = None
    deadline_s: float = DEADLINE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail to one person. The id makes a repeated sending recognizable as the same mail.

    The sender may carry a name, `Sellier <bonjour@sellier.example>`; the person's is apart,
    because it comes from outside.
    """

    id: UUID
    sender: str
    to: str
    to_name: str = ""
    subject: str
    text: str
    html: str
    lang: str


def server_at(url: str) -> MailServer:
    """Read smtp://user:password@host:port or smtps://. A password asks for an encrypted way."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("A mail server is smtp://host:port or smtps://host:port.")
    is_encrypted = parts.scheme == "smtps"
    return MailServer(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_tls=is_encrypted,
        start_tls=True if parts.password and not is_encrypted else None,
    )


async def send(server: MailServer, mail: Mail, *, now: datetime) -> None:
    """Send one mail within the deadline. Never call it inside a transaction.

    Raises `MailUnavailable` (outcome unknown or not sent: try again) or `MailRefused` (final).
    """
    message = compose(mail, now=now)
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username,
        password=server.password,
        use_tls=server.use_tls,
        start_tls=server.start_tls,
        timeout=server.deadline_s,
        local_hostname="localhost",
    )
    try:
        async with asyncio.timeout(server.deadline_s), client:
            await client.send_message(message)
    except (aiosmtplib.SMTPException, OSError) as error:
        raise _named(error) from error


def compose(mail: Mail, *, now: datetime) -> EmailMessage:
    """Write the mail as text and HTML. No name or subject can smuggle a header in.

    Raises `MailRefused` when an address is none.
    """
    sender, to = _address(*parseaddr(_one_line(mail.sender))), _address(mail.to_name, mail.to)
    message = EmailMessage(policy=POLICY)
    try:
        message["From"] = sender
        message["To"] = to
        message["Subject"] = _one_line(mail.subject)
        message["Date"] = now
        message["Message-ID"] = f"<{mail.id}@{sender.domain}>"
        # Holiday replies and list servers leave such mail alone (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(_sound(mail.text), cte="quoted-printable")
        message.add_alternative(_sound(mail.html), subtype="html", cte="quoted-printable")
        # Last, since setting content moves such headers into the first part.
        message["Content-Language"] = mail.lang
    except (ValueError, MessageError) as error:
        raise MailRefused("A header of the mail makes no sense.") from error
    return message


def _named(error: Exception) -> MailError:
    """Sort by what it says of this mail: only a permanent answer about it is final."""
    match error:
        case aiosmtplib.SMTPRecipientsRefused(recipients=recipients):
            codes = [refused.code for refused in recipients]
        case (
            aiosmtplib.SMTPSenderRefused(code=code)
            | aiosmtplib.SMTPRecipientRefused(code=code)
            | aiosmtplib.SMTPDataError(code=code)
        ):
            codes = [code]
        case _:
            codes = []
    # The server's text may repeat the address, which has no place in a log.
    if codes and all(code >= PERMANENT for code in codes):
        return MailRefused(f"The mail server answered {codes[0]}.")
    return MailUnavailable(f"The mail did not leave: {type(error).__name__}.")


def _address(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    plausible = re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}", local)
    if not plausible or not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", domain):
        raise MailRefused("This is not a mail address.")
    return Address(display_name=_one_line(name), username=local, domain=domain)


def _one_line(text: str) -> str:
    """Turn line breaks and other control characters into spaces: a header is one line."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", _sound(text)).split())


def _sound(text: str) -> str:
    """Replace lone surrogates, which no encoding can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")
