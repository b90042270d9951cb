"""What is indexed, what is asked, what is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Sort(StrEnum):
    RECOMMENDED = "recommended"
    NEW = "new"
    PRICE_UP = "price_up"
    PRICE_DOWN = "price_down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One step of a category path; `names` by language."""

    code: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What is said of a style-color in one language; material and pattern are facts too."""

    title: str
    description: str = ""
    color: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One style-color: the grain of lists, pages and search."""

    code: str
    product_code: str
    brand: str
    brand_name: str
    texts: Mapping[str, Texts]
    categories: tuple[Category, ...] = ()
    color_family: str | None = None
    gender: str | None = None
    age_group: str | None = None
    sizes: tuple[str, ...] = ()
    sizes_available: tuple[str, ...] = ()
    prices_minor: Mapping[str, int] = field(default_factory=dict)
    listed: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    other_codes: tuple[str, ...] = ()
    listed_from: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A question. Selections of one facet are alternatives; the facets must all hold.

    Without a channel every piece is looked among, listed or not: for staff.
    """

    lang: str
    channel: str | None
    market: str
    words: str = ""
    category: str | None = None
    brands: tuple[str, ...] = ()
    colors: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    price_min_minor: int | None = None
    price_max_minor: int | None = None
    location: str | None = None
    sort: Sort = Sort.RECOMMENDED
    offset: int = 0
    limit: int = 24
    facets: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    value: str
    count: int
    selected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceBucket:
    """From `from_minor` included to `until_minor` excluded; None is without end."""

    from_minor: int
    until_minor: int | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFacet:
    min_minor: int | None
    max_minor: int | None
    buckets: tuple[PriceBucket, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """Each facet is counted with all other filters applied, but not its own."""

    category: tuple[FacetValue, ...]
    brand: tuple[FacetValue, ...]
    color: tuple[FacetValue, ...]
    size: tuple[FacetValue, ...]
    gender: tuple[FacetValue, ...]
    location: tuple[FacetValue, ...]
    price: PriceFacet


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What the words were taken for, to be shown to the person who typed them.

    `given_up` names what had to be dropped to find enough: words, price, type, brand.
    """

    types: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    price_min_minor: int | None = None
    price_max_minor: int | None = None
    corrected: str | None = None
    code: str | None = None
    given_up: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """Style-color codes in rank order, the exact total and facets, and what was understood."""

    codes: tuple[str, ...]
    total: int
    facets: Facets | None
    understood: Understood
