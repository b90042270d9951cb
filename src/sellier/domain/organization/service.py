"""Every change to the organization."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.organization.models import (
    Banner,
    BannerLocation,
    Brand,
    Channel,
    ChannelMarket,
    LegalEntity,
    Maison,
    Market,
    Seller,
)
from sellier.domain.organization.rules import BannerPlan, BrandPlan, GroupPlan, code_of
from sellier.kernel.ids import BrandId, LocationId, new_id

Coded = Maison | Market | LegalEntity | Seller | Banner | Channel


async def define(db: AsyncSession, *, plan: GroupPlan) -> None:
    """Make the organization as planned; what is there already under its code is kept."""
    for code, name in plan.maisons.items():
        await _put(db, Maison, {"code": code, "name": name})
    maisons = await _ids(db, Maison)
    for brand in plan.brands:
        await _define_brand(db, brand, maisons=maisons)
    for market in plan.markets:
        values = {
            "code": market.code,
            "country": market.country,
            "currency": market.currency,
            "languages": list(market.languages),
        }
        await _put(db, Market, values)
    for banner in plan.banners:
        await _define_banner(db, banner)


async def ensure_brands(db: AsyncSession, *, names: Iterable[str]) -> Mapping[str, BrandId]:
    """Return the id of each brand by name, making those that are missing."""
    wanted = sorted(set(names))
    rows = [{"id": BrandId(new_id()), "code": code_of(n), "name": n, "story": {}} for n in wanted]
    if rows:
        # Two names may share a code ("A&B", "A B"): the second gets its id's tail.
        taken = set((await db.scalars(select(Brand.code))).all())
        for row in rows:
            if row["code"] in taken:
                row["code"] = f"{row['code']}-{str(row['id'])[-6:]}"
            taken.add(str(row["code"]))
        await db.execute(insert(Brand).on_conflict_do_nothing(index_elements=["name"]), rows)
    found = await db.execute(select(Brand.name, Brand.id).where(Brand.name.in_(wanted)))
    return {row.name: row.id for row in found}


async def run_location(db: AsyncSession, *, location_id: LocationId, banner_code: str) -> None:
    """Say which banner runs a location; a banner that does not exist changes nothing."""
    banner_id = await db.scalar(select(Banner.id).where(Banner.code == banner_code))
    if banner_id is None:
        return
    statement = insert(BannerLocation).values(location_id=location_id, banner_id=banner_id)
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=["location_id"], set_={"banner_id": banner_id}
        )
    )


async def _define_brand(db: AsyncSession, plan: BrandPlan, *, maisons: Mapping[str, UUID]) -> None:
    await ensure_brands(db, names=[plan.name])
    await db.execute(
        update(Brand)
        .where(Brand.name == plan.name)
        .values(story=dict(plan.story), maison_id=maisons.get(plan.maison or ""))
    )


async def _define_banner(db: AsyncSession, plan: BannerPlan) -> None:
    entity = {
        "code": plan.entity_code,
        "name": plan.entity_name,
        "country": plan.entity_country,
    }
    entity_id = await _put(db, LegalEntity, entity)
    seller = {
        "code": plan.entity_code,
        "name": plan.entity_name,
        "legal_entity_id": entity_id,
    }
    banner = {
        "code": plan.code,
        "name": plan.name,
        "strapline": dict(plan.strapline),
        "theme": dict(plan.theme),
        "seller_id": await _put(db, Seller, seller),
    }
    channel = {
        "code": plan.code,
        "name": plan.name,
        "banner_id": await _put(db, Banner, banner),
        "host": plan.host,
        "is_default": plan.is_default,
    }
    channel_id = await _put(db, Channel, channel)
    markets = await _ids(db, Market)
    rows = [
        {"channel_id": channel_id, "market_id": markets[code], "position": position}
        for position, code in enumerate(plan.markets)
    ]
    await db.execute(insert(ChannelMarket).on_conflict_do_nothing(), rows)


async def _put(db: AsyncSession, table: type[Coded], values: Mapping[str, object]) -> UUID:
    """Insert a row unless its code is taken; return the id under that code."""
    await db.execute(insert(table).values({"id": new_id(), **values}).on_conflict_do_nothing())
    found: UUID = (await db.scalars(select(table.id).where(table.code == values["code"]))).one()
    return found


async def _ids(db: AsyncSession, table: type[Coded]) -> Mapping[str, UUID]:
    return {row.code: row.id for row in await db.execute(select(table.code, table.id))}
