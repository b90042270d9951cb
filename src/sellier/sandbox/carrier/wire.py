"""The JSON that the carrier takes and gives."""

from typing import Annotated, Literal

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Line = Annotated[str, msgspec.Meta(max_length=100)]
Url = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
Country = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
WeightG = Annotated[int, msgspec.Meta(ge=1, le=30_000)]


class Address(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Someone, and where they are."""

    name: Text
    lines: Annotated[tuple[Line, ...], msgspec.Meta(min_length=1, max_length=3)]
    postal_code: Annotated[str, msgspec.Meta(max_length=16)]
    city: Text
    country: Country
    phone: Annotated[str, msgspec.Meta(max_length=32)] | None = None


class NewShipment(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One parcel. `from` is a word of Python's, so the field has another name here."""

    reference: Text
    service: Literal["standard", "express"]
    sender: Address = msgspec.field(name="from")
    recipient: Address = msgspec.field(name="to")
    weight_g: WeightG
    notice_url: Url
    token: Text | None = None


class ScanAnswer(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    state: str
    at: str
    place: str


class ShipmentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    key: str
    tracking_number: str
    state: str
    service: str
    weight_g: int
    reference: str
    tracking_url: str
    events: list[ScanAnswer]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    items: list[ShipmentAnswer]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One event of one shipment, as a notice tells it."""

    key: str
    tracking_number: str
    event: ScanAnswer


class NoticeBody(msgspec.Struct, frozen=True, kw_only=True):
    type: str
    timestamp: str
    data: Told
