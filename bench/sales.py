"""Cart to placed order through the API of one web process, and what the SQL alone would cost.

    .venv/bin/python -m bench.sales [ORDERS]

Everything is real: embedded PostgreSQL in a temporary folder, the payment sandbox and one
`sellier serve` as processes of their own, and a load generator in this one. Bare psycopg then
sends the very statements of one sale, with ids of its own, over as many connections.
"""

import asyncio
import os
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import msgspec
import psycopg
from psycopg.rows import tuple_row
from tests.domain.catalog import make as catalog
from tests.domain.locations import make as locations
from tests.domain.organization import make as organization
from tests.domain.pricing import make as pricing
from tests.domain.stock import make as stock
from tests.recording import recorded
from tests.sandbox.fixtures import in_process, sandbox_settings

from sellier.app import create_app
from sellier.domain.payments.gateway import sandbox_keys
from sellier.infra import db, keys, postgres
from sellier.infra.settings import Settings
from sellier.kernel.ids import LocationId, new_id
from sellier.migrations import run

ORDERS: Final = 600
PIECES: Final = 300
VISITORS: Final = 8
WARM_UP: Final = 40
PLENTY: Final = 100_000
TICKS_S: Final = os.sysconf("SC_CLK_TCK")
NOW: Final = datetime.now(UTC)
ADDRESS: Final = {
    "name": "Ada Hautefeuille",
    "line1": "1 rue des Essais",
    "postal_code": "75001",
    "city": "Paris",
    "country": "FR",
}
STEPS: Final = ("open cart", "check out")


@dataclass(slots=True)
class Connection:
    """One kept-alive connection, as lean as can be: what is measured is the other side."""

    port: int
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def send(
        self, method: str, path: str, *, body: object = None, secret: str = ""
    ) -> dict[str, Any]:
        status, told = await self.ask(method, path, body=body, secret=secret)
        if status not in {200, 201}:
            raise RuntimeError(f"{method} {path}: {status} {told}")
        return told

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(
        self, method: str, path: str, *, body: object = None, secret: str = ""
    ) -> tuple[int, dict[str, Any]]:
        if self.reader is None or self.writer is None:
            await self.open()
        assert self.reader is not None
        assert self.writer is not None
        lines = [f"{method} {path} HTTP/1.1", f"host: 127.0.0.1:{self.port}"]
        lines += [f"authorization: Bearer {secret}"] if secret else []
        content = b""
        if body is not None:
            content = msgspec.json.encode(body)
            lines += ["content-type: application/json", f"content-length: {len(content)}"]
            lines += [f"idempotency-key: {new_id()}"]
        self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        answer = await self.reader.readexactly(length)
        told: dict[str, Any] = msgspec.json.decode(answer)
        return int(head.split(" ", 2)[1]), told


@dataclass(frozen=True, slots=True)
class Times:
    """How long each step took, in seconds."""

    steps: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})

    async def measure(self, step: str, work: Awaitable[dict[str, Any]]) -> dict[str, Any]:
        start = time.perf_counter()
        told = await work
        self.steps[step].append(time.perf_counter() - start)
        return told


async def buy(connection: Connection, code: str, times: Times) -> None:
    """Put a piece into a new cart, order and pay it."""
    send = connection.send
    lines = [{"sku": f"{code}-U", "quantity": 1}]
    cart = await times.measure("open cart", send("POST", "/api/v1/carts", body={"lines": lines}))
    path, secret = f"/api/v1/carts/{cart['id']}", cart["secret"]
    order = {
        "version": cart["version"],
        "email": "ada@customer.example",
        "address": ADDRESS,
        "payment": {"token": "tok_approve"},
    }
    placed = await times.measure(
        "check out", send("POST", f"{path}/checkout", body=order, secret=secret)
    )
    if placed["status"] != "confirmed":
        raise RuntimeError(f"not sold: {placed}")


async def sell(port: int, *, orders: int, times: Times) -> float:
    """Let several visitors buy until so many orders are placed; return the seconds it took."""
    left = iter(range(orders))

    async def visit() -> None:
        connection = Connection(port)
        for number in left:
            await buy(connection, code_of(number), times)

    start = time.perf_counter()
    await asyncio.gather(*(visit() for _ in range(VISITORS)))
    return time.perf_counter() - start


def code_of(number: int) -> str:
    return f"PIECE-{number % PIECES:04d}"


