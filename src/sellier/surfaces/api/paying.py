"""The saga of paying: what is committed, what the provider is asked, what is answered.

Every step is committed before the next begins, and each may be done again: the payment's id is
the provider's key. A crash between two steps leaves a claimed key without an answer; the next
repeat of the request goes on from there, and so does the recovery job, whichever comes first.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from litestar.di import NamedDependency
from litestar.params import SkipValidation
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import service as orders
from sellier.domain.orders.queries import IntentRead
from sellier.domain.orders.service import Doors
from sellier.domain.payments.errors import ProviderRefused, ProviderUnavailable
from sellier.domain.payments.gateway import PaymentProvider
from sellier.domain.payments.states import PaymentState
from sellier.infra import idempotency
from sellier.infra.settings import Settings
from sellier.kernel.ids import PaymentId, public_id
from sellier.surfaces.api.problems import ForeignReturn

# A protocol cannot be checked at run time, and need not be: the application makes it.
Provider = NamedDependency[SkipValidation[PaymentProvider]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saga:
    """A payment to see to, under a claimed key."""

    scope: str
    key: str
    payment_id: PaymentId
    intent: IntentRead | None
    doors: Doors
    token: str | None
    is_resumed: bool


def doors(settings: Settings, *, payment_id: PaymentId, return_url: str | None) -> Doors:
    """Return where the provider sends the customer and its notices: to addresses of ours."""
    name = public_id("pay", payment_id)
    return Doors(
        return_url=return_url or f"{settings.url}/payments/return?payment={name}",
        notice_url=f"{settings.url}/payments/notices",
    )


def check_return(settings: Settings, url: str | None) -> None:
    """Refuse to send the customer to another site. Raises `ForeignReturn`."""
    if url is None:
        return
    ours, asked = urlsplit(settings.url), urlsplit(url)
    # A backslash or a user name makes browsers and us read different hosts.
    is_plain = "\\" not in url and "@" not in asked.netloc
    if not is_plain or (asked.scheme, asked.netloc) != (ours.scheme, ours.netloc):
        raise ForeignReturn("The customer can only be sent back to our own site.")


async def run(
    sessions: async_sessionmaker[AsyncSession],
    provider: PaymentProvider,
    saga: Saga,
    *,
    now: datetime,
) -> None:
    """Ask the provider for the money and act on what it says.

    Raises `ProviderUnavailable` when nobody knows; the key is left for the next repeat then.
    """
    try:
        if saga.is_resumed and await _is_settled(sessions, provider, saga, now=now):
            return
        await orders.pay(
            sessions,
            provider,
            payment_id=saga.payment_id,
            doors=saga.doors,
            token=saga.token,
            intent=saga.intent,
            now=now,
        )
    except ProviderUnavailable:
        async with sessions.begin() as db:
            await idempotency.leave(db, scope=saga.scope, key=saga.key)
        raise
    except ProviderRefused:
        # The provider will never take this request (an unknown token): the order is let go.
        async with sessions.begin() as db:
            await orders.give_up(db, payment_id=saga.payment_id, by="checkout", now=now)


async def _is_settled(
    sessions: async_sessionmaker[AsyncSession],
    provider: PaymentProvider,
    saga: Saga,
    *,
    now: datetime,
) -> bool:
    """Ask what became of a request that may or may not have reached the provider."""
    found = await orders.settle(
        sessions, provider, payment_id=saga.payment_id, by="checkout", now=now
    )
    return found.state is not PaymentState.CREATED
