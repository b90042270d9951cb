"""What the carrier is asked, with a default for everything."""

from sellier.sandbox.carrier import wire
from tests.sandbox.fixtures import SHOP

ADDRESS: dict[str, object] = {
    "name": "Léonie Maréchal",
    "lines": ["12, rue des Tanneurs", "Escalier B"],
    "postal_code": "69001",
    "city": "Lyon",
    "country": "FR",
    "phone": "+33 6 00 00 00 00",
}
BODY: dict[str, object] = {
    "reference": "M-2026-000042",
    "service": "express",
    "from": ADDRESS | {"name": "Maison Aubrac", "city": "Paris", "postal_code": "75003"},
    "to": ADDRESS,
    "weight_g": 1_240,
    "notice_url": f"{SHOP}/carriers/notices",
}


def address(**changes: object) -> wire.Address:
    return wire.Address(**(ADDRESS | {"lines": ("12, rue des Tanneurs", "Escalier B")} | changes))  # type: ignore[arg-type]  # checked by the call


def new_shipment(*, token: str | None = None, to: wire.Address | None = None) -> wire.NewShipment:
    return wire.NewShipment(
        reference="M-2026-000042",
        service="express",
        sender=address(name="Maison Aubrac", city="Paris", postal_code="75003"),
        recipient=to or address(),
        weight_g=1_240,
        notice_url=f"{SHOP}/carriers/notices",
        token=token,
    )
