"""The provider's book as the customer moves it: pay, confirm, walk away."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from sellier.sandbox import notices, rules
from sellier.sandbox.ledger import NOTICE_OF
from sellier.sandbox.rows import payment_in
from sellier.sandbox.store import Store
from sellier.sandbox.values import Card, Payment, Settings, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    state: State
    reason: str | None = None
    copies: int = 1
    late_s: float = 0


def pay(store: Store, *, payment_id: str, card: Card, settings: Settings, now: datetime) -> Payment:
    """Let the card decide. A payment already decided stays as it is."""
    with store.transaction() as db:
        payment = payment_in(db, payment_id)
        if payment.state is not State.REQUIRES_ACTION or payment.second_step:
            return payment
        if card is Card.SECOND_STEP:
            db.execute("UPDATE payment SET second_step = 1 WHERE id = ?", (payment_id,))
            return payment_in(db, payment_id)
        decision = Decision(
            state=State.REFUSED if card in rules.REFUSALS else State.AUTHORIZED,
            reason=rules.REFUSALS.get(card),
            copies=3 if card is Card.TRIPLE_NOTICE else 1,
            late_s=settings.late_s if card is Card.LATE_NOTICE else 0,
        )
        return _decide(db, payment, decision, settings=settings, now=now)


def confirm(
    store: Store, *, payment_id: str, code: str, settings: Settings, now: datetime
) -> Payment:
    """Check the code of the second step; three wrong ones refuse the payment."""
    with store.transaction() as db:
        payment = payment_in(db, payment_id)
        if payment.state is not State.REQUIRES_ACTION or not payment.second_step:
            return payment
        if "".join(code.split()) == rules.SECOND_STEP_CODE:
            decision = Decision(state=State.AUTHORIZED)
            return _decide(db, payment, decision, settings=settings, now=now)
        db.execute("UPDATE payment SET tries = tries + 1 WHERE id = ?", (payment_id,))
        if payment.tries + 1 < rules.SECOND_STEP_TRIES:
            return payment_in(db, payment_id)
        decision = Decision(state=State.REFUSED, reason=rules.AUTHENTICATION_FAILED)
        return _decide(db, payment, decision, settings=settings, now=now)


def walk_away(store: Store, *, payment_id: str, settings: Settings, now: datetime) -> Payment:
    """Let the customer return to the shop without paying."""
    with store.transaction() as db:
        payment = payment_in(db, payment_id)
        if payment.state is not State.REQUIRES_ACTION:
            return payment
        decision = Decision(state=State.VOIDED, reason=rules.CANCELED)
        return _decide(db, payment, decision, settings=settings, now=now)


def _decide(
    db: sqlite3.Connection,
    payment: Payment,
    decision: Decision,
    *,
    settings: Settings,
    now: datetime,
) -> Payment:
    db.execute(
        "UPDATE payment SET state = ?, reason = ? WHERE id = ?",
        (decision.state, decision.reason, payment.id),
    )
    decided = payment_in(db, payment.id)
    notices.announce(
        db,
        decided,
        NOTICE_OF[decision.state],
        settings=settings,
        now=now,
        copies=decision.copies,
        late_s=decision.late_s,
    )
    return decided
