"""What can be promised for a basket, given what each place has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sellier.domain.promising.rules.fences import Question
from sellier.domain.promising.rules.needs import Destination, Need
from sellier.domain.promising.rules.promise import (
    Delivery,
    Promise,
    Standings,
    Timetable,
    Why,
    counter,
    counters,
    covering,
    deliveries,
)
from sellier.domain.promising.rules.rule_set import DEFAULT
from sellier.domain.promising.rules.source import Source
from sellier.domain.promising.rules.sourcing import decide
from sellier.domain.promising.states import Purpose, Way
from sellier.kernel.ids import ChannelId, LocationId, OrderLineId, Sku, new_id

SENDS: Final = frozenset({Way.SHIP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A basket, where it goes, and in which currency; and boutiques asked for by name."""

    channel_id: ChannelId
    wanted: Mapping[Sku, int]
    to: Destination
    currency: str
    moment: datetime
    boutiques: Sequence[LocationId] = ()
    purpose: Purpose = Purpose.PROMISE
    # Of the SKUs, when the rules of sourcing ask for it.
    maisons: Mapping[Sku, str] = field(default_factory=dict)


def promised(asked: Asked, *, known: Timetable, standings: Standings) -> Promise:
    """Return what can be promised, given what each place has."""
    senders = _senders(asked, known, _sources(known, standings), wanted=asked.wanted)
    sent = _sent(asked, senders, known=known, standings=standings)
    return Promise(
        senders=senders,
        deliveries=() if isinstance(sent, Why) else sent,
        no_delivery=sent if isinstance(sent, Why) else None,
        counters=[
            counter(known.places[one], standings.get(one), wanted=asked.wanted, moment=asked.moment)
            for one in asked.boutiques
            if one in known.places
        ]
        if asked.boutiques
        else counters(
            known,
            standings,
            wanted=asked.wanted,
            countries=(asked.to.country,),
            moment=asked.moment,
        ),
    )


def whichever(asked: Asked, *, known: Timetable, standings: Standings) -> Promise:
    """Return what can be promised whichever one of the SKUs is chosen, of those that there are.

    A delivery is as wide as all of theirs together; a boutique counts when it has any of them.
    """
    sources = _sources(known, standings)
    found: dict[tuple[LocationId, ...], Sequence[Delivery] | Why] = {}
    for sku, quantity in asked.wanted.items():
        # Who has none of it need not be asked about: a page asks for every size of a piece.
        having = [source for source in sources if source.available.get(sku, 0) > 0]
        senders = _senders(asked, known, having, wanted={sku: quantity}) if having else ()
        if senders and senders not in found:
            found[senders] = _sent(asked, senders, known=known, standings=standings)
    sent = [one for one in found.values() if not isinstance(one, Why)]
    refused = [one for one in found.values() if isinstance(one, Why)]
    return Promise(
        senders=(),
        deliveries=(covering([each[0] for each in sent]),) if sent else (),
        no_delivery=None if sent else next(iter(refused), Why.SHORT),
        counters=counters(
            known, standings, wanted={}, countries=(asked.to.country,), moment=asked.moment
        ),
    )


def _sent(
    asked: Asked, senders: Sequence[LocationId], *, known: Timetable, standings: Standings
) -> Sequence[Delivery] | Why:
    if not senders:
        return Why.SHORT
    return deliveries(
        known,
        standings,
        senders=senders,
        country=asked.to.country,
        currency=asked.currency,
        moment=asked.moment,
    )


def _sources(known: Timetable, standings: Standings) -> Sequence[Source]:
    places = known.places
    return [
        Source(  # a thousand a question, and names cost as much as all else
            place.location_id,
            place.code,
            not place.is_boutique,
            place.country,
            standing.units,
            SENDS,
            place.latitude,
            place.longitude,
            place.banner,
            place.daily_capacity,
            standing.in_hand,
        )
        for location_id, standing in standings.items()
        if standing.ships and (place := places.get(location_id)) is not None
    ]


def _senders(
    asked: Asked, known: Timetable, sources: Sequence[Source], *, wanted: Mapping[Sku, int]
) -> tuple[LocationId, ...]:
    """Return who would send this if it were ordered now, as sourcing decides."""
    to = replace(asked.to, way=Way.SHIP, location_id=None)
    needs = [
        Need(line_id=OrderLineId(new_id()), sku=sku, quantity=quantity, to=to)
        for sku, quantity in wanted.items()
    ]
    rule_set = known.rule_sets.get(asked.channel_id, DEFAULT)
    question = Question(sources=sources, needs=needs, maisons=asked.maisons)
    return tuple(dict.fromkeys(take.location_id for take in decide(question, rule_set).takes))
