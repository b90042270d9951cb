"""What the home of a demo says: whether it is filled, and who may sign in."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sellier.demo import group
from sellier.infra.settings import Settings

DONE: Final = "demo.done"  # written last: a demo that was cut short begins again
ORDERS: Final = "demo.orders"
STAFF_FILE: Final = "demo.staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A member of the demo's staff, and the password made for this machine alone."""

    email: str
    name: str
    role: str
    password: str


def is_prepared(settings: Settings) -> bool:
    """Tell whether the demo group is in the database to its last piece."""
    return (settings.home / DONE).exists()


def mark_prepared(settings: Settings) -> None:
    (settings.home / DONE).write_text("The demo group is in the database.\n")


def has_orders(settings: Settings) -> bool:
    """Tell whether customers of the demo have bought already."""
    return (settings.home / ORDERS).exists()


def mark_orders(settings: Settings) -> None:
    (settings.home / ORDERS).write_text("Customers of the demo have bought.\n")


def sign_ins(settings: Settings) -> Sequence[SignIn]:
    """List who may sign in at the demo, with the password of this home."""
    return [
        SignIn(email=s.email, name=s.display_name, role=s.role.value, password=password(settings))
        for s in group.STAFF
    ]


def password(settings: Settings) -> str:
    """Return the demo staff's password: made once for this home, never the same on two."""
    path = settings.home / STAFF_FILE
    if not path.exists():
        settings.home.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text("-".join(secrets.token_hex(2) for _ in range(3)))
    return path.read_text()
