"""Assemble the web application: every router is named here once."""

import gc
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from litestar import Litestar, Router, get
from litestar.config.csrf import CSRFConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig
from litestar.types import ASGIApp
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.carriers.gateway import Carrier, carrier_of
from sellier.domain.carts import service as carts
from sellier.domain.payments.errors import ProviderError
from sellier.domain.payments.gateway import PaymentProvider, provider_of
from sellier.domain.search.gateway.index import SearchIndex
from sellier.infra import db, health, keys, logging, postgres, templates, web
from sellier.infra import settings as configuration
from sellier.infra.notices import NoticeRejected
from sellier.infra.settings import Settings
from sellier.infra.web import Db, Now
from sellier.kernel.errors import Refusal
from sellier.surfaces.api import documentation as api_documentation
from sellier.surfaces.api.router import router as api
from sellier.surfaces.boutique import count as boutique_count
from sellier.surfaces.boutique import home as boutique_home
from sellier.surfaces.boutique import leaving as boutique_leaving
from sellier.surfaces.boutique import lookup as boutique_lookup
from sellier.surfaces.boutique import pieces as boutique_pieces
from sellier.surfaces.boutique import prints as boutique_prints
from sellier.surfaces.boutique import receive as boutique_receive
from sellier.surfaces.boutique import returns as boutique_returns
from sellier.surfaces.boutique import work as boutique_work
from sellier.surfaces.doors import sign_in
from sellier.surfaces.storefront.router import router as storefront
from sellier.surfaces.studio import closure_files as studio_closure_files
from sellier.surfaces.studio import closures as studio_closures
from sellier.surfaces.studio import components as studio_components
from sellier.surfaces.studio import counts as studio_counts
from sellier.surfaces.studio import desk as studio_desk
from sellier.surfaces.studio import home as studio_home
from sellier.surfaces.studio import inbound as studio_inbound
from sellier.surfaces.studio import locations as studio_locations
from sellier.surfaces.studio import money as studio_money
from sellier.surfaces.studio import network as studio_network
from sellier.surfaces.studio import orders as studio_orders
from sellier.surfaces.studio import returns as studio_returns
from sellier.surfaces.studio import sourcing as studio_sourcing
from sellier.surfaces.studio import stock as studio_stock
from sellier.surfaces.studio import tower as studio_tower
from sellier.surfaces.studio import transfers as studio_transfers
from sellier.surfaces.studio import webhooks as studio_webhooks

BODY_LIMIT: Final = 256 * 1024  # forms and JSON are small; files come in by the command line
# New objects after which they are looked through, and how many such looks before one at older ones.
# A page leaves some hundred in circles: often and little, or one visitor in forty waits for all.
GARBAGE: Final = (2_000, 20, 50)
STATIC_LASTS: Final = timedelta(days=365)

ROUTERS: Final[Sequence[Router]] = (
    storefront,
    api,
    api_documentation.router,
    sign_in.router,
    boutique_count.router,
    boutique_home.router,
    boutique_lookup.router,
    boutique_leaving.router,
    boutique_pieces.router,
    boutique_returns.router,
    boutique_prints.router,
    boutique_work.router,
    boutique_receive.router,
    studio_closures.router,
    studio_closure_files.router,
    studio_components.router,
    studio_counts.router,
    studio_home.router,
    studio_money.router,
    studio_inbound.router,
    studio_locations.router,
    studio_tower.router,
    studio_network.router,
    studio_orders.router,
    studio_desk.router,
    studio_sourcing.router,
    studio_returns.router,
    studio_stock.router,
    studio_transfers.router,
    studio_webhooks.router,
)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """What handlers may ask for by name."""

    settings: Settings
    sessions: async_sessionmaker[AsyncSession]
    keys: keys.Keys
    provider: PaymentProvider
    carrier: Carrier
    index: SearchIndex
    clock: Clock


@get("/health/live", sync_to_thread=False)
def live() -> dict[str, str]:
    """Answer that the process runs; asks nothing of anyone."""
    return {"status": "live"}


@get("/health/ready")
async def ready(db: Db, now: Now) -> dict[str, str]:
    """Answer that work can be done: a row is written."""
    await health.beat(db, process="web", now=now)
    await db.execute(text("SELECT 1"))
    return {"status": "ready"}


