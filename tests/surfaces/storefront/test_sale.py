import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import service as orders
from sellier.domain.orders.models import Fulfillment, Order
from sellier.domain.payments.models import Payment
from sellier.domain.payments.rules import ProviderPayment, ProviderState
from sellier.domain.stock import service as stock
from sellier.domain.stock.models import Reservation, StockPosition
from sellier.infra.settings import Settings
from sellier.kernel.ids import Sku, new_id, public_id
from sellier.kernel.money import Money
from tests.surfaces.make import Clock
from tests.surfaces.storefront import make
from tests.surfaces.storefront.make import Visitor

Sessions = async_sessionmaker[AsyncSession]


class Down(httpx.AsyncBaseTransport):
    """A provider that does not answer."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("down", request=request)


async def test_the_bag_counts_what_is_in_it(visitor: Visitor) -> None:
    assert (await visitor.get("/fr/cart/count")).text == ""
    answer = await visitor.add()
    assert (answer.status_code, answer.headers["location"]) == (303, "/fr/cart?added=1")
    assert (await visitor.get("/fr/cart/count")).text == "1"
    page = (await visitor.get("/fr/cart")).text
    assert "Ballerine Red" in page
    assert "590,00\u00a0€" in page


async def test_with_htmx_a_word_appears_and_the_bag_recounts(visitor: Visitor) -> None:
    answer = await visitor.post_htmx("/en/cart/lines", sku="RED-37", quantity="1")
    assert answer.headers["hx-trigger"] == "bag-changed"
    assert answer.headers["hx-retarget"] == "#toasts"
    assert "It is in your bag." in answer.text


async def test_the_bags_cookie_is_for_no_script(visitor: Visitor) -> None:
    answer = await visitor.add()
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("cart-"))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


async def test_lines_change_and_go(visitor: Visitor) -> None:
    await visitor.add()
    await visitor.post("/fr/cart/quantities", sku="RED-37", quantity="2")
    assert (await visitor.get("/fr/cart/count")).text == "2"
    part = await visitor.post_htmx("/fr/cart/removals", sku="RED-37")
    assert "Votre panier est vide" in part.text
    assert "<html" not in part.text


async def test_more_than_there_is_cannot_be_checked_out(visitor: Visitor) -> None:
    await visitor.add()
    await visitor.post("/fr/cart/quantities", sku="RED-37", quantity="9")
    assert "en reste que 2." in make.said(await visitor.get("/fr/cart"))
    assert (await visitor.get("/fr/checkout")).headers["location"] == "/fr/cart"


async def test_a_piece_in_great_demand_is_kept_from_the_bag_on(
    visitor: Visitor, sessions: Sessions, clock: Clock
) -> None:
    async with sessions.begin() as db:
        await stock.set_hot(db, sku=Sku("RED-37"), hot=True, by="staff:1", now=clock.now)
    await visitor.add()
    async with sessions.begin() as db:
        kept = (await db.scalars(select(Reservation))).one()
    assert kept.cart_id is not None
    # The database's clock says when it ends: the page counts from the clock that it is given.
    clock.now = kept.expires_at - timedelta(minutes=9, seconds=30)
    assert "Gardée pour vous encore 10 minutes." in make.said(await visitor.get("/fr/cart"))

    for _ in range(2):  # two are left in all, and one of them is ours
        await visitor.post("/fr/cart/removals", sku="RED-37")
        await visitor.add()
    async with sessions.begin() as db:
        assert (await db.scalars(select(StockPosition.reserved))).all().count(1) == 1


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/fr/cart/lines", {"sku": "RED-37", "quantity": "1", "price": "1"}),
        ("/fr/cart/lines", {"sku": "RED-37", "quantity": "-1"}),
        ("/fr/cart/lines", {"sku": "RED-37", "quantity": "1e3"}),
        ("/fr/cart/lines", {"quantity": "1"}),
        ("/fr/cart/lines", {"sku": "RED\0", "quantity": "1"}),
        ("/fr/checkout", {**make.ADDRESS, "version": "2", "name": "a\0b"}),
        ("/fr/cart/lines", {"sku": "x" * 60, "quantity": "1"}),
        ("/fr/checkout", {**make.ADDRESS, "version": "2", "total_minor": "1"}),
        ("/fr/checkout", {**make.ADDRESS, "version": "2", "country": "US"}),
        ("/fr/checkout", {**make.ADDRESS, "version": "NaN"}),
        ("/market", {"market": "FR", "currency": "USD"}),
    ],
)
async def test_forms_take_what_they_ask_and_nothing_else(
    visitor: Visitor, path: str, form: dict[str, str]
) -> None:
    await visitor.add()
    assert 400 <= (await visitor.post(path, **form)).status_code < 500
    assert (await visitor.get("/fr/cart/count")).text == "1"


async def test_a_form_without_the_pages_token_is_refused(visitor: Visitor) -> None:
    answer = await visitor.client.post("/fr/cart/lines", data={"sku": "RED-37", "quantity": "1"})
    assert answer.status_code == 403


async def test_what_is_not_sold_here_is_said(visitor: Visitor) -> None:
    answer = await visitor.add(sku="NONE-1")
    assert answer.headers["location"] == "/fr/cart?problem=carts.not_sold_here"
    assert "plus vendue ici" in (await visitor.get(answer.headers["location"])).text


async def test_wrong_answers_come_back_with_what_was_typed(visitor: Visitor) -> None:
    await visitor.add()
    answer = await visitor.order(email="ines", postal_code="<b>")
    assert answer.status_code == 422
    assert 'value="Inès Delmas"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 2
    assert "<b>" not in answer.text


async def test_wrong_answers_are_listed_in_the_order_of_the_fields(visitor: Visitor) -> None:
    await visitor.add()
    page = (await visitor.order(email="", name="", city="")).text
    listed = page[page.index("notice-list") :]
    assert listed.index("#name") < listed.index("#email") < listed.index("#city")


async def test_checkout_says_where_the_bag_is_sent_from(visitor: Visitor) -> None:
    await visitor.add()
    assert "Rue Mercière, Lyon" in make.said(await visitor.get("/fr/checkout"))


async def ordered(visitor: Visitor, sessions: Sessions) -> httpx.Response:
    """Order, leave the provider's page undecided, and come back to the order's page."""
    await visitor.add()
    answer = await visitor.order()
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith("http://127.0.0.1:8002/pay/")
    async with sessions() as db:
        payment_id = (await db.scalars(select(Payment.id))).one()
    returned = await visitor.get(f"/payments/return?payment={public_id('pay', payment_id)}")
    assert returned.status_code == 303
    return await visitor.get(returned.headers["location"])


async def test_an_order_waits_until_the_provider_says_otherwise(
    visitor: Visitor, sessions: Sessions
) -> None:
    page = await ordered(visitor, sessions)
    assert "En attente du paiement" in page.text
    assert 'hx-trigger="every 4s"' in page.text
    running = await visitor.get("/fr/cart")
    assert "Un paiement est en cours" in running.text
    assert "/fr/cart/removals" not in running.text  # what would be refused is not offered


async def test_a_given_up_order_frees_the_bag_and_the_stock(
    visitor: Visitor, sessions: Sessions
) -> None:
    page = await ordered(visitor, sessions)
    path = page.url.path
    await visitor.post(f"{path}/cancellation")
    after = await visitor.get(path)
    assert "a pas eu lieu" in after.text
    assert "Commander" in (await visitor.get("/fr/cart")).text
    async with sessions() as db:
        reserved = (await db.scalars(select(StockPosition.reserved))).all()
    assert set(reserved) == {0}


async def paid(visitor: Visitor, sessions: Sessions, clock: Clock, **given: str) -> str:
    """Order and pay; return the address of the order's page."""
    await visitor.add()
    answer = await visitor.order(**given)
    assert answer.status_code == 303, answer.text
    async with sessions() as db:
        payment = (await db.scalars(select(Payment))).one()
        amount = Money(payment.amount_minor, payment.currency)
        told = ProviderPayment(
            id="pay_test", key=str(payment.id), state=ProviderState.AUTHORIZED, amount=amount,
            captured=amount * 0, refunded=amount * 0, hosted_url=None, reason=None,
        )  # fmt: skip
    async with sessions.begin() as db:
        await orders.take_in(db, payment_id=payment.id, told=told, by="test", now=clock.now)
    returned = await visitor.get(f"/payments/return?payment={public_id('pay', payment.id)}")
    return str(returned.headers["location"])


