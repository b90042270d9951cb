from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from sellier.infra.db import Base
from sellier.kernel.ids import MarketId, Sku


class Price(Base):
    """What a SKU costs in a market, for a period. Kept for ever: it is the history."""

    __tablename__ = "price"
    __table_args__ = (
        CheckConstraint("price_minor > 0", "price_positive"),
        CheckConstraint("list_minor > price_minor", "list_above_price"),
        CheckConstraint("valid_until > valid_from", "ends_after_it_begins"),
        # One price at a time: a new one begins by ending the one before.
        Index(
            "uq_price_current",
            "sku",
            "market_id",
            unique=True,
            postgresql_where="valid_until IS NULL",
        ),
    )

    sku: Mapped[Sku] = mapped_column(ForeignKey("variant.sku"), primary_key=True)
    market_id: Mapped[MarketId] = mapped_column(ForeignKey("market.id"), primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(primary_key=True)
    valid_until: Mapped[datetime | None]
    price_minor: Mapped[int] = mapped_column(BigInteger)  # what the customer pays
    # The price before a reduction. Not shown before the 30-day rule (EU Omnibus) is there.
    list_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
