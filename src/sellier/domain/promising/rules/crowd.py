"""Who of many that want one SKU at the same moment gets it, and from where."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sellier.domain.promising.rules.fences import Question
from sellier.domain.promising.rules.needs import Destination, Need, Take
from sellier.domain.promising.rules.rule_set import RuleSet
from sellier.domain.promising.rules.source import Source
from sellier.domain.promising.rules.sourcing import decide
from sellier.kernel.ids import CartId, LocationId, OrderLineId, Sku


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """Units that a cart asks for."""

    cart_id: CartId
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Units for a cart, at one location."""

    cart_id: CartId
    location_id: LocationId
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Who gets what; nobody is refused for units that are left."""

    given: Sequence[Given]
    refused: Sequence[Want]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One SKU that many want, where they want it, and by which rules it is sourced."""

    sku: Sku
    to: Destination
    rule_set: RuleSet
    maisons: Mapping[Sku, str]


def share_out(wants: Sequence[Want], sale: Sale, sources: Sequence[Source]) -> Shared:
    """Give what there is to carts in the order in which they asked, each all that it wants or none.

    Each is served from where its order alone would be, by the same rules and fences. Whoever is
    refused wants more than is left, so that nothing is left lying while somebody is turned away.
    """
    left = list(wants)
    places = {source.location_id: source for source in sources}
    given: list[Given] = []
    refused: list[Want] = []
    while left:
        first = left[0]
        takes = _takes(sale, first.quantity, list(places.values()))
        if not takes:
            # Whoever wants as many cannot have them either; who wants fewer may.
            refused += [want for want in left if want.quantity >= first.quantity]
            left = [want for want in left if want.quantity < first.quantity]
            continue
        if len(takes) == 1:
            here = takes[0].location_id
            served = _with_first(left, sale, places[here])
            given += [_given(want.cart_id, here, want.quantity) for want in served]
        else:
            served = [first]
            given += [_given(first.cart_id, take.location_id, take.quantity) for take in takes]
        gone = {want.cart_id for want in served}
        left = [want for want in left if want.cart_id not in gone]
        for place, units in _counted(given[-max(len(served), len(takes)) :]).items():
            places[place] = _less(places[place], sale.sku, units)
    return Shared(given=given, refused=refused)


def _takes(sale: Sale, quantity: int, among: Sequence[Source]) -> Sequence[Take]:
    need = Need(line_id=_NOBODY, sku=sale.sku, quantity=quantity, to=sale.to)
    question = Question(sources=among, needs=[need], maisons=sale.maisons)
    return decide(question, sale.rule_set).takes


def _with_first(wants: Sequence[Want], sale: Sale, here: Source) -> Sequence[Want]:
    """Return who is served here along with the first, whom this place was chosen for.

    As many as it can serve without anything being given up for them. That spares a decision for
    each, which is what makes a crowd quick.
    """
    strict = replace(sale, rule_set=replace(sale.rule_set, relaxations=()))
    served = _fitting(wants, here.available[sale.sku])
    while len(served) > 1 and not _takes(strict, sum(one.quantity for one in served), [here]):
        served = served[: len(served) // 2]
    return served


def _fitting(wants: Sequence[Want], units: int) -> Sequence[Want]:
    """Return those who can all be served out of some units, the earlier ones first."""
    fitting = []
    for want in wants:
        if want.quantity <= units:
            units -= want.quantity
            fitting.append(want)
    return fitting


def _given(cart_id: CartId, location_id: LocationId, quantity: int) -> Given:
    return Given(cart_id=cart_id, location_id=location_id, quantity=quantity)


def _counted(given: Sequence[Given]) -> Mapping[LocationId, int]:
    units: Counter[LocationId] = Counter()
    for one in given:
        units[one.location_id] += one.quantity
    return units


def _less(source: Source, sku: Sku, units: int) -> Source:
    return source._replace(available={**source.available, sku: source.available[sku] - units})


_NOBODY: Final = OrderLineId(UUID(int=0))  # whoever it is, the decision is the same
