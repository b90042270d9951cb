"""Who could serve what, and by which rules."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    DateTime,
    Executable,
    Select,
    String,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, array
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

_SHIP, _COLLECT, _CARRY = (literal(way.value, String) for way in Way)


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
    ((row,),) = await send(db, step)
    rules = await rule_set(db, rule_set_id=row.rule_set_id)
    return Found(
        sources=_READ.decode(row.sources),
        maisons=await maisons_of(db, skus=skus) if rules.fences.maisons else {},
        rule_set_id=row.rule_set_id,
        rule_set=rules,
    )


async def snapshot(
    db: AsyncSession, *, channel_ids: Iterable[ChannelId], skus: Sequence[Sku], now: datetime
) -> Snapshot:
    """Return all that channels may take of some SKUs now, with the capacity of every location."""
    found = {}
    for channel_id in channel_ids:
        step = _SOURCES(skus=list(skus), channel_id=channel_id, now=now, everything=True)
        ((row,),) = await send(db, step)
        found[channel_id] = _READ.decode(row.sources)
    return Snapshot(sources=found, maisons=await maisons_of(db, skus=skus))


async def maisons_of(db: AsyncSession, *, skus: Sequence[Sku]) -> Mapping[Sku, str]:
    """Return the code of the maison that each SKU is of; other brands' have none."""
    (rows,) = await send(db, _MAISONS(skus=list(skus)))
    return {row.sku: row.code for row in rows}


def _sourcing() -> Executable:
    live = _live().cte("live")
    everything = bindparam("everything", type_=Boolean())  # as a snapshot needs it
    stocked = _stocked(everything).cte("stocked")
    # Orders whose units are committed there and have not left: what its people still have to do.
    counts = or_(everything, select(live.c.counts).scalar_subquery())
    busy = (
        select(Allocation.location_id, func.count(Allocation.order_id.distinct()).label("orders"))
        .join(stocked, stocked.c.location_id == Allocation.location_id)
        .where(counts)
        .group_by(Allocation.location_id)
        .subquery("busy")
    )
    ships, collects = stock.ships(), stock.collects()
    carries = Location.kind != LocationKind.WAREHOUSE
    ways = array([case((ships, _SHIP)), case((collects, _COLLECT)), case((carries, _CARRY))])
    # All in one column, as text, in the order of `Source`: a thousand rows cost more than the rest.
    source = func.json_build_array(
        Location.id,
        Location.code,
        not_(carries),
        Location.country,
        stocked.c.units,
        func.array_remove(ways, None),
        Location.latitude,
        Location.longitude,
        Banner.code,
        case((counts, Location.daily_capacity)),
        func.coalesce(busy.c.orders, 0),
        stock.is_open(),
    )
    return (
        select(
            func.coalesce(cast(func.json_agg(source), String), "[]").label("sources"),
            select(live.c.id).scalar_subquery().label("rule_set_id"),
        )
        .select_from(Location)
        .join(stocked, stocked.c.location_id == Location.id)
        .outerjoin(busy, busy.c.location_id == Location.id)
        .outerjoin(LocationTerms, stock.terms_with(CHANNEL_ID))
        .outerjoin(BannerLocation, BannerLocation.location_id == Location.id)
        .outerjoin(Banner, Banner.id == BannerLocation.banner_id)
        # Those that are closed too: a decision says that they were.
        .where(or_(ships, collects, carries, not_(stock.is_open())))
    )


def _stocked(everything: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Select what each location has of the SKUs, less what it keeps back from the channel."""
    return (
        select(
            StockPosition.location_id,
            func.json_object_agg(StockPosition.sku, StockPosition.available - stock.buffer()).label(
                "units"
            ),
        )
        .outerjoin(
            LocationTerms,
            stock.terms_with(CHANNEL_ID, location_id=StockPosition.location_id),
        )
        .where(
            StockPosition.sku == any_(bindparam("skus", type_=ARRAY(String))),
            or_(StockPosition.available > 0, everything),
        )
        .group_by(StockPosition.location_id)
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
_READ: Final = msgspec.json.Decoder(list[Source])
_MAISONS: Final = Statement(
    select(Variant.sku, Maison.code)
    .join(StyleColor, StyleColor.id == Variant.style_color_id)
    .join(Product, Product.id == StyleColor.product_id)
    .join(Brand, Brand.id == Product.brand_id)
    .join(Maison, Maison.id == Brand.maison_id)
    .where(Variant.sku == any_(bindparam("skus", type_=ARRAY(String))))
)