async def fill(database: postgres.Database) -> None:
    """Make a shop with a few hundred pieces, and plenty of each in a warehouse."""
    engine = db.engine(database.url(postgres.APP), connections=2)
    async with db.sessions(engine).begin() as session:
        site = await organization.site(session)
        place: LocationId = await locations.location(session, code="warehouse")
        for number in range(PIECES):
            code = code_of(number)
            await catalog.style_color(session, code=code, title=code, site=site)
            await pricing.price(session, market_id=site.market_id, sku=f"{code}-U")
            await stock.stock_position(session, location_id=place, sku=f"{code}-U", on_hand=PLENTY)
    await engine.dispose()


# The statements of one sale, and bare psycopg sending them


async def statements(database: postgres.Database, settings: Settings) -> list[tuple[str, Any]]:
    """Record what one sale sends to the database, in order."""
    engine = db.engine(database.url(postgres.APP), connections=1)
    api_key = sandbox_keys(keys.of(settings)).api_key
    outside = httpx.AsyncClient(
        transport=in_process(
            sandbox_settings(
                api_key=api_key,
                allowed_origins=(settings.url,),
                public_url=settings.payments_url,
            )
        )
    )
    app = create_app(settings=settings, sessions=db.sessions(engine), http=outside)
    inside = httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # Litestar's scope is typed
    async with httpx.AsyncClient(transport=inside, base_url=settings.url) as client:
        await buy(_InProcess(client), code_of(0), Times())  # channels and the like are read once
        with recorded(engine) as sent:
            await buy(_InProcess(client), code_of(0), Times())
    await engine.dispose()
    return [(statement, _bare(values)) for statement, values in sent]


class _InProcess(Connection):
    """The same visitor, without a network."""

    __slots__ = ("client",)

    def __init__(self, client: httpx.AsyncClient) -> None:
        super().__init__(0)
        self.client = client

    async def send(
        self, method: str, path: str, *, body: object = None, secret: str = ""
    ) -> dict[str, Any]:
        headers = {"idempotency-key": str(new_id())}
        headers |= {"authorization": f"Bearer {secret}"} if secret else {}
        answer = await self.client.request(method, path, json=body, headers=headers)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told


async def replay(
    database: postgres.Database, sale: Sequence[tuple[str, Any]], *, orders: int
) -> float:
    """Send the statements of a sale again and again through bare psycopg; return the seconds."""
    conninfo = postgres.conninfo(database.url(postgres.APP))
    left = iter(range(orders))
    fresh = _fresh_values(sale)

    async def visit() -> None:
        async with await psycopg.AsyncConnection.connect(
            conninfo, autocommit=True, row_factory=tuple_row
        ) as connection:
            for number in left:
                renewed = {old: new() for old, new in fresh.items()}
                renewed[f"{code_of(0)}-U"] = f"{code_of(number)}-U"
                for statement, values in sale:
                    cursor = await connection.execute(statement, _renewed(values, renewed))
                    if cursor.description:
                        await cursor.fetchall()

    start = time.perf_counter()
    await asyncio.gather(*(visit() for _ in range(VISITORS)))
    return time.perf_counter() - start


def _fresh_values(sale: Sequence[tuple[str, Any]]) -> dict[Any, Callable[[], Any]]:
    """Find what each sale makes anew: ids, secrets, keys and the order's number."""
    shop = {value for _, values in sale for name, value in _named(values) if _is_of_shop(name)}
    written = [
        value
        for statement, values in sale
        if statement.startswith(("INSERT", "UPDATE", "WITH"))
        for _, value in _named(values)
        if isinstance(value, UUID | bytes | str) and value not in shop
    ]
    return {value: maker for value in written if (maker := _maker(value)) is not None}


def _maker(value: UUID | bytes | str) -> Callable[[], Any] | None:
    if isinstance(value, UUID):
        return new_id
    if isinstance(value, bytes):
        return lambda: secrets.token_bytes(32)
    if re.fullmatch(r"[0-9a-f-]{36}", value):
        return lambda: str(new_id())
    is_name = re.fullmatch(r"S-\d{4}-\d+|pay_\w+", value)
    return (lambda: f"{value[:4]}{secrets.token_hex(7)}") if is_name else None


def _is_of_shop(name: str) -> bool:
    return name.startswith(("channel_id", "market_id", "location_id", "style_color_id"))


def _named(values: Any) -> Iterator[tuple[str, Any]]:
    for one in values if isinstance(values, list | tuple) else (values or {},):
        yield from one.items()


