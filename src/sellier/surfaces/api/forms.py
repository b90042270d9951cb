"""What programs send. Types are strict, unknown members are refused, no amount is taken."""

from datetime import datetime
from typing import Annotated, Final, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from sellier.domain.carts.rules import LINES_MAX, QUANTITY_MAX
from sellier.surfaces.api.problems import BodyInvalid, BodyUnreadable

# No control character reaches the database or a label. `$` alone would let a last newline pass.
_PLAIN: Final = r"^[^\x00-\x1f\x7f-\x9f]+$(?!\n)"

Quantity = Annotated[int, Meta(ge=1, le=QUANTITY_MAX, examples=[1])]
Code = Annotated[str, Meta(min_length=1, max_length=50, pattern=_PLAIN)]
SkuText = Annotated[str, Meta(min_length=1, max_length=50, pattern=_PLAIN, examples=["SAC-42-U"])]
Line = Annotated[str, Meta(min_length=1, max_length=120, pattern=_PLAIN)]
Moment = Annotated[datetime, Meta(tz=True)]
Short = Annotated[str, Meta(min_length=1, max_length=60, pattern=_PLAIN)]
Phone = Annotated[str, Meta(min_length=3, max_length=30, pattern=r"^\+?[0-9 ().-]+$(?!\n)")]
PostalCode = Annotated[str, Meta(min_length=1, max_length=12, pattern=r"^[0-9A-Za-z -]+$(?!\n)")]
Country = Annotated[
    str, Meta(pattern=r"^[A-Z]{2}$(?!\n)", examples=["FR"], description="ISO 3166-1 alpha-2.")
]
Email = Annotated[
    str,
    Meta(
        max_length=254,
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$(?!\n)",
        examples=["ada@customer.example"],
    ),
]
Words = Annotated[
    str,
    Meta(min_length=1, max_length=500, pattern=_PLAIN, description="The customer's own words."),
]
Token = Annotated[
    str,
    Meta(
        pattern=r"^[!-~]{1,200}$(?!\n)",
        examples=["tok_approve"],
        description="What the payment provider gave for the customer's card.",
    ),
]
ReturnUrl = Annotated[
    str,
    Meta(
        pattern=r"^https?://[!-~]{1,480}$(?!\n)",
        description="Where the provider's page sends the customer back to: an address of ours.",
    ),
]


class LineForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Units to add."""

    sku: SkuText
    quantity: Quantity = 1


class CartForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a cart buys, and what. Without a channel it is the one of the host name."""

    channel: Annotated[Code | None, Meta(description="Code of the channel.")] = None
    market: Annotated[Code | None, Meta(description="Code of the market, such as FR.")] = None
    lines: Annotated[
        tuple[LineForm, ...], Meta(max_length=LINES_MAX, description="What to put into it at once.")
    ] = ()


class DestinationForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a basket goes: a country, and maybe where in it."""

    country: Country
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None


class PromiseForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A basket, where it goes and when. Without a destination it is the market's country."""

    lines: Annotated[tuple[LineForm, ...], Meta(min_length=1, max_length=LINES_MAX)]
    destination: DestinationForm | None = None
    boutiques: Annotated[
        tuple[Code, ...], Meta(max_length=20, description="Codes of boutiques asked for by name.")
    ] = ()
    moment: Annotated[Moment | None, Meta(description="When it would be ordered; else now.")] = None
    channel: Annotated[Code | None, Meta(description="Code of the channel.")] = None
    market: Annotated[Code | None, Meta(description="Code of the market, such as FR.")] = None


class ReservationForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Units of a SKU that is in great demand, to be kept for the cart."""

    sku: SkuText
    quantity: Quantity = 1


class QuantityForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many units are wanted in all."""

    quantity: Quantity


class AddressForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the order goes."""

    name: Line
    line1: Line
    postal_code: PostalCode
    city: Short
    country: Country
    line2: Line | None = None
    region: Short | None = None
    phone: Phone | None = None


class PaymentForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the order is paid: by a token, or without one at the provider's own page."""

    token: Token | None = None
    return_url: ReturnUrl | None = None


class PaymentMeans(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A token, or nothing for the provider's own page."""

    token: Token | None = None


class CollectForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of the cart that the customer fetches from a boutique."""

    sku: SkuText
    location: Annotated[Code, Meta(description="Code of a boutique that hands over.")]


class CheckoutForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The order button: the version that the customer saw, and where to send it."""

    version: Annotated[int, Meta(ge=1, le=2**31 - 1, description="Version of the cart shown.")]
    email: Email
    address: AddressForm
    collect: Annotated[
        list[CollectForm],
        Meta(max_length=LINES_MAX, description="What is collected; everything else is sent."),
    ] = []
    payment: PaymentMeans = PaymentMeans()
    language: Annotated[str, Meta(pattern=r"^(fr|en)$(?!\n)", examples=["fr"])] = "en"
    return_url: ReturnUrl | None = None


Instead = Annotated[
    str,
    Meta(
        max_length=50,
        description="SKU of another size or color of the piece, to go out for it: set "
        "aside at once, at what was paid.",
    ),
]


class ReturnLineForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Units of a line that come back, and why."""

    line: Annotated[str, Meta(max_length=40, description="Id of the order's line.")]
    quantity: Quantity = 1
    reason: Annotated[
        Literal[
            "too_small",
            "too_large",
            "not_as_shown",
            "damaged",
            "wrong_piece",
            "changed_mind",
            "late",
            "gift",
            "other",
        ],
        Meta(description="Why the units come back."),
    ]
    words: Words | None = None
    instead: Instead | None = None


class ReturnForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What comes back, and how."""

    way: Annotated[
        Literal["post", "boutique"],
        Meta(description="By post, or brought to any boutique."),
    ]
    lines: Annotated[tuple[ReturnLineForm, ...], Meta(min_length=1, max_length=LINES_MAX)]


Form = TypeVar("Form", bound=Struct)


def read(body: bytes, form: type[Form]) -> Form:
    """Read a body as a form, strictly: `"500"` is not a number.

    Raises `BodyUnreadable`, `BodyInvalid`.
    """
    try:
        return msgspec.json.decode(body or b"{}", type=form, strict=True)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `")
        told = {"field": place.rstrip("`").removeprefix("$.") or "$", "why": message}
        raise BodyInvalid("The body is not what this address takes.", errors=[told]) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BodyUnreadable("The body is no JSON that we can read.") from error
