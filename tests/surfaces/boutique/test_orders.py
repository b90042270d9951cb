import re

import httpx

from tests.surfaces.boutique import make


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
