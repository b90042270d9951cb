"""What the API answers. These shapes are the contract: members are added, never changed."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from sellier.domain.carts.rules import QUANTITY_MAX
from sellier.domain.promising.rules.promise import Why
from sellier.kernel.money import Money

Count = Annotated[int, Meta(ge=0)]


class MoneyAnswer(Struct, frozen=True, kw_only=True):
    """An amount in whole minor units (cents, yen, fils) of an ISO 4217 currency."""

    amount_minor: Annotated[int, Meta(ge=0, examples=[185000])]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", examples=["EUR"])]


class PictureAnswer(Struct, frozen=True, kw_only=True):
    """A picture: `url` in full, `thumbnail` 320 pixels wide; a drawing is one SVG for both."""

    url: str
    thumbnail: str
    width: Count
    height: Count


class Refused(Struct, frozen=True, kw_only=True):
    """A place in the request that is wrong."""

    field: str
    why: str


class ProblemAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why something was turned down (RFC 9457). `code` is for programs and never changes."""

    type: str
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    code: Annotated[str, Meta(examples=["carts.cart_changed"])]
    request_id: str
    errors: list[Refused] = []


# Promises

No = Annotated[
    Why | None,
    Meta(description="Why not: short of units, no lane, closed for long, or not offered here."),
]


class DeliveryAnswer(Struct, frozen=True, kw_only=True):
    """A way of having all of it sent: the first and last day on which the whole may be there."""

    service: str
    earliest_on: date
    latest_on: date
    price: MoneyAnswer
    parcels: Count


class PromisingBoutique(Struct, frozen=True, kw_only=True):
    """What a boutique promises for all of it: collecting from when, holding until when."""

    location: str
    time_zone: str
    collect_from: datetime | None
    open_until: datetime | None
    no_collect: No
    held_until: datetime | None
    no_hold: No


class PromiseAnswer(Struct, frozen=True, kw_only=True):
    """What can be promised: services, the cheapest and soonest first, and boutiques."""

    moment: datetime
    deliveries: list[DeliveryAnswer]
    no_delivery: No
    expected_at: Annotated[
        datetime | None, Meta(description="When what is short will have come, if that is known.")
    ]
    boutiques: list[PromisingBoutique]


# Search


class HitAnswer(Struct, frozen=True, kw_only=True):
    """A style-color in a list."""

    style_color_code: str
    title: str
    brand: str
    color: str | None
    color_family: str | None
    price: MoneyAnswer
    price_max: Annotated[MoneyAnswer, Meta(description="Of its dearest size.")]
    picture: PictureAnswer | None
    is_available: Annotated[bool, Meta(description="Whether any size can be sent.")]
    sizes_available: list[str]


class FacetValueAnswer(Struct, frozen=True, kw_only=True):
    value: str
    count: Count
    selected: bool


class PriceBucketAnswer(Struct, frozen=True, kw_only=True):
    """From included to excluded, in minor units; no end where `until_minor` is null."""

    from_minor: Count
    until_minor: Count | None
    count: Count


class PriceFacetAnswer(Struct, frozen=True, kw_only=True):
    min_minor: Count | None
    max_minor: Count | None
    buckets: list[PriceBucketAnswer]


class FacetsAnswer(Struct, frozen=True, kw_only=True):
    """Exact counts; each facet with all other filters applied, but not its own."""

    category: list[FacetValueAnswer]
    brand: list[FacetValueAnswer]
    color: list[FacetValueAnswer]
    size: list[FacetValueAnswer]
    gender: list[FacetValueAnswer]
    location: list[FacetValueAnswer]
    price: PriceFacetAnswer


class UnderstoodAnswer(Struct, frozen=True, kw_only=True):
    """What the words were taken for; `given_up` is what had to go to find enough."""

    types: list[str]
    brands: list[str]
    wishes: list[str]
    excluded: list[str]
    words: list[str]
    price_min_minor: Count | None
    price_max_minor: Count | None
    corrected: str | None
    given_up: list[str]


class SearchAnswer(Struct, frozen=True, kw_only=True):
    total: Count
    offset: Count
    limit: Count
    currency: str
    hits: list[HitAnswer]
    facets: FacetsAnswer | None
    understood: UnderstoodAnswer


# Pieces and places


class VariantAnswer(Struct, frozen=True, kw_only=True):
    """A style-color in one size. `available` counts the units that can be sent."""

    sku: str
    size: str | None
    size_system: str | None
    gtin: str | None
    price: MoneyAnswer | None
    available: Count


class ColorAnswer(Struct, frozen=True, kw_only=True):
    """The same piece in another color."""

    style_color_code: str
    color: str | None
    color_family: str | None


