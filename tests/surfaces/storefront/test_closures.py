"""A customer whose boutique closes chooses, with a browser and the link of a letter."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.closures.models import ClosureChoice
from sellier.domain.closures.states import Choice
from sellier.domain.orders.queries import link_key
from sellier.infra import keys
from sellier.infra.settings import Settings
from sellier.kernel.ids import ClosureChoiceId, OrderId, public_id
from sellier.surfaces.storefront.router import router
from tests.domain.closures.test_choose import asked
from tests.surfaces import make as surfaces
from tests.surfaces.make import Clock
from tests.surfaces.storefront.make import Visitor, browser

Sessions = async_sessionmaker[AsyncSession]


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A browser that never signed in, and what its letter said."""

    visitor: Visitor
    choice_id: ClosureChoiceId
    key: str
    elsewhere: str

    @property
    def path(self) -> str:
        return f"/fr/choices/{public_id('cho', self.choice_id)}"


@pytest.fixture
async def customer(
    sessions: Sessions, settings: Settings, noon: datetime
) -> AsyncIterator[Customer]:
    found, _, choice_id = await asked(sessions, elsewhere=1, now=noon)
    async with sessions() as db:
        order_id = (await db.scalars(select(ClosureChoice.order_id))).one()
    app = surfaces.application(sessions, settings, clock=Clock(noon), routers=[router])
    visitor = browser(app)
    async with visitor.client:
        yield Customer(
            visitor=visitor,
            choice_id=choice_id,
            key=link_key(keys.of(settings), OrderId(order_id)),
            elsewhere=public_id("loc", found.others[0]),
        )


async def test_the_link_shows_what_can_be_chosen_without_an_account(customer: Customer) -> None:
    led = await customer.visitor.get(f"{customer.path}?key={customer.key}")
    assert led.headers["location"] == customer.path  # without the key
    page = await customer.visitor.get(customer.path)
    assert page.status_code == 200
    assert "Que souhaitez-vous" in page.text
    for value in ("later", f"elsewhere:{customer.elsewhere}", "shipped", "refunded"):
        assert f'value="{value}"' in page.text
    english = await customer.visitor.get(customer.path.replace("/fr/", "/en/"))
    assert "What would you like?" in english.text


async def test_a_choice_is_done_once_and_shown(customer: Customer, sessions: Sessions) -> None:
    await customer.visitor.get(f"{customer.path}?key={customer.key}")
    for _ in range(2):
        done = await customer.visitor.post(customer.path, choice=f"elsewhere:{customer.elsewhere}")
        assert done.status_code in {200, 303}
    shown = await customer.visitor.get(customer.path)
    assert "Vos pièces sont préparées" in shown.text
    other = await customer.visitor.post(customer.path, choice="refunded")
    assert "plus possible" in other.text
    async with sessions() as db:
        assert (await db.scalars(select(ClosureChoice.choice))).one() == Choice.ELSEWHERE


async def test_without_the_key_there_is_nothing(customer: Customer) -> None:
    for address in (customer.path, f"{customer.path}?key=wrong", "/fr/choices/cho_none"):
        assert (await customer.visitor.get(address)).status_code == 404
