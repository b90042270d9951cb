"""Who may do what, how long a sign-in lasts, and how guessing is slowed down."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sellier.domain.identity.errors import StaffRefused
from sellier.domain.identity.states import Right, Role

# What is not here is refused.
RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.ASSOCIATE: frozenset(
        {
            Right.LOOK_UP_PIECES,
            Right.PREPARE_ORDERS,
            Right.RECEIVE_STOCK,
            Right.COUNT_STOCK,
            Right.TAKE_RETURNS,
        }
    ),
    Role.ORDER_DESK: frozenset(
        {
            Right.ENTER_STUDIO,
            Right.READ_ORDERS,
            Right.CHANGE_ORDERS,
            Right.READ_STOCK,
            Right.MOVE_STOCK,
            Right.CHANGE_SOURCING,
            Right.CLOSE_LOCATIONS,
            Right.MOVE_MONEY,
            Right.APPROVE_COUNTS,
            Right.MANAGE_RETURNS,
        }
    ),
    Role.MERCHANDISER: frozenset({Right.ENTER_STUDIO, Right.READ_STOCK, Right.READ_CATALOG}),
    Role.ADMINISTRATOR: frozenset(Right),
}

IDLE_LIMIT: Final = timedelta(hours=8)
ABSOLUTE_LIMIT: Final = timedelta(days=14)
# `seen_at` is written this often at most: a page must not cost a write each time.
SEEN_EVERY: Final = timedelta(minutes=1)

FAILURES_COUNT_FOR: Final = timedelta(minutes=15)
FAILURES_KEPT_FOR: Final = timedelta(days=90)
FREE_BY_ACCOUNT: Final = 5
FREE_BY_ADDRESS: Final = 30  # a whole boutique may stand behind one address
WAIT_FIRST: Final = timedelta(seconds=30)
WAIT_LONGEST: Final = timedelta(minutes=15)
DOUBLINGS_MAX: Final = 10

PASSWORD_SHORTEST: Final = 12
PASSWORD_LONGEST: Final = 128  # hashing a long text is work that an attacker would ask for
EMAIL_LONGEST: Final = 254
NAME_LONGEST: Final = 100


def may(role: Role, right: Right) -> bool:
    """Tell whether a role has a right; a role without an entry has none."""
    return right in RIGHTS.get(role, frozenset())


def next_attempt_at(failures: Sequence[datetime], *, free: int) -> datetime | None:
    """Return when the next attempt is heard; None for at once.

    The first `free` failures cost nothing; from there each doubles the wait after the last.
    """
    beyond = len(failures) - free
    if beyond < 0:
        return None
    wait = min(WAIT_FIRST * (1 << min(beyond, DOUBLINGS_MAX)), WAIT_LONGEST)
    return max(failures) + wait


def plain_email(email: str) -> str:
    """Return an e-mail address as accounts are kept: people type capitals and spaces."""
    return "".join(filter(str.isprintable, email)).strip().lower()[:EMAIL_LONGEST]


def check_staff(*, email: str, name: str, role: Role, has_location: bool) -> None:
    """Refuse staff that make no sense. Raises `StaffRefused`."""
    local, _, domain = email.partition("@")
    if not local or "." not in domain or any(letter.isspace() for letter in email):
        raise StaffRefused("An e-mail address looks like name@house.example.", field="email")
    if not 0 < len(name.strip()) <= NAME_LONGEST:
        raise StaffRefused("A name has 1 to 100 characters.", field="name")
    if has_location != (role is Role.ASSOCIATE):
        raise StaffRefused(
            "An associate works at one location; nobody else has one.", field="location"
        )


def check_password(password: str) -> None:
    """Refuse a password that is too short or too long. Raises `StaffRefused`."""
    if not PASSWORD_SHORTEST <= len(password) <= PASSWORD_LONGEST:
        raise StaffRefused("A password has 12 to 128 characters.", field="password")
