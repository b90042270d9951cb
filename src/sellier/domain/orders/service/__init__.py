"""Every change to orders.

Verbs that take `sessions` are sagas: several transactions, with calls to the payment provider
or a carrier between them. All others work in their caller's transaction.
"""

from sellier.domain.orders.service.amend import amend_address, amend_line, want_letter
from sellier.domain.orders.service.cancel import cancel_order, cancel_units, expire_pickups, free
from sellier.domain.orders.service.claim import claim, widen_offers
from sellier.domain.orders.service.desk import hold, move_to, release, take_away
from sellier.domain.orders.service.fulfill import (
    accept,
    collect,
    deliver,
    hand_over,
    hand_over_all,
    lose,
    make_ready,
    pack,
    pick,
    remind_pickups,
)
from sellier.domain.orders.service.label import ask_again, label, take_back
from sellier.domain.orders.service.letters import remember_letter
from sellier.domain.orders.service.move import (
    Moved,
    Target,
    collect_elsewhere,
    collect_later,
    refund_pickup,
    replan,
    send_instead,
)
from sellier.domain.orders.service.pay import Doors, Paid, ask, give_up, pay, settle, take_in
from sellier.domain.orders.service.picking import finish_picking, put_back, scan
from sellier.domain.orders.service.place import Placed, draw_number, place
from sellier.domain.orders.service.replace import (
    Replacement,
    carry_out,
    fall_back,
    let_out,
    set_aside,
)
from sellier.domain.orders.service.source import source
from sellier.domain.orders.service.track import take_tracking
from sellier.domain.orders.service.withdraw import reject, relieve, time_out_offers, withdraw

__all__ = [
    "Doors",
    "Moved",
    "Paid",
    "Placed",
    "Replacement",
    "Target",
    "accept",
    "amend_address",
    "amend_line",
    "ask",
    "ask_again",
    "cancel_order",
    "cancel_units",
    "carry_out",
    "claim",
    "collect",
    "collect_elsewhere",
    "collect_later",
    "deliver",
    "draw_number",
    "expire_pickups",
    "fall_back",
    "finish_picking",
    "free",
    "give_up",
    "hand_over",
    "hand_over_all",
    "hold",
    "label",
    "let_out",
    "lose",
    "make_ready",
    "move_to",
    "pack",
    "pay",
    "pick",
    "place",
    "put_back",
    "refund_pickup",
    "reject",
    "release",
    "relieve",
    "remember_letter",
    "remind_pickups",
    "replan",
    "scan",
    "send_instead",
    "set_aside",
    "settle",
    "source",
    "take_away",
    "take_back",
    "take_in",
    "take_tracking",
    "time_out_offers",
    "want_letter",
    "widen_offers",
    "withdraw",
]
