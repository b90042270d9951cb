from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sellier.infra.db import Base
from sellier.kernel.ids import CartId, ChannelId, MarketId, OrderId, Sku


class Cart(Base):
    """A visitor's cart. Whoever holds its secret may use it; only the fingerprint is kept.

    While a payment runs the cart is frozen: `order_id` names the order made of `version`.
    """

    __tablename__ = "cart"

    id: Mapped[CartId] = mapped_column(primary_key=True)
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    channel_id: Mapped[ChannelId] = mapped_column(ForeignKey("channel.id"))
    market_id: Mapped[MarketId] = mapped_column(ForeignKey("market.id"))
    version: Mapped[int] = mapped_column(default=1)
    order_id: Mapped[OrderId | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class CartLine(Base):
    """A quantity of one SKU in a cart; its price is looked up each time it is shown."""

    __tablename__ = "cart_line"
    __table_args__ = (CheckConstraint("quantity BETWEEN 1 AND 99", "quantity_sensible"),)

    cart_id: Mapped[CartId] = mapped_column(ForeignKey(Cart.id), primary_key=True)
    sku: Mapped[Sku] = mapped_column(ForeignKey("variant.sku"), primary_key=True)
    quantity: Mapped[int]
    added_at: Mapped[datetime]
    cart: Mapped[Cart] = relationship(lazy="raise")
