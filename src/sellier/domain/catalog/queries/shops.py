"""Where and when a read asks.

Both are bound when a statement runs, by `asked`: so the hot statements are built once, which costs
more than the database needs to answer them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, DateTime, SQLColumnExpression, and_, bindparam

from sellier.domain.catalog.models import Listing
from sellier.infra.db import covers
from sellier.kernel.ids import ChannelId, MarketId

CHANNEL_ID: Final[BindParameter[Any]] = bindparam("channel_id")
MARKET_ID: Final[BindParameter[Any]] = bindparam("market_id")
LANG: Final[BindParameter[Any]] = bindparam("lang")
NOW: Final = bindparam("now", type_=DateTime(timezone=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What is listed and priced where, and the language it is told in."""

    channel_id: ChannelId
    market_id: MarketId
    lang: str


def asked(shop: Shop, now: datetime) -> dict[str, object]:
    """Return the values of what is bound."""
    return {
        "channel_id": shop.channel_id,
        "market_id": shop.market_id,
        "lang": shop.lang,
        "now": now,
    }


def is_listed(
    listing: type[Listing] = Listing,
    *,
    channel_id: SQLColumnExpression[ChannelId] = CHANNEL_ID,
    market_id: SQLColumnExpression[MarketId] = MARKET_ID,
) -> ColumnElement[bool]:
    """Tell whether a style-color is published where and when is asked."""
    return and_(
        listing.channel_id == channel_id,
        listing.market_id == market_id,
        covers(listing.listed_from, listing.listed_until, NOW),
    )
