"""Publish what was imported."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final

from sqlalchemy import ARRAY, Uuid, bindparam, exists, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog.events import ListingsChanged
from sellier.domain.catalog.models import Listing, StyleColor
from sellier.domain.catalog.service.stage_products import STAGED
from sellier.infra import outbox
from sellier.infra.reports import Report
from sellier.kernel.ids import ChannelId, MarketId

EVENT_IDS: Final = 500


async def list_imported(
    db: AsyncSession,
    *,
    channel_id: ChannelId,
    market_ids: Sequence[MarketId],
    report: Report,
    now: datetime,
) -> None:
    """List the staged style-colors in a channel that never listed them.

    What a channel once listed or withdrew stays as it is: an import does not overrule a person.
    """
    if not market_ids:
        return
    market = func.unnest(bindparam("market_ids", list(market_ids), ARRAY(Uuid)))
    new = select(StyleColor.id, literal(channel_id, Uuid), market, literal(now, _INSTANT)).where(
        StyleColor.code.in_(select(STAGED.c.style_color_code)),
        ~exists().where(Listing.style_color_id == StyleColor.id, Listing.channel_id == channel_id),
    )
    columns = ["style_color_id", "channel_id", "market_id", "listed_from"]
    add = insert(Listing).from_select(columns, new).returning(Listing.style_color_id)
    listed = sorted(set((await db.scalars(add)).all()), key=attrgetter("int"))
    report.count("style-colors listed", len(listed))
    for start in range(0, len(listed), EVENT_IDS):
        batch = tuple(listed[start : start + EVENT_IDS])
        outbox.publish(db, ListingsChanged(happened_at=now, style_color_ids=batch))


_INSTANT: Final = StyleColor.created_at.type
