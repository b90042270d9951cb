"""What is in a cart, and checkout."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, bindparam, delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carts import queries, rules
from sellier.domain.carts.errors import (
    CannotDeliver,
    CartChanged,
    CartEmpty,
    CartFrozen,
    CartFull,
    CartNotFound,
    NotInCart,
    NotSold,
)
from sellier.domain.carts.models import Cart, CartLine
from sellier.domain.carts.rules import Recipient
from sellier.domain.orders import service as orders
from sellier.domain.orders.rules import Draft, DraftLine
from sellier.domain.orders.service import Placed
from sellier.domain.promising.states import Way
from sellier.domain.stock import queries as stock
from sellier.domain.stock.queries import KeptForCart
from sellier.domain.stock.service import let_go
from sellier.infra import keys
from sellier.infra.batch import Rows, Statement, Step, inserting, later, send
from sellier.kernel.ids import CartId, ChannelId, MarketId, OrderId, Sku, new_id
from sellier.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCart:
    """A new cart. Only whoever holds the secret may use it; it is shown this once."""

    cart_id: CartId
    secret: str


def open_cart(
    db: AsyncSession,
    *,
    channel_id: ChannelId,
    market_id: MarketId,
    now: datetime,
    chosen: OpenedCart | None = None,
) -> OpenedCart:
    """Open an empty cart for a visitor of a channel in a market.

    A caller that must be able to say its answer again chooses id and secret beforehand.
    """
    opened = chosen or OpenedCart(cart_id=CartId(new_id()), secret=keys.new_token())
    row = _OPEN(
        id=opened.cart_id,
        secret_sha256=keys.fingerprint(opened.secret),
        channel_id=channel_id,
        market_id=market_id,
        version=1,
        order_id=None,
        created_at=now,
        changed_at=now,
    )
    later(db, row)
    return opened


async def add(db: AsyncSession, *, cart_id: CartId, sku: Sku, quantity: int, now: datetime) -> None:
    """Add units of a SKU.

    Raises `NotSold` when it is not sold in the cart's channel and market, `CartFull`,
    `CartFrozen`, `CartNotFound`.
    """
    (sold,) = await _touch(
        db, cart_id, now, along=(queries.sold_step(cart_id=cart_id, sku=sku, now=now),)
    )
    if not sold:
        raise NotSold("This piece is not sold here.", sku=sku)
    if sold[0].lines >= rules.LINES_MAX:
        raise CartFull(f"A cart holds {rules.LINES_MAX} different pieces. Order these first.")
    line = _ADD(
        cart_id=cart_id,
        sku=sku,
        quantity=min(quantity, rules.QUANTITY_MAX),
        added_at=now,
        more=quantity,
    )
    later(db, line)


async def set_quantity(
    db: AsyncSession, *, cart_id: CartId, sku: Sku, quantity: int, now: datetime
) -> None:
    """Set how many units of a SKU are wanted; none removes the line.

    Another number than was kept for the cart has to be asked for anew.
    """
    await _touch(db, cart_id, now)
    mine = (CartLine.cart_id == cart_id, CartLine.sku == sku)
    kept = [one for one in await _kept(db, cart_id) if one.sku == sku]
    if kept and sum(one.quantity for one in kept) != quantity:
        await let_go(db, kept=kept, now=now)
    if quantity == 0:
        await db.execute(delete(CartLine).where(*mine))
    else:
        await db.execute(update(CartLine).where(*mine).values(quantity=quantity))


async def change_market(
    db: AsyncSession, *, cart_id: CartId, market_id: MarketId, now: datetime
) -> None:
    """Sell the cart in another market: prices are looked up there from now on."""
    await _touch(db, cart_id, now)
    await db.execute(update(Cart).where(Cart.id == cart_id).values(market_id=market_id))


async def check_out(
    db: AsyncSession,
    *,
    cart_id: CartId,
    version: int,
    recipient: Recipient,
    now: datetime,
    order_id: OrderId | None = None,
) -> Placed:
    """Turn a cart into an order with its intent and reservations; nobody is charged yet.

    Raises `CartChanged` when the cart is not the version that the customer saw or a price or
    piece has gone, `CartFrozen` while another payment runs, `CartEmpty`, `CannotDeliver`,
    `NotInCart`, `OutOfStock`. A caller that must name the order beforehand chooses its id.
    """
    order_id = order_id or OrderId(new_id())
    drawn = orders.draw_number(db)
    seen = queries.shown_of(
        *await _touch(
            db,
            cart_id,
            now,
            order_id=order_id,
            along=queries.shown_steps(cart_id=cart_id, lang=recipient.language, now=now),
        )
    )
    if seen.version - 1 != version:
        raise CartChanged("Your bag has changed meanwhile. Please look at it again.")
    if not seen.lines:
        raise CartEmpty("There is nothing in this bag yet.")
    if recipient.address.country != seen.country:
        raise CannotDeliver("Orders of this market are delivered within its country only.")
    if not recipient.collect.keys() <= {line.sku for line in seen.lines}:
        raise NotInCart("Only what is in the bag can be collected.")
    draft = _draft(seen, recipient)
    kept = await _kept(db, cart_id) if seen.keeps else ()
    return await orders.place(db, draft=draft, order_id=order_id, drawn=drawn, kept=kept, now=now)


async def _kept(db: AsyncSession, cart_id: CartId) -> Sequence[KeptForCart]:
    (rows,) = await send(db, stock.kept_step(cart_ids=[cart_id]))
    return stock.kept_of(rows)


def _draft(seen: queries.CartShown, recipient: Recipient) -> Draft:
    collect = recipient.collect
    lines = []
    for line in seen.lines:
        if line.unit is None:
            raise CartChanged(f"{line.title} is not sold here any more. Please remove it.")
        lines.append(
            DraftLine(
                sku=line.sku,
                style_color_id=line.style_color_id,
                brand=line.brand,
                title=line.title,
                color=line.color,
                size=line.size,
                quantity=line.quantity,
                unit=line.unit,
                way=Way.COLLECT if line.sku in collect else Way.SHIP,
                location_id=collect.get(line.sku),
            )
        )
    return Draft(
        cart_id=seen.cart_id,
        cart_version=seen.version,
        channel_id=seen.channel_id,
        market_id=seen.market_id,
        language=recipient.language,
        currency=seen.currency,
        email=recipient.email,
        address=recipient.address,
        lines=lines,
        promised=recipient.promised,
        # Nothing is sent of what is all collected.
        shipping=Money(0, seen.currency) if len(collect) == len(lines) else seen.shipping,
    )


async def _touch(
    db: AsyncSession,
    cart_id: CartId,
    now: datetime,
    *,
    order_id: OrderId | None = None,
    along: Sequence[Step] = (),
) -> Sequence[Rows]:
    """Lock a cart and count the change, so that whoever saw it before is told.

    Return the rows of what is asked along with it, once the cart is ours.
    """
    touch = {"cart_id": cart_id, "changed_at": now}
    counted, *rows = await send(db, _COUNT_IF_FREE(**touch, order_id=order_id), *along)
    if counted:
        return rows
    before = await db.get(Cart, cart_id, with_for_update=True, populate_existing=True)
    if before is None:
        raise CartNotFound("This bag does not exist any more.")
    # Asked once the row is ours: what a checkout did just before is seen.
    if await queries.running_order(db, cart_id=cart_id) is not None:
        raise CartFrozen("A payment is under way for this bag. Finish or cancel it first.")
    _, *rows = await send(db, _COUNT(**touch, order_id=order_id or before.order_id), *along)
    return rows


_CHANGED: Final = (
    update(Cart)
    .where(Cart.id == bindparam("cart_id"))
    .values(
        version=Cart.version + 1,
        changed_at=bindparam("changed_at"),
        order_id=bindparam("order_id"),
    )
    .returning(Cart.id)
)
_COUNT: Final = Statement(_CHANGED)
_COUNT_IF_FREE: Final = Statement(_CHANGED.where(Cart.order_id.is_(None)))
_OPEN: Final = inserting(Cart)
_ADD: Final = Statement(
    insert(CartLine).on_conflict_do_update(
        index_elements=["cart_id", "sku"],
        set_={
            "quantity": func.least(
                CartLine.quantity + bindparam("more", type_=Integer()), rules.QUANTITY_MAX
            )
        },
    ),
    columns=("cart_id", "sku", "quantity", "added_at"),
)
