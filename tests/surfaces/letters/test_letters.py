"""Letters: when they are owed, what they say, and that one event sends one."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.app import create_app
from sellier.domain.orders import queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.models import Fulfillment
from sellier.domain.orders.service import Placed
from sellier.domain.orders.states import Cause
from sellier.domain.returns import service as returns
from sellier.domain.returns.states import Disposition
from sellier.infra import keys
from sellier.infra.jobs import Context
from sellier.infra.mail import MailUnavailable
from sellier.infra.outbox import OutboxRow
from sellier.infra.settings import Settings
from sellier.kernel.ids import public_id
from sellier.surfaces.letters import jobs
from tests.domain.orders import make
from tests.domain.returns import make as back
from tests.domain.returns import swap
from tests.domain.returns.swap import LARGE
from tests.sandbox.fixtures import free_port

Sessions = async_sessionmaker[AsyncSession]


class Postbox:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.received.append(found)
        return "250 kept"


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, int]]:
    box, port = Postbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture
async def context(
    sessions: Sessions, settings: Settings, *, postbox: tuple[Postbox, int], noon: datetime
) -> AsyncIterator[Context]:
    async with httpx.AsyncClient() as http:
        yield Context(
            sessions=sessions,
            settings=replace(settings, smtp_url=f"smtp://127.0.0.1:{postbox[1]}"),
            keys=keys.of(settings),
            http=http,
            clock=lambda: noon,
        )


async def _placed(sessions: Sessions, noon: datetime) -> Placed:
    async with sessions.begin() as db:
        shop = await make.shop(db)
        cart_id = await make.cart(db, shop, now=noon)
    async with sessions.begin() as db:
        return await make.check_out(db, cart_id, now=noon)


async def _event(sessions: Sessions, name: str) -> dict[str, Any]:
    async with sessions() as db:
        row = (await db.scalars(select(OutboxRow).where(OutboxRow.name == name))).one()
        return {"id": row.id, "name": row.name, **row.payload}


def _parts(message: EmailMessage) -> tuple[str, str]:
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


async def test_a_paid_order_is_confirmed_once_in_its_language(
    sessions: Sessions, context: Context, postbox: tuple[Postbox, int], *, noon: datetime
) -> None:
    placed = await _placed(sessions, noon)
    await make.pay(sessions, placed, now=noon)
    event = await _event(sessions, "order.paid")

    for _ in range(2):
        await jobs.order_confirmation(context, [event])

    (letter,) = postbox[0].received
    text, html = _parts(letter)
    key = queries.link_key(context.keys, placed.order_id)
    link = f"{context.settings.url}/fr/orders/{public_id('ord', placed.order_id)}?key={key}"
    assert letter["To"].addresses[0].addr_spec == "ada@customer.example"
    assert placed.number in letter["Subject"]
    assert letter["Content-Language"] == "fr"
    assert link in text
    assert link in html
    for body in (text, html):
        assert "Merci" in body
        assert "Tote Écluse" in body
        assert "1 850,00 €" in body.replace("\u202f", " ").replace("\u00a0", " ")
        assert "1 rue des Essais" in body
    async with sessions() as db:
        told = await queries.history(db, order_id=placed.order_id)
        opened = await queries.order_shown_to(
            db, order_id=placed.order_id, secret=key, keys=context.keys
        )
        closed = await queries.order_shown_to(
            db, order_id=placed.order_id, secret=key[:-1] + "x", keys=context.keys
        )
    assert [entry.what for entry in told if entry.subject == "letter"] == ["order_confirmation"]
    assert opened is not None
    assert closed is None


async def test_a_letter_that_somebody_asks_for_leaves_again_once(
    sessions: Sessions, context: Context, postbox: tuple[Postbox, int], *, noon: datetime
) -> None:
    placed = await _placed(sessions, noon)
    await make.pay(sessions, placed, now=noon)
    await jobs.order_confirmation(context, [await _event(sessions, "order.paid")])
    async with sessions.begin() as db:
        await orders.want_letter(
            db, order_id=placed.order_id, letter="order_confirmation", by="staff:desk", now=noon
        )
    event = await _event(sessions, "order.letter_wanted")
    for _ in range(2):
        await jobs.again(context, [event])
    first, second = postbox[0].received
    assert first["Subject"] == second["Subject"]
    assert first["Message-ID"] != second["Message-ID"]


async def test_a_payment_that_never_came_is_explained(
    sessions: Sessions, context: Context, postbox: tuple[Postbox, int], *, noon: datetime
) -> None:
    placed = await _placed(sessions, noon)
    async with sessions.begin() as db:
        await orders.give_up(db, payment_id=placed.payment_id, by="recovery", now=noon)

    await jobs.order_canceled(context, [await _event(sessions, "order.canceled")])

    (letter,) = postbox[0].received
    text, html = _parts(letter)
    assert "débité" in text
    assert "débité" in html
    assert "key=" not in text + html


@pytest.mark.parametrize("by", ["customer", "checkout"])
async def test_who_saw_the_cancellation_gets_no_letter(
    sessions: Sessions,
    context: Context,
    postbox: tuple[Postbox, int],
    *,
    noon: datetime,
    by: str,
) -> None:
    placed = await _placed(sessions, noon)
    async with sessions.begin() as db:
        await orders.give_up(db, payment_id=placed.payment_id, by=by, now=noon)

    await jobs.order_canceled(context, [await _event(sessions, "order.canceled")])

    assert postbox[0].received == []


async def test_a_server_that_is_away_makes_the_job_try_again(
    sessions: Sessions, context: Context, postbox: tuple[Postbox, int], *, noon: datetime
) -> None:
    placed = await _placed(sessions, noon)
    await make.pay(sessions, placed, now=noon)
    event = await _event(sessions, "order.paid")
    nowhere = replace(context.settings, smtp_url=f"smtp://127.0.0.1:{free_port()}")

    with pytest.raises(MailUnavailable):
        await jobs.order_confirmation(replace(context, settings=nowhere), [event])
    await jobs.order_confirmation(context, [event])

    assert len(postbox[0].received) == 1


async def test_what_a_customer_writes_is_shown_and_not_run(
    sessions: Sessions, context: Context, postbox: tuple[Postbox, int], *, noon: datetime
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db)
        cart_id = await make.cart(db, shop, now=noon)
    hostile = replace(make.PARIS, name="<script>alert(1)</script> & Fils\r\nBcc: x@y.example")
    async with sessions.begin() as db:
        placed = await make.check_out(db, cart_id, now=noon, address=hostile)
    await make.pay(sessions, placed, now=noon)

    await jobs.order_confirmation(context, [await _event(sessions, "order.paid")])

    (letter,) = postbox[0].received
    assert letter["Bcc"] is None
    assert "<script" not in _parts(letter)[1]
    assert "& Fils" in _parts(letter)[0]


async def test_the_link_in_a_letter_opens_the_order(
    sessions: Sessions, context: Context, *, noon: datetime
) -> None:
    placed = await _placed(sessions, noon)
    name = public_id("ord", placed.order_id)
    key = queries.link_key(context.keys, placed.order_id)
    app = create_app(settings=context.settings, sessions=sessions, clock=lambda: noon)
    inside = httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # Litestar's scope is typed
    async with httpx.AsyncClient(transport=inside, base_url=context.settings.url) as client:
        opened = await client.get(f"/fr/orders/{name}", params={"key": key}, follow_redirects=True)
        client.cookies.clear()
        closed = await client.get(f"/fr/orders/{name}", params={"key": f"{key[:-1]}x"})

    assert opened.status_code == 200
    assert placed.number in opened.text
    assert "key=" not in str(opened.url)
    assert closed.status_code == 404


async def test_who_collects_is_told_the_code_and_reminded_once(
    sessions: Sessions, context: Context, postbox: tuple[Postbox, int], *, noon: datetime
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db)
    order = await make.bought(sessions, shop, now=noon, at=shop.location_id)
    (work,) = order.works
    async with sessions.begin() as db:
        await orders.accept(db, fulfillment_id=work, by="test", now=noon)
        await orders.pick(db, fulfillment_id=work, missing={}, by="test", now=noon)
        await orders.make_ready(db, fulfillment_id=work, by="test", now=noon)
    async with sessions.begin() as db:
        assert await orders.remind_pickups(db, now=noon + timedelta(days=4)) == 0
        assert await orders.remind_pickups(db, now=noon + timedelta(days=6)) == 1
        assert await orders.remind_pickups(db, now=noon + timedelta(days=6)) == 0
        code = await db.scalar(select(Fulfillment.pickup_code))

    async with sessions() as db:
        rows = await db.scalars(select(OutboxRow).order_by(OutboxRow.id))
        events = [{"id": row.id, "name": row.name, **row.payload} for row in rows]
    moved = [one for one in events if one["name"] == "fulfillment.advanced"]
    await jobs.work_moved(context, moved)
    await jobs.still_to_collect(
        context, [one for one in events if one["name"] == "fulfillment.reminded"]
    )

    assert len(postbox[0].received) == 2
    for letter in postbox[0].received:
        for body in _parts(letter):
            assert code is not None
            assert code in body
            assert "Rue Mercière" in body
            assert "Tote Écluse" in body


async def test_canceled_pieces_are_told_and_those_never_collected_once(
    sessions: Sessions, context: Context, postbox: tuple[Postbox, int], *, noon: datetime
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=3)
    order = await make.bought(sessions, shop, now=noon, quantity=2)
    async with sessions.begin() as db:
        units = {order.line_id: 1}
        await orders.cancel_units(db, order_id=order.order_id, units=units, by="desk", now=noon)
    event = await _event(sessions, "order.units_canceled")
    await jobs.units_canceled(context, [event, {**event, "cause": "uncollected"}])
    (letter,) = postbox[0].received
    assert "ne seront pas livrées" in _parts(letter)[0]


async def test_a_return_is_told_step_by_step_and_never_what_is_past(
    sessions: Sessions, context: Context, postbox: tuple[Postbox, int], *, noon: datetime
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=2)
    order = await back.arrived(sessions, shop, now=noon)
    return_id = await back.announced(sessions, order, now=noon)
    announced = await _event(sessions, "return.announced")
    for _ in range(2):
        await jobs.return_moved(context, [announced])
    await back.received(sessions, return_id, at=shop.location_id, now=noon)
    await jobs.return_moved(context, [await _event(sessions, "return.received")])
    await back.inspected(sessions, return_id, now=noon)
    await back.settled(sessions, return_id, now=noon)
    await jobs.return_moved(context, [await _event(sessions, "return.settled")])
    # Late, out of turn: what is past already is not told.
    await jobs.return_moved(context, [{**announced, "id": announced["id"] + 1_000}])

    told = [letter["Subject"] for letter in postbox[0].received]
    assert len(told) == 3
    text, html = _parts(postbox[0].received[-1])
    for body in (text, html):
        assert "1 865,00 €" in body.replace("\u202f", " ").replace("\u00a0", " ")
        assert "Tote Écluse" in body


async def test_an_exchange_is_told_to_its_end(
    sessions: Sessions, context: Context, postbox: tuple[Postbox, int], *, noon: datetime
) -> None:
    rack = await swap.rack(sessions, here={LARGE: 3})
    order = await back.arrived(sessions, rack.shop, now=noon)
    return_id = await swap.announced(sessions, order, now=noon)
    await back.received(sessions, return_id, at=rack.boutique, now=noon)
    await jobs.return_moved(context, [await _event(sessions, "return.received")])
    await back.inspected(sessions, return_id, now=noon)
    for name in ("exchange.released", "return.settled"):  # there is no money to tell of
        await jobs.return_moved(context, [await _event(sessions, name)])
    line_id = await swap.replacement(sessions, return_id)
    async with sessions.begin() as db:
        units, cause = {line_id: 1}, Cause.SOLD_OUT
        await orders.free(
            db, order_id=order.order_id, units=units, cause=cause, by="sourcing", now=noon
        )
    await jobs.units_canceled(context, [await _event(sessions, "order.units_canceled")])
    _told(postbox[0], ("suit", "sans rien à payer", "nulle part"))


@pytest.mark.parametrize("is_refused", [True, False])
async def test_an_exchange_that_comes_to_nothing_is_told_once(
    *,
    sessions: Sessions,
    context: Context,
    postbox: tuple[Postbox, int],
    noon: datetime,
    is_refused: bool,
) -> None:
    rack = await swap.rack(sessions)
    order = await back.arrived(sessions, rack.shop, now=noon)
    return_id = await swap.announced(sessions, order, now=noon)
    await jobs.return_moved(context, [await _event(sessions, "return.announced")])
    if is_refused:
        await back.received(sessions, return_id, at=rack.boutique, now=noon)
        refuse = Disposition.REFUSE
        await back.inspected(sessions, return_id, now=noon, disposition=refuse)
        await jobs.return_moved(context, [await _event(sessions, "return.refused")])
    else:
        async with sessions.begin() as db:
            late = noon + timedelta(days=20)
            assert await returns.lapse(db, return_id=return_id, now=late)
    await jobs.return_moved(context, [await _event(sessions, "exchange.ended")])
    await jobs.units_canceled(context, [await _event(sessions, "order.units_canceled")])
    _told(postbox[0], ("mise de côté", "remis en vente"))


def _told(box: Postbox, words: tuple[str, ...]) -> None:
    for letter, said in zip(box.received, words, strict=True):
        for body in _parts(letter):
            assert said in body
            assert "Tote Écluse" in body
