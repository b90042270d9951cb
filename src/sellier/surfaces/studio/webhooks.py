"""`/studio/webhooks`: who outside hears of what happens, and how every message fared."""

from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter, QueryParameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.states import Right
from sellier.domain.webhooks import gateway, queries
from sellier.domain.webhooks import service as webhooks
from sellier.domain.webhooks.errors import (
    AddressRefused,
    DeliveryNotFound,
    EndpointNotFound,
    EventsUnknown,
)
from sellier.domain.webhooks.queries import EndpointRead
from sellier.domain.webhooks.rules.public import CHOICES
from sellier.domain.webhooks.rules.sending import NAME_LENGTH_MAX, URL_LENGTH_MAX
from sellier.domain.webhooks.service import Wish
from sellier.domain.webhooks.states import DeliveryState, EndpointState
from sellier.infra.web import Configuration, Db, Form, Now, Secrets, Visitor
from sellier.kernel.errors import Invalid
from sellier.kernel.ids import WebhookDeliveryId, WebhookEndpointId, public_id, row_id
from sellier.surfaces.doors.staff import Lang, Staff, author, staff_page, staff_router
from sellier.surfaces.studio.queries import figures

PAGE: Final = 50

Name = Annotated[str, PathParameter(max_length=40)]


class EndpointForm(Form, frozen=True, kw_only=True):
    """What somebody wants to hear of, and where. One event comes alone, several as a list."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_LENGTH_MAX)]
    url: Annotated[str, msgspec.Meta(max_length=URL_LENGTH_MAX)]
    events: tuple[str, ...] | str = ()
    key: UUID | None = None

    @property
    def wish(self) -> Wish:
        chosen = (self.events,) if isinstance(self.events, str) else self.events
        return Wish(name=self.name.strip(), url=self.url.strip(), events=chosen)


class StateForm(Form, frozen=True, kw_only=True):
    """Whether an endpoint is to hear of anything."""

    state: EndpointState
    key: UUID | None = None


EndpointBody = Annotated[EndpointForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
StateBody = Annotated[StateForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


class NoSuchLogPage(Invalid):
    """A page of a delivery log that never was."""

    code = "studio.no_such_log_page"


@get("/webhooks", right=Right.MANAGE_WEBHOOKS)
async def listed(*, request: Visitor, db: Db, staff: Staff, lang: Lang) -> Template:
    """List endpoints, with how each fares."""
    return await _list(request, db, staff=staff, lang=lang)


@post("/webhooks/endpoints", right=Right.MANAGE_WEBHOOKS)
async def add(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    settings: Configuration,
    data: EndpointBody,
) -> Template | Redirect:
    """Let an endpoint hear of events, or say why it cannot."""
    try:
        # Looked up before the transaction has begun.
        await gateway.check(data.wish.url, is_loopback_allowed=settings.webhooks_loopback)
        endpoint_id = await webhooks.add(db, wish=data.wish, by=author(staff), now=now)
    except (AddressRefused, EventsUnknown) as refusal:
        return await _list(request, db, staff=staff, lang=lang, form=data, refusal=refusal)
    return _to(endpoint_id)


@get("/webhooks/{endpoint:str}", right=Right.MANAGE_WEBHOOKS)
async def shown(
    *,
    request: Visitor,
    db: Db,
    staff: Staff,
    lang: Lang,
    now: Now,
    keys: Secrets,
    endpoint: Name,
    only: Annotated[DeliveryState | None, QueryParameter()] = None,
) -> Template:
    """Show one endpoint: what it hears of, its secrets, and its delivery log."""
    before = request.query_params.get("before")
    found = await _endpoint(db, endpoint)
    log = await queries.deliveries(
        db, endpoint_id=found.id, state=only, before=_last_seen(before), limit=PAGE + 1
    )
    return staff_page(
        request,
        "studio/webhooks/endpoint.html",
        staff=staff,
        lang=lang,
        zone=await figures.clock(db),
        endpoint=found,
        name=endpoint,
        secrets=webhooks.secrets_of(found, keys=keys, now=now),
        choices=CHOICES,
        chosen=only,
        states=list(DeliveryState),
        log=[(public_id("dlv", row.id), row) for row in log[:PAGE]],
        is_first=before is None,
        older=public_id("dlv", log[PAGE - 1].id) if len(log) > PAGE else None,
    )


@post("/webhooks/{endpoint:str}/changes", right=Right.MANAGE_WEBHOOKS)
async def change(
    *, db: Db, staff: Staff, settings: Configuration, endpoint: Name, data: EndpointBody
) -> Redirect:
    """Give an endpoint another name, address or choice of events."""
    await gateway.check(data.wish.url, is_loopback_allowed=settings.webhooks_loopback)
    found = await _endpoint(db, endpoint)
    await webhooks.change(db, endpoint_id=found.id, wish=data.wish, by=author(staff))
    return _to(found.id)


@post("/webhooks/{endpoint:str}/secret", right=Right.MANAGE_WEBHOOKS)
async def rotate(*, db: Db, staff: Staff, now: Now, endpoint: Name) -> Redirect:
    """Sign with a new secret; with the old one as well, for a day."""
    found = await _endpoint(db, endpoint)
    await webhooks.rotate(db, endpoint_id=found.id, by=author(staff), now=now)
    return _to(found.id, "#secret")


@post("/webhooks/{endpoint:str}/state", right=Right.MANAGE_WEBHOOKS)
async def switch(*, db: Db, staff: Staff, endpoint: Name, data: StateBody) -> Redirect:
    """Switch an endpoint off, or on again."""
    found = await _endpoint(db, endpoint)
    by = author(staff)
    if data.state is EndpointState.ACTIVE:
        await webhooks.switch_on(db, endpoint_id=found.id, by=by)
    else:
        await webhooks.switch_off(db, endpoint_id=found.id, by=by)
    return _to(found.id)


@post("/webhooks/{endpoint:str}/test", right=Right.MANAGE_WEBHOOKS)
async def test(
    *, db: Db, staff: Staff, now: Now, settings: Configuration, endpoint: Name
) -> Redirect:
    """Send a message of no consequence."""
    found = await _endpoint(db, endpoint)
    by = author(staff)
    made = await webhooks.test(db, endpoint_id=found.id, source=settings.url, by=by, now=now)
    return _to(found.id, f"/deliveries/{public_id('dlv', made)}")


@get("/webhooks/{endpoint:str}/deliveries/{delivery:str}", right=Right.MANAGE_WEBHOOKS)
async def whole(
    *, request: Visitor, db: Db, staff: Staff, lang: Lang, endpoint: Name, delivery: Name
) -> Template:
    """Show one delivery: what was sent, and every answer."""
    found = await _delivery(db, endpoint, delivery)
    return staff_page(
        request,
        "studio/webhooks/delivery.html",
        staff=staff,
        lang=lang,
        zone=await figures.clock(db),
        delivery=found,
        endpoint=endpoint,
        name=delivery,
        message_id=public_id("msg", found.message_id),
        body=msgspec.json.format(found.body.encode(), indent=2).decode(),
    )


@post("/webhooks/{endpoint:str}/deliveries/{delivery:str}/resend", right=Right.MANAGE_WEBHOOKS)
async def resend(*, db: Db, staff: Staff, now: Now, endpoint: Name, delivery: Name) -> Redirect:
    """Send once more, by hand."""
    found = await _delivery(db, endpoint, delivery)
    by = author(staff)
    await webhooks.resend(db, delivery_id=found.id, by=by, now=now)
    return _to(found.endpoint_id, f"/deliveries/{delivery}")


async def _list(
    request: Visitor,
    db: AsyncSession,
    *,
    staff: Staff,
    lang: str,
    form: EndpointForm | None = None,
    refusal: AddressRefused | EventsUnknown | None = None,
) -> Template:
    found = await queries.endpoints(db)
    return staff_page(
        request,
        "studio/webhooks/page.html",
        staff=staff,
        lang=lang,
        status=422 if refusal else 200,
        zone=await figures.clock(db),
        endpoints=[(public_id("hook", each.id), each) for each in found],
        choices=CHOICES,
        wish=form.wish if form else None,
        refusal=refusal,
        is_about_address=isinstance(refusal, AddressRefused),
    )


async def _endpoint(db: AsyncSession, name: str) -> EndpointRead:
    found = row_id("hook", name)
    endpoint = None
    if found is not None:
        endpoint = await queries.endpoint(db, endpoint_id=WebhookEndpointId(found))
    if endpoint is None:
        raise EndpointNotFound("There is no such endpoint. Choose one of the list.")
    return endpoint


async def _delivery(db: AsyncSession, endpoint: str, name: str) -> queries.DeliveryRead:
    found = row_id("dlv", name)
    delivery = None
    if found is not None:
        delivery = await queries.delivery(db, delivery_id=WebhookDeliveryId(found))
    if delivery is None or delivery.endpoint_id != row_id("hook", endpoint):
        raise DeliveryNotFound("There is no such delivery. It may be forgotten: 30 days are kept.")
    return delivery


def _last_seen(before: str | None) -> WebhookDeliveryId | None:
    if before is None:
        return None
    found = row_id("dlv", before)
    if found is None:
        raise NoSuchLogPage("This page of the log does not exist. Start from the newest.")
    return WebhookDeliveryId(found)


def _to(endpoint_id: WebhookEndpointId, more: str = "") -> Redirect:
    return Redirect(f"/studio/webhooks/{public_id('hook', endpoint_id)}{more}", status_code=303)


router: Final = staff_router(
    "/studio", [listed, add, shown, change, rotate, switch, test, whole, resend]
)
