"""Where a program asks: the channel, market and language of a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from litestar.di import NamedDependency
from litestar.params import QueryParameter

from sellier.domain.catalog.queries import Shop
from sellier.domain.organization import queries as organization
from sellier.domain.organization.queries import ChannelRead, MarketRead
from sellier.infra.kept import kept
from sellier.infra.web import Now, Sessions, Visitor
from sellier.surfaces.api.problems import ChannelUnknown, MarketUnknown

Lang = Annotated[Literal["fr", "en"], QueryParameter(description="Language of the texts.")]
ChannelCode = Annotated[
    str | None,
    QueryParameter(
        max_length=50, description="Code of the channel; else the one of the host name."
    ),
]
MarketCode = Annotated[
    str | None,
    QueryParameter(max_length=10, description="Code of the market; else the channel's first."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """A channel, one of its markets, and a language."""

    channel: ChannelRead
    market: MarketRead
    lang: str

    @property
    def shop(self) -> Shop:
        return Shop(channel_id=self.channel.id, market_id=self.market.id, lang=self.lang)


Where = NamedDependency[Here]


async def where(
    *,
    request: Visitor,
    sessions: Sessions,
    now: Now,
    channel: ChannelCode = None,
    market: MarketCode = None,
    lang: Lang = "en",
) -> Here:
    """Read from the query string where a program asks."""
    return await find(request, sessions, channel=channel, market=market, lang=lang, now=now)


async def find(
    request: Visitor,
    sessions: Sessions,
    *,
    channel: str | None,
    market: str | None,
    now: datetime,
    lang: str = "en",
) -> Here:
    """Return the channel and market that are meant. Raises `ChannelUnknown`, `MarketUnknown`."""
    known = await _channels(request, sessions, now)
    found = _channel(known, code=channel, host=request.url.hostname)
    if market is not None and all(one.code != market for one in found.markets):
        raise MarketUnknown("This channel does not sell in that market.")
    return Here(channel=found, market=found.market(market), lang=lang)


def _channel(known: Sequence[ChannelRead], *, code: str | None, host: str | None) -> ChannelRead:
    if code is None:
        by_host = next((one for one in known if one.host and one.host == host), None)
        found = by_host or next(iter(known), None)
    else:
        found = next((one for one in known if one.code == code), None)
    if found is None:
        raise ChannelUnknown("There is no such channel.")
    return found


async def _channels(request: Visitor, sessions: Sessions, now: datetime) -> Sequence[ChannelRead]:
    async def read() -> Sequence[ChannelRead]:
        async with sessions.begin() as db:
            return await organization.channels(db)

    return await kept(request.app.state, "channels", now=now, read=read)
