from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from sellier.infra.db import Base
from sellier.kernel.ids import (
    BannerId,
    BrandId,
    ChannelId,
    LegalEntityId,
    LocationId,
    MaisonId,
    MarketId,
    SellerId,
)


class Maison(Base):
    """A house of the group."""

    __tablename__ = "maison"

    id: Mapped[MaisonId] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(50), unique=True)
    name: Mapped[str]


class Brand(Base):
    """The name on the product, a maison's or a partner's."""

    __tablename__ = "brand"

    id: Mapped[BrandId] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    maison_id: Mapped[MaisonId | None] = mapped_column(ForeignKey(Maison.id))
    # What the house says of itself, by language; shown on its pages.
    story: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class LegalEntity(Base):
    """The company that invoices and pays tax."""

    __tablename__ = "legal_entity"

    id: Mapped[LegalEntityId] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(50), unique=True)
    name: Mapped[str]
    country: Mapped[str] = mapped_column(String(2))


class Seller(Base):
    """Who makes an offer: an entity of ours, or a partner."""

    __tablename__ = "seller"

    id: Mapped[SellerId] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(50), unique=True)
    name: Mapped[str]
    legal_entity_id: Mapped[LegalEntityId] = mapped_column(ForeignKey(LegalEntity.id))


class Banner(Base):
    """The sign a shop or site trades under. `theme` holds design tokens, never templates."""

    __tablename__ = "banner"

    id: Mapped[BannerId] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(50), unique=True)
    name: Mapped[str]
    strapline: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    theme: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    seller_id: Mapped[SellerId] = mapped_column(ForeignKey(Seller.id))


class BannerLocation(Base):
    """Who runs a location: locations themselves know no banner."""

    __tablename__ = "banner_location"

    location_id: Mapped[LocationId] = mapped_column(ForeignKey("location.id"), primary_key=True)
    banner_id: Mapped[BannerId] = mapped_column(ForeignKey(Banner.id))


class Market(Base):
    """A country with its currency and languages; the first language is its default."""

    __tablename__ = "market"

    id: Mapped[MarketId] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(10), unique=True)
    country: Mapped[str] = mapped_column(String(2))
    currency: Mapped[str] = mapped_column(String(3))
    languages: Mapped[list[str]] = mapped_column(ARRAY(String(5)))


class Channel(Base):
    """A way of selling: here, a banner's site. `host` is its own address, if it has one."""

    __tablename__ = "channel"

    id: Mapped[ChannelId] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(50), unique=True)
    name: Mapped[str]
    banner_id: Mapped[BannerId] = mapped_column(ForeignKey(Banner.id))
    host: Mapped[str | None] = mapped_column(unique=True)
    is_default: Mapped[bool] = mapped_column(default=False)


class ChannelMarket(Base):
    """A market that a channel sells in; the lowest position is offered first."""

    __tablename__ = "channel_market"
    __table_args__ = (UniqueConstraint("channel_id", "position"),)

    channel_id: Mapped[ChannelId] = mapped_column(ForeignKey(Channel.id), primary_key=True)
    market_id: Mapped[MarketId] = mapped_column(ForeignKey(Market.id), primary_key=True)
    position: Mapped[int]
