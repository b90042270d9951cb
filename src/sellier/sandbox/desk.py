"""Pages for whoever develops a shop: what happened here, and the mails that went out."""

import msgspec
from litestar import MediaType, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from sellier.sandbox import ledger, mailbox, notices, pages
from sellier.sandbox.doors import Lang
from sellier.sandbox.outside import Sandbox
from sellier.sandbox.values import Mail, Sender

Box = NamedDependency[Sandbox]

# The HTML of a mail is a stranger's: no script, no request, no same origin, only a look.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)


class MailAnswer(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    received_at: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str | None
    html: str | None


@get("/")
async def log(*, box: Box, request: pages.Asked, lang: Lang = None) -> Response[str]:
    return pages.show(
        "log.html",
        lang=pages.language(request, lang),
        values={
            "payments": ledger.recent(box.store),
            "notices": notices.recent(box.store, sender=Sender.PAYMENTS),
            "self_url": "/",
        },
    )


@get("/mail")
async def mails(*, box: Box, request: pages.Asked, lang: Lang = None) -> Response[str]:
    return pages.show(
        "mails.html",
        lang=pages.language(request, lang),
        values={
            "mails": [_answer(mail) for mail in mailbox.mails(box.store)],
            "self_url": "/mail",
        },
    )


@get("/mail.json")
async def mails_json(*, box: Box, to: FromQuery[str | None] = None) -> list[MailAnswer]:
    """List the newest mails first, or those to one address; for tests."""
    found = mailbox.mails(box.store)
    return [_answer(mail) for mail in found if to is None or to in mail.recipients]


@get("/mail/{mail_id:int}")
async def mail(
    *, box: Box, request: pages.Asked, mail_id: FromPath[int], lang: Lang = None
) -> Response[str]:
    return pages.show(
        "mail.html",
        lang=pages.language(request, lang),
        values={
            "mail": _answer(mailbox.mail(box.store, mail_id=mail_id)),
            "self_url": f"/mail/{mail_id}",
        },
    )


@get("/mail/{mail_id:int}/html")
async def mail_html(*, box: Box, mail_id: FromPath[int]) -> Response[str]:
    found = mailbox.mail(box.store, mail_id=mail_id)
    # Links open beside the mail, since the frame itself may go nowhere.
    body = '<base target="_blank">' + (mailbox.part(found.raw, "html") or "")
    headers = {**pages.HEADERS, "content-security-policy": MAIL_POLICY}
    return Response(body, media_type=MediaType.HTML, headers=headers)


def router() -> Router:
    return Router("/", route_handlers=[log, mails, mails_json, mail, mail_html])


def _answer(mail: Mail) -> MailAnswer:
    return MailAnswer(
        id=mail.id,
        received_at=pages.moment(mail.received_at),
        sender=mail.sender,
        recipients=mail.recipients,
        subject=mailbox.header(mail.raw, "subject"),
        text=mailbox.part(mail.raw, "plain"),
        html=mailbox.part(mail.raw, "html"),
    )