class ProductAnswer(Struct, frozen=True, kw_only=True):
    """A style-color: its texts in one language, its sizes, its other colors."""

    style_color_code: str
    product_code: str
    brand: str
    title: str
    description: str
    color: str | None
    color_family: str | None
    material: str | None
    pattern: str | None
    gender: str | None
    age_group: str | None
    category: Annotated[str, Meta(description="Path of codes.", examples=["bags/totes"])]
    facts: dict[str, str]
    pictures: list[PictureAnswer]
    variants: list[VariantAnswer]
    other_colors: list[ColorAnswer]


class LocationAnswer(Struct, frozen=True, kw_only=True):
    """A boutique or a warehouse; its hours are local to its time zone."""

    code: str
    kind: Annotated[str, Meta(examples=["boutique"], description="boutique or warehouse.")]
    name: str
    city: str
    country: str
    latitude: float
    longitude: float
    time_zone: Annotated[str, Meta(examples=["Europe/Paris"])]
    opens: Annotated[str, Meta(examples=["10:00"])]
    closes: Annotated[str, Meta(examples=["19:00"])]
    ships: bool
    pickup: bool
    banner: Annotated[str | None, Meta(description="Code of the banner that runs it.")]


class LocationsAnswer(Struct, frozen=True, kw_only=True):
    total: Count
    locations: list[LocationAnswer]


class UnitsAnswer(Struct, frozen=True, kw_only=True):
    """Units available to promise at one location."""

    location: str
    name: str
    city: str
    country: str
    units: Count


class SkuAvailability(Struct, frozen=True, kw_only=True):
    """Where a SKU is. An unknown one is nowhere."""

    sku: str
    units: Count
    locations: list[UnitsAnswer]


class AvailabilityAnswer(Struct, frozen=True, kw_only=True):
    availability: list[SkuAvailability]


# Carts


class CartLineAnswer(Struct, frozen=True, kw_only=True):
    """A line at today's price; `problem` says why it cannot be ordered as it stands."""

    id: Annotated[str, Meta(examples=["line_aiaqeayeaudaocajbifqydiob4"])]
    sku: str
    style_color_code: str
    brand: str
    title: str
    color: str | None
    size: str | None
    quantity: Annotated[int, Meta(ge=1, le=QUANTITY_MAX)]
    available: Count
    unit: MoneyAnswer | None
    total: MoneyAnswer | None
    picture: PictureAnswer | None
    problem: Annotated[str | None, Meta(description="sold_out, fewer_left or not_sold_here.")]


class CartAnswer(Struct, frozen=True, kw_only=True):
    """A cart at today's prices. `version` goes with the checkout."""

    id: str
    version: Annotated[int, Meta(ge=1)]
    market: str
    country: str
    currency: str
    lines: list[CartLineAnswer]
    units: Count
    items: MoneyAnswer
    shipping: MoneyAnswer
    total: MoneyAnswer
    can_check_out: bool


class CartOpened(Struct, frozen=True, kw_only=True):
    """A new cart. Whoever holds the secret may use it."""

    id: Annotated[str, Meta(examples=["cart_aiaqeayeaudaocajbifqydiob4"])]
    secret: str
    version: int
    market: str
    currency: str


class ReservationAnswer(Struct, frozen=True, kw_only=True):
    """Units that are the cart's alone until they are ordered, or until `expires_at`."""

    sku: str
    quantity: int
    expires_at: datetime


# Orders


class PaymentAnswer(Struct, frozen=True, kw_only=True):
    """Where the payment stands; `hosted_url` is where the customer goes on, if they have to."""

    state: Annotated[
        str, Meta(description="created, requires_action, authorized, refused or voided.")
    ]
    refusal: str | None
    hosted_url: str | None


class OrderPlaced(Struct, frozen=True, kw_only=True):
    """An order just made. The secret reads and pays it."""

    id: Annotated[str, Meta(examples=["ord_aiaqeayeaudaocajbifqydiob4"])]
    number: Annotated[str, Meta(examples=["S-2026-000042"])]
    secret: str
    status: Annotated[str, Meta(examples=["confirmed"])]
    total: MoneyAnswer
    payment: PaymentAnswer


def money(amount: Money) -> MoneyAnswer:
    """Write an amount."""
    return MoneyAnswer(amount_minor=amount.minor, currency=amount.currency)


def picture(sha: str, *, kind: str, width: int, height: int, site: str) -> PictureAnswer:
    """Write a picture's addresses, on our own site."""
    if kind != "raster":
        url = f"{site}/media/{sha}.svg"
        return PictureAnswer(url=url, thumbnail=url, width=width, height=height)
    return PictureAnswer(
        url=f"{site}/media/{sha}/1280.jpg",
        thumbnail=f"{site}/media/{sha}/320.jpg",
        width=width,
        height=height,
    )
