"""Compare our books with the provider's, both ways."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.payments import queries, rules
from sellier.domain.payments.gateway import PaymentProvider
from sellier.domain.payments.rules import Difference, ProviderPayment, Standing
from sellier.kernel.ids import PaymentId

Sessions = async_sessionmaker[AsyncSession]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One payment that the two books disagree on. `key` is its id as the provider has it."""

    key: str
    difference: Difference
    ours: Standing | None
    told: ProviderPayment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What a comparison found, and how many payments each book has of those compared."""

    there: int
    here: int
    found: Sequence[Found]


async def reconcile(
    sessions: Sessions, provider: PaymentProvider, *, now: datetime
) -> Reconciliation:
    """Find money that the shop does not know of, and money that it counts on in vain.

    Whatever differs is looked at a second time: it may have been on its way. Raises
    `ProviderUnavailable`.
    """
    seen: set[str] = set()
    there = here = 0
    suspects: list[Found] = []
    async for page in _book(provider):
        there += len(page)
        ours = await _ours(sessions, page)
        seen |= ours.keys()
        pairs = ((told.key, ours.get(told.key), told) for told in page)
        suspects += _suspects(pairs, now=now)
    async for counted in _counted_on(sessions):
        here += len(counted)
        missing = ((key, each, None) for key, each in counted.items() if key not in seen)
        suspects += _suspects(missing, now=now)
    looked = [await _look_again(sessions, provider, suspect=each, now=now) for each in suspects]
    return Reconciliation(there=there, here=here, found=[each for each in looked if each])


async def _look_again(
    sessions: Sessions, provider: PaymentProvider, *, suspect: Found, now: datetime
) -> Found | None:
    payment_id = _id(suspect.key)
    if payment_id is None:
        return suspect
    told = await provider.find(payment_id=payment_id)
    async with sessions.begin() as db:
        ours = (await queries.standings(db, payment_ids=[payment_id])).get(payment_id)
    return next(_suspects([(suspect.key, ours, told)], now=now), None)


async def _book(provider: PaymentProvider) -> AsyncIterator[Sequence[ProviderPayment]]:
    after: str | None = None
    while True:
        page = await provider.page(after=after)
        yield page.payments
        after = page.after
        if after is None:
            return


async def _ours(sessions: Sessions, page: Sequence[ProviderPayment]) -> Mapping[str, Standing]:
    ids = [payment_id for told in page if (payment_id := _id(told.key))]
    async with sessions.begin() as db:
        found = await queries.standings(db, payment_ids=ids)
    return {str(payment_id): ours for payment_id, ours in found.items()}


async def _counted_on(sessions: Sessions) -> AsyncIterator[Mapping[str, Standing]]:
    after: PaymentId | None = None
    while True:
        async with sessions.begin() as db:
            found = await queries.counted_on(db, after=after)
        if not found:
            return
        yield {str(payment_id): ours for payment_id, ours in found.items()}
        after = max(found)


def _suspects(
    pairs: Iterable[tuple[str, Standing | None, ProviderPayment | None]], *, now: datetime
) -> Iterator[Found]:
    for key, ours, told in pairs:
        if ours is not None and not rules.is_settled(ours, now=now):
            continue
        differs = rules.difference(ours, told)
        if differs is not None:
            yield Found(key=key, difference=differs, ours=ours, told=told)


def _id(key: str) -> PaymentId | None:
    """Read a key as one of our ids; the provider may know payments that others opened."""
    try:
        return PaymentId(UUID(key))
    except ValueError:
        return None