def _bare(values: Any) -> Any:
    """Take the wrappers off that the driver was handed; JSON stays as it is."""
    if isinstance(values, Mapping):
        return {name: _bare(value) for name, value in values.items()}
    if isinstance(values, list | tuple):
        return [_bare(value) for value in values]
    return values.obj if isinstance(values, psycopg.Binary) else values


def _renewed(values: Any, renewed: Mapping[Any, Any]) -> Any:
    if isinstance(values, Mapping):
        return {name: _renewed(value, renewed) for name, value in values.items()}
    if isinstance(values, list | tuple):
        return [_renewed(value, renewed) for value in values]
    if isinstance(values, bytes | str | UUID):
        return renewed.get(values, values)
    return values


# Processes


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def process(settings: Settings, port: int, *arguments: str) -> Iterator[int]:
    """Run one of our own commands until the block ends; give its process id."""
    given = {
        "SELLIER_HOME": str(settings.home),
        "SELLIER_URL": settings.url,
        "SELLIER_PAYMENTS_URL": settings.payments_url,
        "SELLIER_LOG": "json",
    }
    command = [sys.executable, "-m", "sellier.cli", *arguments]
    with tempfile.TemporaryFile() as said:
        started = subprocess.Popen(  # noqa: S603  our own command, fixed words
            command, env={**os.environ, **given}, stdout=said, stderr=said
        )
        try:
            _wait(port, started)
            yield started.pid
        finally:
            started.send_signal(signal.SIGTERM)
            started.wait(20)


def _wait(port: int, started: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if started.poll() is not None:
            raise RuntimeError("a process ended while starting")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("a process did not answer in time")


def cpu_s(pid: int) -> float:
    """Return the processor time that a process and its children have used."""
    own = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return (int(own[11]) + int(own[12])) / TICKS_S + sum(cpu_s(int(child)) for child in children)


def main(orders: int) -> None:
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sellier-bench-")))
        port, pay_port, smtp_port = free_port(), free_port(), free_port()
        settings = Settings(
            home=home,
            url=f"http://127.0.0.1:{port}",
            payments_url=f"http://127.0.0.1:{pay_port}",
        )
        database = stack.enter_context(postgres.running(settings))
        run.upgrade(database)
        asyncio.run(fill(database))
        sandbox = ("sandbox", "--port", str(pay_port), "--smtp-port", str(smtp_port))
        stack.enter_context(process(settings, pay_port, *sandbox))
        with process(settings, port, "serve", "--port", str(port)) as web:
            asyncio.run(sell(port, orders=WARM_UP, times=Times()))
            times, before = Times(), cpu_s(web)
            took = asyncio.run(sell(port, orders=orders, times=times))
            web_ms = (cpu_s(web) - before) / orders * 1000
            alone = Times()
            asyncio.run(_one_visitor(port, times=alone))
        sale = asyncio.run(statements(database, settings))
        bare = asyncio.run(replay(database, sale, orders=orders))
    report(orders, times=times, alone=alone, took=took, bare=bare, web_ms=web_ms, sale=sale)


async def _one_visitor(port: int, *, times: Times) -> None:
    connection = Connection(port)
    for number in range(WARM_UP * 2):
        await buy(connection, code_of(number), times)


def report(
    orders: int,
    *,
    times: Times,
    alone: Times,
    took: float,
    bare: float,
    web_ms: float,
    sale: Sequence[tuple[str, Any]],
) -> None:
    ends = sum(statement in {"BEGIN", "COMMIT"} for statement, _ in sale)
    print(f"| {orders} orders, {VISITORS} visitors, one web process | |\n|---|---|")
    print(f"| orders/s through the API | {orders / took:.1f} |")
    print(f"| orders/s, the same SQL through bare psycopg | {orders / bare:.1f} |")
    print(f"| ratio | {took / bare:.2f} |")
    print(f"| processor time of the web process an order | {web_ms:.1f} ms |")
    print(f"| statements an order, BEGIN and COMMIT aside | {len(sale) - ends} (+{ends}) |\n")
    print("| step | p50 ms | p99 ms | one visitor p50 ms |\n|---|---|---|---|")
    for step, seconds in times.steps.items():
        cuts = statistics.quantiles(seconds, n=100)
        quiet = statistics.median(alone.steps[step])
        print(f"| {step} | {cuts[49] * 1000:.1f} | {cuts[98] * 1000:.1f} | {quiet * 1000:.1f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ORDERS)
