"""A buyer in a process of its own, who dies at the numbered step of a checkout.

Run as a program, it reads one order a line from standard input, forks, and tells how that ended:
importing costs a second, forking a few milliseconds.
The steps are counted from outside, at every statement, flush, commit and call of the provider, so
that no code of ours knows of them.
"""

import asyncio
import json
import os
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session

from sellier.app import create_app
from sellier.infra import db
from sellier.infra.settings import Settings
from sellier.surfaces.api.router import router

DIED: Final = 9


@dataclass(slots=True)
class Steps:
    """Counts what happens, and ends the process at once when it is time."""

    dies_at: int | None = None
    names: list[str] = field(default_factory=list)

    def __call__(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) - 1 == self.dies_at:
            os._exit(DIED)


@dataclass(slots=True)
class Watched(httpx.AsyncBaseTransport):
    """The way to the provider, with a step before and behind it."""

    steps: Steps

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.steps("provider not asked yet")
        # No connection outlives its fork; and to read certificates takes longer than all the rest.
        async with httpx.AsyncHTTPTransport(verify=False) as inner:
            answer = await inner.handle_async_request(request)
            content = await answer.aread()
        self.steps("provider has answered")
        return httpx.Response(answer.status_code, content=content)


def watch(engine: AsyncEngine, steps: Steps) -> None:
    """Make a step of everything that is sent to the database."""
    sync = engine.sync_engine

    def verb(statement: str) -> str:
        return " ".join(statement.split()[:3])

    def before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        steps(f"before {verb(statement)}")

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        steps(f"after {verb(statement)}")

    event.listen(sync, "before_cursor_execute", before)
    event.listen(sync, "after_cursor_execute", after)
    event.listen(sync, "commit", lambda _connection: steps("before COMMIT"))
    event.listen(Session, "after_flush", lambda _session, _context: steps("after a flush"))
    event.listen(Session, "after_commit", lambda _session: steps("after COMMIT"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """The application, built once before any fork; nothing in it is open yet."""

    app: Any
    engine: AsyncEngine
    settings: Settings
    steps: Steps


def seller(given: dict[str, Any]) -> Seller:
    steps = Steps()
    engine = db.engine(given["database"], connections=2)
    watch(engine, steps)
    settings = Settings(
        home=Path(given["home"]),
        payments_url=given["payments_url"],
        payments_key=given["payments_key"],
        carrier_key=given["carrier_key"],
    )
    app = create_app(
        settings=settings,
        sessions=db.sessions(engine),
        http=httpx.AsyncClient(transport=Watched(steps=steps)),
        clock=lambda: datetime.now(UTC),
        routers=[router],
    )
    return Seller(app=app, engine=engine, settings=settings, steps=steps)


async def check_out(seller: Seller, order: dict[str, Any]) -> dict[str, Any]:
    """Order a cart over the API, as its customer's program does."""
    seller.steps.dies_at = order["dies_at"]
    transport = httpx.ASGITransport(seller.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        answer = await client.post(order["path"], json=order["body"], headers=order["headers"])
    await seller.engine.dispose()
    return {"status": answer.status_code, "steps": seller.steps.names}


def main() -> None:
    selling = seller(json.loads(sys.argv[1]))
    for line in sys.stdin:
        order = json.loads(line)
        if order["dies_at"] is None:
            # Who is to live needs no fork, and leaves every statement compiled for those who do.
            tell(asyncio.run(check_out(selling, order)))
            selling.steps.names = []
            continue
        pid = os.fork()
        if pid == 0:
            asyncio.run(check_out(selling, order))
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        tell({"code": os.waitstatus_to_exitcode(status)})


def tell(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