async def test_a_bag_is_collected_in_the_boutique_that_has_it(
    visitor: Visitor, sessions: Sessions, clock: Clock
) -> None:
    await visitor.add()
    page = make.said(await visitor.get("/fr/checkout"))
    assert "Le retirer en boutique" in page
    assert 'name="boutique" value="LYON"' in page
    path = await paid(
        visitor, sessions, clock, way="collect", boutique="LYON", line1="", city="", postal_code=""
    )
    told = make.said(await visitor.get(path))
    assert "En attente de préparation à Rue Mercière, Lyon." in told
    assert "À retirer à" in told
    async with sessions() as db:
        order = (await db.scalars(select(Order))).one()
        assert order.promised_to is not None
        work = (await db.scalars(select(Fulfillment))).one()
        assert (work.way, work.state) == ("collect", "offered")


async def test_a_boutique_that_is_none_is_not_chosen(visitor: Visitor) -> None:
    await visitor.add()
    answer = await visitor.order(way="collect", boutique="NOWHERE")
    assert answer.headers["location"] == "/fr/cart?problem=storefront.boutique_gone"
    missing = await visitor.order(way="collect", boutique="")
    assert missing.status_code == 422


async def test_a_paid_order_is_canceled_until_someone_prepares_it(
    visitor: Visitor, sessions: Sessions, clock: Clock
) -> None:
    path = await paid(visitor, sessions, clock)
    assert "Annuler la commande" in (await visitor.get(path)).text
    await visitor.post(f"{path}/cancellation")
    after = make.said(await visitor.get(path))
    assert "Votre commande est annulée" in after
    assert "Annuler la commande" not in after
    await visitor.post(f"{path}/cancellation")
    async with sessions() as db:
        assert set((await db.scalars(select(StockPosition.reserved))).all()) == {0}


