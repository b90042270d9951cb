"""Start the sandbox: a payment provider, a carrier, a mail catcher; real services on loopback."""

import asyncio
import functools
import logging
import signal
import socket
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import msgspec
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar, Request, Response
from litestar.config.allowed_hosts import AllowedHostsConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from standardwebhooks import Webhook

from sellier.sandbox import api, desk, hosted, mailbox, notices, rules
from sellier.sandbox.carrier import api as carrier_api
from sellier.sandbox.carrier import book as carrier_book
from sellier.sandbox.carrier import desk as carrier_desk
from sellier.sandbox.errors import ProviderSaysNo
from sellier.sandbox.outside import Sandbox
from sellier.sandbox.store import Store
from sellier.sandbox.values import Settings

BODY_BYTES_MAX: Final = 64 * 1024
_log = logging.getLogger(__name__)


class PortTaken(Exception):
    """Something else listens there already, perhaps another sandbox."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    *,
    path: Path | None = None,
    smtp_address: tuple[str, int] | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Litestar:
    """Build the sandbox; in memory when it has no path, without mail when it has no address.

    Notices and mail live in the lifespan. Without one, as under `httpx.ASGITransport`, notices
    wait until `notices.deliver_due` is called.
    """
    _check(settings)
    box = Sandbox(store=Store(path), settings=settings, clock=clock)
    host = settings.public_url.partition("//")[2]
    port = host.rpartition(":")[2]
    return Litestar(
        route_handlers=[
            api.router(settings.api_key),
            hosted.router(),
            desk.router(),
            carrier_api.router(settings.carrier_key),
            carrier_desk.router(),
        ],
        dependencies={"box": Provide(lambda: box, sync_to_thread=False)},
        exception_handlers={
            ProviderSaysNo: _refusal,
            HTTPException: _http_error,
            RecursionError: _too_deep,
        },
        lifespan=[functools.partial(_running, box=box, smtp_address=smtp_address)],
        allowed_hosts=AllowedHostsConfig([host, f"127.0.0.1:{port}", f"localhost:{port}"]),
        request_max_body_size=BODY_BYTES_MAX,
        openapi_config=None,
        state=State({"box": box}),
        logging_config=None,
    )


def serve(
    *,
    home: Path,
    settings: Settings,
    host: str = "127.0.0.1",
    port: int = 8002,
    smtp_port: int = 8025,
) -> None:
    """Run until SIGTERM or SIGINT, in this one process. Raises `PortTaken` before anything."""
    for wanted in (port, smtp_port):
        _require_free(host, wanted)
    app = create_app(settings, path=home / "sandbox.sqlite", smtp_address=(host, smtp_port))
    asyncio.run(_serve(app, host=host, port=port))


async def _serve(app: Litestar, *, host: str, port: int) -> None:
    # Embedded, because a supervisor with a worker process would cost twice the memory.
    server = Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        websockets=False,
        runtime_blocking_threads=1,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, server.stop)
    await server.serve()


def _require_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(f"The sandbox cannot listen on {host}:{port}: {error}.") from error


def _check(settings: Settings) -> None:
    """Refuse to start on what would leave a door open."""
    for secret in (settings.notice_secret, settings.carrier_secret):
        Webhook(secret)
    if not (settings.api_key and settings.carrier_key):
        raise ValueError("The sandbox needs an API key for each of its services.")
    for allowed in settings.allowed_origins:
        if rules.origin(allowed) != allowed:
            raise ValueError(f"Not an origin (scheme://host:port): {allowed}")


@asynccontextmanager
async def _running(
    _app: Litestar, *, box: Sandbox, smtp_address: tuple[str, int] | None
) -> AsyncGenerator[None, None]:
    loop = asyncio.get_running_loop()
    mail_server = None
    if smtp_address is not None:
        host, port = smtp_address
        mail_server = await loop.create_server(
            lambda: mailbox.smtp(box.store, box.clock), host, port
        )
    async with httpx.AsyncClient(trust_env=False, timeout=notices.TIMEOUT_S) as client:
        at_work = [
            asyncio.create_task(_watched("no more notices are sent", _deliver(box, client))),
            asyncio.create_task(_watched("no more shipments move", _move(box))),
        ]
        yield
        box.closing.set()
        for task in at_work:
            task.cancel()
        await asyncio.wait(at_work)
    if mail_server is not None:
        mail_server.close()
    box.store.close()


async def _deliver(box: Sandbox, client: httpx.AsyncClient) -> None:
    await notices.keep_delivering(box.store, client=client, settings=box.settings, clock=box.clock)


async def _move(box: Sandbox) -> None:
    await carrier_book.keep_moving(box.store, settings=box.settings, clock=box.clock)


async def _watched(lost: str, work: Coroutine[None, None, None]) -> None:
    """Say so if the work ever stops: nobody awaits this task."""
    try:
        await work
    except Exception:  # noqa: BLE001  (the edge: logged once, with nobody above to tell)
        _log.exception(lost)


def _refusal(_: Request[object, object, State], refusal: Exception) -> Response[bytes]:
    assert isinstance(refusal, ProviderSaysNo)
    return _problem(refusal.status, refusal.code, str(refusal))


def _http_error(_: Request[object, object, State], error: Exception) -> Response[bytes]:
    assert isinstance(error, HTTPException)
    return _problem(error.status_code, "request_invalid", error.detail)


def _too_deep(_: Request[object, object, State], _error: Exception) -> Response[bytes]:
    """Answer what the JSON parser does with thousands of brackets."""
    return _problem(400, "request_invalid", "The body is nested too deeply.")


def _problem(status: int, code: str, detail: str) -> Response[bytes]:
    body = msgspec.json.encode(
        {"type": "about:blank", "status": status, "code": code, "detail": detail}
    )
    return Response(body, status_code=status, media_type="application/problem+json")
