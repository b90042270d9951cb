"""Lanes, parcels and what is told of them, for tests."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carriers.models import Lane
from sellier.domain.carriers.rules.lanes import LaneTerms
from sellier.domain.carriers.rules.tracking import Party, Sending, TrackingEvent
from sellier.domain.carriers.states import TrackingState
from sellier.kernel.ids import ParcelId, new_id

_LANE: Final = LaneTerms(
    carrier="velora",
    service="standard",
    from_country="FR",
    to_country="FR",
    days_min=1,
    days_max=2,
    cut_off=time(17),
    pickup_days=(1, 2, 3, 4, 5),
    delivery_days=(1, 2, 3, 4, 5, 6),
    prices={"EUR": 0},
    cost=None,
)


def lane(**changed: Any) -> LaneTerms:
    """Return a lane within France, one or two days, unless told otherwise."""
    return replace(_LANE, **changed)


async def keep(db: AsyncSession, one: LaneTerms) -> None:
    """Put a lane into the database."""
    row = Lane(
        carrier=one.carrier,
        service=one.service,
        from_country=one.from_country,
        to_country=one.to_country,
        days_min=one.days_min,
        days_max=one.days_max,
        cut_off=one.cut_off,
        pickup_days=list(one.pickup_days),
        delivery_days=list(one.delivery_days),
        prices=dict(one.prices),
        cost_minor=one.cost and one.cost.minor,
        cost_currency=one.cost and one.cost.currency,
    )
    db.add(row)
    await db.flush()


NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NUMBER: Final = "PT12345678903"


def event(number: int, state: TrackingState = TrackingState.LABELED) -> TrackingEvent:
    """Return what a carrier tells of a parcel, an hour after what it told before."""
    return TrackingEvent(
        number=number, state=state, at=NOON + timedelta(hours=number), place="Lyon"
    )


def journey(*states: TrackingState) -> list[TrackingEvent]:
    """Return one event for each state, in order."""
    return [event(number, state) for number, state in enumerate(states, 1)]


def sending(*, parcel_id: ParcelId | None = None, line2: str = "", weight_g: int = 900) -> Sending:
    """Return a parcel from a boutique in Paris to somebody in Lyon."""
    return Sending(
        parcel_id=parcel_id or ParcelId(new_id()),
        reference="M-2026-000042",
        service="express",
        origin=Party(
            name="Maison Aubrac",
            lines=("3, rue du Perche",),
            postal_code="75003",
            city="Paris",
            country="FR",
        ),
        destination=Party(
            name="Léonie Maréchal",
            lines=("12, rue des Tanneurs", line2),
            postal_code="69001",
            city="Lyon",
            country="FR",
            phone="+33 6 00 00 00 00",
        ),
        weight_g=weight_g,
    )
