"""Carts: opened with a secret, changed under a key, turned into an order."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carts import queries, service
from sellier.domain.carts.queries import CartLineShown, CartShown, CartStands
from sellier.domain.carts.service import OpenedCart
from sellier.domain.catalog.queries import Picture
from sellier.infra.batch import send
from sellier.infra.idempotency import Answer
from sellier.infra.keys import Keys
from sellier.infra.web import Configuration, Db, Now, Secrets, Sessions, Visitor
from sellier.kernel.ids import CartId, Sku, new_id, public_id, row_id
from sellier.surfaces.api import answers, calls, here
from sellier.surfaces.api.answers import CartAnswer, CartLineAnswer, CartOpened, PictureAnswer
from sellier.surfaces.api.calls import Call, Calling
from sellier.surfaces.api.forms import CartForm, LineForm, QuantityForm
from sellier.surfaces.api.here import Lang
from sellier.surfaces.api.problems import CartSpent, CartUnknown, LineUnknown

_CHANGES: Final = (400, 401, 404, 409, 413, 415, 422, 503)


@post(
    "/carts",
    operation_id="openCart",
    tags=["Carts"],
    summary="Open a cart",
    status_code=201,
    opt={
        "form": CartForm,
        "answer": CartOpened,
        "problems": (400, 409, 413, 415, 422, 503),
        "has_key": True,
    },
)
async def open_cart(
    *, request: Visitor, call: Calling, db: Db, sessions: Sessions, now: Now, keys: Secrets
) -> Response[bytes]:
    """Open a cart, with lines or empty. Keep the secret: it is the only way to the cart."""
    form = call.read(CartForm)
    found = await here.find(request, sessions, channel=form.channel, market=form.market, now=now)

    async def effect() -> Answer:
        cart_id = CartId(new_id())
        opened = service.open_cart(
            db,
            channel_id=found.channel.id,
            market_id=found.market.id,
            now=now,
            chosen=OpenedCart(cart_id=cart_id, secret=_secret(keys, cart_id)),
        )
        for line in form.lines:
            await service.add(
                db, cart_id=cart_id, sku=Sku(line.sku), quantity=line.quantity, now=now
            )
        answer = CartOpened(
            id=public_id("cart", opened.cart_id),
            secret="",
            version=1 + len(form.lines),
            market=found.market.code,
            currency=found.market.currency,
        )
        return calls.answer(answer, status=201)

    kept = await calls.once(
        db,
        call,
        scope=f"channel:{found.channel.code}:{call.client}",
        fingerprint=call.fingerprint(form),
        now=now,
        effect=effect,
    )
    return calls.sent(_with_secret(kept, keys))


@get(
    "/carts/{cart_id:str}",
    operation_id="getCart",
    tags=["Carts"],
    summary="Read a cart",
    opt={"answer": CartAnswer, "problems": (400, 401, 404), "has_secret": True},
)
async def cart(
    *,
    request: Visitor,
    db: Db,
    now: Now,
    settings: Configuration,
    cart_id: FromPath[str],
    lang: Lang = "en",
) -> CartAnswer:
    """Read a cart at today's prices and stock."""
    secret = calls.shown(calls.secret_of(request))
    mine = await mine_of(db, cart_id, secret=secret)
    return await _shown(db, mine.id, now=now, site=settings.url, lang=lang)


@post(
    "/carts/{cart_id:str}/lines",
    operation_id="addCartLine",
    tags=["Carts"],
    summary="Add units to a cart",
    status_code=201,
    opt={
        "form": LineForm,
        "answer": CartAnswer,
        "problems": _CHANGES,
        "has_key": True,
        "has_secret": True,
    },
)
async def add_line(
    *, call: Calling, db: Db, now: Now, settings: Configuration, cart_id: FromPath[str]
) -> Response[bytes]:
    """Add units of a SKU; a SKU that is there already gets more."""
    form = call.read(LineForm)
    mine = await mine_of(db, cart_id, secret=call.owner())

    async def effect() -> Answer:
        mine.check_open()
        await service.add(db, cart_id=mine.id, sku=Sku(form.sku), quantity=form.quantity, now=now)
        return calls.answer(await _shown(db, mine.id, now=now, site=settings.url), status=201)

    return await _once(db, call, form=form, now=now, effect=effect)


@put(
    "/carts/{cart_id:str}/lines/{line_id:str}",
    operation_id="setCartLine",
    tags=["Carts"],
    summary="Set a quantity",
    opt={
        "form": QuantityForm,
        "answer": CartAnswer,
        "problems": _CHANGES,
        "has_key": True,
        "has_secret": True,
    },
)
async def set_line(
    *,
    call: Calling,
    db: Db,
    now: Now,
    settings: Configuration,
    cart_id: FromPath[str],
    line_id: FromPath[str],
) -> Response[bytes]:
    """Set how many units of a line are wanted."""
    form = call.read(QuantityForm)
    change = Change(call=call, now=now, site=settings.url, line_id=line_id, form=form)
    return await _change(db, cart_id, change, quantity=form.quantity)


