"""Reads of carts: what is in one, at today's prices and stock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carts import rules
from sellier.domain.carts.errors import CartNotFound
from sellier.domain.carts.models import Cart, CartLine
from sellier.domain.catalog import queries as catalog
from sellier.domain.catalog.models import Listing, Product, StyleColor, Variant
from sellier.domain.catalog.queries import Picture
from sellier.domain.orders.models import OrderLine
from sellier.domain.orders.states import PAID, LineState
from sellier.domain.organization.models import Brand, Market
from sellier.domain.pricing import queries as pricing
from sellier.domain.pricing.models import Price
from sellier.domain.stock import queries as stock
from sellier.infra import keys
from sellier.infra.batch import Later, Rows, Statement, Step, later, send
from sellier.kernel.ids import CartId, ChannelId, MarketId, OrderId, Sku, StyleColorId
from sellier.kernel.money import Money, total


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLineShown:
    """A line at today's price. `problem` says why it cannot be ordered as it stands."""

    sku: Sku
    style_color_id: StyleColorId
    style_color_code: str
    brand: str
    title: str
    color: str | None
    size: str | None
    quantity: int
    unit: Money | None
    available: int
    picture: Picture | None
    problem: str | None
    kept_until: datetime | None  # units of a piece in great demand are theirs until then

    @property
    def total(self) -> Money | None:
        return self.unit * self.quantity if self.unit else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CartShown:
    """A cart whole. `version` goes with the order button, so that what was seen is ordered."""

    cart_id: CartId
    version: int
    channel_id: ChannelId
    market_id: MarketId
    market: str
    country: str
    currency: str
    keeps: bool  # units of a hot SKU
    lines: Sequence[CartLineShown]

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def items(self) -> Money:
        priced = (line.total for line in self.lines)
        return total((amount for amount in priced if amount), currency=self.currency)

    @property
    def shipping(self) -> Money:
        return rules.shipping(self.items)

    @property
    def total(self) -> Money:
        return self.items + self.shipping

    @property
    def can_check_out(self) -> bool:
        return bool(self.lines) and not any(line.problem for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class CartStands:
    """Where a cart is in its life: its latest order, and whether that one was paid."""

    channel_id: ChannelId
    order_id: OrderId | None
    is_spent: bool


async def find(db: AsyncSession, *, secret: str) -> CartId | None:
    """Return the cart that a secret opens; one that was paid for is spent and not found."""
    statement = select(Cart.id).where(
        Cart.secret_sha256 == keys.fingerprint(secret), ~_is_ordered(*PAID)
    )
    return await db.scalar(statement)


def ask_stands(db: AsyncSession, *, cart_id: CartId, secret: str) -> Later:
    """Ask, with the next statements, how a cart stands; `stands_of` reads the rows."""
    (asked,) = later(db, _STANDS(cart_id=cart_id, secret_sha256=keys.fingerprint(secret)))
    return asked


def stands_of(rows: Rows) -> CartStands | None:
    """Read how a cart stands; whoever does not hold its secret finds nothing."""
    if not rows:
        return None
    row = rows[0]
    return CartStands(channel_id=row.channel_id, order_id=row.order_id, is_spent=row.spent)


async def running_order(db: AsyncSession, *, cart_id: CartId) -> OrderId | None:
    """Return the order of this cart whose payment is not decided, if there is one."""
    return await db.scalar(
        select(Cart.order_id).where(Cart.id == cart_id, _is_ordered(LineState.PENDING))
    )


def sold_step(*, cart_id: CartId, sku: Sku, now: datetime) -> Step:
    """Ask, as a step of a batch, how many lines a cart has; no row if a SKU is not sold there."""
    return _SOLD(cart_id=cart_id, sku=sku, now=now)


def standing_step(*, cart_ids: Sequence[CartId]) -> Step:
    """Ask, as a step of a batch, whose carts these are, where they buy and whether they may."""
    return _STANDING(cart_ids=list(cart_ids))


async def units(db: AsyncSession, *, cart_id: CartId) -> int:
    """Return how many units are in a cart, for the header."""
    count = await db.scalar(
        select(func.coalesce(func.sum(CartLine.quantity), 0)).where(CartLine.cart_id == cart_id)
    )
    return int(count or 0)


async def shown(db: AsyncSession, *, cart_id: CartId, lang: str, now: datetime) -> CartShown:
    """Return a cart at the prices and stock of `now`. Raises `CartNotFound`."""
    return shown_of(*await send(db, *shown_steps(cart_id=cart_id, lang=lang, now=now)))


def shown_steps(*, cart_id: CartId, lang: str, now: datetime) -> tuple[Step, Step]:
    """Do what `shown` does as two steps of a batch, whose rows `shown_of` reads."""
    return _HEAD(cart_id=cart_id), _LINES(cart_id=cart_id, lang=lang, now=now)


def shown_of(heads: Rows, lines: Rows) -> CartShown:
    """Read a cart that was asked for by `shown_steps`. Raises `CartNotFound`."""
    if not heads:
        raise CartNotFound("This cart does not exist any more.")
    head = heads[0]
    return CartShown(
        cart_id=head.id,
        version=head.version,
        channel_id=head.channel_id,
        market_id=head.market_id,
        market=head.code,
        country=head.country,
        currency=head.currency,
        keeps=head.keeps,
        lines=[_line(row) for row in lines],
    )


def _lines() -> Select[*tuple[Any, ...]]:
    text = catalog.text_in(bindparam("lang"))
    picture, sendable = catalog.first_picture(), stock.sendable(Cart.channel_id)
    kept = stock.kept_units(cart_id=Cart.id, sku=CartLine.sku)  # what is theirs can be had
    return (
        select(
            CartLine.sku,
            CartLine.quantity,
            Variant.size,
            StyleColor.id,
            StyleColor.code,
            Brand.name,
            text.c.title,
            text.c.color,
            Price.price_minor,
            Price.currency,
            (sendable.c.units + kept).label("available"),
            picture.c.picture,
            stock.kept_until(cart_id=Cart.id, sku=CartLine.sku).label("kept_until"),
        )
        .join(Cart, Cart.id == CartLine.cart_id)
        .join(Variant, Variant.sku == CartLine.sku)
        .join(StyleColor, StyleColor.id == Variant.style_color_id)
        .join(Product, Product.id == StyleColor.product_id)
        .join(Brand, Brand.id == Product.brand_id)
        .join(sendable, true())
        .outerjoin(text, true())
        .outerjoin(picture, true())
        .outerjoin(Price, _price())
        .where(CartLine.cart_id == bindparam("cart_id"))
        .order_by(CartLine.added_at, CartLine.sku)
        .limit(rules.LINES_MAX)
    )


def _line(row: Any) -> CartLineShown:
    unit = Money(row.price_minor, row.currency) if row.price_minor else None
    return CartLineShown(
        sku=row.sku,
        style_color_id=row.id,
        style_color_code=row.code,
        brand=row.name,
        title=row.title or row.code,
        color=row.color,
        size=row.size,
        quantity=row.quantity,
        unit=unit,
        available=row.available,
        picture=catalog.picture(row.picture),
        kept_until=row.kept_until,
        problem=rules.problem_of(unit=unit, quantity=row.quantity, available=row.available),
    )


def _price() -> ColumnElement[bool]:
    """Join a price only where the piece is listed: an unlisted piece has none here."""
    listed = (
        exists()
        .where(Listing.style_color_id == StyleColor.id, _is_listed())
        .correlate(StyleColor, Cart)
    )
    return and_(Price.sku == CartLine.sku, pricing.is_current(Cart.market_id), listed)


def _is_listed() -> ColumnElement[bool]:
    return catalog.is_listed(channel_id=Cart.channel_id, market_id=Cart.market_id)


def _is_ordered(*states: LineState) -> ColumnElement[bool]:
    is_one = or_(*(OrderLine.state == state for state in states))
    return exists().where(OrderLine.order_id == Cart.order_id, is_one)


_STANDS: Final = Statement(
    select(Cart.channel_id, Cart.order_id, _is_ordered(*PAID).label("spent")).where(
        Cart.id == bindparam("cart_id"), Cart.secret_sha256 == bindparam("secret_sha256")
    )
)
_STANDING: Final = Statement(
    select(
        Cart.id,
        Cart.secret_sha256,
        Cart.channel_id,
        Market.country,
        _is_ordered(*PAID).label("is_spent"),
        _is_ordered(LineState.PENDING).label("is_running"),
    )
    .join(Market, Market.id == Cart.market_id)
    .where(Cart.id == any_(bindparam("cart_ids", type_=ARRAY(Uuid))))
)
_HEAD: Final = Statement(
    select(
        Cart.id,
        Cart.version,
        Cart.channel_id,
        Cart.market_id,
        Market.code,
        Market.country,
        Market.currency,
        stock.keeps(Cart.id).label("keeps"),
    )
    .join(Market, Market.id == Cart.market_id)
    .where(Cart.id == bindparam("cart_id"))
)
_LINES: Final = Statement(_lines())
_COUNT: Final = select(func.count()).where(CartLine.cart_id == Cart.id).correlate(Cart)
_SOLD: Final = Statement(
    select(_COUNT.scalar_subquery().label("lines"))
    .select_from(Cart)
    .join(Price, pricing.is_current(Cart.market_id))
    .join(Variant, Variant.sku == Price.sku)
    .join(Listing, and_(Listing.style_color_id == Variant.style_color_id, _is_listed()))
    .where(Cart.id == bindparam("cart_id"), Price.sku == bindparam("sku"))
)
