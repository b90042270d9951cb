"""Who could serve what, and by which rules."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    DateTime,
    Executable,
    String,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog.models import Product, StyleColor, Variant
from sellier.domain.catalog.queries import CHANNEL_ID
from sellier.domain.locations.models import Location, LocationKind
from sellier.domain.organization.models import Banner, BannerLocation, Brand, Maison
from sellier.domain.promising.models import RuleSetLive, RuleSetVersion
from sellier.domain.promising.queries.rule_sets import rule_set
from sellier.domain.promising.rules import (
    RuleSet,
    Source,
)
from sellier.domain.promising.rules.simulate import Snapshot
from sellier.domain.promising.states import RuleKind, Way
from sellier.domain.stock import queries as stock
from sellier.domain.stock.models import Allocation, LocationTerms, StockPosition
from sellier.infra.batch import Statement, send
from sellier.kernel.ids import ChannelId, RuleSetId, Sku

SOURCES_MAX: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Who has something of it, and the rules that decide for the channel."""

    sources: Sequence[Source]
    maisons: Mapping[Sku, str]  # of the SKUs, when a rule asks for it
    rule_set_id: RuleSetId | None
    rule_set: RuleSet


async def sources(
    db: AsyncSession, *, channel_id: ChannelId, skus: Sequence[Sku], now: datetime
) -> Found:
    """List the locations that have any of these SKUs for a channel, in one round trip.

    Rules that nobody has read yet in this process cost one more, and so do the fences of maisons.
    """
    step = _SOURCES(skus=list(skus), channel_id=channel_id, now=now, everything=False)
    (rows,) = await send(db, step)
    rule_set_id = rows[0].rule_set_id if rows else None
    rules = await rule_set(db, rule_set_id=rule_set_id)
    return Found(
        sources=[_source(row) for row in rows],
        maisons=await maisons_of(db, skus=skus) if rules.fences.maisons else {},
        rule_set_id=rule_set_id,
        rule_set=rules,
    )


async def snapshot(
    db: AsyncSession, *, channel_ids: Iterable[ChannelId], skus: Sequence[Sku], now: datetime
) -> Snapshot:
    """Return all that channels may take of some SKUs now, with the capacity of every location."""
    found = {}
    for channel_id in channel_ids:
        step = _SOURCES(skus=list(skus), channel_id=channel_id, now=now, everything=True)
        (rows,) = await send(db, step)
        found[channel_id] = [_source(row) for row in rows]
    return Snapshot(sources=found, maisons=await maisons_of(db, skus=skus))


async def maisons_of(db: AsyncSession, *, skus: Sequence[Sku]) -> Mapping[Sku, str]:
    """Return the code of the maison that each SKU is of; other brands' have none."""
    (rows,) = await send(db, _MAISONS(skus=list(skus)))
    return {row.sku: row.code for row in rows}


def _source(row: Any) -> Source:
    is_warehouse = row.kind == LocationKind.WAREHOUSE
    return Source(
        location_id=row.id,
        code=row.code,
        is_warehouse=is_warehouse,
        country=row.country,
        available={sku: units - row.buffer for sku, units in zip(row.skus, row.units, strict=True)},
        ways=_WAYS[row.ships, row.collects, is_warehouse],
        latitude=row.latitude,
        longitude=row.longitude,
        banner=row.banner,
        capacity=None if row.in_hand is None else row.daily_capacity,
        in_hand=row.in_hand or 0,
    )


def _ways(*, ships: bool, collects: bool, is_warehouse: bool) -> frozenset[Way]:
    said = {Way.SHIP: ships, Way.COLLECT: collects, Way.CARRY: not is_warehouse}
    return frozenset(way for way, is_given in said.items() if is_given)


_WAYS: Final = {
    (ships, collects, is_warehouse): _ways(
        ships=ships, collects=collects, is_warehouse=is_warehouse
    )
    for ships in (False, True)
    for collects in (False, True)
    for is_warehouse in (False, True)
}


def _sourcing() -> Executable:
    live = _live().cte("live")
    everything = bindparam("everything", type_=Boolean())  # as a snapshot needs it
    stocked = (
        select(
            StockPosition.location_id,
            func.array_agg(StockPosition.sku).label("skus"),
            func.array_agg(StockPosition.available).label("units"),
        )
        .where(
            StockPosition.sku == any_(bindparam("skus", type_=ARRAY(String))),
            or_(StockPosition.available > 0, everything),
        )
        .group_by(StockPosition.location_id)
        .cte("stocked")
    )
    # Orders whose units are committed there and have not left: what its people still have to do.
    counts = or_(everything, select(live.c.counts).scalar_subquery())
    in_hand = (
        select(func.count(Allocation.order_id.distinct()))
        .where(Allocation.location_id == Location.id)
        .correlate(Location)
        .scalar_subquery()
    )
    ships, collects = stock.ships(), stock.collects()
    return (
        select(
            Location.id,
            Location.code,
            Location.kind,
            Location.country,
            Location.latitude,
            Location.longitude,
            Location.daily_capacity,
            ships.label("ships"),
            collects.label("collects"),
            stock.buffer().label("buffer"),
            Banner.code.label("banner"),
            stocked.c.skus,
            stocked.c.units,
            select(live.c.id).scalar_subquery().label("rule_set_id"),
            case((counts, in_hand)).label("in_hand"),
        )
        .join(stocked, stocked.c.location_id == Location.id)
        .outerjoin(LocationTerms, stock.terms_with(CHANNEL_ID))
        .outerjoin(BannerLocation, BannerLocation.location_id == Location.id)
        .outerjoin(Banner, Banner.id == BannerLocation.banner_id)
        .where(or_(ships, collects, Location.kind == LocationKind.BOUTIQUE))
        .limit(SOURCES_MAX)
    )


def _live() -> Any:
    """Select the version that decides for a channel, and whether it asks who is busy."""
    counts = or_(
        _says({"fences": {"within_capacity": True}}),
        _says({"rules": [{"rule": RuleKind.LEAST_BUSY.value}]}),
    )
    return (
        select(RuleSetVersion.id, counts.label("counts"))
        .join(RuleSetLive, RuleSetLive.rule_set_id == RuleSetVersion.id)
        .where(
            RuleSetLive.channel_id == CHANNEL_ID,
            RuleSetLive.live_from <= bindparam("now", type_=DateTime(timezone=True)),
        )
        .order_by(RuleSetLive.live_from.desc(), RuleSetLive.id.desc())
        .limit(1)
    )


def _says(part: Mapping[str, object]) -> ColumnElement[bool]:
    said = cast(literal(json.dumps(part), String), JSONB)
    return RuleSetVersion.body.contains(said)


_SOURCES: Final = Statement(_sourcing())
_MAISONS: Final = Statement(
    select(Variant.sku, Maison.code)
    .join(StyleColor, StyleColor.id == Variant.style_color_id)
    .join(Product, Product.id == StyleColor.product_id)
    .join(Brand, Brand.id == Product.brand_id)
    .join(Maison, Maison.id == Brand.maison_id)
    .where(Variant.sku == any_(bindparam("skus", type_=ARRAY(String))))
)
