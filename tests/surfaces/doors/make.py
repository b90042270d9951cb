"""A browser of somebody of the house, at the whole application."""

from collections.abc import Sequence

import httpx
from litestar import Router
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.app import create_app
from sellier.infra.settings import Settings
from sellier.surfaces.doors import sign_in
from sellier.surfaces.doors.staff import SIGN_IN
from tests.domain.identity import make as identity_make
from tests.surfaces.make import Clock

Sessions = async_sessionmaker[AsyncSession]


def browser(
    sessions: Sessions, settings: Settings, clock: Clock, *, routers: Sequence[Router] = ()
) -> httpx.AsyncClient:
    """Nobody yet, reading English."""
    app = create_app(
        settings=settings, sessions=sessions, clock=clock, routers=[sign_in.router, *routers]
    )
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]  # Litestar's scope is a TypedDict
        base_url="http://127.0.0.1:8000",
        headers={"accept": "text/html", "accept-language": "en"},
    )


async def post(
    client: httpx.AsyncClient, address: str, **form: str | Sequence[str]
) -> httpx.Response:
    """Send a form as the page would: with the token that the page carried."""
    if "csrf" not in client.cookies:
        await client.get(SIGN_IN)
    token = client.cookies["csrf"]
    return await client.post(address, data={"_csrf_token": token, **form})


async def enter(
    client: httpx.AsyncClient,
    email: str = identity_make.EMAIL,
    password: str = identity_make.PASSWORD,
    **form: str,
) -> httpx.Response:
    return await post(client, SIGN_IN, email=email, password=password, **form)