async def test_a_provider_that_is_down_is_said_and_asked_again(
    sessions: Sessions, settings: Settings, clock: Clock
) -> None:
    await make.pieces(sessions, settings, now=clock.now)
    app = make.application(sessions, settings, clock=clock, transport=Down())
    visitor = make.browser(app)
    async with visitor.client:
        await visitor.add()
        answer = await visitor.order()
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert "a été débité" in answer.text
        again = re.search(r'action="(/fr/orders/[^"]+/payment)"', answer.text)
        assert again
        assert (await visitor.post(again.group(1))).status_code == 503
        async with sessions() as db:
            assert len((await db.scalars(select(Order.id))).all()) == 1


async def test_an_order_opens_to_its_own_visitor_only(
    visitor: Visitor, app: Any, sessions: Sessions
) -> None:
    page = await ordered(visitor, sessions)
    path = page.url.path
    stranger = make.browser(app)
    async with stranger.client:
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.get(f"{path}?key=guess")).status_code == 404
        assert (await stranger.post(f"{path}/cancellation")).status_code == 404
        assert (await stranger.post(f"{path}/payment")).status_code == 404
    other = public_id("ord", new_id())
    assert (await visitor.get(f"/fr/orders/{other}")).status_code == 404
    assert (await visitor.get("/fr/orders/nonsense")).status_code == 404


async def test_a_link_with_a_key_opens_once_and_leaves_the_address(
    visitor: Visitor, app: Any, sessions: Sessions
) -> None:
    page = await ordered(visitor, sessions)
    path = page.url.path
    secret = visitor.client.cookies["orders"].strip('"').partition(".")[2]
    friend = make.browser(app)
    async with friend.client:
        opened = await friend.get(f"{path}?key={secret}")
        assert (opened.status_code, opened.headers["location"]) == (303, path)
        assert (await friend.get(path)).status_code == 200


async def test_a_notice_that_nobody_signed_is_turned_away(visitor: Visitor) -> None:
    answer = await visitor.client.post("/payments/notices", content=b'{"type":"x","data":{}}')
    assert answer.status_code == 401
    signed = {"webhook-id": "n1", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
    answer = await visitor.client.post("/payments/notices", content=b"{}", headers=signed)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "name",
    ["", "pay_x", public_id("pay", new_id()), "ord_a"],
    ids=["none", "malformed", "unknown", "of another kind"],
)
async def test_a_return_for_no_payment_of_ours_is_not_found(visitor: Visitor, name: str) -> None:
    assert (await visitor.get(f"/payments/return?payment={name}")).status_code == 404
