"""Signed notices from services outside, by the Standard Webhooks rules: who sent them, and when."""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

import msgspec
from standardwebhooks import Webhook

from sellier.kernel.errors import Forbidden

BYTES_MAX: Final = 64 * 1024
DEPTH_MAX: Final = 8
WINDOW: Final = timedelta(minutes=5)
SECRET_BYTES_MIN: Final = 24

Shape = TypeVar("Shape", bound=msgspec.Struct)


class NoticeRejected(Forbidden):
    """Something came to a notice door that its sender did not just sign. Answer 401."""

    code = "notices.rejected"


class NoticeTooLarge(NoticeRejected):
    """The notice is larger or deeper than any that is sent."""

    code = "notices.too_large"


class NoticeHeaderMissing(NoticeRejected):
    """The notice lacks a header that Standard Webhooks asks for."""

    code = "notices.header_missing"


class NoticeForged(NoticeRejected):
    """The notice is not signed with our secret."""

    code = "notices.forged"


class NoticeStale(NoticeRejected):
    """The notice was signed more than five minutes away from now."""

    code = "notices.stale"


class NoticeUnreadable(NoticeRejected):
    """The notice is signed, but is not what the contract says."""

    code = "notices.unreadable"


@dataclass(frozen=True, slots=True)
class NoticeSecret:
    """The secret shared with a sender. An empty or short one does not come into being."""

    value: str = field(repr=False)

    def __post_init__(self) -> None:
        prefix, _, encoded = self.value.partition("whsec_")
        try:
            secret = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            secret = b""
        if prefix or len(secret) < SECRET_BYTES_MIN:
            raise ValueError(f"A notice secret is whsec_ and base64 of {SECRET_BYTES_MIN}+ bytes.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Bytes that the sender signed. Keep `id` unique with its effect: it may come again."""

    id: str
    sent_at: datetime
    body: bytes


def verify(
    *, headers: Mapping[str, str], body: bytes, secret: NoticeSecret, now: datetime
) -> Signed:
    """Return the notice if its sender signed exactly these bytes within five minutes.

    Raises a `NoticeRejected`, which tells nothing of the signature expected.
    """
    if len(body) > BYTES_MAX or _depth(body) > DEPTH_MAX:
        raise NoticeTooLarge("The notice is too large or too deep.")
    names = {name.lower(): value for name, value in headers.items()}
    notice_id, stamp, signatures = (
        names.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")
    )
    if not (notice_id and stamp and signatures):
        raise NoticeHeaderMissing("The notice lacks a webhook header.")
    if not re.fullmatch(r"[0-9]{1,11}", stamp) or not re.fullmatch(r"[!-~]{1,200}", notice_id):
        raise NoticeForged("The notice is not signed by its sender.")

    sent_at = datetime.fromtimestamp(int(stamp), UTC)
    if not _is_signed(body, secret=secret, notice_id=notice_id, at=sent_at, by=signatures):
        raise NoticeForged("The notice is not signed by its sender.")
    if abs(now - sent_at) > WINDOW:
        raise NoticeStale("The notice is older, or newer, than five minutes.")
    return Signed(id=notice_id, sent_at=sent_at, body=body)


def read(signed: Signed, shape: type[Shape]) -> Shape:
    """Return what a signed notice says. Raises `NoticeUnreadable`."""
    try:
        return msgspec.json.decode(signed.body, type=shape)
    except (msgspec.DecodeError, RecursionError) as error:
        raise NoticeUnreadable("The notice is signed but makes no sense.") from error


def _is_signed(body: bytes, *, secret: NoticeSecret, notice_id: str, at: datetime, by: str) -> bool:
    """Compare every signature offered: several are normal while a secret is being changed.

    The package's own `verify` reads the clock itself and lets parsing errors of a crafted
    header escape, so only its signing is used here.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    expected = Webhook(secret.value).sign(notice_id, at, text).encode()
    offered = by.encode("utf-8", "replace").split(b" ")
    return any(hmac.compare_digest(expected, signature) for signature in offered)


def _depth(body: bytes) -> int:
    """Return how deep brackets nest, in one pass and before anything is believed."""
    deepest = depth = 0
    # Possessive, and an open string runs to the end: a crafted body cannot make this slow.
    for bracket in re.sub(rb'"(?:[^"\\]|\\.)*+"?|[^\[\]{}"]+', b"", body, flags=re.DOTALL):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest
