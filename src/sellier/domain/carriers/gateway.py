"""The one door to the carrier. Every failure leaves it as one of our named errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Protocol, runtime_checkable
from uuid import UUID

import httpx
import msgspec

from sellier.domain.carriers.errors import (
    AddressNotServed,
    AlreadyMoving,
    CarrierAnswerUnreadable,
    CarrierRefused,
    CarrierUnavailable,
)
from sellier.domain.carriers.rules.tracking import CarrierParcel, Party, Sending, TrackingEvent
from sellier.domain.carriers.states import TrackingState
from sellier.infra import notices
from sellier.infra.exchange import Failures, Outside
from sellier.infra.keys import Keys, SandboxKeys
from sellier.infra.notices import NoticeSecret, NoticeUnreadable
from sellier.infra.settings import Settings
from sellier.kernel.ids import ParcelId

PDF: Final = "application/pdf"
REFUSALS: Final[Mapping[str, type[CarrierRefused]]] = {
    "address_refused": AddressNotServed,
    "already_moving": AlreadyMoving,
}
FAILURES: Final = Failures(
    unavailable=CarrierUnavailable,
    unreadable=CarrierAnswerUnreadable,
    refused=lambda says, reason: REFUSALS.get(reason, CarrierRefused)(says, reason=reason),
)


@runtime_checkable
class Carrier(Protocol):
    """What we need of any carrier. Call it outside transactions only.

    Each method raises `CarrierUnavailable` when the outcome is unknown (ask again with the same
    key) and a `CarrierRefused` when it is final.
    """

    async def create(self, *, sending: Sending, notice_url: str) -> CarrierParcel: ...

    async def label(self, *, carrier_id: str) -> bytes: ...

    async def cancel(self, *, carrier_id: str) -> CarrierParcel: ...

    async def find(self, *, parcel_id: ParcelId) -> CarrierParcel | None: ...


Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class _Event(msgspec.Struct, frozen=True, kw_only=True):
    """Unknown members are let through, here and below: payloads grow."""

    number: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    state: TrackingState
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    place: Annotated[str, msgspec.Meta(max_length=100)]


class _Parcel(msgspec.Struct, frozen=True, kw_only=True):
    id: Name
    key: Name
    tracking_number: Annotated[str, msgspec.Meta(pattern="^[A-Z0-9]{6,40}$")]
    tracking_url: Annotated[str, msgspec.Meta(pattern="^https?://[!-~]{1,500}$")]
    events: Annotated[list[_Event], msgspec.Meta(min_length=1, max_length=1_000)]


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    items: list[_Parcel]


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    key: UUID
    tracking_number: Annotated[str, msgspec.Meta(pattern="^[A-Z0-9]{6,40}$")]
    event: _Event


class _Notice(msgspec.Struct, frozen=True, kw_only=True):
    type: Name
    data: _Told


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCarrier(Outside):
    """The carrier over HTTP. The client is shared, so connections are too."""

    failures: Failures = FAILURES

    async def create(self, *, sending: Sending, notice_url: str) -> CarrierParcel:
        """Have a parcel labeled. The parcel id is the key: asking twice makes one label."""
        body: dict[str, object] = {
            "reference": sending.reference,
            "service": sending.service,
            "from": _party(sending.origin),
            "to": _party(sending.destination),
            "weight_g": sending.weight_g,
            "notice_url": notice_url,
        }
        answer = await self.ask("POST", "/v1/shipments", key=str(sending.parcel_id), body=body)
        return _parcel(self.read(answer, _Parcel))

    async def label(self, *, carrier_id: str) -> bytes:
        """Fetch the label as PDF, as often as a printer asks for it."""
        path = f"/v1/shipments/{self.part(carrier_id)}/label"
        label = await self.ask("GET", path, accept=PDF)
        if not label.startswith(b"%PDF-"):
            raise CarrierAnswerUnreadable("The label is not a PDF.")
        return label

    async def cancel(self, *, carrier_id: str) -> CarrierParcel:
        """Take a label back; raises `AlreadyMoving` once the carrier has the parcel."""
        path = f"/v1/shipments/{self.part(carrier_id)}/cancellation"
        return _parcel(self.read(await self.ask("POST", path), _Parcel))

    async def find(self, *, parcel_id: ParcelId) -> CarrierParcel | None:
        """Ask by our own id, which is how an unknown outcome and a lost notice become known."""
        answer = await self.ask("GET", f"/v1/shipments?key={parcel_id}")
        found = self.read(answer, _Page).items
        return _parcel(found[0]) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One event of one parcel that the carrier signed. It may come again, and in any order."""

    id: str
    sent_at: datetime
    parcel_id: ParcelId
    tracking_number: str
    event: TrackingEvent


def verify_notice(
    *, headers: Mapping[str, str], body: bytes, secret: NoticeSecret, now: datetime
) -> Notice:
    """Return the notice if the carrier signed exactly these bytes within five minutes.

    Raises a `NoticeRejected`, which tells nothing of the signature expected.
    """
    signed = notices.verify(headers=headers, body=body, secret=secret, now=now)
    told = notices.read(signed, _Notice)
    if told.type != f"shipment.{told.data.event.state}":
        raise NoticeUnreadable("The notice is signed but says two things.")
    return Notice(
        id=signed.id,
        sent_at=signed.sent_at,
        parcel_id=ParcelId(told.data.key),
        tracking_number=told.data.tracking_number,
        event=_event(told.data.event),
    )


def _party(party: Party) -> dict[str, object]:
    return {
        "name": party.name,
        "lines": party.lines,
        "postal_code": party.postal_code,
        "city": party.city,
        "country": party.country,
        "phone": party.phone,
    }


def _parcel(told: _Parcel) -> CarrierParcel:
    return CarrierParcel(
        id=told.id,
        key=told.key,
        tracking_number=told.tracking_number,
        tracking_url=told.tracking_url,
        events=tuple(_event(event) for event in told.events),
    )


def _event(told: _Event) -> TrackingEvent:
    return TrackingEvent(number=told.number, state=told.state, at=told.at, place=told.place)


def sandbox_keys(keys: Keys) -> SandboxKeys:
    """Derive what both sides of the sandbox need to know."""
    return keys.sandbox(api="sandbox:carrier", notices="sandbox:carrier-notices")


def carrier_of(settings: Settings, *, keys: Keys, client: httpx.AsyncClient) -> Carrier:
    """Return the carrier of this deployment; without a key of its own, it is the sandbox's."""
    return HttpCarrier(
        client=client,
        base_url=settings.carrier_address,
        api_key=settings.carrier_key or sandbox_keys(keys).api_key,
    )


def notice_secret_of(settings: Settings, *, keys: Keys) -> NoticeSecret:
    """Return the secret that this deployment's carrier signs its notices with."""
    return NoticeSecret(settings.carrier_notice_secret or sandbox_keys(keys).notice_secret)
