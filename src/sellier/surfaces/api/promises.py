"""Promises: what can be delivered by when, and collected or held where."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from litestar import post

from sellier.domain.promising.queries.promise import promise as promised
from sellier.domain.promising.queries.promise import timetable
from sellier.domain.promising.rules import Destination
from sellier.domain.promising.rules.basket import Asked
from sellier.domain.promising.rules.promise import Counter, Delivery, Promise, Timetable
from sellier.domain.promising.states import Way
from sellier.infra.kept import kept
from sellier.infra.web import Db, Now, Sessions, Visitor
from sellier.kernel.ids import LocationId, Sku
from sellier.surfaces.api import answers, forms, here
from sellier.surfaces.api.answers import DeliveryAnswer, PromiseAnswer, PromisingBoutique
from sellier.surfaces.api.forms import LineForm, PromiseForm
from sellier.surfaces.api.problems import MomentFar, PlaceUnknown

_AHEAD: Final = timedelta(days=180)
_BOUTIQUES_MAX: Final = 100


@post(
    "/promises",
    operation_id="promise",
    tags=["Carts"],
    summary="Ask what can be promised",
    status_code=200,
    opt={
        "form": PromiseForm,
        "answer": PromiseAnswer,
        "problems": (400, 404, 413, 415, 422),
    },
)
async def promise(*, request: Visitor, db: Db, sessions: Sessions, now: Now) -> PromiseAnswer:
    """Tell by when a basket can be delivered and for how much, and where it waits from when.

    Nothing is kept for anyone: placing the order asks again, and takes the units or refuses.
    Without boutiques, those of the destination's country that have everything are listed, the
    soonest first.
    """
    form = forms.read(await request.body(), PromiseForm)
    found = await here.find(request, sessions, channel=form.channel, market=form.market, now=now)
    state = request.app.state
    known = await kept(state, "timetable", now=now, read=lambda: timetable(db, now=now))
    to = form.destination
    asked = Asked(
        channel_id=found.channel.id,
        wanted=_summed(form.lines),
        to=Destination(
            way=Way.SHIP,
            country=to.country if to else found.market.country,
            latitude=to.latitude if to else None,
            longitude=to.longitude if to else None,
        ),
        currency=found.market.currency,
        moment=_moment(form.moment, now),
        boutiques=_boutiques(form.boutiques, known),
    )
    return _answer(await promised(db, asked, known=known), moment=asked.moment)


def _summed(lines: Sequence[LineForm]) -> Mapping[Sku, int]:
    wanted: defaultdict[Sku, int] = defaultdict(int)
    for line in lines:
        wanted[Sku(line.sku)] += line.quantity
    return wanted


def _moment(asked: datetime | None, now: datetime) -> datetime:
    if asked is None:
        return now
    if not now - timedelta(days=1) <= asked <= now + _AHEAD:
        raise MomentFar("Ask for a moment from now on, at most 180 days ahead.")
    return asked


def _boutiques(codes: Sequence[str], known: Timetable) -> Sequence[LocationId]:
    if not codes:
        return ()
    ids = {place.code: place.location_id for place in known.places.values() if place.is_boutique}
    unknown = [code for code in codes if code not in ids]
    if unknown:
        raise PlaceUnknown(f"There is no boutique {unknown[0]}: see /api/v1/locations.")
    return list(dict.fromkeys(ids[code] for code in codes))


def _answer(found: Promise, *, moment: datetime) -> PromiseAnswer:
    return PromiseAnswer(
        moment=moment,
        deliveries=[_delivery(one) for one in found.deliveries],
        no_delivery=found.no_delivery,
        expected_at=found.expected_at,
        boutiques=[_boutique(one) for one in found.counters[:_BOUTIQUES_MAX]],
    )


def _delivery(one: Delivery) -> DeliveryAnswer:
    return DeliveryAnswer(
        service=one.service,
        earliest_on=one.earliest,
        latest_on=one.latest,
        price=answers.money(one.price),
        parcels=one.parcels,
    )


def _boutique(one: Counter) -> PromisingBoutique:
    return PromisingBoutique(
        location=one.place.code,
        time_zone=one.place.calendar.time_zone,
        collect_from=one.collect.start if one.collect else None,
        open_until=one.collect.end if one.collect else None,
        no_collect=one.no_collect,
        held_until=one.held_until,
        no_hold=one.no_hold,
    )
