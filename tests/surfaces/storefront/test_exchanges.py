"""A customer takes another size or color instead of the money, with a browser without script."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.returns import queries
from sellier.domain.returns import service as returns
from sellier.domain.returns.states import Disposition, ReturnState
from sellier.infra.settings import Settings
from sellier.kernel.ids import ReturnId, Sku, public_id
from sellier.surfaces.storefront.router import router
from tests.domain.returns import make, swap
from tests.domain.returns.make import Arrived
from tests.domain.returns.swap import BLUE, DEAR, LARGE, Rack
from tests.surfaces import make as surfaces
from tests.surfaces.make import Clock
from tests.surfaces.storefront.make import Visitor, browser
from tests.surfaces.storefront.test_returns import home, send

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def rack(sessions: Sessions) -> Rack:
    return await swap.rack(sessions, here={LARGE: 1, DEAR: 1}, there={BLUE: 2})


@pytest.fixture
async def order(sessions: Sessions, rack: Rack, noon: datetime) -> Arrived:
    return await make.arrived(sessions, rack.shop, now=noon, quantity=2)


@pytest.fixture
async def customer(
    sessions: Sessions, settings: Settings, noon: datetime, order: Arrived
) -> AsyncIterator[Visitor]:
    app = surfaces.application(
        sessions, settings, clock=Clock(noon + timedelta(days=2)), routers=[router]
    )
    found = browser(app)
    async with found.client:
        await found.get(f"{home(order)}?key={order.secret}")
        yield found


async def only(sessions: Sessions, order: Arrived) -> ReturnId:
    async with sessions.begin() as db:
        (found,) = await queries.of_order(db, order_id=order.order_id)
    return found.id


async def test_sizes_and_colors_that_are_there_are_offered_and_no_others(
    customer: Visitor, order: Arrived
) -> None:
    page = (await customer.get(f"{home(order)}/return")).text
    offered = re.findall(r'<option value="(ECLUSE-[A-Z-]+)">', page)
    assert set(offered) == {"ECLUSE-RED-U", LARGE, BLUE}
    assert "Taille L · la dernière" in page
    assert '<optgroup label="blue">' in page
    assert "Le remboursement" in page
    english = (await customer.get(f"{home(order, 'en')}/return")).text
    assert "What would you like for it?" in english
    assert "Size L · the last one" in english


async def test_the_story_of_an_exchange_is_told_to_its_end(
    sessions: Sessions, customer: Visitor, order: Arrived, *, rack: Rack, noon: datetime
) -> None:
    answer = await send(customer, order, instead=LARGE)
    here = answer.headers["location"]
    return_id = await only(sessions, order)
    told = (await customer.get(here)).text
    assert "mise de côté pour vous" in told
    assert "remise en vente" in told  # and from when
    assert "Mise de côté pour vous" in told
    listed = (await customer.get(home(order))).text
    assert "Taille L" in listed
    assert "mise de côté jusqu" in listed

    await make.received(sessions, return_id, at=rack.boutique, now=noon)
    assert "Votre nouvelle pièce suit" in (await customer.get(here)).text
    await make.inspected(sessions, return_id, now=noon)
    told = (await customer.get(here)).text
    assert "Votre nouvelle pièce part." in told
    assert "En préparation" in told
    assert "remboursé" not in told.lower()
    line_id = await swap.replacement(sessions, return_id)
    await swap.sent(sessions, line_id, now=noon)
    assert "Entre vos mains" in (await customer.get(here)).text
    whole = (await customer.get(home(order))).text
    assert "Échangé" in whole
    assert whole.count("line-amount") == 1  # what was bought, and no more
    english = (await customer.get(here.replace("/fr/", "/en/"))).text
    assert "Your new piece goes out." in english


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ReturnState.REFUSED, "Remise en vente"),
        (ReturnState.CANCELED, "Remise en vente"),
        (ReturnState.LAPSED, "Remise en vente"),
    ],
)
async def test_the_page_says_that_nothing_goes_out(
    sessions: Sessions,
    customer: Visitor,
    order: Arrived,
    *,
    rack: Rack,
    noon: datetime,
    state: ReturnState,
    words: str,
) -> None:
    here = (await send(customer, order, instead=LARGE)).headers["location"]
    return_id = await only(sessions, order)
    match state:
        case ReturnState.REFUSED:
            await make.received(sessions, return_id, at=rack.boutique, now=noon)
            refuse = Disposition.REFUSE
            await make.inspected(sessions, return_id, now=noon, disposition=refuse)
        case ReturnState.CANCELED:
            await customer.post(f"{here}/cancellation")
        case _:
            async with sessions.begin() as db:
                late = noon + timedelta(days=40)
                assert await returns.lapse(db, return_id=return_id, now=late)
    assert words in (await customer.get(here)).text
    assert await swap.available(sessions, LARGE) == 1


@pytest.mark.parametrize(
    ("instead", "words"),
    [
        ("RIVE-BLACK-U", "Choisissez une autre taille ou une autre couleur"),
        ("NO-SUCH", "Choisissez une autre taille ou une autre couleur"),
        (DEAR, "vendue ici"),
        ("ECLUSE-GREEN-U", "vendue ici"),
    ],
)
async def test_what_cannot_be_had_is_said_and_the_form_is_as_it_was(
    sessions: Sessions, customer: Visitor, order: Arrived, instead: str, words: str
) -> None:
    answer = await send(customer, order, instead=instead)
    assert answer.status_code == 422
    assert words in answer.text
    assert '<option value="too_small" selected>' in answer.text
    async with sessions.begin() as db:
        assert not await queries.of_order(db, order_id=order.order_id)


async def test_the_last_one_that_is_taken_meanwhile_is_said(
    sessions: Sessions, customer: Visitor, order: Arrived
) -> None:
    assert (await send(customer, order, instead=LARGE)).status_code == 303
    answer = await send(customer, order, instead=LARGE)
    assert answer.status_code == 422
    assert "vient de prendre" in answer.text
    assert await swap.available(sessions, LARGE) == 0


async def test_what_went_out_can_be_given_back_and_exchanged_again(
    sessions: Sessions, customer: Visitor, order: Arrived, *, rack: Rack, noon: datetime
) -> None:
    await send(customer, order, instead=LARGE)
    return_id = await only(sessions, order)
    await make.received(sessions, return_id, at=rack.boutique, now=noon)
    await make.inspected(sessions, return_id, now=noon)
    line_id = await swap.replacement(sessions, return_id)
    await swap.sent(sessions, line_id, now=noon)
    again = await send(customer, order, instead=str(BLUE), line=public_id("line", line_id))
    assert again.status_code == 303
    assert await swap.available(sessions, Sku(BLUE)) == 1
