from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest
from litestar import get
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.identity import rules
from sellier.domain.identity.states import Right, Role
from sellier.infra.settings import Settings
from sellier.infra.web import Visitor
from sellier.surfaces.doors.staff import Lang, Staff, staff_page, staff_router, way_in
from tests.domain.identity import make as identity_make
from tests.surfaces.doors import make
from tests.surfaces.make import Clock

Sessions = async_sessionmaker[AsyncSession]
LETTERS = "/studio/letters"


@get("/letters", right=Right.READ_ORDERS)
async def letters(request: Visitor, staff: Staff, lang: Lang) -> Template:
    return staff_page(
        request, "doors/sign_in/page.html", staff=staff, lang=lang, wanted="", email=staff.name,
        code="", wait_minutes=0,
    )  # fmt: skip


@pytest.fixture
def clock(noon: datetime) -> Clock:
    return Clock(noon)


@pytest.fixture
async def client(
    sessions: Sessions, settings: Settings, clock: Clock
) -> AsyncIterator[httpx.AsyncClient]:
    async with sessions.begin() as db:
        await identity_make.staff(db)
    async with make.browser(
        sessions, settings, clock, routers=[staff_router("/studio", [letters])]
    ) as found:
        yield found


async def test_nobody_is_led_to_sign_in_and_back(client: httpx.AsyncClient) -> None:
    asked = await client.get(f"{LETTERS}?q=two words")
    assert asked.status_code == 303
    assert (
        asked.headers["location"] == "/staff/sign-in?next=%2Fstudio%2Fletters%3Fq%3Dtwo%2520words"
    )

    page = await client.get(asked.headers["location"])
    assert 'name="next" value="/studio/letters?q=two%20words"' in page.text

    entered = await make.enter(client, next="/studio/letters?q=two%20words")
    assert entered.status_code == 303
    assert entered.headers["location"] == "/studio/letters?q=two%20words"
    assert (await client.get(LETTERS)).status_code == 200


async def test_programs_and_fragments_are_told_in_their_own_way(client: httpx.AsyncClient) -> None:
    program = await client.get(LETTERS, headers={"accept": "application/json"})
    assert (program.status_code, program.json()["code"]) == (403, "identity.not_signed_in")
    fragment = await client.get(LETTERS, headers={"hx-request": "true"})
    assert fragment.headers["hx-redirect"].startswith("/staff/sign-in?next=")


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    client: httpx.AsyncClient,
) -> None:
    entered = await make.enter(client)
    cookie = next(value for value in entered.headers.get_list("set-cookie") if "staff=" in value)
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "max-age" not in cookie.lower()
    assert entered.headers["cache-control"] == "no-store"


async def test_a_wrong_password_keeps_the_email_and_not_the_password(
    client: httpx.AsyncClient,
) -> None:
    refused = await make.enter(client, password="pas la bonne phrase")
    assert refused.status_code == 403
    assert "do not go together" in refused.text
    assert identity_make.EMAIL in refused.text
    assert "pas la bonne phrase" not in refused.text


async def test_too_many_attempts_are_told_when_to_come_back(client: httpx.AsyncClient) -> None:
    for _ in range(rules.FREE_BY_ACCOUNT):
        await make.enter(client, password="pas la bonne phrase")
    refused = await make.enter(client)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
    assert "wait a minute" in refused.text


async def test_a_form_without_its_token_is_refused(client: httpx.AsyncClient) -> None:
    await client.get("/staff/sign-in")
    refused = await client.post(
        "/staff/sign-in", data={"email": identity_make.EMAIL, "password": identity_make.PASSWORD}
    )
    assert refused.status_code == 403
    assert "staff" not in client.cookies


@pytest.mark.parametrize("field", ["role", "location_id", "is_administrator"])
async def test_an_unknown_field_is_refused(client: httpx.AsyncClient, field: str) -> None:
    refused = await make.enter(client, **{field: "x"})
    assert refused.status_code == 400
    assert "staff" not in client.cookies


async def test_signing_in_changes_the_session_and_signing_out_ends_it(
    client: httpx.AsyncClient,
) -> None:
    client.cookies.set("staff", "planted")
    await make.enter(client)
    first = next(c.value for c in client.cookies.jar if c.name == "staff" and c.value != "planted")
    client.cookies.clear()

    client.cookies.set("staff", str(first))
    assert (await client.get(LETTERS)).status_code == 200
    left = await make.post(client, "/staff/sign-out")
    assert left.headers["location"] == "/staff/sign-in"
    client.cookies.set("staff", str(first))
    assert (await client.get(LETTERS)).status_code == 303


async def test_a_page_keeps_a_session_alive_and_a_night_ends_it(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    await make.enter(client)
    for _ in range(3):
        clock.now += timedelta(hours=7)
        assert (await client.get(LETTERS)).status_code == 200
    clock.now += timedelta(hours=8)
    assert (await client.get(LETTERS)).status_code == 303


async def test_a_role_without_the_right_is_refused_in_words(
    client: httpx.AsyncClient, sessions: Sessions
) -> None:
    async with sessions.begin() as db:
        await identity_make.staff(db, email="m@house.example", role=Role.MERCHANDISER)
    await make.enter(client, "m@house.example")
    refused = await client.get(LETTERS)
    assert refused.status_code == 403
    assert "Your role does not open this page" in refused.text


async def test_a_chosen_language_stays(client: httpx.AsyncClient) -> None:
    assert '<html lang="en"' in (await client.get("/staff/sign-in")).text
    assert '<html lang="fr"' in (await client.get("/staff/sign-in?lang=fr")).text
    assert '<html lang="fr"' in (await client.get("/staff/sign-in")).text


def test_a_page_that_demands_no_right_does_not_start() -> None:
    @get("/open")
    async def forgotten(staff: Staff) -> None:
        del staff

    with pytest.raises(AssertionError, match="demands no right"):
        staff_router("/studio", [forgotten])


def test_a_page_that_does_not_ask_who_is_there_does_not_start() -> None:
    @get("/open", right=Right.READ_ORDERS)
    async def forgotten() -> None: ...

    with pytest.raises(AssertionError, match="does not ask who"):
        staff_router("/studio", [forgotten])


@pytest.mark.parametrize(
    ("wanted", "opened"),
    [
        ("", "/studio"),
        ("/studio/orders?q=1", "/studio/orders?q=1"),
        ("/boutique", "/studio"),
        ("//stranger.example/studio", "/studio"),
        ("https://stranger.example/studio", "/studio"),
        ("/studio\\..\\x", "/studio"),
        ("/studio/\r\nset-cookie: a", "/studio"),
        ("/studios", "/studio"),
    ],
)
def test_the_way_in_leads_to_our_own_pages_alone(wanted: str, opened: str) -> None:
    assert way_in(wanted, rules.RIGHTS[Role.ORDER_DESK]) == opened


def test_an_associate_begins_in_the_boutique() -> None:
    assert way_in("/studio/orders", rules.RIGHTS[Role.ASSOCIATE]) == "/boutique"
