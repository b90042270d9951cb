"""The provider's book as the shop uses it: open, read, capture, void, refund."""

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from sellier.sandbox import notices, rules, wire
from sellier.sandbox.errors import (
    AddressForbidden,
    AmountTooHigh,
    KeyReused,
    PaymentUnknown,
    StateForbids,
    TokenUnknown,
)
from sellier.sandbox.rows import new_id, payment_in, payment_of
from sellier.sandbox.store import Store
from sellier.sandbox.values import NoticeType, Payment, Settings, State

NOTICE_OF: Final = {
    State.AUTHORIZED: NoticeType.AUTHORIZED,
    State.REFUSED: NoticeType.REFUSED,
    State.VOIDED: NoticeType.VOIDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Something asked of a payment, with the key that makes asking twice harmless."""

    payment_id: str
    key: str
    notice: NoticeType
    amount_minor: int = 0

    @property
    def fingerprint(self) -> str:
        return f"{self.notice} {self.payment_id} {self.amount_minor}"


def create(
    store: Store, *, key: str, asked: wire.NewPayment, settings: Settings, now: datetime
) -> tuple[Payment, rules.Plan]:
    """Open a payment, or find the one that this key already opened.

    The plan says how the answer should misbehave; a repeated question never does.
    """
    plan = _plan(asked, settings)
    fingerprint = hashlib.sha256(msgspec.json.encode(asked)).hexdigest()
    with store.transaction() as db:
        row = db.execute("SELECT * FROM payment WHERE key = ?", (key,)).fetchone()
        if row is not None:
            if row["fingerprint"] != fingerprint:
                raise KeyReused("This key came with another body.")
            return payment_of(row), rules.Plan()
        payment_id = new_id("pay")
        db.execute(
            "INSERT INTO payment (id, key, fingerprint, state, amount_minor, currency, reference,"
            " return_url, notice_url, reason, created_at) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            (
                payment_id,
                key,
                fingerprint,
                plan.state,
                max(1, asked.amount_minor - plan.missing_minor),
                plan.currency or asked.currency,
                asked.reference,
                asked.return_url,
                asked.notice_url,
                plan.reason,
                now.timestamp(),
            ),
        )
        payment = payment_in(db, payment_id)
        if payment.state in NOTICE_OF:
            notices.announce(db, payment, NOTICE_OF[payment.state], settings=settings, now=now)
    return payment, plan


def _plan(asked: wire.NewPayment, settings: Settings) -> rules.Plan:
    for url in (asked.return_url, asked.notice_url):
        if not rules.is_allowed(url, origins=settings.allowed_origins):
            raise AddressForbidden(f"Origin not in the allowlist: {rules.origin(url)}")
    if asked.token is None:
        return rules.Plan(state=State.REQUIRES_ACTION)
    if asked.token not in rules.TOKENS:
        raise TokenUnknown("No such test token.")
    return rules.TOKENS[asked.token]


def get(store: Store, *, payment_id: str) -> Payment:
    """Return one payment. Raises `PaymentUnknown`."""
    rows = store.rows("SELECT * FROM payment WHERE id = ?", payment_id)
    if not rows:
        raise PaymentUnknown("No such payment.")
    return payment_of(rows[0])


def by_key(store: Store, *, key: str) -> list[Payment]:
    """Return the payment that this key opened, if any."""
    return [payment_of(row) for row in store.rows("SELECT * FROM payment WHERE key = ?", key)]


def page(store: Store, *, after: str | None, limit: int) -> list[Payment]:
    """List payments in the order they were opened, to compare both books."""
    rows = store.rows(
        "SELECT * FROM payment WHERE seq >"
        " coalesce((SELECT seq FROM payment WHERE id = ?), 0) ORDER BY seq LIMIT ?",
        after,
        limit,
    )
    return [payment_of(row) for row in rows]


def recent(store: Store, *, limit: int = 50) -> list[Payment]:
    """List the newest payments first, for the log page."""
    rows = store.rows("SELECT * FROM payment ORDER BY seq DESC LIMIT ?", limit)
    return [payment_of(row) for row in rows]


def operate(store: Store, *, operation: Operation, settings: Settings, now: datetime) -> bytes:
    """Capture, void or refund once. The same key gets the same answer for ever."""
    with store.transaction() as db:
        given = db.execute("SELECT * FROM operation WHERE key = ?", (operation.key,)).fetchone()
        if given is not None:
            if given["fingerprint"] != operation.fingerprint:
                raise KeyReused("This key was used for something else.")
            return bytes(given["answer"])
        _apply(db, payment_in(db, operation.payment_id), operation)
        payment = payment_in(db, operation.payment_id)
        notices.announce(db, payment, operation.notice, settings=settings, now=now)
        stands = wire.answer(payment, public_url=settings.public_url)
        answer = msgspec.json.encode(msgspec.structs.replace(stands, operation=new_id("op")))
        db.execute(
            "INSERT INTO operation (key, fingerprint, answer) VALUES (?, ?, ?)",
            (operation.key, operation.fingerprint, answer),
        )
        return answer


def _apply(db: sqlite3.Connection, payment: Payment, operation: Operation) -> None:
    captured, refunded, state = payment.captured_minor, payment.refunded_minor, payment.state
    match operation.notice:
        case NoticeType.CAPTURED:
            _allow(rules.can_capture(state), payment)
            captured, state = captured + operation.amount_minor, State.CAPTURED
        case NoticeType.REFUNDED:
            _allow(state is State.CAPTURED, payment)
            refunded += operation.amount_minor
        case NoticeType.VOIDED:
            _allow(rules.can_void(state), payment)
            state = State.VOIDED
        case NoticeType.AUTHORIZED | NoticeType.REFUSED:
            raise AssertionError("decided by the card, never by the shop")
    if captured > payment.amount_minor or refunded > captured:
        raise AmountTooHigh("More than there is.")
    db.execute(
        "UPDATE payment SET state = ?, captured_minor = ?, refunded_minor = ? WHERE id = ?",
        (state, captured, refunded, payment.id),
    )


def _allow(allowed: bool, payment: Payment) -> None:  # noqa: FBT001  (a guard reads best so)
    if not allowed:
        raise StateForbids(f"Not possible for a payment that is {payment.state}.")
