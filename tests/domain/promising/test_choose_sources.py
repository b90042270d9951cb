from collections.abc import Mapping, Sequence
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from sellier.domain.promising.rules import Source, Take, choose_sources
from sellier.kernel.ids import LocationId, Sku

BAG, SHOE = Sku("BAG"), Sku("SHOE")


def source(code: str, *, country: str = "FR", warehouse: bool = False, **units: int) -> Source:
    return holding(code, units, country=country, warehouse=warehouse)


def holding(
    code: str, units: Mapping[str, int], *, country: str = "FR", warehouse: bool = False
) -> Source:
    return Source(
        location_id=LocationId(UUID(int=int.from_bytes(code.encode(), "big"))),
        code=code,
        is_warehouse=warehouse,
        country=country,
        available={Sku(sku): count for sku, count in units.items()},
    )


def places(sources: Sequence[Source], takes: Sequence[Take] | None) -> set[tuple[str, str, int]]:
    codes = {each.location_id: each.code for each in sources}
    return {(codes[take.location_id], take.sku, take.quantity) for take in takes or ()}


def test_one_parcel_is_better_than_two_even_from_a_boutique() -> None:
    sources = [source("WH", warehouse=True, BAG=5), source("PAR", BAG=1, SHOE=1)]
    takes = choose_sources(sources, wanted={BAG: 1, SHOE: 1}, country="FR")
    assert places(sources, takes) == {("PAR", "BAG", 1), ("PAR", "SHOE", 1)}


def test_a_warehouse_comes_before_a_boutique_and_home_before_abroad() -> None:
    sources = [
        source("PAR", BAG=9),
        source("WIT", country="IT", warehouse=True, BAG=9),
        source("WFR", warehouse=True, BAG=1),
    ]
    takes = choose_sources(sources, wanted={BAG: 1}, country="FR")
    assert places(sources, takes) == {("WFR", "BAG", 1)}


def test_a_line_that_no_place_can_fill_is_split() -> None:
    sources = [source("A", BAG=2), source("B", BAG=3)]
    takes = choose_sources(sources, wanted={BAG: 4}, country="FR")
    assert places(sources, takes) == {("B", "BAG", 3), ("A", "BAG", 1)}


def test_too_few_in_the_whole_group_is_a_no() -> None:
    assert choose_sources([source("A", BAG=2)], wanted={BAG: 3}, country="FR") is None


units = st.dictionaries(st.sampled_from(["BAG", "SHOE", "HAT"]), st.integers(0, 4))


@given(
    st.lists(units, max_size=6),
    st.dictionaries(st.sampled_from([BAG, SHOE, Sku("HAT")]), st.integers(1, 6), min_size=1),
)
def test_a_yes_takes_exactly_what_is_wanted_and_no_more_than_there_is(
    stock: list[dict[str, int]], wanted: Mapping[Sku, int]
) -> None:
    sources = [holding(f"L{number}", each) for number, each in enumerate(stock)]
    takes = choose_sources(sources, wanted=wanted, country="FR")
    enough = all(
        sum(each.available.get(sku, 0) for each in sources) >= count
        for sku, count in wanted.items()
    )
    assert (takes is not None) == enough
    for sku in wanted if takes else ():
        assert sum(take.quantity for take in takes or () if take.sku == sku) == wanted[sku]
    there = {each.location_id: each.available for each in sources}
    assert all(take.quantity <= there[take.location_id][take.sku] for take in takes or ())
    assert list(takes or ()) == sorted(takes or (), key=lambda take: (take.sku, take.location_id))
