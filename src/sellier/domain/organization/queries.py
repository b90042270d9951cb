"""Reads of the organization."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.organization.models import (
    Banner,
    Brand,
    Channel,
    ChannelMarket,
    Market,
)
from sellier.kernel.ids import BannerId, BrandId, ChannelId, MarketId

CHANNELS_MAX = 200
BRANDS_MAX = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketRead:
    """A country that a channel sells in; its first language is the default."""

    id: MarketId
    code: str
    country: str
    currency: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRead:
    """A banner's site with its markets, the first offered first."""

    id: ChannelId
    code: str
    host: str | None
    is_default: bool
    banner_id: BannerId
    banner_code: str
    banner_name: str
    strapline: Mapping[str, str]
    theme: Mapping[str, str]
    markets: tuple[MarketRead, ...]

    def market(self, code: str | None) -> MarketRead:
        """Return the market of that code if the channel sells there, else its first."""
        return next((m for m in self.markets if m.code == code), self.markets[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandRead:
    """A name on products; `story` is what the house says of itself, by language."""

    id: BrandId
    code: str
    name: str
    story: Mapping[str, str]


async def channels(db: AsyncSession) -> Sequence[ChannelRead]:
    """List every channel with its banner and markets; the default one comes first."""
    statement = (
        select(Channel, Banner, Market)
        .join(Banner, Banner.id == Channel.banner_id)
        .join(ChannelMarket, ChannelMarket.channel_id == Channel.id)
        .join(Market, Market.id == ChannelMarket.market_id)
        .order_by(Channel.is_default.desc(), Channel.code, ChannelMarket.position)
        .limit(CHANNELS_MAX)
    )
    markets_of: dict[ChannelId, list[MarketRead]] = {}
    rows: dict[ChannelId, tuple[Channel, Banner]] = {}
    for channel, banner, market in await db.execute(statement):
        rows[channel.id] = (channel, banner)
        markets_of.setdefault(channel.id, []).append(_market(market))
    return [
        ChannelRead(
            id=channel.id,
            code=channel.code,
            host=channel.host,
            is_default=channel.is_default,
            banner_id=banner.id,
            banner_code=banner.code,
            banner_name=banner.name,
            strapline=banner.strapline,
            theme=banner.theme,
            markets=tuple(markets_of[channel.id]),
        )
        for channel, banner in rows.values()
    ]


async def markets(db: AsyncSession) -> Sequence[MarketRead]:
    """List every market of the group, by code."""
    statement = select(Market).order_by(Market.code).limit(CHANNELS_MAX)
    return [_market(market) for market in await db.scalars(statement)]


async def brands(db: AsyncSession) -> Sequence[BrandRead]:
    """List every brand by name."""
    statement = select(Brand).order_by(Brand.name).limit(BRANDS_MAX)
    return [
        BrandRead(id=brand.id, code=brand.code, name=brand.name, story=brand.story)
        for brand in await db.scalars(statement)
    ]


def _market(row: Market) -> MarketRead:
    return MarketRead(
        id=row.id,
        code=row.code,
        country=row.country,
        currency=row.currency,
        languages=tuple(row.languages),
    )
