from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sellier.infra.db import Base
from sellier.kernel.ids import (
    BrandId,
    CategoryId,
    ChannelId,
    MarketId,
    ProductId,
    Sku,
    StyleColorId,
)


class Category(Base):
    """A shelf of the catalog's one tree. `path` is the chain of codes: `bags/totes`."""

    __tablename__ = "category"

    id: Mapped[CategoryId] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(unique=True)
    parent_id: Mapped[CategoryId | None] = mapped_column(ForeignKey("category.id"))
    names: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)  # language -> name


class Product(Base):
    """The designed thing, before color and size."""

    __tablename__ = "product"

    id: Mapped[ProductId] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(70), unique=True)
    brand_id: Mapped[BrandId] = mapped_column(ForeignKey("brand.id"), index=True)
    category_id: Mapped[CategoryId] = mapped_column(ForeignKey(Category.id), index=True)
    gender: Mapped[str | None] = mapped_column(String(10))
    age_group: Mapped[str | None] = mapped_column(String(10))


class StyleColor(Base):
    """A product in one color: one page, one tile, one search result."""

    __tablename__ = "style_color"

    id: Mapped[StyleColorId] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(70), unique=True)
    product_id: Mapped[ProductId] = mapped_column(ForeignKey(Product.id), index=True)
    color_family: Mapped[str | None] = mapped_column(String(10))
    # The picture's path in the feed; `media` holds the picture itself once it has come.
    picture_path: Mapped[str | None]
    created_at: Mapped[datetime]
    product: Mapped[Product] = relationship(lazy="raise")


class StyleColorText(Base):
    """What a style-color says in one language; `facts` are the feed's product details."""

    __tablename__ = "style_color_text"

    style_color_id: Mapped[StyleColorId] = mapped_column(
        ForeignKey(StyleColor.id), primary_key=True
    )
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    title: Mapped[str] = mapped_column(String(150))
    description: Mapped[str] = mapped_column(String(5000))
    color: Mapped[str | None]
    material: Mapped[str | None]
    pattern: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)  # name -> value


class Variant(Base):
    """A style-color in one size: the thing sold, counted and scanned."""

    __tablename__ = "variant"
    __table_args__ = (
        Index("ix_variant_style_color_id_position", "style_color_id", "position"),
        Index("ix_variant_gtin", "gtin", postgresql_where="gtin IS NOT NULL"),
    )

    sku: Mapped[Sku] = mapped_column(String(50), primary_key=True)
    style_color_id: Mapped[StyleColorId] = mapped_column(ForeignKey(StyleColor.id))
    size: Mapped[str | None] = mapped_column(String(100))
    size_system: Mapped[str | None] = mapped_column(String(10))
    position: Mapped[int]  # order of sizes on the page
    gtin: Mapped[str | None] = mapped_column(String(14))
    mpn: Mapped[str | None] = mapped_column(String(70))
    condition: Mapped[str] = mapped_column(String(12), default="new")
    style_color: Mapped[StyleColor] = relationship(lazy="raise")


class Media(Base):
    """A picture of a style-color; the file is named by its content's hash."""

    __tablename__ = "media"
    __table_args__ = (CheckConstraint("width > 0 AND height > 0", "has_a_size"),)

    style_color_id: Mapped[StyleColorId] = mapped_column(
        ForeignKey(StyleColor.id), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(10))  # raster | svg
    width: Mapped[int]
    height: Mapped[int]


class Listing(Base):
    """A style-color published in a channel and market, for a period of time."""

    __tablename__ = "listing"
    __table_args__ = (
        CheckConstraint("listed_until > listed_from", "ends_after_it_begins"),
        Index("ix_listing_channel_id_market_id", "channel_id", "market_id"),
    )

    style_color_id: Mapped[StyleColorId] = mapped_column(
        ForeignKey(StyleColor.id), primary_key=True
    )
    channel_id: Mapped[ChannelId] = mapped_column(ForeignKey("channel.id"), primary_key=True)
    market_id: Mapped[MarketId] = mapped_column(ForeignKey("market.id"), primary_key=True)
    listed_from: Mapped[datetime]
    listed_until: Mapped[datetime | None]
