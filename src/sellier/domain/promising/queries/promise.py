"""What promises are made of, and the promise itself.

The timetable (calendars, lanes, rules) changes a few times a day: whoever asks often keeps it for
a minute. What each place has is read at every question, in one round trip.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import (
    ARRAY,
    Select,
    String,
    any_,
    bindparam,
    case,
    cast,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carriers.queries.lanes import lanes
from sellier.domain.catalog.models import Product, StyleColor, Variant
from sellier.domain.catalog.queries import CHANNEL_ID
from sellier.domain.locations import queries as locations
from sellier.domain.locations.models import Location, LocationKind
from sellier.domain.organization.models import Banner, BannerLocation, Brand
from sellier.domain.promising.models import AvailabilityView
from sellier.domain.promising.queries.rule_sets import live, rule_set
from sellier.domain.promising.queries.sources import maisons_of
from sellier.domain.promising.rules import DEFAULT
from sellier.domain.promising.rules.basket import Asked, promised
from sellier.domain.promising.rules.promise import (
    Place,
    Promise,
    Standing,
    Standings,
    Timetable,
    Why,
)
from sellier.domain.promising.rules.views import Coming, expected_at
from sellier.domain.promising.states import Purpose
from sellier.domain.stock import queries as stock
from sellier.domain.stock.models import Allocation, LocationTerms, StockPosition
from sellier.infra.batch import Statement, Step, send
from sellier.kernel.ids import ChannelId, Sku

PLACES_MAX: Final = 5_000
SKUS: Final = bindparam("skus", type_=ARRAY(String))


async def timetable(db: AsyncSession, *, now: datetime) -> Timetable:
    """Return every place with its calendar, lanes, holidays, and how sourcing decides."""
    calendars = await locations.calendars(db, now=now)
    statement = (
        select(
            Location.id,
            Location.code,
            Location.country,
            Location.latitude,
            Location.longitude,
            Location.kind,
            Location.daily_capacity,
            Banner.code.label("banner"),
        )
        .outerjoin(BannerLocation, BannerLocation.location_id == Location.id)
        .outerjoin(Banner, Banner.id == BannerLocation.banner_id)
        .limit(PLACES_MAX)
    )
    places = {
        row.id: Place(
            location_id=row.id,
            code=row.code,
            country=row.country,
            banner=row.banner,
            latitude=row.latitude,
            longitude=row.longitude,
            is_boutique=row.kind == LocationKind.BOUTIQUE,
            calendar=calendars[row.id],
            daily_capacity=row.daily_capacity,
        )
        for row in await db.execute(statement)
        if row.id in calendars
    }
    return Timetable(
        places=places,
        lanes=await lanes(db),
        holidays=await locations.holidays(db, now=now),
        rule_sets={
            one.channel_id: await rule_set(db, rule_set_id=one.rule_set_id)
            for one in await live(db, now=now)
        },
    )


async def promise(db: AsyncSession, asked: Asked, *, known: Timetable) -> Promise:
    """Return what can be promised for a basket: one round trip, then arithmetic.

    What is short costs one more, to say when it is expected.
    """
    skus = list(asked.wanted)
    asking = standing(channel_id=asked.channel_id, skus=skus, purpose=asked.purpose)
    (rows,) = await send(db, asking)
    maisons = await maisons_asked(db, known=known, channel_id=asked.channel_id, skus=skus)
    standings = standings_of(rows)
    found = promised(replace(asked, maisons=maisons), known=known, standings=standings)
    if found.no_delivery is not Why.SHORT or not rows[0].inbound:
        return found
    coming = [
        Coming(sku=one.sku, quantity=one.quantity, expected_at=one.expected_at)
        for one in await stock.inbound(db, skus=rows[0].inbound)
    ]
    return replace(found, expected_at=expected_at(asked.wanted, standings, coming))


async def maisons_asked(
    db: AsyncSession, *, known: Timetable, channel_id: ChannelId, skus: Sequence[Sku]
) -> Mapping[Sku, str]:
    """Return the maisons of SKUs when the channel's rules ask for them, else nothing."""
    rules = known.rule_sets.get(channel_id, DEFAULT)
    return await maisons_of(db, skus=skus) if rules.fences.maisons else {}


