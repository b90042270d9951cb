"""Stock as it really lies: deep in warehouses, broad in flagships, thin and broken elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from sellier.demo.catalog import Product, StyleColor
from sellier.demo.chance import chance
from sellier.demo.group import LOCATIONS, carries
from sellier.demo.places import Location, Tier
from sellier.demo.sizes import demand

SOLD_OUT = 0.015  # of style-colors: nowhere any more
ONLY_ONE = 0.03  # of style-colors: one boutique has the last ones
IN_BOUTIQUES = 0.18  # of style-colors: too few for a warehouse, so boutiques send what is sold
DEAR = 12_000  # whole units; pieces above this are made a few at a time
WAREHOUSE_MISSING = 0.07  # of variants: this warehouse has none


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How a sort of location is stocked."""

    chance: float  # that it carries a style-color it may carry
    depth: int  # most units of a size
    sizes: float  # share of the sizes it keeps


HABITS: Mapping[Tier, Habit] = MappingProxyType(
    {
        Tier.WAREHOUSE: Habit(chance=0.96, depth=24, sizes=1.0),
        Tier.FLAGSHIP: Habit(chance=0.72, depth=4, sizes=0.8),
        Tier.BOUTIQUE: Habit(chance=0.42, depth=3, sizes=0.6),
        Tier.CORNER: Habit(chance=0.24, depth=2, sizes=0.45),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    sku: str
    location: str
    on_hand: int


def positions(products: Sequence[Product]) -> Iterator[Position]:
    """Yield what lies where; places that have none are left out."""
    for product in products:
        carrying = [place for place in LOCATIONS if carries(place, product.brand, product.category)]
        for style_color in product.style_colors:
            yield from _of_style_color(style_color, product=product, carrying=carrying)


def _of_style_color(
    style_color: StyleColor, *, product: Product, carrying: Sequence[Location]
) -> Iterator[Position]:
    random = chance(style_color.code, "stock")
    fate = random.random()
    if fate < SOLD_OUT:
        return
    boutiques = [place for place in carrying if place.tier is not Tier.WAREHOUSE]
    if fate < SOLD_OUT + ONLY_ONE:
        last = random.choice(boutiques)
        size = random.choice(style_color.variants)
        yield Position(sku=size.sku, location=last.code, on_hand=random.randint(1, 2))
        return
    if fate < SOLD_OUT + ONLY_ONE + IN_BOUTIQUES:
        senders = [place for place in boutiques if place.ships]
        keeping = random.sample(senders, min(len(senders), random.randint(1, 3)))
    else:
        keeping = [place for place in carrying if random.random() < HABITS[place.tier].chance]
    wanted = demand(product.scale.sizes)
    for place in keeping:
        yield from _at(place, style_color=style_color, wanted=wanted, random=random)


def _at(
    place: Location, *, style_color: StyleColor, wanted: Sequence[float], random: Random
) -> Iterator[Position]:
    habit = HABITS[place.tier]
    dear = min(style_color.variants[-1].prices.values()) > DEAR
    for variant, share in zip(style_color.variants, wanted, strict=True):
        missing = WAREHOUSE_MISSING if place.tier is Tier.WAREHOUSE else 1 - habit.sizes * share
        if len(style_color.variants) > 1 and random.random() < missing:
            continue
        depth = max(1, habit.depth // 4) if dear else habit.depth
        on_hand = random.randint((depth + 3) // 4, depth)
        yield Position(sku=variant.sku, location=place.code, on_hand=on_hand)
