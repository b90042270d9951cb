"""What storefront pages show: frozen values, as the queries read them and templates use them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sellier.domain.catalog.queries import Picture, Shop
from sellier.domain.promising.rules.promise import Standings
from sellier.domain.stock.queries import Size
from sellier.kernel.ids import LocationId, ProductId, StyleColorId
from sellier.kernel.money import Money

FEW: Final = 3  # units at or below which a page says so; above, a number helps nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Here(Shop):
    """Where a visitor stands, as far as reads must know."""

    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A category that holds something a visitor can see, in itself or below."""

    path: str
    names: Mapping[str, str]
    count: int
    children: tuple["Shelf", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A brand as a shop shows it: its name, what it says of itself, how much of it there is."""

    code: str
    name: str
    is_maison: bool
    story: Mapping[str, str]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One style-color in a list."""

    code: str
    product_code: str
    brand: str
    title: str
    color: str | None
    family: str | None
    lowest: Money
    highest: Money
    picture: Picture | None
    families: tuple[str | None, ...]  # of the other colors of the product
    sizes: tuple[str, ...]  # in stock
    sizes_made: int
    units: int

    @property
    def is_sold_out(self) -> bool:
        return self.units == 0

    @property
    def last_sizes(self) -> tuple[str, ...]:
        """The sizes that are left, when they are so few that it matters to know."""
        return self.sizes if self.sizes_made > FEW >= len(self.sizes) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherColor:
    code: str
    name: str | None
    family: str | None
    picture: Picture | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """All that a product page says of one style-color, stock by place aside."""

    id: StyleColorId
    code: str
    product_id: ProductId
    product_code: str
    brand: str
    brand_code: str
    category: str
    gender: str | None
    age_group: str | None
    family: str | None
    title: str
    description: str
    color: str | None
    material: str | None
    pattern: str | None
    facts: Mapping[str, str]
    pictures: tuple[Picture, ...]
    sizes: tuple[Size, ...]
    colors: tuple[OtherColor, ...]

    @property
    def prices(self) -> tuple[Money, ...]:
        """The different prices of its sizes, the lowest first."""
        found = {size.price for size in self.sizes if size.price}
        return tuple(sorted(found, key=lambda price: price.minor))

    @property
    def units(self) -> int:
        return sum(size.available for size in self.sizes)


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeHere:
    name: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A boutique that has the piece right now."""

    code: str
    name: str
    city: str
    country: str
    sizes: tuple[SizeHere, ...]

    @property
    def units(self) -> int:
        return sum(size.units for size in self.sizes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """The boutiques that have a piece, and what every place that has it can do with it."""

    boutiques: tuple[Place, ...]
    standings: Standings


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What an order's page shows of a piece besides what was written down when ordering."""

    code: str
    picture: Picture | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """A place that an order leaves from."""

    name: str
    city: str
    is_boutique: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect:
    """From when a piece waits at a boutique, as its clocks and calendar show it."""

    day: date
    days: int  # from today on, as the boutique writes the date
    at: datetime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A boutique where the bag can be fetched, and from when."""

    code: str
    name: str
    city: str
    collect: Collect


@dataclass(frozen=True, slots=True, kw_only=True)
class Boutique:
    """A boutique that was chosen to fetch the bag from."""

    id: LocationId
    name: str
    city: str
    country: str


def tree(
    rows: Sequence[tuple[str, Mapping[str, str], int]], *, parent: str = ""
) -> tuple[Shelf, ...]:
    """Put categories that came as paths into each other; empty ones fall away."""
    depth = parent.count("/") + 1 if parent else 0
    below = [row for row in rows if row[0].startswith(f"{parent}/" if parent else "")]
    made = []
    for path, names, own in below:
        if path.count("/") == depth:
            children = tree(below, parent=path)
            count = own + sum(child.count for child in children)
            if count:
                made.append(Shelf(path=path, names=names, count=count, children=children))
    return tuple(sorted(made, key=lambda shelf: (-shelf.count, shelf.path)))


def named(names: Mapping[str, str], lang: str) -> str:
    """Return the name in a language, else in any."""
    return names.get(lang) or next(iter(names.values()), "")
