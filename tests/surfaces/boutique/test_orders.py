import re

import httpx
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.catalog.models import StyleColor, StyleColorText
from tests.surfaces.boutique import make

Sessions = async_sessionmaker[AsyncSession]


async def test_my_boutique_sees_its_own_orders_alone(
    lyon: httpx.AsyncClient, group: make.Group
) -> None:
    listed = await lyon.get("/boutique/orders")
    assert listed.status_code == 200
    assert group.order_at_lyon in listed.text
    assert group.order_at_nice not in listed.text

    today = await lyon.get("/boutique")
    assert group.order_at_lyon in today.text
    assert group.order_at_nice not in today.text


async def test_the_sheet_says_what_to_pick_and_where_it_goes(
    lyon: httpx.AsyncClient, group: make.Group
) -> None:
    sheet = await lyon.get(f"/boutique/orders/{group.order_at_lyon}")
    assert sheet.status_code == 200
    for told in ("Tote Écluse", "ECLUSE-RED-U", "Ada Hautefeuille", "1 rue des Essais", "75001"):
        assert told in sheet.text
    assert "ada@customer.example" not in sheet.text  # picking does not need it


async def test_another_boutiques_order_is_not_found(
    lyon: httpx.AsyncClient, group: make.Group
) -> None:
    theirs = await lyon.get(f"/boutique/orders/{group.order_at_nice}")
    none = await lyon.get("/boutique/orders/M-2026-999999")
    assert (theirs.status_code, none.status_code) == (404, 404)
    plain = [
        re.sub(r'nonce="[^"]+"|lang=\w\w|M-2026-\d+', "", page.text) for page in (theirs, none)
    ]
    assert plain[0] == plain[1]


async def test_only_what_lies_here_is_picked_here(
    lyon: httpx.AsyncClient, group: make.Group
) -> None:
    sheet = await lyon.get(f"/boutique/orders/{group.order_at_lyon}")
    assert "Manteau Linon" not in sheet.text


async def test_pieces_are_called_as_whoever_picks_calls_them(
    lyon: httpx.AsyncClient, sessions: Sessions, group: make.Group
) -> None:
    """The order was made in one language, and keeps it; whoever picks may read another."""
    async with sessions.begin() as db:
        for lang, title in (("fr", "Cabas Écluse"), ("en", "Lock tote")):
            named = {"language": lang, "title": title, "color": "red", "description": title}
            red = select(StyleColor.id).where(StyleColor.code == "ECLUSE-RED").scalar_subquery()
            await db.execute(
                insert(StyleColorText)
                .values(style_color_id=red, **named)
                .on_conflict_do_update(
                    index_elements=["style_color_id", "language"], set_={"title": title}
                )
            )

    for lang, title in (("fr", "Cabas Écluse"), ("en", "Lock tote")):
        sheet = await lyon.get(f"/boutique/orders/{group.order_at_lyon}?lang={lang}")
        assert title in sheet.text
