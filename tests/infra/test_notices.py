import base64
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from standardwebhooks import Webhook

from sellier.infra import notices
from sellier.infra.notices import (
    NoticeForged,
    NoticeHeaderMissing,
    NoticeRejected,
    NoticeSecret,
    NoticeStale,
    NoticeTooLarge,
    NoticeUnreadable,
    Signed,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TEXT = "whsec_dGhpcnR5LXR3byBieXRlcyBmb3IgdGVzdHMgb25seSE="
SECRET = NoticeSecret(TEXT)
BODY = b'{"type": "parcel.told", "amount_minor": 1}'


class Told(msgspec.Struct, frozen=True, kw_only=True):
    type: str
    amount_minor: int


def signed(
    body: bytes, *, at: datetime = NOW, secret: str = TEXT, notice_id: str = "msg_1"
) -> dict[str, str]:
    return {
        "Webhook-Id": notice_id,
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(secret).sign(notice_id, at, body.decode("latin-1")),
    }


def verify(headers: Mapping[str, str], body: bytes = BODY, now: datetime = NOW) -> Signed:
    return notices.verify(headers=headers, body=body, secret=SECRET, now=now)


def test_a_notice_signed_by_its_sender_is_believed() -> None:
    signed_notice = verify(signed(BODY))
    assert signed_notice == Signed(id="msg_1", sent_at=NOW, body=BODY)
    assert notices.read(signed_notice, Told) == Told(type="parcel.told", amount_minor=1)


def test_one_good_signature_among_several_is_enough_while_a_secret_changes() -> None:
    headers = signed(BODY)
    headers["Webhook-Signature"] = "v1,AAAA v1a,BBBB junk " + headers["Webhook-Signature"]
    verify(headers)


@pytest.mark.parametrize("name", ["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"])
def test_a_missing_header_is_refused(name: str) -> None:
    headers = signed(BODY)
    del headers[name]
    with pytest.raises(NoticeHeaderMissing):
        verify(headers)
    with pytest.raises(NoticeHeaderMissing):
        verify({**headers, name: ""})


@pytest.mark.parametrize(
    "changes",
    [
        {"Webhook-Signature": "v1,"},
        {"Webhook-Signature": "v1"},
        {"Webhook-Signature": "v1,é"},
        {"Webhook-Signature": "v1,AAAA"},
        {"Webhook-Id": "msg_2"},
        {"Webhook-Id": "msg\u0000"},
        {"Webhook-Timestamp": str(int(NOW.timestamp()) + 1)},
        {"Webhook-Timestamp": "nan"},
        {"Webhook-Timestamp": "1e9"},
        {"Webhook-Timestamp": "٣٣٣"},
        {"Webhook-Timestamp": "9" * 400},
    ],
)
def test_a_forged_notice_is_refused_without_a_hint(changes: dict[str, str]) -> None:
    headers = signed(BODY)
    with pytest.raises(NoticeForged) as refused:
        verify(headers | changes)
    assert headers["Webhook-Signature"][3:] not in str(refused.value)


def test_one_changed_byte_breaks_the_signature() -> None:
    with pytest.raises(NoticeForged):
        verify(signed(BODY), body=BODY.replace(b'"amount_minor": 1', b'"amount_minor": 2'))
    with pytest.raises(NoticeForged):
        verify(signed(BODY), body=BODY + b" ")
    with pytest.raises(NoticeForged):
        verify(signed(BODY), body=b"\xff" + BODY)


def test_a_notice_signed_with_another_secret_is_refused() -> None:
    other = "whsec_" + base64.b64encode(b"x" * 32).decode()
    with pytest.raises(NoticeForged):
        verify(signed(BODY, secret=other))


@pytest.mark.parametrize("age", [timedelta(seconds=301), timedelta(seconds=-301)])
def test_a_notice_out_of_the_window_is_stale(age: timedelta) -> None:
    with pytest.raises(NoticeStale):
        verify(signed(BODY), now=NOW + age)
    verify(signed(BODY), now=NOW + timedelta(seconds=300))


def test_a_large_or_deep_body_is_refused_before_its_signature_is_read() -> None:
    with pytest.raises(NoticeTooLarge):
        verify({}, body=b" " * (64 * 1024 + 1))
    with pytest.raises(NoticeTooLarge):
        verify({}, body=b"[" * 9 + b"]" * 9)
    with pytest.raises(NoticeHeaderMissing):
        verify({}, body=b'{"a": "[[[[[[[[[[[[ \\" [[[[["}')


@pytest.mark.parametrize("unit", [b'"\\', b'"', b"\\", b"[]", b'\\"', b'"[', b"{"])
def test_no_body_makes_the_depth_check_slow(unit: bytes) -> None:
    begun = time.perf_counter()
    with pytest.raises(NoticeRejected):
        verify({}, body=(unit * 64 * 1024)[: 64 * 1024])
    assert time.perf_counter() - begun < 0.5


@pytest.mark.parametrize("body", [b"", b"not json", b"{}", b'{"type": "x", "amount_minor": "1"}'])
def test_a_signed_notice_that_makes_no_sense_is_unreadable(body: bytes) -> None:
    with pytest.raises(NoticeUnreadable):
        notices.read(verify(signed(body), body=body), Told)


@pytest.mark.parametrize("value", ["", "whsec_", "whsec_c2hvcnQ=", "secret", "whsec_!!!", "x" * 64])
def test_an_empty_short_or_placeholder_secret_does_not_come_into_being(value: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        NoticeSecret(value)


def test_the_secret_does_not_show_in_a_log() -> None:
    assert TEXT not in repr(SECRET)
