import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage

import httpx
import pytest

from sellier.sandbox import mailbox
from sellier.sandbox.store import Store
from tests.sandbox.fixtures import RunningSandbox

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def deliver(sandbox: RunningSandbox, raw: bytes, *, to: str = "elise@client.example") -> None:
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=5) as server:
        server.sendmail("bonjour@maison.example", [to], raw)


def caught(sandbox: RunningSandbox, *, to: str) -> dict[str, object]:
    found: list[dict[str, object]] = httpx.get(f"{sandbox.url}/mail.json", params={"to": to}).json()
    (mail,) = found
    return mail


def test_a_mail_is_caught_and_shown(sandbox: RunningSandbox) -> None:
    message = EmailMessage()
    message["Subject"] = "Votre commande est confirmée"
    message.set_content("Merci, Élise.")
    message.add_alternative("<p>Merci, <b>Élise</b>.</p>", subtype="html")
    deliver(sandbox, message.as_bytes(), to="shown@client.example")

    mail = caught(sandbox, to="shown@client.example")
    assert mail["subject"] == "Votre commande est confirmée"
    assert mail["text"] == "Merci, Élise.\n"
    listed = httpx.get(f"{sandbox.url}/mail?lang=fr")
    assert "Votre commande est confirmée" in listed.text
    page = httpx.get(f"{sandbox.url}/mail/{mail['id']}?lang=fr")
    assert "Merci, Élise." in page.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert "frame-src 'self'" in page.headers["content-security-policy"]


def test_the_html_of_a_mail_is_locked_up(sandbox: RunningSandbox) -> None:
    raw = b"Subject: x\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script><b>hi</b>"
    deliver(sandbox, raw, to="html@client.example")
    mail = caught(sandbox, to="html@client.example")
    answer = httpx.get(f"{sandbox.url}/mail/{mail['id']}/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    page = httpx.get(f"{sandbox.url}/mail/{mail['id']}")
    assert "<script" not in page.text


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"Subject: <script>alert(1)</script>\r\n\r\nhello",
        b"Subject: =?utf-8?q?=ff=fe?=\r\n\r\nhello",
        b"Subject: =?unknown?x?y?=\r\nTo: <<<>>>\r\nFrom: ,,,;;;@@@\r\n\r\n",
        b"Subject: " + b"x" * 900 + b"\r\n\r\nhello",
        b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n\r\n",
        b"Content-Type: text/plain; charset=not-a-charset\r\n\r\n\xff\xfe",
        b"Content-Type: text/html; charset=utf-7\r\n\r\n+ADw-script+AD4-",
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"Subject: a\r\nSubject: b\r\n\r\n",
        "Subject: \u202egnp.exe\r\n\r\n".encode(),
        b"Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\n" * 20,
    ],
)
def test_a_hostile_mail_is_kept_and_every_page_still_opens(
    sandbox: RunningSandbox, raw: bytes
) -> None:
    deliver(sandbox, raw)
    newest = httpx.get(f"{sandbox.url}/mail.json").json()[0]
    for path in ("/mail", f"/mail/{newest['id']}", f"/mail/{newest['id']}/html"):
        answer = httpx.get(sandbox.url + path)
        assert answer.status_code == 200
        assert "<script>alert(1)" not in answer.text


def test_a_mail_that_does_not_exist_is_not_found(sandbox: RunningSandbox) -> None:
    assert httpx.get(f"{sandbox.url}/mail/99999").status_code == 404
    assert httpx.get(f"{sandbox.url}/mail/x").status_code == 404


def test_the_last_200_mails_are_kept() -> None:
    store = Store(None)
    for number in range(205):
        mailbox.keep(
            store,
            sender="a@client.example",
            recipients=["b@client.example"],
            raw=f"Subject: {number}\r\n\r\n".encode(),
            now=NOW,
        )
    kept = mailbox.mails(store)
    assert len(kept) == 200
    assert mailbox.header(kept[-1].raw, "subject") == "5"
