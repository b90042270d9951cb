"""Bring the demo to life: customers buy through the API, boutiques begin to prepare."""

import asyncio
import random
import unicodedata
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import uuid4

import httpx
import typer
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.commands.demo_home import has_orders, mark_orders
from sellier.demo.customers import customers
from sellier.domain.orders import queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.queries import FulfillmentRead
from sellier.domain.orders.states import Cause, Work
from sellier.domain.promising.states import Way
from sellier.infra import db, logging, postgres
from sellier.infra import settings as configuration
from sellier.infra.settings import Settings
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import OrderId, row_id

BY: Final = "demo"
FOUND: Final = 100  # pieces that the customers choose among
AT_ONCE: Final = 4
# How far the boutiques are with their work, out of ten orders.
FAR: Final = (0, 0, 1, 1, 2, 2, 3, 4, 4, 4)

Sessions = async_sessionmaker[AsyncSession]
Step = Callable[[AsyncSession, FulfillmentRead, datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The running demo, as a program sees it, and chance that is the same every time."""

    api: httpx.AsyncClient
    chance: random.Random


def demo_orders(
    *,
    number: Annotated[int, typer.Option("--orders", min=1, max=1_000)] = 48,
    seed: Annotated[int, typer.Option(help="Another number: other customers.")] = 1,
    prepare: Annotated[bool, typer.Option(help="Have boutiques begin with them.")] = True,
    once: Annotated[bool, typer.Option(help="Only if the demo has none yet.")] = False,
) -> None:
    """Place orders in the demo that is running, and prepare some of them."""
    settings = configuration.from_environment()
    logging.set_up(settings.log)
    if once and has_orders(settings):
        return
    placed = asyncio.run(_bring_to_life(settings, number=number, seed=seed, prepare=prepare))
    mark_orders(settings)
    typer.echo(f"{placed} orders placed")


async def _bring_to_life(settings: Settings, *, number: int, seed: int, prepare: bool) -> int:
    chance = random.Random(seed)  # noqa: S311  nothing secret hangs on it
    async with httpx.AsyncClient(base_url=f"{settings.url}/api/v1", timeout=30) as api:
        shop = Shop(api=api, chance=chance)
        pieces = {market: await _pieces(shop, market) for market in ("FR", "GB")}
        gate = asyncio.Semaphore(AT_ONCE)

        async def buy() -> OrderId | None:
            async with gate:
                return await _buy(shop, pieces)

        bought = await asyncio.gather(*(buy() for _ in range(number)))
    placed = [order_id for order_id in bought if order_id is not None]
    if prepare:
        await _begin(settings, placed, chance=chance)
    return len(placed)


async def _begin(settings: Settings, placed: Sequence[OrderId], *, chance: random.Random) -> None:
    with postgres.running(settings) as database:
        engine = db.engine(database.url(postgres.WORKER), connections=2)
        try:
            for order_id in placed:
                await _prepare(db.sessions(engine), order_id, chance=chance)
        finally:
            await engine.dispose()


async def _pieces(shop: Shop, market: str) -> Sequence[str]:
    found = await shop.api.get("/search", params={"market": market, "limit": FOUND, "sort": "new"})
    return [hit["style_color_code"] for hit in found.json()["hits"] if hit["is_available"]]


async def _buy(shop: Shop, pieces: Mapping[str, Sequence[str]]) -> OrderId | None:
    """Fill a bag, have it sent or collected, and pay; None when the last of it went meanwhile."""
    who = shop.chance.choice(customers())
    market = who["country"]
    chosen = {await _size(shop, code, market) for code in shop.chance.sample(pieces[market], 2)}
    lines = [{"sku": sku, "quantity": 1} for sku in sorted(filter(None, chosen))]
    if not lines:
        return None
    lines = lines[: shop.chance.choice((1, 1, 2))]
    cart = (
        await shop.api.post(
            "/carts", json={"market": market, "lines": lines}, headers={"idempotency-key": _key()}
        )
    ).json()
    answer = await shop.api.post(
        f"/carts/{cart['id']}/checkout",
        json={
            "version": cart["version"],
            "email": _email(who["name"]),
            "address": who,
            "collect": await _collect(shop, lines, market),
            "payment": {"token": "tok_approve"},
            "language": "fr" if market == "FR" else "en",
        },
        headers={"authorization": f"Bearer {cart['secret']}", "idempotency-key": _key()},
    )
    if answer.is_error:
        return None  # the last of it went meanwhile
    found = row_id("ord", answer.json()["id"])
    return None if found is None else OrderId(found)


async def _size(shop: Shop, code: str, market: str) -> str | None:
    piece = (await shop.api.get(f"/products/{code}", params={"market": market})).json()
    there = [one["sku"] for one in piece.get("variants", ()) if one["available"]]
    return shop.chance.choice(there) if there else None


async def _collect(
    shop: Shop, lines: Sequence[Mapping[str, Any]], market: str
) -> Sequence[Mapping[str, str]]:
    """Now and then somebody fetches the bag from the boutique that has it soonest."""
    if shop.chance.random() < 0.6:  # noqa: PLR2004  most have it sent
        return []
    asked = {"market": market, "lines": lines, "destination": {"country": market}}
    promise = (await shop.api.post("/promises", json=asked)).json()
    open_ones = [one["location"] for one in promise.get("boutiques", ()) if one["collect_from"]]
    if not open_ones:
        return []
    boutique = shop.chance.choice(open_ones)
    return [{"sku": line["sku"], "location": boutique} for line in lines]


async def _prepare(sessions: Sessions, order_id: OrderId, *, chance: random.Random) -> None:
    """Do some of the steps that the locations of an order have to take."""
    async with sessions.begin() as session:
        order = await queries.order(session, order_id=order_id)
    for work in order.fulfillments if order else ():
        if work.state is Work.OFFERED:
            await _work(sessions, work, far=chance.choice(FAR), chance=chance)


async def _work(
    sessions: Sessions, work: FulfillmentRead, *, far: int, chance: random.Random
) -> None:
    """Refuse it now and then; else go as far as it goes, one step a transaction."""
    steps: Sequence[Step] = (
        _accept,
        _pick,
        _make_ready if work.way is Way.COLLECT else _pack,
        _hand_over,
    )
    if chance.random() < 0.08:  # noqa: PLR2004  a boutique that has no time
        steps, far = [_refuse], 1
    for step in steps[:far]:
        try:
            async with sessions.begin() as session:
                await step(session, work, datetime.now(UTC))
        except Refusal:
            return  # its label is not there yet, or there is nothing more to do


async def _refuse(session: AsyncSession, work: FulfillmentRead, now: datetime) -> None:
    await orders.reject(session, fulfillment_id=work.id, cause=Cause.TOO_BUSY, by=BY, now=now)


async def _accept(session: AsyncSession, work: FulfillmentRead, now: datetime) -> None:
    await orders.accept(session, fulfillment_id=work.id, by=BY, now=now)


async def _pick(session: AsyncSession, work: FulfillmentRead, now: datetime) -> None:
    await orders.pick(session, fulfillment_id=work.id, missing={}, by=BY, now=now)


async def _pack(session: AsyncSession, work: FulfillmentRead, now: datetime) -> None:
    await orders.pack(session, fulfillment_id=work.id, by=BY, now=now)


async def _make_ready(session: AsyncSession, work: FulfillmentRead, now: datetime) -> None:
    await orders.make_ready(session, fulfillment_id=work.id, by=BY, now=now)


async def _hand_over(session: AsyncSession, work: FulfillmentRead, now: datetime) -> None:
    await orders.hand_over(session, fulfillment_id=work.id, by=BY, now=now)


def _email(name: str) -> str:
    first = unicodedata.normalize("NFKD", name.partition(" ")[0])
    return f"{first.encode('ascii', 'ignore').decode().lower()}@customer.example"


def _key() -> str:
    return uuid4().hex
