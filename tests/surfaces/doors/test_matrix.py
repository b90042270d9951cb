"""Who may open what: every page of the staff surfaces, for everybody. A page left out fails."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import httpx
from litestar.handlers import HTTPRouteHandler
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.identity.states import Role
from sellier.infra.settings import Settings
from sellier.kernel.ids import new_id
from sellier.surfaces.doors import sign_in
from sellier.surfaces.doors.staff import SIGN_IN
from tests.surfaces.boutique import make as boutique
from tests.surfaces.doors import make as doors
from tests.surfaces.make import Clock
from tests.surfaces.studio import make as studio

Sessions = async_sessionmaker[AsyncSession]

NOBODY: Final = "nobody"
LYON: Final = "associate of the boutique"
NICE: Final = "associate of another boutique"
DESK, SHELF, HEAD = Role.ORDER_DESK, Role.MERCHANDISER, Role.ADMINISTRATOR

PEOPLE: Final[Mapping[str, str]] = {
    LYON: boutique.LYON_STAFF,
    NICE: boutique.NICE_STAFF,
    DESK: boutique.EMAILS[DESK],
    SHELF: boutique.EMAILS[SHELF],
    HEAD: boutique.EMAILS[HEAD],
}

# 303 leads to sign in; `{lyon}` is the number of an order that Lyon prepares.
EVERYBODY: Final = (NOBODY, LYON, NICE, DESK, SHELF, HEAD)
MATRIX: Final[Mapping[str, tuple[str, tuple[int, ...]]]] = {
    "/boutique": ("/boutique", (303, 200, 200, 403, 403, 200)),
    "/boutique/lookup": ("/boutique/lookup?q=sac", (303, 200, 200, 403, 403, 200)),
    "/boutique/pieces/{code}": ("/boutique/pieces/ECLUSE-RED", (303, 200, 200, 403, 403, 200)),
    "/boutique/orders": ("/boutique/orders", (303, 200, 200, 403, 403, 200)),
    "/boutique/orders/{number}": ("/boutique/orders/{lyon}", (303, 200, 404, 403, 403, 404)),
    "/boutique/work/{work}": ("/boutique/work/none", (303, 404, 404, 403, 403, 404)),
    "/boutique/work/{work}/slip": ("/boutique/work/none/slip", (303, 404, 404, 403, 403, 404)),
    "/boutique/work/{work}/label": ("/boutique/work/none/label", (303, 404, 404, 403, 403, 404)),
    "/boutique/picks": ("/boutique/picks", (303, 404, 404, 403, 403, 404)),
    "/boutique/handover": ("/boutique/handover", (303, 200, 200, 403, 403, 200)),
    "/boutique/manifest": ("/boutique/manifest", (303, 200, 200, 403, 403, 200)),
    "/boutique/collect": ("/boutique/collect?q=ada", (303, 200, 200, 403, 403, 200)),
    "/boutique/receive": ("/boutique/receive", (303, 200, 200, 403, 403, 200)),
    "/boutique/receive/{number}": ("/boutique/receive/T-1", (303, 404, 404, 403, 403, 404)),
    "/boutique/count": ("/boutique/count", (303, 200, 200, 403, 403, 200)),
    "/boutique/count/{number}": ("/boutique/count/C-1", (303, 404, 404, 403, 403, 404)),
    "/boutique/returns": ("/boutique/returns", (303, 200, 200, 403, 403, 200)),
    "/boutique/returns/{number}": ("/boutique/returns/R-1", (303, 404, 404, 403, 403, 404)),
    "/boutique/returns/of/{number}": (
        "/boutique/returns/of/{lyon}",
        (303, 200, 200, 403, 403, 200),
    ),
    "/studio/returns": ("/studio/returns", (303, 403, 403, 200, 403, 200)),
    "/studio/returns/{number}": ("/studio/returns/R-1", (303, 403, 403, 404, 403, 404)),
    "/studio": ("/studio", (303, 403, 403, 200, 200, 200)),
    "/studio/tower": ("/studio/tower", (303, 403, 403, 200, 403, 200)),
    "/studio/tower/changes": ("/studio/tower/changes", (303, 403, 403, 200, 403, 200)),
    "/studio/tower/{lane}": ("/studio/tower/sent", (303, 403, 403, 200, 403, 200)),
    "/studio/network": ("/studio/network", (303, 403, 403, 200, 403, 200)),
    "/studio/orders": ("/studio/orders", (303, 403, 403, 200, 403, 200)),
    "/studio/orders/{number}": ("/studio/orders/{lyon}", (303, 403, 403, 200, 403, 200)),
    "/studio/stock": ("/studio/stock?sku=ECLUSE-RED-U", (303, 403, 403, 200, 200, 200)),
    "/studio/locations": ("/studio/locations", (303, 403, 403, 200, 200, 200)),
    "/studio/locations/{code}": ("/studio/locations/nice", (303, 403, 403, 200, 200, 200)),
    "/studio/transfers": ("/studio/transfers", (303, 403, 403, 200, 200, 200)),
    "/studio/transfers/{number}": ("/studio/transfers/T-1", (303, 403, 403, 404, 404, 404)),
    "/studio/counts": ("/studio/counts", (303, 403, 403, 200, 200, 200)),
    "/studio/counts/{number}": ("/studio/counts/C-1", (303, 403, 403, 404, 404, 404)),
    "/studio/inbound": ("/studio/inbound", (303, 403, 403, 200, 200, 200)),
    "/studio/inbound/{number}": ("/studio/inbound/P-1", (303, 403, 403, 404, 404, 404)),
    "/studio/closures": ("/studio/closures", (303, 403, 403, 200, 403, 200)),
    "/studio/closures/new": ("/studio/closures/new", (303, 403, 403, 200, 403, 200)),
    "/studio/closures/{number}": ("/studio/closures/CL-1", (303, 403, 403, 404, 403, 404)),
    "/studio/closures/{number}/changes": (
        "/studio/closures/CL-1/changes",
        (303, 403, 403, 404, 403, 404),
    ),
    "/studio/webhooks": ("/studio/webhooks", (303, 403, 403, 403, 403, 200)),
    "/studio/webhooks/{endpoint}": ("/studio/webhooks/none", (303, 403, 403, 403, 403, 404)),
    "/studio/webhooks/{endpoint}/deliveries/{delivery}": (
        "/studio/webhooks/none/deliveries/none",
        (303, 403, 403, 403, 403, 404),
    ),
    "/studio/sourcing": ("/studio/sourcing", (303, 403, 403, 200, 403, 200)),
    "/studio/sourcing/rules": ("/studio/sourcing/rules", (303, 403, 403, 200, 403, 200)),
    "/studio/sourcing/versions/{version}": (
        "/studio/sourcing/versions/none",
        (303, 403, 403, 404, 403, 404),
    ),
    "/studio/components": ("/studio/components", (303, 403, 403, 200, 200, 200)),
}

# What may be done to papers about stock, of which there are none here.
TURNS: Final = {
    "transfers": ("lines", "request", "dispatch", "arrival", "loss", "cancellation"),
    "counts": ("approval", "repetition", "rejection", "cancellation"),
    "inbound": ("arrival", "delay", "closure", "cancellation"),
}
WITH_DAY: Final = frozenset({"lines", "dispatch", "delay"})

KEYLESS: Final = (
    "/studio/stock/demand",
    "/boutique/work/",
    "/boutique/handover",
    "/studio/orders/",
)

# What may be sent, with a form that is sound; 303 leads to sign in or to what was done.
CHANGES: Final[Mapping[str, tuple[Mapping[str, str], tuple[int, ...]]]] = {
    "/studio/stock/demand": (
        {"sku": "ECLUSE-RED-U", "is_hot": "yes"},
        (303, 403, 403, 303, 403, 303),
    ),
    "/studio/stock/movements": (
        {"sku": "ECLUSE-RED-U", "place": "nice", "what": "received", "units": "1"},
        (303, 403, 403, 303, 403, 303),
    ),
    **{
        f"/studio/orders/{{number}}/{change}": (form, (303, 403, 403, 404, 403, 404))
        for change, form in {
            "works/{work}/removal": {"seen": "offered", "note": "too far"},
            "works/{work}/place": {"seen": "offered", "place": "nice", "note": "nearer"},
            "works/{work}/hold": {"seen": "offered", "note": "ask first"},
            "works/{work}/release": {"note": "asked"},
            "lines/{line}/cancellation": {"seen": "0", "units": "1", "note": "not wanted"},
            "lines/{line}/size": {"seen": "A", "to": "B", "note": "too small"},
            "address": {
                "seen": "-",
                "name": "Ada",
                "line1": "1 rue",
                "postal_code": "75001",
                "city": "Paris",
                "note": "moved",
            },
            "letters": {"letter": "order_confirmation"},
        }.items()
    },
    "/studio/closures/new": ({"reason": ""}, (303, 403, 403, 200, 403, 200)),
    "/studio/closures/file": ({"content": ""}, (303, 403, 403, 422, 403, 422)),
    "/studio/closures/{number}/reopening": ({}, (303, 403, 403, 404, 403, 404)),
    "/studio/closures/{number}/end": ({}, (303, 403, 403, 404, 403, 404)),
    "/studio/orders/{number}/operations/{operation}/retry": (
        {},
        (303, 403, 403, 404, 403, 404),
    ),
    "/studio/orders/{number}/operations/{operation}/drop": (
        {},
        (303, 403, 403, 404, 403, 404),
    ),
    "/studio/transfers": (
        {"origin": "nice", "destination": "nowhere", "scanned": "LINON-BLUE-38"},
        (303, 403, 403, 422, 403, 422),
    ),
    "/studio/counts": (
        {"place": "nice", "shelf": "the window"},
        (303, 403, 403, 303, 403, 303),
    ),
    **{
        f"/studio/{kind}/{{number}}/{turn}": (
            {"version": "1", "expected_on": "2026-04-01"} if turn in WITH_DAY else {"version": "1"},
            (303, 403, 403, 404, 403, 404),
        )
        for kind, turns in TURNS.items()
        for turn in turns
    },
    **{
        f"/boutique/returns/{{number}}/{turn}": ({}, (303, 404, 404, 403, 403, 404))
        for turn in ("reception", "inspection", "settlement")
    },
    "/boutique/returns/of/{number}": ({}, (303, 404, 404, 403, 403, 404)),
    **{
        f"/studio/returns/{{number}}/{turn}": ({}, (303, 403, 403, 404, 403, 404))
        for turn in ("reception", "inspection", "settlement", "cancellation")
    },
    "/boutique/work/{work}/acceptance": ({}, (303, 404, 404, 403, 403, 404)),
    "/boutique/work/{work}/refusal": ({"cause": "too_busy"}, (303, 404, 404, 403, 403, 404)),
    "/boutique/work/{work}/scans": ({"code": "ECLUSE-RED-U"}, (303, 404, 404, 403, 403, 404)),
    "/boutique/work/{work}/returns": ({"code": "ECLUSE-RED-U"}, (303, 404, 404, 403, 403, 404)),
    "/boutique/work/{work}/picking": ({}, (303, 404, 404, 403, 403, 404)),
    "/boutique/work/{work}/packing": ({}, (303, 404, 404, 403, 403, 404)),
    "/boutique/work/{work}/labels": ({}, (303, 404, 404, 403, 403, 404)),
    "/boutique/work/{work}/handover": ({}, (303, 404, 404, 403, 403, 404)),
    "/boutique/work/{work}/readiness": ({"shelf": "A3"}, (303, 404, 404, 403, 403, 404)),
    "/boutique/work/{work}/collection": ({"code": "ABCDEF"}, (303, 404, 404, 403, 403, 404)),
    "/boutique/handover": ({}, (303, 422, 422, 403, 403, 404)),
    "/boutique/count": ({"shelf": "the window"}, (303, 303, 303, 403, 403, 404)),
    "/boutique/count/{number}": ({"version": "1"}, (303, 404, 404, 403, 403, 404)),
    "/boutique/count/{number}/submission": ({"version": "1"}, (303, 404, 404, 403, 403, 404)),
    "/boutique/receive/{number}": ({"version": "1"}, (303, 404, 404, 403, 403, 404)),
    "/studio/webhooks/endpoints": (
        {"name": "Warehouse", "url": "https://8.8.8.8/hooks", "events": "order.paid"},
        (303, 403, 403, 403, 403, 303),
    ),
    "/studio/webhooks/{endpoint}/changes": (
        {"name": "Warehouse", "url": "https://8.8.8.8/hooks", "events": "order.paid"},
        (303, 403, 403, 403, 403, 404),
    ),
    "/studio/webhooks/{endpoint}/secret": ({}, (303, 403, 403, 403, 403, 404)),
    "/studio/webhooks/{endpoint}/state": ({"state": "off"}, (303, 403, 403, 403, 403, 404)),
    "/studio/webhooks/{endpoint}/test": ({}, (303, 403, 403, 403, 403, 404)),
    "/studio/webhooks/{endpoint}/deliveries/{delivery}/resend": (
        {},
        (303, 403, 403, 403, 403, 404),
    ),
    "/studio/sourcing/drafts": ({"do": "check"}, (303, 403, 403, 200, 403, 200)),
    "/studio/sourcing/live": ({"version": "none"}, (303, 403, 403, 404, 403, 404)),
}


def handlers() -> list[HTTPRouteHandler]:
    routers = [*boutique.routers(boutique.FakeIndex()), *studio.ROUTERS, sign_in.router]
    found = [route for router in routers for route in router.routes]
    return [handler for route in found for handler in getattr(route, "route_handlers", [])]


def paths() -> set[str]:
    """List the addresses of the staff surfaces as they are written in the code."""
    routers = [*boutique.routers(boutique.FakeIndex()), *studio.ROUTERS]
    return {route.path.replace(":str", "") for router in routers for route in router.routes}


def test_every_page_has_its_row() -> None:
    assert paths() == set(MATRIX) | set(CHANGES)


def test_every_page_but_the_doors_demands_a_right() -> None:
    asked = [handler for handler in handlers() if "OPTIONS" not in handler.http_methods]
    open_pages = {handler.fn.__name__ for handler in asked if "right" not in handler.opt}
    assert open_pages == {"ask", "sign_in", "sign_out"}


async def test_every_page_answers_everybody_as_the_matrix_says(
    sessions: Sessions, settings: Settings, noon: datetime
) -> None:
    group = await boutique.group(sessions, now=noon)
    routers = [*boutique.routers(boutique.FakeIndex()), *studio.ROUTERS]
    told: dict[tuple[str, str], int] = {}
    for who in EVERYBODY:
        async with doors.browser(sessions, settings, Clock(noon), routers=routers) as client:
            if who in PEOPLE:
                await doors.enter(client, PEOPLE[who])
            for path, (address, _) in MATRIX.items():
                answer = await client.get(address.format(lyon=group.order_at_lyon))
                told[path, who] = answer.status_code
                _check_door(answer)
    expected = {
        (path, who): status
        for path, (_, row) in MATRIX.items()
        for who, status in zip(EVERYBODY, row, strict=True)
    }
    assert told == expected


def _check_door(answer: httpx.Response) -> None:
    assert answer.headers["cache-control"] == "no-store"
    if answer.status_code == 303:
        assert answer.headers["location"].startswith(SIGN_IN)


async def test_every_change_is_open_to_whom_the_matrix_says(
    sessions: Sessions, settings: Settings, noon: datetime
) -> None:
    await boutique.group(sessions, now=noon)
    routers = [*boutique.routers(boutique.FakeIndex()), *studio.ROUTERS]
    for index, who in enumerate(EVERYBODY):
        async with doors.browser(sessions, settings, Clock(noon), routers=routers) as client:
            if who in PEOPLE:
                await doors.enter(client, PEOPLE[who])
            for path, (form, row) in CHANGES.items():
                # Those say what they saw, or are taken once by themselves: they have no key.
                keys = {} if path.startswith(KEYLESS) else {"key": str(new_id())}
                answer = await doors.post(client, path, **form, **keys)
                assert answer.status_code == row[index], (path, who)
                is_sent_away = answer.headers.get("location", "").startswith(SIGN_IN)
                assert is_sent_away == (who == NOBODY)


async def test_a_page_that_only_reads_takes_no_change(
    sessions: Sessions, settings: Settings, noon: datetime
) -> None:
    """A POST finds no way in, signed in or not."""
    routers = [*boutique.routers(boutique.FakeIndex()), *studio.ROUTERS]
    async with doors.browser(sessions, settings, Clock(noon), routers=routers) as client:
        for path in MATRIX.keys() - CHANGES.keys():
            address = path.replace("{code}", "A").replace("{number}", "S-1")
            assert (await doors.post(client, address)).status_code == 405