@delete(
    "/carts/{cart_id:str}/lines/{line_id:str}",
    operation_id="removeCartLine",
    tags=["Carts"],
    summary="Remove a line",
    status_code=200,
    opt={
        "answer": CartAnswer,
        "problems": (400, 401, 404, 409, 422, 503),
        "has_key": True,
        "has_secret": True,
    },
)
async def remove_line(
    *,
    call: Calling,
    db: Db,
    now: Now,
    settings: Configuration,
    cart_id: FromPath[str],
    line_id: FromPath[str],
) -> Response[bytes]:
    """Take a line out of the cart."""
    change = Change(call=call, now=now, site=settings.url, line_id=line_id, form=None)
    return await _change(db, cart_id, change, quantity=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """A cart whose secret the caller holds."""

    id: CartId
    stands: CartStands

    def check_open(self) -> None:
        """Refuse to change what was paid for. Raises `CartSpent`."""
        if self.stands.is_spent:
            raise CartSpent("This cart was paid for. Open a new one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of one line, as it was asked for."""

    call: Call
    now: datetime
    site: str
    line_id: str
    form: msgspec.Struct | None


async def mine_of(db: AsyncSession, cart_id: str, *, secret: str) -> Mine:
    """Return the caller's cart; another's is told like one that does not exist."""
    answered = ask_mine(db, cart_id, secret=secret)
    await send(db)
    return answered()


def ask_mine(db: AsyncSession, cart_id: str, *, secret: str) -> Callable[[], Mine]:
    """Ask for the caller's cart with the next statements; call what is returned after these."""
    found = row_id("cart", cart_id)
    if found is None:
        raise CartUnknown("There is no such cart.")
    mine = CartId(found)
    asked = queries.ask_stands(db, cart_id=mine, secret=secret)

    def answered() -> Mine:
        stands = queries.stands_of(asked.rows)
        if stands is None:
            raise CartUnknown("There is no such cart.")
        return Mine(id=mine, stands=stands)

    return answered


async def _change(
    db: AsyncSession, cart_id: str, change: Change, *, quantity: int
) -> Response[bytes]:
    mine = await mine_of(db, cart_id, secret=change.call.owner())
    now = change.now

    async def effect() -> Answer:
        mine.check_open()
        before = await queries.shown(db, cart_id=mine.id, lang="en", now=now)
        line = next((x for x in before.lines if _line_id(mine.id, x) == change.line_id), None)
        if line is None:
            raise LineUnknown("The cart has no such line.")
        await service.set_quantity(db, cart_id=mine.id, sku=line.sku, quantity=quantity, now=now)
        return calls.answer(await _shown(db, mine.id, now=now, site=change.site))

    return await _once(db, change.call, form=change.form, now=now, effect=effect)


async def _once(
    db: AsyncSession, call: Call, *, form: msgspec.Struct | None, now: datetime, effect: Any
) -> Response[bytes]:
    answer = await calls.once(
        db,
        call,
        scope=calls.scope_of("cart", call.owner()),
        fingerprint=call.fingerprint(form),
        now=now,
        effect=effect,
    )
    return calls.sent(answer)


async def _shown(
    db: AsyncSession, cart_id: CartId, *, now: datetime, site: str, lang: str = "en"
) -> CartAnswer:
    seen = await queries.shown(db, cart_id=cart_id, lang=lang, now=now)
    return _cart(seen, site=site)


def _cart(seen: CartShown, *, site: str) -> CartAnswer:
    return CartAnswer(
        id=public_id("cart", seen.cart_id),
        version=seen.version,
        market=seen.market,
        country=seen.country,
        currency=seen.currency,
        lines=[_line(line, cart_id=seen.cart_id, site=site) for line in seen.lines],
        units=seen.units,
        items=answers.money(seen.items),
        shipping=answers.money(seen.shipping),
        total=answers.money(seen.total),
        can_check_out=seen.can_check_out,
    )


def _line(line: CartLineShown, *, cart_id: CartId, site: str) -> CartLineAnswer:
    total = line.total
    return CartLineAnswer(
        id=_line_id(cart_id, line),
        sku=line.sku,
        style_color_code=line.style_color_code,
        brand=line.brand,
        title=line.title,
        color=line.color,
        size=line.size,
        quantity=line.quantity,
        available=max(0, line.available),
        unit=answers.money(line.unit) if line.unit else None,
        total=answers.money(total) if total else None,
        picture=_picture(line.picture, site=site),
        problem=line.problem,
    )


def _picture(shown: Picture | None, *, site: str) -> PictureAnswer | None:
    if shown is None:
        return None
    return answers.picture(
        shown.sha, kind=shown.kind, width=shown.width, height=shown.height, site=site
    )


def _line_id(cart_id: UUID, line: CartLineShown) -> str:
    """Name a line for addresses: a SKU may hold letters that an address cannot."""
    return public_id("line", uuid5(cart_id, line.sku))


def _secret(keys: Keys, cart_id: CartId) -> str:
    """Make a cart's secret out of its id, so that a repeat can say it and no table keeps it."""
    purpose = keys.derive("api:carts").encode()
    return hmac.new(purpose, cart_id.bytes, hashlib.sha256).hexdigest()


def _with_secret(kept: Answer, keys: Keys) -> Answer:
    """Put the secret into an answer that was kept without it."""
    cart_id = row_id("cart", calls.id_in(kept))
    assert cart_id is not None, "we wrote this answer"
    return calls.with_secret(kept, _secret(keys, CartId(cart_id)))
