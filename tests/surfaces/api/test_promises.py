"""Asking what can be promised: by a program, before anything is bought."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from tests.domain.carriers import make as carriers
from tests.surfaces.api.make import SKU, Api
from tests.surfaces.make import Clock

Sessions = async_sessionmaker[AsyncSession]
ONE: dict[str, Any] = {"lines": [{"sku": SKU}]}


@pytest.fixture(autouse=True)
async def lanes(sessions: Sessions) -> None:
    async with sessions.begin() as db:
        await carriers.keep(db, carriers.lane())


async def ask(api: Api, **changes: Any) -> httpx.Response:
    return await api.client.post("/api/v1/promises", json=ONE | changes)


async def test_a_basket_is_promised_with_dates_price_and_boutiques(api: Api) -> None:
    answer = await ask(api)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    # The tests' clock says Monday the 2nd of March, noon in UTC.
    assert told["deliveries"] == [
        {
            "service": "standard",
            "earliest_on": "2026-03-03",
            "latest_on": "2026-03-04",
            "price": {"amount_minor": 0, "currency": "EUR"},
            "parcels": 1,
        }
    ]
    (boutique,) = told["boutiques"]
    assert boutique["collect_from"] == "2026-03-02T13:00:00Z"
    assert boutique["open_until"] == boutique["held_until"] == "2026-03-02T18:00:00Z"


async def test_lines_of_one_sku_are_added_up(api: Api) -> None:
    three = [{"sku": SKU, "quantity": 3}]
    assert (await ask(api, lines=three)).json()["deliveries"]
    told = (await ask(api, lines=three * 2)).json()  # there are five
    assert (told["deliveries"], told["no_delivery"], told["boutiques"]) == ([], "short", [])


async def test_what_cannot_be_says_why(api: Api) -> None:
    abroad = (await ask(api, destination={"country": "JP"})).json()
    assert (abroad["deliveries"], abroad["no_delivery"]) == ([], "no_lane")
    place = (await ask(api)).json()["boutiques"][0]["location"]
    short = (await ask(api, lines=[{"sku": "NOBODY-KNOWS"}], boutiques=[place])).json()
    assert short["no_delivery"] == "short"
    assert (short["boutiques"][0]["no_collect"], short["boutiques"][0]["no_hold"]) == (
        "short",
        "short",
    )


async def test_a_moment_ahead_may_be_asked_for_within_bounds(api: Api, clock: Clock) -> None:
    later = clock.now + timedelta(days=5)  # a Saturday
    told = (await ask(api, moment=later.isoformat())).json()
    assert told["deliveries"][0]["earliest_on"] == "2026-03-10"
    for far in (timedelta(days=-2), timedelta(days=181)):
        refused = await ask(api, moment=(clock.now + far).isoformat())
        assert (refused.status_code, refused.json()["code"]) == (422, "api.moment_far")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"lines": []}, 400, "api.body_invalid"),
        ({"lines": [{"sku": SKU, "quantity": -1}]}, 400, "api.body_invalid"),
        ({"destination": {"country": "France"}}, 400, "api.body_invalid"),
        ({"destination": {"country": "FR", "latitude": 91}}, 400, "api.body_invalid"),
        ({"moment": "2026-03-02T12:00:00"}, 400, "api.body_invalid"),
        ({"moment": "9999-12-31T23:59:59Z"}, 422, "api.moment_far"),
        ({"boutiques": ["MOON"]}, 404, "api.location_not_found"),
        ({"market": "JP"}, 422, "api.market_unknown"),
        ({"price": 1}, 400, "api.body_invalid"),
    ],
)
async def test_a_question_that_is_wrong_is_refused(
    api: Api, *, changes: dict[str, Any], status: int, code: str
) -> None:
    refused = await ask(api, **changes)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
