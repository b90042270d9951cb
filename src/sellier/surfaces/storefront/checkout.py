"""Checkout: who it goes to and where, on one page; then an order, then the provider's page."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carts import queries
from sellier.domain.carts import service as carts
from sellier.domain.carts.errors import CartFrozen, CartNotFound
from sellier.domain.carts.queries import CartShown
from sellier.domain.carts.rules import Recipient
from sellier.domain.orders.rules import Address, Days
from sellier.domain.orders.service import Placed
from sellier.infra.settings import Settings
from sellier.infra.web import Configuration, Form, Now, Sessions, Visitor
from sellier.kernel.errors import Conflict, Invalid
from sellier.kernel.ids import CartId, OrderId, public_id
from sellier.surfaces.storefront import cookies, payments, promised, visit
from sellier.surfaces.storefront import queries as reads
from sellier.surfaces.storefront.payments import Provider
from sellier.surfaces.storefront.promised import Promised
from sellier.surfaces.storefront.visit import Visit, Visiting

_SAID: Final = r"^[^\x00-\x1f\x7f]*$"  # one line, without control characters
Text = Annotated[str, msgspec.Meta(max_length=120, pattern=_SAID)]
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_PHONE: Final = re.compile(r"\+?[0-9 ().\-]{6,30}")
_POSTAL_CODES: Final[Mapping[str, re.Pattern[str]]] = {
    "FR": re.compile(r"\d{5}"),
    "US": re.compile(r"\d{5}(?:-\d{4})?"),
    "GB": re.compile(r"[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}"),
}
WITH_REGION: Final = frozenset({"US", "CA", "AU"})


class CheckoutForm(Form, frozen=True, kw_only=True):
    """What the page asks. Amounts and the country are ours to know, not the form's to say."""

    version: Annotated[int, msgspec.Meta(ge=1, le=10**9)]
    way: Literal["ship", "collect"] = "ship"
    boutique: Annotated[str, msgspec.Meta(max_length=50, pattern=_SAID)] = ""  # its code
    email: Annotated[str, msgspec.Meta(max_length=254, pattern=_SAID)] = ""
    name: Text = ""
    phone: Annotated[str, msgspec.Meta(max_length=30, pattern=_SAID)] = ""
    line1: Text = ""
    line2: Text = ""
    postal_code: Annotated[str, msgspec.Meta(max_length=16, pattern=_SAID)] = ""
    city: Text = ""
    region: Text = ""


EMPTY: Final = CheckoutForm(version=1)


class BoutiqueGone(Conflict):
    """The boutique that was chosen is not there any more."""

    code = "storefront.boutique_gone"


@get("/checkout")
async def checkout(
    *, request: Visitor, sessions: Sessions, now: Now, settings: Configuration, visiting: Visiting
) -> Template | Redirect:
    """Ask for what is missing to send the bag."""
    async with sessions.begin() as db:
        cart_id = await cookies.cart_of(request, db, settings, visit=visiting)
        return await _show(request, db, cart_id, visiting=visiting, now=now)


