import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from sellier.infra.mail import (
    Mail,
    MailRefused,
    MailServer,
    MailUnavailable,
    compose,
    send,
    server_at,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MAIL = Mail(
    id=UUID(int=7),
    sender="Place Dauphine <bonjour@maison.example>",
    to="elise@client.example",
    to_name="Élise d'Aubigné",
    subject="Votre commande M-2026-000042 : merci",
    text="Merci, Élise.\n\nTotal : 1\u202f234,50\u00a0€\n",
    html="<p>Merci, Élise.</p>",
    lang="fr",
)


class Server:
    """A mail server that answers as told."""

    def __init__(self, *, rcpt: str = "250 OK", data: str = "250 OK", wait_s: float = 0) -> None:
        self.rcpt, self.data, self.wait_s = rcpt, data, wait_s
        self.taken: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802  (named by aiosmtpd)
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: Sequence[str],
    ) -> str:
        if self.rcpt.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  (named by aiosmtpd)
        await asyncio.sleep(self.wait_s)
        if self.data.startswith("2"):
            self.taken.append(envelope)
        return self.data


@asynccontextmanager
async def running(server: Server) -> AsyncGenerator[MailServer, None]:
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(server, hostname="localhost"), "127.0.0.1", 0)
    try:
        port = listening.sockets[0].getsockname()[1]
        yield MailServer(host="127.0.0.1", port=port, deadline_s=2)
    finally:
        listening.close()
        await listening.wait_closed()


async def test_a_mail_arrives_as_text_and_html() -> None:
    server = Server()
    async with running(server) as address:
        await send(address, MAIL, now=NOW)
    (envelope,) = server.taken
    assert envelope.mail_from == "bonjour@maison.example"
    assert envelope.rcpt_tos == ["elise@client.example"]
    assert b"multipart/alternative" in (envelope.content or b"")


def test_a_mail_carries_what_people_and_machines_need() -> None:
    message = compose(MAIL, now=NOW)
    assert message["Subject"] == MAIL.subject
    assert message["From"] == "Place Dauphine <bonjour@maison.example>"
    assert message["To"].addresses[0].display_name == "Élise d'Aubigné"
    assert message["Date"].datetime == NOW
    assert message["Message-ID"] == "<00000000-0000-0000-0000-000000000007@maison.example>"
    assert message["Content-Language"] == "fr"
    assert message["Auto-Submitted"] == "auto-generated"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == MAIL.text
    assert html.get_content().strip() == MAIL.html
    assert max(len(line) for line in message.as_bytes().split(b"\r\n")) <= 998


@pytest.mark.parametrize("breaker", ["\r\n", "\n", "\r", "\x00", "\x85", "\u2028", "\x0b"])
def test_a_name_or_subject_cannot_smuggle_a_header(breaker: str) -> None:
    hostile = f"Élise{breaker}Bcc: all@client.example{breaker}{breaker}<p>hello"
    message = compose(replace(MAIL, to_name=hostile, subject=hostile), now=NOW)
    assert message["Bcc"] is None
    assert message["Subject"].startswith("Élise Bcc: all@client.example")
    assert [a.addr_spec for a in message["To"].addresses] == [MAIL.to]
    assert b"\r\nBcc" not in message.as_bytes()


def test_a_name_full_of_commas_and_brackets_stays_one_name() -> None:
    message = compose(replace(MAIL, to_name='Élise", <all@client.example>, "'), now=NOW)
    assert [a.addr_spec for a in message["To"].addresses] == [MAIL.to]


def test_a_lone_surrogate_does_not_break_the_mail() -> None:
    assert compose(replace(MAIL, subject="a\ud800b", text="\ud800"), now=NOW).as_bytes()


@pytest.mark.parametrize(
    "to",
    [
        "",
        "elise",
        "@client.example",
        "elise@",
        "elise@client.example\r\nRCPT TO:<all@client.example>",
        "elise@client.example, all@client.example",
        "Elise <elise@client.example>",
        "elise@client..example",
        "a" * 65 + "@client.example",
        "elise\x00@client.example",
        '"a b"@client.example',
        "élise@client.example",
    ],
)
def test_what_is_no_address_is_refused_for_good(to: str) -> None:
    with pytest.raises(MailRefused):
        compose(replace(MAIL, to=to), now=NOW)


def test_a_domain_with_accents_is_written_for_machines() -> None:
    message = compose(replace(MAIL, to="elise@hôtel.example"), now=NOW)
    assert message["To"].addresses[0].domain == "xn--htel-vqa.example"


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (Server(rcpt="550 no such person"), MailRefused),
        (Server(rcpt="450 busy"), MailUnavailable),
        (Server(data="554 rejected"), MailRefused),
        (Server(data="451 try later"), MailUnavailable),
    ],
)
async def test_only_a_permanent_answer_is_final(server: Server, expected: type[Exception]) -> None:
    async with running(server) as address:
        with pytest.raises(expected) as failed:
            await send(address, MAIL, now=NOW)
    assert MAIL.to not in str(failed.value)


async def test_a_slow_server_meets_the_deadline() -> None:
    async with running(Server(wait_s=1)) as address:
        with pytest.raises(MailUnavailable):
            await send(replace(address, deadline_s=0.2), MAIL, now=NOW)


async def test_a_server_that_is_away_is_asked_again_later() -> None:
    with pytest.raises(MailUnavailable) as failed:
        await send(MailServer(host="127.0.0.1", port=1), MAIL, now=NOW)
    assert failed.value.is_retryable


async def test_a_password_never_travels_in_the_clear() -> None:
    async with running(Server()) as address:
        secretive = replace(server_at("smtp://me:pa%20ss@127.0.0.1"), port=address.port)
        with pytest.raises(MailUnavailable):
            await send(secretive, MAIL, now=NOW)


def test_a_mail_server_is_read_from_its_address() -> None:
    assert server_at("smtp://127.0.0.1:8025") == MailServer(host="127.0.0.1", port=8025)
    secure = server_at("smtps://me:pa%20ss@mail.example")
    assert (secure.port, secure.use_tls, secure.password) == (465, True, "pa ss")
    assert "pa ss" not in repr(secure)
    with pytest.raises(ValueError, match="smtp://"):
        server_at("mail.example")
