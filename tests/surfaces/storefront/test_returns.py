"""A customer gives pieces back, with a browser and the link of a letter."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.locations.models import LocationKind
from sellier.domain.returns import queries
from sellier.domain.returns.queries import ReturnRead
from sellier.domain.returns.states import ReturnState, ReturnWay
from sellier.infra.settings import Settings
from sellier.kernel.ids import public_id
from sellier.surfaces.storefront.router import router
from tests.domain.locations import make as locations
from tests.domain.orders import make as shops
from tests.domain.returns import make
from tests.domain.returns.make import Arrived
from tests.sandbox.fixtures import CARRIER_KEY, in_process, sandbox_settings
from tests.surfaces import make as surfaces
from tests.surfaces.make import Clock
from tests.surfaces.storefront.make import Visitor, browser

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def order(sessions: Sessions, noon: datetime) -> Arrived:
    async with sessions.begin() as db:
        shop = await shops.shop(db, on_hand=5)
        await locations.location(db, kind=LocationKind.WAREHOUSE, name="Entrepôt", city="Pantin")
    return await make.arrived(sessions, shop, now=noon, quantity=2)


@pytest.fixture
async def customer(
    sessions: Sessions, settings: Settings, noon: datetime, order: Arrived
) -> AsyncIterator[Visitor]:
    known = Settings(home=settings.home, carrier_key=CARRIER_KEY)
    app = surfaces.application(
        sessions,
        known,
        clock=Clock(noon + timedelta(days=2)),
        routers=[router],
        transport=in_process(sandbox_settings()),
    )
    found = browser(app)
    async with found.client:
        await found.get(f"{home(order)}?key={order.secret}")
        yield found


def home(order: Arrived, lang: str = "fr") -> str:
    return f"/{lang}/orders/{public_id('ord', order.order_id)}"


def key_on(page: httpx.Response) -> str:
    found = re.search(r'name="key" value="([0-9a-f-]{36})"', page.text)
    assert found
    return found[1]


async def send(
    customer: Visitor, order: Arrived, *, units: str = "1", way: str = "post", **changes: str
) -> httpx.Response:
    page = await customer.get(f"{home(order)}/return")
    form = {
        "key": key_on(page),
        "line": public_id("line", order.line_id),
        "units": units,
        "reason": "too_small",
        "words": "",
        "way": way,
    }
    return await customer.post(f"{home(order)}/return", **{**form, **changes})


async def only(sessions: Sessions, order: Arrived) -> ReturnRead:
    async with sessions.begin() as db:
        (found,) = await queries.of_order(db, order_id=order.order_id)
    return found


async def test_pieces_are_announced_and_their_label_is_printed(
    sessions: Sessions, customer: Visitor, order: Arrived
) -> None:
    page = await customer.get(home(order))
    assert "Retourner ou échanger des pièces" in page.text
    answer = await send(customer, order, words="Trop serrée")
    made = await only(sessions, order)
    assert (made.way, made.units, made.expected_at) == (ReturnWay.POST, 1, "Entrepôt, Pantin")
    assert made.lines[0].words == "Trop serrée"
    assert answer.headers["location"] == f"{home(order)}/returns/{made.number}"
    shown = await customer.get(answer.headers["location"])
    assert made.number in shown.text
    assert "Imprimer l" in shown.text
    labels = [await customer.post(f"{home(order)}/returns/{made.number}/label") for _ in range(2)]
    assert all(label.content.startswith(b"%PDF-") for label in labels)
    assert made.number in (await customer.get(home(order))).text


async def test_an_order_that_arrived_is_thanked_for_no_more(
    customer: Visitor, order: Arrived
) -> None:
    page = (await customer.get(home(order))).text
    assert "Vos pièces sont arrivées." in page
    assert "Merci. Votre commande est confirmée." not in page


async def test_a_return_that_is_sent_twice_is_one(
    sessions: Sessions, customer: Visitor, order: Arrived
) -> None:
    key = key_on(await customer.get(f"{home(order)}/return"))
    first = await send(customer, order, key=key, way="boutique")
    second = await send(customer, order, key=key, way="boutique")
    assert first.headers["location"] == second.headers["location"]
    assert (await only(sessions, order)).way is ReturnWay.BOUTIQUE


async def test_pieces_are_kept_after_all(
    sessions: Sessions, customer: Visitor, order: Arrived
) -> None:
    page = (await send(customer, order, units="2")).headers["location"]
    assert "Retourner ou échanger des pièces" not in (await customer.get(home(order))).text
    await customer.post(f"{page}/cancellation")
    assert (await only(sessions, order)).state is ReturnState.CANCELED
    assert "Retourner ou échanger des pièces" in (await customer.get(home(order))).text
    assert (await customer.post(f"{page}/label")).status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"units": "0"},
        {"units": "3"},
        {"units": "-1"},
        {"units": "9" * 30},
        {"reason": "lost"},
        {"line": "line_none"},
    ],
)
async def test_what_makes_no_sense_is_said_and_nothing_is_written(
    sessions: Sessions, customer: Visitor, order: Arrived, wrong: dict[str, str]
) -> None:
    answer = await send(customer, order, **wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    async with sessions.begin() as db:
        assert not await queries.of_order(db, order_id=order.order_id)


async def test_a_stranger_sees_no_return(
    sessions: Sessions, customer: Visitor, order: Arrived
) -> None:
    page = (await send(customer, order)).headers["location"]
    customer.client.cookies.clear()
    assert (await customer.get(page)).status_code == 404
    assert (await customer.get(f"{home(order)}/return")).status_code == 404
    assert (await customer.post(f"{page}/label")).status_code == 404
    assert (await only(sessions, order)).state is ReturnState.ANNOUNCED


async def test_after_thirty_days_the_page_says_so(
    sessions: Sessions, settings: Settings, noon: datetime, order: Arrived
) -> None:
    app = surfaces.application(
        sessions, settings, clock=Clock(noon + timedelta(days=31)), routers=[router]
    )
    late = browser(app)
    async with late.client:
        await late.get(f"{home(order, 'en')}?key={order.secret}")
        assert "Return or exchange pieces" not in (await late.get(home(order, "en"))).text
        page = await late.get(f"{home(order, 'en')}/return")
        assert "Nothing of this order can be returned" in page.text
