"""The saga of paying: what is committed, what the provider is asked, what is answered.

Every step is committed before the next begins, and each may be done again: the payment's id is
the provider's key. A crash between two steps leaves a claimed key without an answer; the next
repeat of the request goes on from there, and so does the recovery job, whichever comes first.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from litestar.di import NamedDependency
from litestar.params import SkipValidation
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.queries import IntentRead
from sellier.domain.orders.service import Doors
from sellier.domain.payments.errors import ProviderRefused, ProviderUnavailable
from sellier.domain.payments.gateway import PaymentProvider
from sellier.domain.payments.states import PaymentState
from sellier.infra import idempotency
from sellier.infra.idempotency import Answer
from sellier.infra.settings import Settings
from sellier.kernel.ids import PaymentId, public_id
from sellier.surfaces.api.problems import ForeignReturn

# A protocol cannot be checked at run time, and need not be: the application makes it.
Provider = NamedDependency[SkipValidation[PaymentProvider]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saga:
    """A payment to see to, under a claimed key.

    Whoever has just placed the order knows the `intent`, of which the provider cannot have heard.
    """

    scope: str
    key: str
    payment_id: PaymentId
    intent: IntentRead | None
    doors: Doors
    token: str | None


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
    if not _is_ours(settings.url, url):
        raise ForeignReturn("The customer can only be sent back to our own site.")


def _is_ours(ours: str, url: str) -> bool:
    try:
        site, asked = urlsplit(ours), urlsplit(url)
    except ValueError:  # half an IPv6 address
        return False
    # A backslash or a user name makes browsers and us read different hosts.
    is_plain = "\\" not in url and "@" not in asked.netloc
    return is_plain and (asked.scheme, asked.netloc) == (site.scheme, site.netloc)


async def run(
    sessions: async_sessionmaker[AsyncSession],
    provider: PaymentProvider,
    saga: Saga,
    *,
    now: datetime,
    finish: Callable[[AsyncSession], Awaitable[Answer]],
) -> Answer:
    """Ask the provider for the money, act on what it says, and keep the answer of the request.

    `finish` writes the answer, in the transaction that makes it true. Raises
    `ProviderUnavailable` when nobody knows; the key is left for the next repeat then.
    """
    try:
        act = await _ask(sessions, provider, saga, now=now)
    except ProviderUnavailable:
        async with sessions.begin() as db:
            await idempotency.leave(db, scope=saga.scope, key=saga.key)
        raise
    async with sessions.begin() as db:
        await act(db)
        return await idempotency.record(db, scope=saga.scope, key=saga.key, answer=await finish(db))


async def _ask(
    sessions: async_sessionmaker[AsyncSession],
    provider: PaymentProvider,
    saga: Saga,
    *,
    now: datetime,
) -> Callable[[AsyncSession], Awaitable[object]]:
    """Ask the provider, unless that was done; return what its answer makes of the order."""
    this: dict[str, Any] = {"payment_id": saga.payment_id, "by": "checkout", "now": now}
    try:
        intent = saga.intent or await _known(sessions, provider, saga, now=now)
        if intent.state is not PaymentState.CREATED:
            return _nothing
        told = await orders.ask(
            provider,
            payment_id=saga.payment_id,
            intent=intent,
            doors=saga.doors,
            token=saga.token,
        )
    except ProviderRefused:
        # The provider will never take this request (an unknown token): the order is let go.
        return partial(orders.give_up, **this)
    return partial(orders.take_in, told=told, **this)


async def _known(
    sessions: async_sessionmaker[AsyncSession],
    provider: PaymentProvider,
    saga: Saga,
    *,
    now: datetime,
) -> IntentRead:
    """Find out what became of a request that may or may not have reached the provider."""
    await orders.settle(sessions, provider, payment_id=saga.payment_id, by="checkout", now=now)
    async with sessions.begin() as db:
        intent = await queries.intent(db, payment_id=saga.payment_id)
    assert intent is not None, "the saga began with it"
    return intent


async def _nothing(_db: AsyncSession) -> None:
    """Leave everything as it is."""
