"""Endpoints are added, tried, changed and followed on the studio's pages."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.identity.states import Role
from sellier.infra import keys
from sellier.infra.settings import Settings
from sellier.surfaces.studio import webhooks as pages
from tests.domain.webhooks import make as outside
from tests.surfaces.boutique import make as boutique
from tests.surfaces.doors import make as doors
from tests.surfaces.make import Clock
from tests.surfaces.studio import make

Sessions = async_sessionmaker[AsyncSession]
HOME = "/studio/webhooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The screen of an administrator, a program that hears, and the worker between them."""

    client: httpx.AsyncClient
    there: outside.Receiver
    sessions: Sessions
    settings: Settings
    noon: datetime

    async def add(self, **form: str) -> str:
        sound = {"name": "Warehouse", "url": self.there.url, "events": "order.paid"}
        answer = await doors.post(self.client, f"{HOME}/endpoints", **{**sound, **form})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def deliver(self, *, after: timedelta = timedelta()) -> None:
        root = keys.of(self.settings)
        async with outside.post() as sender:
            await outside.deliver(self.sessions, sender, keys=root, now=self.noon + after)

    async def text(self, address: str, **params: str) -> str:
        page = await self.client.get(address, params=params)
        assert page.status_code == 200
        return page.text


@pytest.fixture
async def head(
    *,
    sessions: Sessions,
    settings: Settings,
    noon: datetime,
    group: boutique.Group,  # noqa: ARG001  its people sign in
) -> AsyncIterator[Head]:
    known = Settings(home=settings.home, webhooks_loopback=True)
    browser = doors.browser(sessions, known, Clock(noon), routers=make.ROUTERS)
    async with browser as client, outside.receiver() as there:
        await doors.enter(client, boutique.EMAILS[Role.ADMINISTRATOR])
        yield Head(client=client, there=there, sessions=sessions, settings=known, noon=noon)


async def test_an_endpoint_is_added_tried_and_followed(head: Head) -> None:
    assert "Nobody outside is told anything yet" in await head.text(HOME)
    address = await head.add()
    assert "whsec_" in await head.text(address)
    tested = (await doors.post(head.client, f"{address}/test")).headers["location"]
    assert "It is on its way" in await head.text(tested)

    await head.deliver()

    page = await head.text(tested)
    assert "thank you" in page
    assert "sellier.webhook.test.v1" in page
    assert head.there.heard[0].id in page
    assert "Delivered" in await head.text(address)
    assert "1 event<" in await head.text(HOME)


async def test_several_events_are_chosen_at_once(head: Head) -> None:
    form = {"name": "All", "url": head.there.url, "_csrf_token": head.client.cookies["csrf"]}
    answer = await head.client.post(
        f"{HOME}/endpoints", data={**form, "events": ["order.paid", "order.canceled"]}
    )
    assert answer.status_code == 303
    assert "2 events" in await head.text(HOME)


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"url": "https://10.0.0.1/"}, "We do not send there"),
        ({"url": "javascript:alert(1)"}, "We do not send there"),
        ({"events": "webhook.test"}, "Choose one event or more"),
    ],
)
async def test_what_cannot_be_is_refused_in_the_form(
    head: Head, form: dict[str, str], says: str
) -> None:
    sound = {"name": "Warehouse", "url": head.there.url, "events": "order.paid"}
    answer = await doors.post(head.client, f"{HOME}/endpoints", **{**sound, **form})
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="Warehouse"' in answer.text


async def test_a_failed_delivery_is_told_and_sent_again(head: Head) -> None:
    head.there.status, head.there.answer = 500, b"<script>alert(1)</script>"
    address = await head.add()
    tested = (await doors.post(head.client, f"{address}/test")).headers["location"]
    await head.deliver()
    assert "Nothing has arrived since" in await head.text(address)
    page = await head.text(tested)
    assert "<script>alert(1)" not in page
    assert "It is tried again" in page
    assert (await doors.post(head.client, f"{tested}/resend")).status_code == 409
    head.there.status = 200
    await head.deliver(after=timedelta(seconds=5))
    assert "Delivered" in await head.text(tested)

    assert (await doors.post(head.client, f"{tested}/resend")).status_code == 303

    await head.deliver()
    assert len({heard.id for heard in head.there.heard}) == 1
    assert len(head.there.heard) == 3


async def test_a_secret_is_changed_and_both_are_shown_for_a_day(head: Head) -> None:
    address = await head.add()
    before = (await head.text(address)).count("whsec_")
    assert (await doors.post(head.client, f"{address}/secret")).status_code == 303
    assert (await head.text(address)).count("whsec_") == before + 1


async def test_an_endpoint_is_switched_off_changed_and_switched_on(head: Head) -> None:
    address = await head.add()
    await doors.post(head.client, f"{address}/state", state="off")
    assert "Switch on" in await head.text(address)
    await doors.post(head.client, f"{address}/state", state="active")
    assert "Switch off" in await head.text(address)
    form = {"name": "Books", "url": head.there.url, "events": "payment.captured"}
    assert (await doors.post(head.client, f"{address}/changes", **form)).status_code == 303
    assert "Books" in await head.text(HOME)


async def test_the_log_is_filtered_and_goes_on_without_gap_or_repeat(
    head: Head, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 1)
    address = await head.add()
    first, second = [
        (await doors.post(head.client, f"{address}/test")).headers["location"] for _ in range(2)
    ]
    newest = await head.text(address)
    assert second in newest
    assert first not in newest
    older = newest.split("before=")[1].split("#")[0]
    assert first in await head.text(address, before=older)
    assert "Nothing like that" in await head.text(address, only="parked")
    assert (await head.client.get(address, params={"before": "x"})).status_code == 422
    assert (await head.client.get(address, params={"only": "x"})).status_code == 400


async def test_a_delivery_is_shown_with_its_own_endpoint_only(head: Head) -> None:
    one, other = await head.add(), await head.add()
    tested = (await doors.post(head.client, f"{one}/test")).headers["location"]
    assert (await head.client.get(tested.replace(one, other))).status_code == 404
