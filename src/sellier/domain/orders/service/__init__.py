"""Every change to orders.

Verbs that take `sessions` are sagas: several transactions, with calls to the payment provider
between them. All others work in their caller's transaction.
"""

from sellier.domain.orders.service.letters import remember_letter
from sellier.domain.orders.service.pay import Doors, Paid, ask, give_up, pay, settle, take_in
from sellier.domain.orders.service.place import Placed, draw_number, place

__all__ = [
    "Doors",
    "Paid",
    "Placed",
    "ask",
    "draw_number",
    "give_up",
    "pay",
    "place",
    "remember_letter",
    "settle",
    "take_in",
]
