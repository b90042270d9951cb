from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from sellier.domain.promising.rules import (
    DEFAULT,
    Destination,
    Need,
    Question,
    RuleSet,
    Source,
    Take,
    decide,
)
from sellier.domain.promising.states import Way
from sellier.kernel.ids import LocationId, OrderLineId, Sku, new_id

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


def needs(wanted: Mapping[Sku, int], *, country: str = "FR") -> Sequence[Need]:
    to = Destination(way=Way.SHIP, country=country)
    return [
        Need(line_id=OrderLineId(new_id()), sku=sku, quantity=count, to=to)
        for sku, count in wanted.items()
    ]


def choose_sources(
    sources: Sequence[Source], *, needs: Sequence[Need], rule_set: RuleSet = DEFAULT
) -> Sequence[Take] | None:
    """Decide by the usual rules; None when not everything can be served."""
    decision = decide(Question(sources=sources, needs=needs), rule_set)
    assert not (decision.short and decision.takes), "all or nothing"
    return None if decision.short else decision.takes


def places(sources: Sequence[Source], takes: Sequence[Take] | None) -> set[tuple[str, str, int]]:
    codes = {each.location_id: each.code for each in sources}
    return {(codes[take.location_id], take.sku, take.quantity) for take in takes or ()}


def test_one_parcel_is_better_than_two_even_from_a_boutique() -> None:
    sources = [source("WH", warehouse=True, BAG=5), source("PAR", BAG=1, SHOE=1)]
    takes = choose_sources(sources, needs=needs({BAG: 1, SHOE: 1}))
    assert places(sources, takes) == {("PAR", "BAG", 1), ("PAR", "SHOE", 1)}


def test_a_warehouse_comes_before_a_boutique_and_home_before_abroad() -> None:
    sources = [
        source("PAR", BAG=9),
        source("WIT", country="IT", warehouse=True, BAG=9),
        source("WFR", warehouse=True, BAG=1),
    ]
    takes = choose_sources(sources, needs=needs({BAG: 1}))
    assert places(sources, takes) == {("WFR", "BAG", 1)}


def test_a_line_that_no_place_can_fill_is_split() -> None:
    sources = [source("A", BAG=2), source("B", BAG=3)]
    takes = choose_sources(sources, needs=needs({BAG: 4}))
    assert places(sources, takes) == {("B", "BAG", 3), ("A", "BAG", 1)}


def test_too_few_in_the_whole_group_is_a_no() -> None:
    assert choose_sources([source("A", BAG=2)], needs=needs({BAG: 3})) is None


units = st.dictionaries(st.sampled_from(["BAG", "SHOE", "HAT"]), st.integers(0, 4))


@given(
    st.lists(units, max_size=6),
    st.dictionaries(st.sampled_from([BAG, SHOE, Sku("HAT")]), st.integers(1, 6), min_size=1),
)
def test_a_yes_takes_exactly_what_is_wanted_and_no_more_than_there_is(
    stock: list[dict[str, int]], wanted: Mapping[Sku, int]
) -> None:
    sources = [holding(f"L{number}", each) for number, each in enumerate(stock)]
    takes = choose_sources(sources, needs=needs(wanted))
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


def test_lines_of_one_sku_are_counted_together() -> None:
    """As medusa#16502: each line alone would find enough."""
    two = [*needs({BAG: 2}), *needs({BAG: 2})]
    assert choose_sources([source("A", BAG=3)], needs=two) is None
    takes = choose_sources([source("A", BAG=4)], needs=two)
    assert [(take.line_id, take.quantity) for take in takes or ()] == [
        (need.line_id, 2) for need in sorted(two, key=lambda need: need.line_id)
    ]


def test_what_one_line_took_is_not_there_for_the_next() -> None:
    """As vendure#4030: the second line must go on to the next place."""
    sources = [source("A", BAG=3), source("B", BAG=1)]
    two = [*needs({BAG: 2}), *needs({BAG: 2})]
    takes = choose_sources(sources, needs=two)
    assert places(sources, takes) == {("A", "BAG", 2), ("A", "BAG", 1), ("B", "BAG", 1)}


def test_enough_in_all_is_not_asked_of_one_place() -> None:
    """As medusa#14987: the group has three, no place has them, and the order is still served."""
    sources = [source("A", BAG=1), source("B", BAG=1), source("C", BAG=1)]
    takes = choose_sources(sources, needs=needs({BAG: 3}))
    assert places(sources, takes) == {("A", "BAG", 1), ("B", "BAG", 1), ("C", "BAG", 1)}


def test_what_is_collected_comes_from_that_boutique_alone() -> None:
    there = source("LYO", BAG=1, SHOE=1)
    collects = there._replace(ways=frozenset({Way.SHIP, Way.COLLECT}))
    wh = source("WH", warehouse=True, BAG=9)
    (asked,) = needs({BAG: 1})
    to = Destination(way=Way.COLLECT, country="FR", location_id=there.location_id)
    collected = replace(asked, to=to)

    assert choose_sources([wh, there], needs=[collected]) is None  # it hands nothing over
    sent = needs({BAG: 1, SHOE: 1})
    takes = choose_sources([wh, collects], needs=[*sent, collected])
    assert {(take.line_id, take.location_id) for take in takes or ()} == {
        (collected.line_id, there.location_id),
        (sent[0].line_id, wh.location_id),
        (sent[1].line_id, there.location_id),
    }


def test_of_what_is_short_as_much_is_served_as_there_is() -> None:
    sources = [source("A", BAG=1), source("B", BAG=1, SHOE=1)]
    asked = needs({BAG: 3, SHOE: 1, Sku("HAT"): 1})

    some = decide(Question(sources=sources, needs=asked, is_partial=True), DEFAULT)

    assert places(sources, some.takes) == {("A", "BAG", 1), ("B", "BAG", 1), ("B", "SHOE", 1)}
    assert some.short is not None
    assert some.short.sku == BAG
    (part,) = some.log.parts
    assert part.missing == {"BAG": 1, "HAT": 1}


def test_who_could_not_serve_it_before_is_not_asked_again() -> None:
    sources = [source("A", BAG=1), source("B", BAG=1, SHOE=1)]
    question = Question(
        sources=sources,
        needs=needs({BAG: 1, SHOE: 1}),
        excluded={BAG: {sources[1].location_id}},
    )
    decision = decide(question, DEFAULT)
    assert places(sources, decision.takes) == {("A", "BAG", 1), ("B", "SHOE", 1)}
