from datetime import datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.surfaces.letters.compose import Letter
from sellier.surfaces.studio import orders
from tests.domain.orders import make as orders_make
from tests.surfaces.boutique import make as boutique

Sessions = async_sessionmaker[AsyncSession]


async def test_the_desk_lists_the_orders_of_every_boutique(
    desk: httpx.AsyncClient, group: boutique.Group
) -> None:
    page = await desk.get("/studio/orders")
    assert page.status_code == 200
    assert page.text.index(group.order_at_nice) < page.text.index(group.order_at_lyon)


async def test_an_order_is_found_by_name_email_or_number(
    desk: httpx.AsyncClient, group: boutique.Group
) -> None:
    for words in ("hautefeuille", "ada@customer", group.order_at_lyon):
        page = await desk.get("/studio/orders", params={"q": words})
        assert group.order_at_lyon in page.text
        nothing = await desk.get("/studio/orders", params={"q": f"{words}?"})
        assert "No order is like that" in nothing.text


async def test_orders_are_filtered_by_their_derived_status(
    *, desk: httpx.AsyncClient, group: boutique.Group, sessions: Sessions, noon: datetime
) -> None:
    shop = orders_make.Shop(site=group.site, location_id=group.lyon)
    async with sessions.begin() as db:
        cart_id = await orders_make.cart(db, shop, now=noon)
    async with sessions.begin() as db:
        placed = await orders_make.check_out(db, cart_id, now=noon)

    awaiting = (await desk.get("/studio/orders?status=awaiting_payment")).text
    confirmed = (await desk.get("/studio/orders?status=confirmed")).text
    assert placed.number in awaiting
    assert group.order_at_lyon not in awaiting
    assert group.order_at_lyon in confirmed
    assert placed.number not in confirmed


async def test_older_orders_follow_without_gap_or_repeat(
    desk: httpx.AsyncClient, group: boutique.Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "PAGE", 1)
    first = await desk.get("/studio/orders")
    assert group.order_at_nice in first.text
    assert group.order_at_lyon not in first.text
    older = first.text.split('rel="next" href="/studio/orders?before=')[1].split('"')[0]
    second = await desk.get("/studio/orders", params={"before": older})
    assert group.order_at_lyon in second.text
    assert 'rel="next"' not in second.text


async def test_a_page_that_never_was_is_refused(desk: httpx.AsyncClient) -> None:
    for before in ("ord_x", "1", "cus_" + "a" * 26):
        page = await desk.get("/studio/orders", params={"before": before})
        assert page.status_code == 422


async def test_an_order_is_told_whole(desk: httpx.AsyncClient, group: boutique.Group) -> None:
    page = (await desk.get(f"/studio/orders/{group.order_at_lyon}")).text
    told = (
        "Tote Écluse", "ECLUSE-RED-U", "€1,850.00", "Authorized", "Paid", "Rue Mercière",
        "ada@customer.example", "1 rue des Essais", "No letter has left yet",
        "Payment was authorized", "The line was confirmed", "Work was offered", "the checkout",
    )  # fmt: skip
    assert [words for words in told if words not in page] == []


async def test_a_delivery_without_cost_is_called_as_in_the_shop(
    desk: httpx.AsyncClient, group: boutique.Group
) -> None:
    path = f"/studio/orders/{group.order_at_lyon}"
    assert ">Free<" in (await desk.get(path)).text
    assert ">Offerte<" in (await desk.get(path, params={"lang": "fr"})).text


async def test_an_unknown_number_is_not_found(desk: httpx.AsyncClient) -> None:
    assert (await desk.get("/studio/orders/S-2026-999999")).status_code == 404


def test_every_letter_has_a_name_in_the_order_s_story() -> None:
    words = Path(orders.__file__).with_name("templates") / "studio" / "_parts.html"
    named = words.read_text()
    assert [letter for letter in Letter if f'"{letter}": _(' not in named] == []
