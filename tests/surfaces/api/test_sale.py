"""The sale through the API, from the piece to the paid order."""

from sellier.surfaces.api.answers import OrderPlaced
from tests.surfaces.api import make
from tests.surfaces.api.make import ADDRESS, SKU, Api


async def test_a_program_finds_a_piece_buys_it_and_reads_the_order(api: Api) -> None:
    piece = (await api.get("/products/ECLUSE-RED", lang="fr")).json()
    sku = piece["variants"][0]["sku"]
    opened = (await api.post("/carts", {"market": "FR"})).json()
    mine = api.holding(opened["secret"])
    path = f"/carts/{opened['id']}"
    cart = (await mine.post(f"{path}/lines", {"sku": sku, "quantity": 2})).json()
    placed = await mine.post(
        f"{path}/checkout",
        {
            "version": cart["version"],
            "email": "ada@customer.example",
            "address": ADDRESS,
            "payment": {"token": "tok_approve"},
        },
    )

    assert piece["variants"][0]["price"] == {"amount_minor": 185_000, "currency": "EUR"}
    assert piece["variants"][0]["available"] == 5
    assert cart["total"] == {"amount_minor": 370_000, "currency": "EUR"}
    assert placed.status_code == 201
    told = placed.json()
    assert set(told) == set(OrderPlaced.__struct_fields__)
    assert told["status"] == "confirmed"
    assert told["payment"] == {"state": "authorized", "refusal": None, "hosted_url": None}
    order = (await api.holding(told["secret"]).get(f"/orders/{told['id']}")).json()
    assert order["number"] == told["number"]
    assert [line["sku"] for line in order["lines"]] == [sku]
    assert order["fulfillments"][0]["units"] == 2
    left = (await api.get("/availability", sku=sku)).json()
    assert left["availability"][0]["units"] == 3


async def test_without_a_token_the_customer_pays_at_the_hosted_page(api: Api) -> None:
    cart = await make.cart(api)

    placed = (await cart.check_out(payment={})).json()

    assert placed["status"] == "awaiting_payment"
    assert placed["payment"]["state"] == "requires_action"
    assert placed["payment"]["hosted_url"].startswith("http://127.0.0.1:8002/")


async def test_a_refused_card_cancels_the_order_and_frees_the_cart(api: Api) -> None:
    cart = await make.cart(api)
    refused = await cart.check_out(payment={"token": "tok_refuse"})
    version = (await cart.api.get(f"/carts/{cart.id}")).json()["version"]
    again = await cart.check_out(version=version)

    assert refused.status_code == 201
    assert refused.json()["status"] == "canceled"
    assert refused.json()["payment"]["refusal"] == "insufficient_funds"
    assert again.json()["status"] == "confirmed"


async def test_a_token_that_the_provider_does_not_know_cancels_the_order(api: Api) -> None:
    cart = await make.cart(api)

    placed = await cart.check_out(payment={"token": "tok_invented"})

    assert placed.status_code == 201
    assert placed.json()["status"] == "canceled"


async def test_a_cart_that_was_paid_for_sells_nothing_more(api: Api) -> None:
    cart = await make.cart(api)
    await cart.check_out()
    version = (await cart.api.get(f"/carts/{cart.id}")).json()["version"]

    again = await cart.check_out(version=version)
    added = await cart.api.post(f"/carts/{cart.id}/lines", {"sku": SKU})

    assert (again.status_code, again.json()["code"]) == (409, "api.cart_spent")
    assert (added.status_code, added.json()["code"]) == (409, "api.cart_spent")


async def test_a_cart_changed_meanwhile_is_not_ordered(api: Api) -> None:
    cart = await make.cart(api)
    await cart.api.post(f"/carts/{cart.id}/lines", {"sku": SKU})

    stale = await cart.check_out()

    assert (stale.status_code, stale.json()["code"]) == (409, "carts.cart_changed")


async def test_lines_are_set_and_removed(api: Api) -> None:
    cart = await make.cart(api)
    line = (await cart.api.get(f"/carts/{cart.id}")).json()["lines"][0]
    path = f"/carts/{cart.id}/lines/{line['id']}"

    three = await cart.api.change("PUT", path, {"quantity": 3})
    none = await cart.api.change("DELETE", path)
    gone = await cart.api.change("PUT", path, {"quantity": 1})

    assert three.json()["units"] == 3
    assert none.json()["lines"] == []
    assert (gone.status_code, gone.json()["code"]) == (404, "api.line_not_found")


async def test_more_than_there_is_cannot_be_ordered(api: Api) -> None:
    cart = await make.cart(api, quantity=6)

    placed = await cart.check_out()

    assert (placed.status_code, placed.json()["code"]) == (409, "stock.out_of_stock")


async def test_the_customer_is_sent_back_to_our_own_site_only(api: Api) -> None:
    cart = await make.cart(api)
    ours = "http://127.0.0.1:8000/fr/thanks"
    foreign = [
        "https://evil.example/",
        "http://127.0.0.1:8000@evil.example/",
        "http://127.0.0.1:8000.evil.example/",
        "http://127.0.0.1:8001/",
        "https://127.0.0.1:8000/",
        "http://evil.example\\@127.0.0.1:8000/",
        "http://[",
        "http://[::1",
    ]

    for url in foreign:
        refused = await cart.check_out(payment={}, return_url=url)
        assert (refused.status_code, refused.json()["code"]) == (422, "api.return_url_foreign")
    placed = await cart.check_out(payment={}, return_url=ours)

    assert placed.status_code == 201


async def test_an_order_that_waits_can_be_paid_later_and_once(api: Api) -> None:
    cart = await make.cart(api)
    placed = (await cart.check_out(payment={})).json()
    mine = api.holding(placed["secret"])
    path = f"/orders/{placed['id']}/payment"

    asked = await mine.post(path, {}, key="first")
    again = await mine.post(path, {}, key="first")
    other = await mine.post(path, {"token": "tok_approve"}, key="first")

    assert asked.status_code == 200
    assert asked.json()["payment"]["hosted_url"] == placed["payment"]["hosted_url"]
    assert again.content == asked.content
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")


async def test_a_canceled_order_cannot_be_paid(api: Api) -> None:
    cart = await make.cart(api)
    placed = (await cart.check_out(payment={"token": "tok_refuse"})).json()

    tried = await api.holding(placed["secret"]).post(f"/orders/{placed['id']}/payment")

    assert (tried.status_code, tried.json()["code"]) == (409, "api.order_not_payable")
