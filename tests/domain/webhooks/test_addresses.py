"""Where we must not send is refused when it is given, and again whenever something is sent."""

from datetime import datetime

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.webhooks import gateway, queries
from sellier.domain.webhooks import service as webhooks
from sellier.domain.webhooks.errors import AddressRefused, EventsUnknown
from sellier.domain.webhooks.rules import sending
from sellier.domain.webhooks.service import Wish
from tests.domain.webhooks import make

Sessions = async_sessionmaker[AsyncSession]

FORGED = [
    "http://example.com/hooks",
    "ftp://example.com",
    "https://user:secret@example.com/",
    "https://example.com@127.0.0.1/",
    "https://exa mple.com/",
    "https://example.com/#part",
    "https://example.com\\@127.0.0.1/",
    "https:///hooks",
    "https://[::1",
    "https://example.com:99999/",
    "https://example.com/\n",
    "https://exämple.com/",
    "https://example.com/" + "x" * 500,
    "javascript:alert(1)",
    "",
]
INSIDE = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.0.0.1/",
    "https://0/",
    "https://localhost/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://[::1]/",
    "https://[::]/",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::a00:1]/",
    "https://[2002:a00:1::]/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://no-such-host.invalid/",
]


@pytest.mark.parametrize("url", FORGED + INSIDE, ids=range(len(FORGED + INSIDE)))
async def test_forged_endpoint_addresses_are_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        await gateway.check(url, is_loopback_allowed=False)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8330/hooks", "http://localhost:1/"])
async def test_this_machine_is_sent_to_where_a_setting_says_so(url: str) -> None:
    assert await gateway.check(url, is_loopback_allowed=True) == url
    for inside in ("http://10.0.0.1/", "http://169.254.169.254/"):
        with pytest.raises(AddressRefused):
            await gateway.check(inside, is_loopback_allowed=True)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111"])
def test_the_open_internet_is_sent_to(address: str) -> None:
    assert sending.is_allowed(address, is_loopback_allowed=False)


async def test_what_led_outside_and_now_leads_inside_is_not_sent(
    sessions: Sessions, noon: datetime
) -> None:
    """The address was fine when it was given; its name was made to lead elsewhere since."""
    async with make.receiver() as there, make.post(is_loopback_allowed=False) as sender:
        endpoint_id = await make.endpoint(sessions, there.url, now=noon)
        await make.tell(sessions, make.event("order.paid", 1, now=noon), now=noon)
        await make.deliver(sessions, sender, now=noon)
        async with sessions() as db:
            (row,) = await queries.deliveries(
                db, endpoint_id=endpoint_id, state=None, before=None, limit=10
            )
        assert row.error == "address_refused"
        assert there.heard == []


async def test_the_address_looked_at_is_the_one_sent_to() -> None:
    """A name is asked for once: what it leads to afterwards does not matter."""
    async with make.receiver() as there, make.post() as sender:
        answer = await sender.send(f"http://localhost:{there.port}/hooks", headers={}, body=b"{}")
        assert answer.status == 200
        assert there.heard[0].headers["host"] == f"localhost:{there.port}"
    address = await gateway.resolve(httpx.URL("http://localhost:1/"), is_loopback_allowed=True)
    assert address in {"127.0.0.1", "::1"}


@pytest.mark.parametrize("events", [[], ["order.unheard_of"], ["webhook.test"]])
async def test_events_that_there_are_not_cannot_be_chosen(
    sessions: Sessions, noon: datetime, events: list[str]
) -> None:
    wish = Wish(name="x", url="https://example.com", events=events)
    with pytest.raises(EventsUnknown):
        async with sessions.begin() as db:
            await webhooks.add(db, wish=wish, by="test", now=noon)
