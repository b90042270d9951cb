"""A receiver as other people run them: real HTTP, on a port of its own; and events to hear of."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sellier.domain.webhooks import gateway
from sellier.domain.webhooks import service as webhooks
from sellier.domain.webhooks.gateway import Post
from sellier.domain.webhooks.rules import public
from sellier.domain.webhooks.service import Wish
from sellier.infra.keys import Keys
from sellier.kernel.ids import WebhookEndpointId, new_id
from tests.domain.orders.make import Sessions

KEYS = Keys("a root for tests of webhooks, nothing else")
SOURCE = "https://shop.example"
ALL = [event.name for event in public.CHOICES]
ORDER = "0198c0de-0000-7000-8000-000000000001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One request as it came in."""

    line: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass(slots=True)
class Receiver:
    """Answers as a test tells it to, and remembers what came."""

    port: int = 0
    status: int = 200
    location: str = ""
    answer: bytes = b"thank you"
    wait: asyncio.Event | None = None
    heard: list[Heard] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: int = 0
    most_at_once: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            pairs = (line.split(": ", 1) for line in head[1:] if line)
            headers = {name.lower(): value for name, value in pairs}
            body = await reader.readexactly(int(headers["content-length"]))
            self.heard.append(Heard(line=head[0], headers=headers, body=body))
            self.came.set()
            if self.wait is not None:
                await self.wait.wait()
            more = f"location: {self.location}\r\n" if self.location else ""
            writer.write(
                f"HTTP/1.1 {self.status} Said\r\n{more}"
                f"content-length: {len(self.answer)}\r\nconnection: close\r\n\r\n".encode()
            )
            writer.write(self.answer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.at_once -= 1
            writer.close()


@asynccontextmanager
async def receiver(**given: Any) -> AsyncIterator[Receiver]:
    made = Receiver(**given)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        if made.wait is not None:
            made.wait.set()
        server.close()
        await asyncio.sleep(0)


@asynccontextmanager
async def post(*, deadline_s: float = 2.0, is_loopback_allowed: bool = True) -> AsyncIterator[Post]:
    async with gateway.client() as client:
        yield Post(client=client, is_loopback_allowed=is_loopback_allowed, deadline_s=deadline_s)


async def endpoint(
    sessions: Sessions, url: str, *, now: datetime, events: Sequence[str] = ALL
) -> WebhookEndpointId:
    async with sessions.begin() as db:
        wish = Wish(name="Warehouse", url=url, events=events)
        return await webhooks.add(db, wish=wish, by="test", now=now)


def event(name: str, number: int, *, now: datetime, **payload: object) -> dict[str, object]:
    """An event as the outbox hands it over."""
    about: dict[str, object] = {"order_id": ORDER, "payment_id": str(new_id())}
    about |= {"fulfillment_id": str(new_id()), "parcel_id": str(new_id())}
    about |= {"state": "packed", "after": "delivered", "tracking_number": "SB1"}
    about |= {"amount_minor": 1250, "currency": "EUR", "skus": ["ECLUSE-RED-U"]}
    return {"id": number, "name": name, "happened_at": str(now), **about, **payload}


async def tell(sessions: Sessions, *events: Mapping[str, object], now: datetime) -> int:
    async with sessions.begin() as db:
        return await webhooks.tell(db, events=events, source=SOURCE, now=now)


async def deliver(sessions: Sessions, sender: Post, *, now: datetime, keys: Keys = KEYS) -> int:
    """Send all that may be sent now, once each; return how many there were."""
    async with sessions.begin() as db:
        found = await webhooks.claim(db, now=now)
    tries = (webhooks.try_once(sessions, sender, due=each, keys=keys, now=now) for each in found)
    await asyncio.gather(*tries)
    return len(found)
