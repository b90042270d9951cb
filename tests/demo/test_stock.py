"""Where the demo's pieces lie decides who has work to do when they are sold."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import pytest

from sellier.demo.catalog import products
from sellier.demo.group import LOCATIONS, STAFF
from sellier.demo.stock import positions
from sellier.domain.promising.rules import DEFAULT, Destination, Need, Question, Source, decide
from sellier.domain.promising.states import Way
from sellier.kernel.ids import LocationId, OrderLineId, Sku, new_id

IDS = {place.code: LocationId(new_id()) for place in LOCATIONS}
CODES = {row: code for code, row in IDS.items()}


@pytest.fixture(scope="module")
def sources() -> Mapping[Sku, Sequence[Source]]:
    """Who could send each variant, as the promise would read it."""
    places = {place.code: place for place in LOCATIONS if place.ships}
    found: defaultdict[Sku, list[Source]] = defaultdict(list)
    for position in positions(products()):
        if place := places.get(position.location):
            source = Source(
                location_id=IDS[place.code],
                code=place.code,
                is_warehouse=place.kind == "warehouse",
                country=place.country,
                available={Sku(position.sku): position.on_hand},
            )
            found[Sku(position.sku)].append(source)
    return found


def one_of(sku: Sku, country: str) -> Need:
    to = Destination(way=Way.SHIP, country=country)
    return Need(line_id=OrderLineId(new_id()), sku=sku, quantity=1, to=to)


def senders(sources: Mapping[Sku, Sequence[Source]], country: str) -> Counter[str]:
    """Count the variants that each place would send one of to a country."""
    return Counter(
        CODES[take.location_id]
        for sku, able in sources.items()
        for take in decide(Question(sources=able, needs=[one_of(sku, country)]), DEFAULT).takes
    )


@pytest.mark.parametrize("country", ["FR", "GB", "US"])
def test_boutiques_send_a_fair_share(
    sources: Mapping[Sku, Sequence[Source]], *, country: str
) -> None:
    found = senders(sources, country)
    by_boutiques = sum(units for code, units in found.items() if not code.startswith("WH-"))

    assert 0.08 < by_boutiques / found.total() < 0.3
    assert len(found) >= 12


def test_every_associate_has_something_to_prepare(
    sources: Mapping[Sku, Sequence[Source]],
) -> None:
    found = sum((senders(sources, country) for country in ("FR", "GB")), Counter[str]())
    assert all(found[member.location] for member in STAFF if member.location)