def standing(
    *, channel_id: ChannelId, skus: Sequence[Sku], purpose: Purpose = Purpose.BROWSE
) -> Step:
    """Return the statement that reads what each place has of some SKUs, for `standings_of`."""
    return _STANDING(channel_id=channel_id, skus=skus, purpose=purpose.value)


def standings_of(rows: Iterable[Any]) -> Standings:
    """Read back what `standing` read."""
    return {one.location_id: one for row in rows for one in _READ.decode(row.standings)}


def _standing() -> Select[*tuple[Any, ...]]:
    # Each side is added up by itself: what is joined then is one row a location. All of them in
    # one column, as text: a thousand rows of arrays cost the driver more than the question itself.
    asked = _asked().cte("asked")
    # Found once, so that a thousand positions are not joined with what nearly never says anything.
    no_safety, no_buffer = (
        StockPosition.sku.in_(select(asked.c.sku).where(not_(keeps)))
        for keeps in (asked.c.keeps_safety, asked.c.keeps_buffer)
    )
    safety = case((no_safety, StockPosition.safety_stock), else_=0)
    buffer = case((no_buffer, 0), else_=stock.buffer())
    units = func.least(StockPosition.available + safety, StockPosition.lent) - buffer
    has = (
        select(
            StockPosition.location_id,
            func.json_object_agg(StockPosition.sku, units).label("units"),
        )
        .outerjoin(
            LocationTerms,
            stock.terms_with(CHANNEL_ID, location_id=StockPosition.location_id),
        )
        .where(StockPosition.sku == any_(SKUS), units > 0)
        .group_by(StockPosition.location_id)
        .cte("has")
    )
    busy = (
        select(Allocation.location_id, func.count(Allocation.order_id.distinct()).label("orders"))
        .join(has, has.c.location_id == Allocation.location_id)
        .group_by(Allocation.location_id)
        .subquery("busy")
    )
    one = func.json_build_array(
        has.c.location_id,
        has.c.units,
        stock.ships(),
        stock.collects(),
        stock.holds(),
        func.coalesce(busy.c.orders, 0),
    )
    return (
        select(
            func.coalesce(cast(func.json_agg(one), String), "[]").label("standings"),
            select(func.array_agg(asked.c.sku))
            .where(asked.c.counts_inbound)
            .scalar_subquery()
            .label("inbound"),
        )
        .select_from(has)
        .join(Location, Location.id == has.c.location_id)
        .outerjoin(LocationTerms, stock.terms_with(CHANNEL_ID))
        .outerjoin(busy, busy.c.location_id == has.c.location_id)
    )


def _asked() -> Select[*tuple[Any, ...]]:
    """Select the SKUs with the view that counts for each: the nearest scope, the latest version."""
    view = (
        select(
            AvailabilityView.keeps_safety,
            AvailabilityView.keeps_buffer,
            AvailabilityView.counts_inbound,
        )
        .where(
            AvailabilityView.purpose == bindparam("purpose", type_=String()),
            or_(AvailabilityView.channel_id == CHANNEL_ID, AvailabilityView.channel_id.is_(None)),
            or_(
                AvailabilityView.maison_id == Brand.maison_id, AvailabilityView.maison_id.is_(None)
            ),
        )
        .order_by(
            AvailabilityView.maison_id.is_(None),
            AvailabilityView.channel_id.is_(None),
            AvailabilityView.id.desc(),
        )
        .limit(1)
        .lateral("view")
    )
    return (
        select(
            Variant.sku,
            func.coalesce(view.c.keeps_safety, true()).label("keeps_safety"),
            func.coalesce(view.c.keeps_buffer, true()).label("keeps_buffer"),
            func.coalesce(view.c.counts_inbound, true()).label("counts_inbound"),
        )
        .join(StyleColor, StyleColor.id == Variant.style_color_id)
        .join(Product, Product.id == StyleColor.product_id)
        .join(Brand, Brand.id == Product.brand_id)
        .outerjoin(view, true())
        .where(Variant.sku == any_(SKUS))
    )


_STANDING: Final = Statement(_standing())
_READ: Final = msgspec.json.Decoder(list[Standing])
