"""Every change to webhooks: endpoints, what they hear of, and the tries to tell them."""

from sellier.domain.webhooks.service.deliver import Due, claim, resend, try_once
from sellier.domain.webhooks.service.endpoints import (
    Wish,
    add,
    change,
    rotate,
    secrets_of,
    switch_off,
    switch_on,
)
from sellier.domain.webhooks.service.tell import forget, tell, test

__all__ = [
    "Due",
    "Wish",
    "add",
    "change",
    "claim",
    "forget",
    "resend",
    "rotate",
    "secrets_of",
    "switch_off",
    "switch_on",
    "tell",
    "test",
    "try_once",
]
