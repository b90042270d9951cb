"""The whole application on the routers of a surface, and a clock that tests set."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import httpx
from litestar import Router
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.app import create_app
from sellier.domain.payments.gateway import sandbox_keys
from sellier.infra import keys
from sellier.infra.settings import Settings
from tests.sandbox.fixtures import in_process, sandbox_settings


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def application(
    sessions: async_sessionmaker[AsyncSession],
    settings: Settings,
    *,
    clock: Clock,
    routers: Sequence[Router],
    transport: httpx.AsyncBaseTransport | None = None,
) -> Any:
    """Return it with the payment sandbox in this very process, or whatever `transport` leads to."""
    api_key = sandbox_keys(keys.of(settings)).api_key
    outside = transport or in_process(sandbox_settings(api_key=api_key))
    return create_app(
        settings=settings,
        sessions=sessions,
        http=httpx.AsyncClient(transport=outside),
        clock=clock,
        routers=routers,
    )
