"""Every change to carts, and checkout."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate

from sellier.domain.carts import queries, rules
from sellier.domain.carts.errors import (
    CannotDeliver,
    CartChanged,
    CartEmpty,
    CartFrozen,
    CartFull,
    CartNotFound,
    NotSold,
)
from sellier.domain.carts.models import Cart, CartLine
from sellier.domain.orders import service as orders
from sellier.domain.orders.rules import Address, Draft, DraftLine
from sellier.domain.orders.service import Placed
from sellier.infra import keys
from sellier.kernel.ids import CartId, ChannelId, MarketId, OrderId, Sku, new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCart:
    """A new cart. Only whoever holds the secret may use it; it is shown this once."""

    cart_id: CartId
    secret: str


async def open_cart(
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
    db.add(
        Cart(
            id=opened.cart_id,
            secret_sha256=keys.fingerprint(opened.secret),
            channel_id=channel_id,
            market_id=market_id,
            version=1,
            created_at=now,
            changed_at=now,
        )
    )
    await db.flush()
    return opened


async def add(db: AsyncSession, *, cart_id: CartId, sku: Sku, quantity: int, now: datetime) -> None:
    """Add units of a SKU.

    Raises `NotSold` when it is not sold in the cart's channel and market, `CartFull`,
    `CartFrozen`, `CartNotFound`.
    """
    cart = await _touch(db, cart_id, now)
    lines = await queries.lines_if_sold(db, cart=cart, sku=sku, now=now)
    if lines is None:
        raise NotSold("This piece is not sold here.", sku=sku)
    if lines >= rules.LINES_MAX:
        raise CartFull(f"A cart holds {rules.LINES_MAX} different pieces. Order these first.")
    statement = insert(CartLine).values(
        cart_id=cart_id, sku=sku, quantity=min(quantity, rules.QUANTITY_MAX), added_at=now
    )
    more = func.least(CartLine.quantity + quantity, rules.QUANTITY_MAX)
    await db.execute(
        statement.on_conflict_do_update(index_elements=["cart_id", "sku"], set_={"quantity": more})
    )


async def set_quantity(
    db: AsyncSession, *, cart_id: CartId, sku: Sku, quantity: int, now: datetime
) -> None:
    """Set how many units of a SKU are wanted; none removes the line."""
    await _touch(db, cart_id, now)
    mine = (CartLine.cart_id == cart_id, CartLine.sku == sku)
    if quantity == 0:
        await db.execute(delete(CartLine).where(*mine))
    else:
        await db.execute(update(CartLine).where(*mine).values(quantity=quantity))


async def change_market(
    db: AsyncSession, *, cart_id: CartId, market_id: MarketId, now: datetime
) -> None:
    """Sell the cart in another market: prices are looked up there from now on."""
    cart = await _touch(db, cart_id, now)
    cart.market_id = market_id


async def check_out(
    db: AsyncSession,
    *,
    cart_id: CartId,
    version: int,
    email: str,
    address: Address,
    language: str,
    now: datetime,
) -> Placed:
    """Turn a cart into an order with its intent and reservations; nobody is charged yet.

    Raises `CartChanged` when the cart is not the version that the customer saw or a price or
    piece has gone, `CartFrozen` while another payment runs, `CartEmpty`, `CannotDeliver`,
    `OutOfStock`.
    """
    order_id = OrderId(new_id())
    cart = await _touch(db, cart_id, now, order_id=order_id)
    if cart.version - 1 != version:
        raise CartChanged("Your bag has changed meanwhile. Please look at it again.")
    seen = await queries.shown(db, cart_id=cart_id, lang=language, now=now)
    if not seen.lines:
        raise CartEmpty("There is nothing in this bag yet.")
    if address.country != seen.country:
        raise CannotDeliver("Orders of this market are delivered within its country only.")
    draft = _draft(seen, email=email, address=address, language=language)
    return await orders.place(db, draft=draft, order_id=order_id, now=now)


def _draft(seen: queries.CartShown, *, email: str, address: Address, language: str) -> Draft:
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
            )
        )
    return Draft(
        cart_id=seen.cart_id,
        cart_version=seen.version,
        channel_id=seen.channel_id,
        market_id=seen.market_id,
        language=language,
        currency=seen.currency,
        email=email,
        address=address,
        lines=lines,
        shipping=seen.shipping,
    )


async def _touch(
    db: AsyncSession, cart_id: CartId, now: datetime, *, order_id: OrderId | None = None
) -> Cart:
    """Lock a cart and count the change, so that whoever saw it before is told."""
    cart = await db.scalar(_counted(cart_id, now, order_id).where(Cart.order_id.is_(None)))
    if cart is not None:
        return cart
    before = await db.get(Cart, cart_id, with_for_update=True, populate_existing=True)
    if before is None:
        raise CartNotFound("This bag does not exist any more.")
    # Asked once the row is ours: what a checkout did just before is seen.
    if await queries.running_order(db, cart_id=cart_id) is not None:
        raise CartFrozen("A payment is under way for this bag. Finish or cancel it first.")
    return (await db.scalars(_counted(cart_id, now, order_id or before.order_id))).one()


def _counted(cart_id: CartId, now: datetime, order_id: OrderId | None) -> ReturningUpdate[Cart]:
    return (
        update(Cart)
        .where(Cart.id == cart_id)
        .values(version=Cart.version + 1, changed_at=now, order_id=order_id)
        .returning(Cart)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