@post("/checkout", status_code=303)
async def place(
    *,
    request: Visitor,
    sessions: Sessions,
    provider: Provider,
    now: Now,
    settings: Configuration,
    visiting: Visiting,
    data: Annotated[CheckoutForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Template | Redirect:
    """Place the order, then lead to the provider's page.

    The order is committed before the provider hears of it, hence transactions of our own.
    """
    try:
        async with sessions.begin() as db:
            cart_id = await cookies.cart_of(request, db, settings, visit=visiting)
            if errors := wrong(data, visiting.market.country):
                return await _show(
                    request, db, cart_id, visiting=visiting, now=now, data=data, errors=errors
                )
            placed = await _placed(request, db, cart_id, data=data, visiting=visiting, now=now)
    except CartFrozen:
        return await _to_running(request, sessions, settings, visiting=visiting)
    except (CartNotFound, Conflict, Invalid) as refusal:
        return _to_cart(visiting, problem=refusal.code)
    answer = await payments.lead(
        request,
        sessions,
        provider,
        order_id=placed.order_id,
        payment_id=placed.payment_id,
        settings=settings,
        visiting=visiting,
        now=now,
    )
    answer.cookies.append(
        cookies.with_order(request, placed.order_id, placed.secret, settings=settings)
    )
    return answer


def wrong(data: CheckoutForm, country: str) -> dict[str, str]:
    """Return what is wrong with the answers, by field; templates put it into words."""
    needed = ["name", *_where(data, country)]
    found = {name: "missing" for name in needed if not str(getattr(data, name)).strip()}
    if not _EMAIL.fullmatch(data.email.strip()):
        found["email"] = "email"
    postal_code = _POSTAL_CODES.get(country, re.compile(r"\S.{1,15}"))
    if data.way == "ship" and not postal_code.fullmatch(data.postal_code.strip()):
        found["postal_code"] = "postal_code"
    if data.phone.strip() and not _PHONE.fullmatch(data.phone.strip()):
        found["phone"] = "phone"
    return found


def _where(data: CheckoutForm, country: str) -> Sequence[str]:
    """Return the fields that say where the pieces go."""
    if data.way == "collect":
        return ("boutique",)
    return ("line1", "city", "region") if country in WITH_REGION else ("line1", "city")


async def _placed(
    request: Visitor,
    db: AsyncSession,
    cart_id: CartId | None,
    *,
    data: CheckoutForm,
    visiting: Visit,
    now: Now,
) -> Placed:
    lang, market = visiting.lang, visiting.market
    cart = await queries.shown(db, cart_id=cart_id, lang=lang, now=now) if cart_id else None
    if cart is None:
        raise CartNotFound("This bag does not exist any more.")
    known = await visit.timetable(request, db, now)
    said = await promised.of_bag(db, cart, known=known, currency=market.currency, now=now)
    if data.way == "collect":
        recipient = await _collecting(db, cart, data, said=said, lang=lang)
    else:
        recipient = _receiving(data, said=said, visiting=visiting)
    return await carts.check_out(
        db, cart_id=cart.cart_id, version=data.version, recipient=recipient, now=now
    )


def _receiving(data: CheckoutForm, *, said: Promised, visiting: Visit) -> Recipient:
    """Return whom the carrier brings it."""
    address = Address(
        name=data.name.strip(),
        phone=data.phone.strip() or None,
        line1=data.line1.strip(),
        line2=data.line2.strip() or None,
        postal_code=data.postal_code.strip().upper(),
        city=data.city.strip(),
        region=data.region.strip() or None,
        country=visiting.market.country,
    )
    return Recipient(
        email=data.email.strip(),
        address=address,
        language=visiting.lang,
        promised=_days(said.delivery.earliest, said.delivery.latest) if said.delivery else None,
    )


async def _collecting(
    db: AsyncSession, cart: CartShown, data: CheckoutForm, *, said: Promised, lang: str
) -> Recipient:
    """Return who fetches all of it in a boutique: the address is the boutique's."""
    boutique = await reads.boutique(db, code=data.boutique)
    if boutique is None:
        raise BoutiqueGone("This boutique cannot be chosen. Choose another one.")
    address = Address(
        name=data.name.strip(),
        phone=data.phone.strip() or None,
        line1=boutique.name,
        line2=None,
        postal_code="",
        city=boutique.city,
        region=None,
        country=boutique.country,
    )
    ready = said.collects.get(data.boutique)
    return Recipient(
        email=data.email.strip(),
        address=address,
        language=lang,
        collect={line.sku: boutique.id for line in cart.lines},
        promised=_days(ready.day, ready.day) if ready else None,
    )


def _days(earliest: date, latest: date) -> Days:
    return Days(earliest=earliest, latest=latest)


async def _show(
    request: Visitor,
    db: AsyncSession,
    cart_id: CartId | None,
    *,
    visiting: Visit,
    now: Now,
    data: CheckoutForm = EMPTY,
    errors: Mapping[str, str] | None = None,
) -> Template | Redirect:
    cart = (
        await queries.shown(db, cart_id=cart_id, lang=visiting.lang, now=now) if cart_id else None
    )
    if cart is None or not cart.can_check_out:
        return _to_cart(visiting)
    values: dict[str, Any] = msgspec.structs.asdict(data)
    known = await visit.timetable(request, db, now)
    said = await promised.of_bag(db, cart, known=known, currency=visiting.market.currency, now=now)
    return visit.show(
        request,
        visiting,
        "storefront/checkout/page.html",
        status=422 if errors else 200,
        cart=cart,
        promised=said,
        counters=await reads.counters(db, collects=said.collects) if said.collects else (),
        senders=await reads.senders(db, location_ids=said.senders) if said.senders else (),
        country=visit.country_name(visiting.market.country, visiting.lang),
        has_region=visiting.market.country in WITH_REGION,
        given=values,
        errors=errors or {},
    )


async def _to_running(
    request: Visitor, sessions: Sessions, settings: Settings, *, visiting: Visit
) -> Redirect:
    """Lead who pressed twice, or came back, to the order that the first press made."""
    async with sessions.begin() as db:
        cart_id = await cookies.cart_of(request, db, settings, visit=visiting)
        running: OrderId | None = (
            await queries.running_order(db, cart_id=cart_id) if cart_id else None
        )
    if running is None:
        return _to_cart(visiting, problem=CartFrozen.code)
    return Redirect(f"/{visiting.lang}/orders/{public_id('ord', running)}", status_code=303)


def _to_cart(visiting: Visit, *, problem: str = "") -> Redirect:
    said = f"?problem={problem}" if problem else ""
    return Redirect(f"/{visiting.lang}/cart{said}", status_code=303)
