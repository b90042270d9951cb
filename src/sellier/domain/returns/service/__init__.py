"""Every change to returns. Callers open the transaction; nothing here commits.

Locks are taken in this order: the order's money, its lines, the return, work, positions.
"""

from sellier.domain.returns.service.announce import announce, cancel, end_exchange, lapse, send
from sellier.domain.returns.service.carrier import lost, sent_back
from sellier.domain.returns.service.receive import inspect, receive
from sellier.domain.returns.service.settle import settle
from sellier.domain.returns.service.take_back import Handed, take_back

__all__ = [
    "Handed",
    "announce",
    "cancel",
    "end_exchange",
    "inspect",
    "lapse",
    "lost",
    "receive",
    "send",
    "sent_back",
    "settle",
    "take_back",
]
