"""Typed identifiers. Rows use UUIDv7; a SKU is the code printed on the tag."""

import base64
import binascii
import secrets
import time
from typing import NewType
from uuid import UUID

Sku = NewType("Sku", str)
BannerId = NewType("BannerId", UUID)
BrandId = NewType("BrandId", UUID)
CartId = NewType("CartId", UUID)
CategoryId = NewType("CategoryId", UUID)
ChannelId = NewType("ChannelId", UUID)
ClosureChoiceId = NewType("ClosureChoiceId", UUID)
ClosureId = NewType("ClosureId", UUID)
FulfillmentId = NewType("FulfillmentId", UUID)
LegalEntityId = NewType("LegalEntityId", UUID)
LocationId = NewType("LocationId", UUID)
MaisonId = NewType("MaisonId", UUID)
MarketId = NewType("MarketId", UUID)
OrderId = NewType("OrderId", UUID)
OrderLineId = NewType("OrderLineId", UUID)
ParcelId = NewType("ParcelId", UUID)
PaymentId = NewType("PaymentId", UUID)
PaymentOperationId = NewType("PaymentOperationId", UUID)
ProductId = NewType("ProductId", UUID)
PurchaseOrderId = NewType("PurchaseOrderId", UUID)
ReservationId = NewType("ReservationId", UUID)
ReturnId = NewType("ReturnId", UUID)
ReturnLineId = NewType("ReturnLineId", UUID)
RuleSetId = NewType("RuleSetId", UUID)
SellerId = NewType("SellerId", UUID)
StaffId = NewType("StaffId", UUID)
StockCountId = NewType("StockCountId", UUID)
StyleColorId = NewType("StyleColorId", UUID)
TransferId = NewType("TransferId", UUID)
WebhookDeliveryId = NewType("WebhookDeliveryId", UUID)
WebhookEndpointId = NewType("WebhookEndpointId", UUID)
WebhookMessageId = NewType("WebhookMessageId", UUID)


def new_id() -> UUID:
    """Return a UUIDv7: it sorts by creation time, so indexes stay compact.

    Replace by `uuid.uuid7` once the floor is Python 3.14.
    """
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def public_id(prefix: str, row_id: UUID) -> str:
    """Write a row id as the outside sees it: `ord_` and 26 letters of base 32."""
    letters = base64.b32encode(row_id.bytes).decode().rstrip("=").lower()
    return f"{prefix}_{letters}"


def row_id(prefix: str, text: str) -> UUID | None:
    """Read a public id back, or None when `text` is not one with this prefix."""
    head, _, letters = text.partition("_")
    if head != prefix or len(letters) != 26:  # noqa: PLR2004  16 bytes are 26 letters of base 32
        return None
    try:
        return UUID(bytes=base64.b32decode(letters.upper() + "======"))
    except (binascii.Error, ValueError):
        return None


# SQLAlchemy asks for every NewType it stores to be listed.
CODES = (Sku,)
ROW_IDS = (
    BannerId,
    BrandId,
    CartId,
    CategoryId,
    ChannelId,
    ClosureChoiceId,
    ClosureId,
    FulfillmentId,
    LegalEntityId,
    LocationId,
    MaisonId,
    MarketId,
    OrderId,
    OrderLineId,
    ParcelId,
    PaymentId,
    PaymentOperationId,
    ProductId,
    PurchaseOrderId,
    ReservationId,
    ReturnId,
    ReturnLineId,
    RuleSetId,
    SellerId,
    StaffId,
    StockCountId,
    StyleColorId,
    TransferId,
    WebhookDeliveryId,
    WebhookEndpointId,
    WebhookMessageId,
)
