"""Files to import, and what the database holds before and after."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.organization import service as organization
from sellier.domain.organization.rules import GroupPlan
from sellier.infra.outbox import OutboxRow
from sellier.infra.reports import Report
from tests.domain.organization.make import BRITAIN, FRANCE, banner

TABLES = (
    "location",
    "banner_location",
    "brand",
    "category",
    "product",
    "style_color",
    "style_color_text",
    "variant",
    "media",
    "listing",
    "price",
    "stock_position",
    "stock_movement",
    "outbox",
)

LOCATION = {
    "code": "PAR1",
    "kind": "boutique",
    "name": "Rive gauche",
    "city": "Paris",
    "country": "FR",
    "latitude": "48.87",
    "longitude": "2.305",
    "time_zone": "Europe/Paris",
    "ships": "yes",
    "pickup": "yes",
    "opens": "10:00",
    "closes": "19:00",
    "daily_capacity": "40",
}
PIECE = {
    "id": "SAC-1-U",
    "item_group_id": "SAC-1",
    "style_color_id": "SAC-1-NOIR",
    "title": "Quai tote",
    "description": "A tote in bridle leather.",
    "brand": "Maison Quai",
    "mpn": "Q1",
    "gtin": "4006381333931",
    "image_link": "images/sac-1-noir.jpg",
    "availability": "in_stock",
    "price": "1250.00 EUR",
    "sale_price": "",
    "condition": "new",
    "gender": "female",
    "age_group": "adult",
    "color": "Black",
    "size": "",
    "material": "Leather",
    "pattern": "",
    "product_type": "Bags > Totes",
    "product_detail": "Details:Lining:Suede, goat,Details:Clasp:Brass",
}


def write(folder: Path, rows: Sequence[Mapping[str, str]], name: str = "file.csv") -> Path:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path = folder / name
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def location(**changed: str) -> dict[str, str]:
    return {**LOCATION, **changed}


def piece(**changed: str) -> dict[str, str]:
    return {**PIECE, **changed}


def piece_in_sizes(*sizes: str, **changed: str) -> list[dict[str, str]]:
    """Return one style-color in several sizes, each with a SKU of its own."""
    return [piece(id=f"ROBE-{size}", size=size, gtin="", mpn="", **changed) for size in sizes]


async def group(sessions: async_sessionmaker[AsyncSession]) -> None:
    """Make a banner that sells in France and Britain."""
    plan = GroupPlan(maisons={}, brands=(), markets=(FRANCE, BRITAIN), banners=(banner(),))
    async with sessions.begin() as db:
        await organization.define(db, plan=plan)


async def held(sessions: async_sessionmaker[AsyncSession]) -> Mapping[str, str]:
    """Return a fingerprint of each table's rows."""
    query = "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"
    async with sessions() as db:
        return {name: await db.scalar(text(query.format(name))) or "" for name in TABLES}


async def events(sessions: async_sessionmaker[AsyncSession]) -> list[OutboxRow]:
    """Return what waits to be announced, as if it were told now."""
    told = (
        "UPDATE outbox SET dispatched_at = happened_at WHERE dispatched_at IS NULL"
        " RETURNING id, name, payload, happened_at"
    )
    async with sessions.begin() as db:
        rows = await db.execute(text(told))
        return [OutboxRow(**row._mapping) for row in rows]


def whys(report: Report) -> list[tuple[int, str]]:
    """Return line and column of everything refused."""
    assert report.unusable is None, report.unusable
    return [(problem.line, problem.column) for problem in report.problems]
