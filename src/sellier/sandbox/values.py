"""The words of the simulated provider. They belong to it, not to the shop."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    REQUIRES_ACTION = "requires_action"
    AUTHORIZED = "authorized"
    REFUSED = "refused"
    CAPTURED = "captured"
    VOIDED = "voided"


class NoticeType(StrEnum):
    AUTHORIZED = "payment.authorized"
    REFUSED = "payment.refused"
    CAPTURED = "payment.captured"
    VOIDED = "payment.voided"
    REFUNDED = "payment.refunded"


class Card(StrEnum):
    """What a test card does; the number printed on it is in `rules`."""

    APPROVED = "approved"
    NO_FUNDS = "no_funds"
    STOLEN = "stolen"
    LATE_NOTICE = "late_notice"
    TRIPLE_NOTICE = "triple_notice"
    SECOND_STEP = "second_step"


class Sender(StrEnum):
    """Who of the world outside sends a notice."""

    PAYMENTS = "payments"
    CARRIER = "carrier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one sandbox behaves. The seconds are short in tests."""

    api_key: str
    notice_secret: str
    carrier_key: str
    carrier_secret: str
    allowed_origins: tuple[str, ...]
    public_url: str
    slow_s: float = 3.0
    hang_s: float = 300.0
    late_s: float = 10.0
    notice_after_s: float = 0.5  # a provider answers first; its notice comes by a slower way
    notice_waits_s: tuple[float, ...] = (1, 5, 25, 125, 625)
    pickup_s: float = 30.0  # the carrier comes by this long after a label; 0: when told to
    step_s: float = 10.0  # and tells something new of a parcel this often

    def secret_of(self, sender: Sender) -> str:
        """Return what this sender signs its notices with."""
        return self.notice_secret if sender is Sender.PAYMENTS else self.carrier_secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    id: str
    key: str
    state: State
    amount_minor: int
    captured_minor: int
    refunded_minor: int
    currency: str
    reference: str
    return_url: str
    notice_url: str
    reason: str | None
    second_step: bool
    tries: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    id: str
    about: str
    sender: Sender
    type: str
    url: str
    body: str
    copies: int
    attempts: int
    due_at: datetime
    state: str
    last_answer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    id: int
    received_at: datetime
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
