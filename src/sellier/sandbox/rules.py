"""What the simulated provider decides, without touching anything."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sellier.sandbox.values import Card, State

# Numbers that begin with 9 are for national use and belong to no card network, so that no
# real card can ever match.
CARDS: Final[Mapping[str, Card]] = {
    "9100000000000000": Card.APPROVED,
    "9100000000000018": Card.NO_FUNDS,
    "9100000000000026": Card.STOLEN,
    "9100000000000034": Card.LATE_NOTICE,
    "9100000000000042": Card.TRIPLE_NOTICE,
    "9100000000000059": Card.SECOND_STEP,
}
REFUSALS: Final[Mapping[Card, str]] = {
    Card.NO_FUNDS: "insufficient_funds",
    Card.STOLEN: "stolen_card",
}
SECOND_STEP_CODE: Final = "2468"
SECOND_STEP_TRIES: Final = 3
AUTHENTICATION_FAILED: Final = "authentication_failed"
CANCELED: Final = "canceled_by_customer"
URL_LENGTH_MAX: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What becomes of a payment asked for with a token, and how the answer goes wrong."""

    state: State = State.AUTHORIZED
    reason: str | None = None
    is_slow: bool = False
    breaks: bool = False
    hangs: bool = False
    missing_minor: int = 0
    currency: str | None = None


TOKENS: Final[Mapping[str, Plan]] = {
    "tok_approve": Plan(),
    "tok_refuse": Plan(state=State.REFUSED, reason="insufficient_funds"),
    "tok_slow": Plan(is_slow=True),
    "tok_error": Plan(breaks=True),
    "tok_hang": Plan(hangs=True),
    "tok_wrong_amount": Plan(missing_minor=1),
    "tok_wrong_currency": Plan(currency="XTS"),
}


def card_of(number: str) -> Card | None:
    """Return the test card with this number, however it was spaced."""
    return CARDS.get(re.sub(r"[\s\u00a0\u202f-]", "", number))


def spaced(number: str) -> str:
    """Group a card number by four, as it is embossed."""
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))


def origin(url: str) -> str | None:
    """Return scheme, host and port of a plain web address; None for anything strange."""
    if len(url) > URL_LENGTH_MAX or not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:  # half an IPv6 address
        return None
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not parts.hostname:
        return None
    return f"{parts.scheme}://{parts.netloc.lower()}"


def is_allowed(url: str, *, origins: Collection[str]) -> bool:
    """Tell whether the provider may call, or send someone to, this address."""
    return origin(url) in origins


def way_back(return_url: str, *, key: str) -> str:
    """Return where the customer goes: the shop's address with the payment id and nothing else."""
    parts = urlsplit(return_url)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), ("payment", key)])
    return urlunsplit(parts._replace(query=query, fragment=""))


def can_capture(state: State) -> bool:
    """Tell whether money can be taken; several captures may share one authorization."""
    return state in {State.AUTHORIZED, State.CAPTURED}


def can_void(state: State) -> bool:
    """Tell whether nothing was taken yet, so that all can be let go."""
    return state in {State.REQUIRES_ACTION, State.AUTHORIZED}
