"""Units of a hot SKU are kept for a cart before it is ordered, for many carts at once."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.carts import queries
from sellier.domain.carts.errors import CartFrozen, CartNotFound, NotHot
from sellier.domain.carts.models import Cart
from sellier.domain.promising import service as promising
from sellier.domain.promising.rules import Want
from sellier.domain.stock import queries as stock
from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.queries import KeptForCart
from sellier.infra import keys
from sellier.infra.batch import Statement, send
from sellier.infra.together import Together
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import CartId, ChannelId, Sku

KEPT_LASTS: Final = timedelta(minutes=10)  # to fill in an address and order
AT_MOST: Final = 200  # carts in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Units that a cart asks for, now. Without a secret the caller knows whose cart it is."""

    cart_id: CartId
    secret: str | None
    quantity: int
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptUnits:
    """Units that are a cart's alone until a time."""

    quantity: int
    expires_at: datetime


Counter = Together[Sku, Ask, KeptUnits]


def counter(sessions: async_sessionmaker[AsyncSession]) -> Counter:
    """Return where the carts of one process ask: those who come together share a transaction."""

    async def serve(sku: Sku, asked: Sequence[Ask]) -> Sequence[KeptUnits | Exception]:
        async with sessions.begin() as db:
            return await keep(db, sku=sku, asked=asked, now=max(one.now for one in asked))

    return Together(serve, at_most=AT_MOST)


async def keep(
    db: AsyncSession, *, sku: Sku, asked: Sequence[Ask], now: datetime
) -> Sequence[KeptUnits | Refusal]:
    """Keep units of a hot SKU for carts; answer each with what is kept for it, or why nothing is.

    Asking again changes nothing. Refusals are `CartNotFound`, `CartFrozen`, `NotHot`, `OutOfStock`.
    """
    ids = sorted({one.cart_id for one in asked})
    # A cart that somebody is changing is not waited for: all the others would wait with us.
    locked, stands, kept, hot = await send(
        db,
        _LOCK(cart_ids=ids),
        queries.standing_step(cart_ids=ids),
        stock.kept_step(cart_ids=ids),
        stock.hot_step(sku=sku),
    )
    is_hot = bool(hot and hot[0].is_hot)
    ours = {row.id for row in locked}
    carts = {row.id: row for row in stands}
    problems = [
        _problem(one, carts.get(one.cart_id), is_ours=one.cart_id in ours, is_hot=is_hot)
        for one in asked
    ]
    have = {one.cart_id for one in stock.kept_of(kept) if one.sku == sku}
    wants: dict[tuple[ChannelId, str], dict[CartId, Want]] = {}
    for one, problem in zip(asked, problems, strict=True):
        if problem is None and one.cart_id not in have:
            cart = carts[one.cart_id]
            group = wants.setdefault((cart.channel_id, cart.country), {})
            group.setdefault(one.cart_id, Want(cart_id=one.cart_id, quantity=one.quantity))
    for (channel_id, country), group in wants.items():
        await promising.keep_for_carts(
            db,
            channel_id=channel_id,
            country=country,
            sku=sku,
            wants=list(group.values()),
            lasts=KEPT_LASTS,
            now=now,
        )
    told = await _told(db, ids, sku=sku)
    return [
        problem or told.get(one.cart_id) or OutOfStock(sku=sku, quantity=one.quantity)
        for one, problem in zip(asked, problems, strict=True)
    ]


def _problem(one: Ask, cart: Any, *, is_ours: bool, is_hot: bool) -> Refusal | None:
    if cart is None or (one.secret is not None and not _opens(one.secret, cart)):
        return CartNotFound("There is no such cart.")
    if cart.is_spent or cart.is_running:
        return CartFrozen("A payment is under way for this bag, or it was paid for.")
    if not is_ours:
        return CartFrozen("This bag is being changed right now. Ask again.")
    free = "This piece is kept for you when you order it. Order it as any other."
    return None if is_hot else NotHot(free)


def _opens(secret: str, cart: Any) -> bool:
    return hmac.compare_digest(keys.fingerprint(secret), cart.secret_sha256)


async def _told(
    db: AsyncSession, cart_ids: list[CartId], *, sku: Sku
) -> Mapping[CartId, KeptUnits]:
    (rows,) = await send(db, stock.kept_step(cart_ids=cart_ids))
    told: dict[CartId, list[KeptForCart]] = {}
    for one in stock.kept_of(rows):
        if one.sku == sku:
            told.setdefault(one.cart_id, []).append(one)
    return {
        cart_id: KeptUnits(
            quantity=sum(one.quantity for one in kept),
            expires_at=min(one.expires_at for one in kept),
        )
        for cart_id, kept in told.items()
    }


_LOCK: Final = Statement(
    select(Cart.id)
    .where(Cart.id == any_(bindparam("cart_ids", type_=ARRAY(Uuid))))
    .order_by(Cart.id)
    .with_for_update(skip_locked=True)
)
