"""What a customer wants of a pickup whose boutique closes: asked by letter, said on one page."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.closures import queries
from sellier.domain.closures import service as closures
from sellier.domain.closures.errors import ChoiceNotFound, ChoiceRefused
from sellier.domain.closures.queries import ChoiceRead
from sellier.domain.closures.service import Chosen
from sellier.domain.closures.states import Choice, ChoiceState
from sellier.domain.orders import queries as orders
from sellier.infra import keys
from sellier.infra.settings import Settings
from sellier.infra.web import Configuration, Db, Form, Now, Visitor
from sellier.kernel.ids import ClosureChoiceId, LocationId, public_id, row_id
from sellier.surfaces.storefront import cookies, visit
from sellier.surfaces.storefront.orders import KEY_MAX
from sellier.surfaces.storefront.visit import Visit, Visiting

BY: Final = "customer"
PREFIX: Final = "cho"
PLACE: Final = "loc"


class ChoiceForm(Form, frozen=True, kw_only=True):
    """One of the choices; another boutique is named with it: `elsewhere:loc_...`."""

    choice: Annotated[str, msgspec.Meta(max_length=60)]

    @property
    def chosen(self) -> Chosen:
        """Read what was chosen. Raises `ChoiceRefused`."""
        word, _, place = self.choice.partition(":")
        if word not in list(Choice):
            raise ChoiceRefused("Choose one of the ways.")
        found = row_id(PLACE, place)
        return Chosen(choice=Choice(word), location_id=LocationId(found) if found else None)


ChoiceBody = Annotated[ChoiceForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/choices/{name:str}")
async def asked(
    *,
    request: Visitor,
    db: Db,
    now: Now,
    settings: Configuration,
    visiting: Visiting,
    name: FromPath[str],
) -> Template | Redirect:
    """Show what happened and what can be chosen. The key goes into a cookie, out of the address."""
    key = request.query_params.get("key", "")[:KEY_MAX]
    found = await _mine(request, db, settings, name=name, key=key)
    if key:
        return cookies.opened(request, found.order_id, key, settings=settings)
    return await _page(request, db, visiting, found=found, now=now)


@post("/choices/{name:str}", status_code=303)
async def choose(
    *,
    request: Visitor,
    db: Db,
    now: Now,
    settings: Configuration,
    visiting: Visiting,
    name: FromPath[str],
    data: ChoiceBody,
) -> Template | Redirect:
    """Do what was chosen; the same again changes nothing."""
    found = await _mine(request, db, settings, name=name)
    try:
        async with db.begin_nested():
            await closures.choose(db, choice_id=found.id, chosen=data.chosen, by=BY, now=now)
    except ChoiceRefused:
        again = await _mine(request, db, settings, name=name)
        return await _page(request, db, visiting, found=again, now=now, is_refused=True)
    return Redirect(f"/{visiting.lang}/choices/{name}", status_code=303)


async def _mine(
    request: Visitor, db: AsyncSession, settings: Settings, *, name: str, key: str = ""
) -> ChoiceRead:
    choice_id = row_id(PREFIX, name)
    found = None
    if choice_id is not None:
        found = await queries.choice(db, choice_id=ClosureChoiceId(choice_id))
    secret = key or (cookies.order_secret(request, found.order_id, settings) if found else "")
    own = keys.of(settings)
    if (
        found is None
        or not secret
        or await orders.order_shown_to(db, order_id=found.order_id, secret=secret, keys=own) is None
    ):
        raise ChoiceNotFound("There is nothing to choose here, or this link no longer opens it.")
    return found


async def _page(
    request: Visitor,
    db: AsyncSession,
    visiting: Visit,
    *,
    found: ChoiceRead,
    now: datetime,
    is_refused: bool = False,
) -> Template:
    order = await orders.order(db, order_id=found.order_id)
    assert order is not None, "a choice is about an order"
    is_open = found.state is ChoiceState.OPEN and now < found.deadline_at
    return visit.show(
        request,
        visiting,
        "storefront/closure/page.html",
        asked=found,
        order=order,
        name=public_id(PREFIX, found.id),
        order_name=public_id("ord", found.order_id),
        can=await queries.options(db, found, now=now) if is_open else None,
        place=lambda location_id: public_id(PLACE, location_id),
        is_refused=is_refused,
    )
