"""Past orders under other rules."""

from datetime import date
from uuid import UUID

from sellier.domain.promising.rules import DEFAULT, Destination, Need, Source, Take, parse
from sellier.domain.promising.rules.distance import km_between
from sellier.domain.promising.rules.geography import point_of
from sellier.domain.promising.rules.simulate import PastOrder, Snapshot, restored, simulate
from sellier.domain.promising.states import Way
from sellier.kernel.ids import ChannelId, LocationId, OrderLineId, Sku, new_id

BAG = Sku("BAG")
WEB = ChannelId(new_id())
PARIS = Destination(way=Way.SHIP, country="FR", latitude=48.9, longitude=2.3)


def place(number: int, *, warehouse: bool = False, units: int = 0, at: float = 48.9) -> Source:
    return Source(
        location_id=LocationId(UUID(int=number)),
        code=f"P{number}",
        is_warehouse=warehouse,
        country="FR",
        available={BAG: units},
        latitude=at,
        longitude=2.3,
        capacity=1,
    )


def order(number: int, *, day: int = 1, served: Source | None = None) -> PastOrder:
    line = OrderLineId(new_id())
    took = (
        []
        if served is None
        else [Take(line_id=line, sku=BAG, location_id=served.location_id, quantity=1)]
    )
    return PastOrder(
        number=f"S-{number}",
        channel_id=WEB,
        day=date(2026, 3, day),
        needs=[Need(line_id=line, sku=BAG, quantity=1, to=PARIS)],
        served=took,
    )


def test_what_was_taken_lies_there_again_and_is_taken_in_turn() -> None:
    far, near = place(1, warehouse=True, at=43.3), place(2)
    past = [order(1, served=far), order(2, served=far), order(3, served=near)]
    before = restored(Snapshot(sources={WEB: [far, near]}), past)

    usual = simulate(before, past, rule_set=DEFAULT)
    close = simulate(before, past, rule_set=parse({"rules": [{"rule": "nearest"}]}))

    assert (usual.orders, usual.unsourced, usual.parcels, usual.split) == (3, 0, 3, 0)
    assert usual.load == close.load == {"P1": 2, "P2": 1}
    assert usual.share(usual.from_boutiques) == 1 / 3
    assert usual.km == close.km == 2 * 623
    assert usual.cost_minor == 3 * 900 + 300 + 2 * 249


def test_a_days_work_counts_on_its_day_alone() -> None:
    one, other = place(1, units=9), place(2, units=9)
    past = [order(1), order(2), order(3), order(4, day=2)]
    calm = parse({"fences": {"within_capacity": True}})

    told = simulate(Snapshot(sources={WEB: [one, other]}), past, rule_set=calm)

    assert (told.unsourced, told.served) == (1, 3)
    assert told.load == {"P1": 2, "P2": 1}
    assert told.busiest_day == {"P1": 1, "P2": 1}


def test_orders_of_a_channel_that_nobody_serves_are_counted() -> None:
    told = simulate(Snapshot(sources={}), [order(1)], rule_set=DEFAULT)
    assert (told.unsourced, told.each(told.parcels), told.share(told.abroad)) == (1, 0, 0)


def test_a_postal_code_is_roughly_a_place() -> None:
    paris, nice = point_of("FR", "75 001"), point_of("FR", "06000")
    assert paris is not None
    assert nice is not None
    assert 650 < km_between(paris, nice) < 720
    assert point_of("GB", "EH1 2AB") != point_of("GB", "W1K 1AA") == point_of("GB", "")
    assert point_of("US", "90210") != point_of("US", "10001")
    assert point_of("XX", "1") is None