def create_app(
    *,
    settings: Settings,
    sessions: async_sessionmaker[AsyncSession],
    http: httpx.AsyncClient | None = None,
    clock: Clock = lambda: datetime.now(UTC),
    routers: Sequence[Router] = ROUTERS,
    lifespan: Sequence[Callable[[Litestar], Any]] = (),
) -> ASGIApp:
    """Build the application over a pool of sessions; nothing is opened here."""
    secret = keys.of(settings)
    client = http or httpx.AsyncClient()
    given = Dependencies(
        settings=settings,
        sessions=sessions,
        keys=secret,
        provider=provider_of(settings, keys=secret, client=client),
        carrier=carrier_of(settings, keys=secret, client=client),
        index=SearchIndex(settings.home / "index"),
        clock=clock,
    )
    site = web.Edge(
        hosts=settings.host_allowlist,
        is_https=settings.is_https,
        form_targets=(_origin(settings.payments_url),),
    )
    return web.edge(assemble(given, routers=routers, lifespan=lifespan), site)


def assemble(
    given: Dependencies,
    *,
    routers: Sequence[Router] = ROUTERS,
    lifespan: Sequence[Callable[[Litestar], Any]] = (),
) -> Litestar:
    """Put routers, dependencies and answers to errors together."""
    return Litestar(
        [live, ready, _static(), *routers],
        dependencies=_dependencies(given),
        exception_handlers={
            Refusal: web.refused,
            HTTPException: web.failed,
            web.Unavailable: web.unavailable,
            ProviderError: web.unavailable,
            NoticeRejected: web.unauthenticated,
            **dict.fromkeys(db.UNAVAILABLE, web.unavailable),
            Exception: web.crashed,
        },
        before_request=web.same_origin,
        csrf_config=_csrf(given),
        template_config=TemplateConfig(
            instance=JinjaTemplateEngine.from_environment(templates.environment())
        ),
        request_max_body_size=BODY_LIMIT,
        openapi_config=None,
        lifespan=list(lifespan),
        logging_config=None,
    )


def web_app() -> ASGIApp:
    """Build the application as a server process runs it, from the environment."""
    settings = configuration.from_environment()
    logging.set_up(settings.log)
    opened = ExitStack()
    database = opened.enter_context(postgres.running(settings))
    engine = db.engine(database.url(postgres.APP))
    http = httpx.AsyncClient()

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None, None]:
        # What is loaded by now stays: looking for garbage in it, page after page, is in vain.
        gc.freeze()
        gc.set_threshold(*GARBAGE)
        yield
        await http.aclose()
        await engine.dispose()
        opened.close()

    return create_app(
        settings=settings, sessions=db.sessions(engine), http=http, lifespan=[lifespan]
    )


def _csrf(given: Dependencies) -> CSRFConfig:
    return CSRFConfig(
        secret=given.keys.derive("csrf"),
        cookie_name=web.cookie_name("csrf", given.settings),
        cookie_secure=given.settings.is_https,
        cookie_httponly=True,
        cookie_samesite="lax",
        exclude=["^/api/", "^/payments/notices", "^/carriers/notices", "^/health/"],
    )


def _dependencies(given: Dependencies) -> dict[str, Provide]:
    counter = carts.counter(given.sessions)
    values = {
        "counter": lambda: counter,
        "sessions": lambda: given.sessions,
        "settings": lambda: given.settings,
        "keys": lambda: given.keys,
        "provider": lambda: given.provider,
        "carrier": lambda: given.carrier,
        "index": lambda: given.index,
        "now": given.clock,
    }
    provided = {name: Provide(value, sync_to_thread=False) for name, value in values.items()}
    return {**provided, "db": Provide(web.transaction)}


def _static() -> Router:
    """Serve what the browser build made; its names change with its content."""
    return create_static_files_router(
        path=templates.STATIC_URL,
        directories=[templates.STATIC],
        name="static",
        cache_control=None,
        after_request=_keep_for_ever,
    )


async def _keep_for_ever(response: Any) -> Any:
    response.headers["cache-control"] = (
        f"public, max-age={int(STATIC_LASTS.total_seconds())}, immutable"
    )
    return response


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
