"""What the simulated carrier decides, without touching anything."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sellier.sandbox.carrier.values import Move, State
from sellier.sandbox.carrier.wire import Address

USUAL: Final = (
    State.PICKED_UP,
    State.IN_TRANSIT,
    State.OUT_FOR_DELIVERY,
    State.DELIVERED,
)
UNSERVED: Final = frozenset({"AQ"})
HUBS: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What becomes of a shipment by itself, how it is told, and how the first answer goes wrong."""

    journey: Sequence[State] = USUAL
    copies: int = 1
    is_shuffled: bool = False
    is_refused: bool = False
    is_slow: bool = False
    breaks: bool = False
    hangs: bool = False


TOKENS: Final[Mapping[str, Plan]] = {
    "tok_usual": Plan(),
    "tok_still": Plan(journey=()),
    "tok_attempt": Plan(
        journey=(*USUAL[:-1], State.FAILED_ATTEMPT, State.OUT_FOR_DELIVERY, State.DELIVERED)
    ),
    "tok_return": Plan(journey=(*USUAL[:-1], State.FAILED_ATTEMPT, State.RETURNED)),
    "tok_lost": Plan(journey=(*USUAL[:2], State.LOST)),
    "tok_twice": Plan(copies=2),
    "tok_shuffled": Plan(is_shuffled=True),
    "tok_refuse": Plan(is_refused=True),
    "tok_slow": Plan(is_slow=True),
    "tok_error": Plan(breaks=True),
    "tok_hang": Plan(hangs=True),
}
PLAIN: Final = "tok_usual"

# Where a shipment goes when someone presses "next", and what else may happen to it there.
_ONWARD: Final[Mapping[State, State]] = {
    State.LABELED: State.PICKED_UP,
    State.PICKED_UP: State.IN_TRANSIT,
    State.IN_TRANSIT: State.OUT_FOR_DELIVERY,
    State.OUT_FOR_DELIVERY: State.DELIVERED,
    State.FAILED_ATTEMPT: State.OUT_FOR_DELIVERY,
    State.LOST: State.IN_TRANSIT,  # lost is not gone: some are found
}
_ON_THE_WAY: Final = frozenset(_ONWARD) - {State.LABELED}


def token_of(given: str | None, recipient: Address) -> str:
    """Return the test token: the one given, else one typed into a line of the address."""
    typed = (word for line in recipient.lines for word in line.lower().split())
    return given or next((word for word in typed if word in TOKENS), PLAIN)


def after(state: State, move: Move) -> State | None:
    """Return where a move takes a shipment, or None when that cannot happen there."""
    if move is Move.NEXT:
        return _ONWARD.get(state)
    if move is Move.FAIL:
        return State.FAILED_ATTEMPT if state is State.OUT_FOR_DELIVERY else None
    if state not in _ON_THE_WAY or (move is Move.LOSE and state is State.LOST):
        return None
    return State.LOST if move is Move.LOSE else State.RETURNED


def moves(state: State) -> Sequence[Move]:
    """List what may happen to a shipment now, for the desk."""
    return [move for move in Move if after(state, move) is not None]


def next_of(token: str, *, passed: int) -> State | None:
    """Return what happens by itself to a shipment that has `passed` events after its label."""
    journey = TOKENS[token].journey
    return journey[passed] if passed < len(journey) else None


def place(state: State, *, sender: Address, recipient: Address, number: str) -> str:
    """Say where an event happened: at either end, or at a hub between."""
    if state in {State.LABELED, State.PICKED_UP, State.CANCELED, State.RETURNED}:
        return sender.city
    if state in {State.IN_TRANSIT, State.LOST}:
        return f"Hub {int(number[2:]) % HUBS + 1:02}"
    return recipient.city


def tracking_number(digits: str) -> str:
    """Return PT, ten digits and a check digit, as people read them out."""
    return f"PT{digits}{_check_digit(digits)}"


def spaced(number: str) -> str:
    """Group a tracking number as it is printed: PT 4821 0937 556."""
    return f"{number[:2]} {number[2:6]} {number[6:10]} {number[10:]}"


def printable(text: str) -> str:
    """Write a text in the letters that every label printer has; what has none becomes a dot."""
    plain = []
    for letter in text:
        bare = unicodedata.normalize("NFKD", letter) if not _prints(letter) else letter
        kept = "".join(part for part in bare if _prints(part))
        plain.append(kept or _SPELLED.get(letter, "" if unicodedata.combining(letter) else "."))
    return "".join(plain)


_SPELLED: Final[Mapping[str, str]] = {
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "\N{LATIN SMALL LETTER DOTLESS I}": "i",
}


def _prints(letter: str) -> bool:
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return letter.isprintable()


def _check_digit(digits: str) -> str:
    """Double every second digit from the right, so that two swapped neighbors are noticed."""
    doubled = (int(d) * (2 - i % 2) for i, d in enumerate(reversed(digits)))
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)
