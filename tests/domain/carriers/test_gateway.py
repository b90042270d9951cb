import json
from collections.abc import AsyncGenerator, Generator
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest
from standardwebhooks import Webhook

from sellier.domain.carriers.errors import (
    AddressNotServed,
    AlreadyMoving,
    CarrierAnswerUnreadable,
    CarrierRefused,
    CarrierUnavailable,
)
from sellier.domain.carriers.gateway import Carrier, HttpCarrier, Notice, verify_notice
from sellier.domain.carriers.rules.tracking import CarrierParcel, TrackingEvent
from sellier.domain.carriers.states import TrackingState
from sellier.infra.notices import NoticeForged, NoticeRejected, NoticeSecret, NoticeUnreadable
from sellier.kernel.ids import ParcelId, new_id
from tests.domain.carriers.make import sending
from tests.sandbox.fixtures import (
    CARRIER_KEY,
    CARRIER_SECRET,
    NOTICE_SECRET,
    SHOP,
    in_process,
    running_sandbox,
    sandbox_settings,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NOTICE_URL = f"{SHOP}/carriers/notices"
SECRET = NoticeSecret(CARRIER_SECRET)


@pytest.fixture(scope="module")
def socket_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str, None, None]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox.url


@pytest.fixture(params=["in process", "over a socket"])
async def carrier(request: pytest.FixtureRequest) -> AsyncGenerator[HttpCarrier, None]:
    """The contract holds wherever the carrier runs, so every test here runs twice."""
    if request.param == "in process":
        given = sandbox_settings()
        transport: httpx.AsyncBaseTransport = in_process(given)
        url = given.public_url
    else:
        transport, url = httpx.AsyncHTTPTransport(), request.getfixturevalue("socket_url")
    async with httpx.AsyncClient(transport=transport) as client:
        yield HttpCarrier(
            client=client, base_url=f"{url}/carrier", api_key=CARRIER_KEY, deadline_s=1.0
        )


async def label(carrier: Carrier, *, typed: str = "", weight_g: int = 900) -> CarrierParcel:
    """Have a parcel labeled; a test token may be typed into its address, as a person would."""
    return await carrier.create(
        sending=sending(line2=typed, weight_g=weight_g), notice_url=NOTICE_URL
    )


async def test_a_parcel_gets_a_number_and_a_label(carrier: HttpCarrier) -> None:
    wanted = sending()
    parcel = await carrier.create(sending=wanted, notice_url=NOTICE_URL)
    assert parcel.key == str(wanted.parcel_id)
    assert parcel.tracking_number in parcel.tracking_url
    assert [event.state for event in parcel.events] == [TrackingState.LABELED]
    assert (await carrier.label(carrier_id=parcel.id)).startswith(b"%PDF-")


async def test_asking_twice_makes_one_label(carrier: HttpCarrier) -> None:
    wanted = sending()
    first = await carrier.create(sending=wanted, notice_url=NOTICE_URL)
    assert await carrier.create(sending=wanted, notice_url=NOTICE_URL) == first
    assert await carrier.find(parcel_id=wanted.parcel_id) == first
    other = sending(parcel_id=wanted.parcel_id, weight_g=901)
    with pytest.raises(CarrierRefused) as refused:
        await carrier.create(sending=other, notice_url=NOTICE_URL)
    assert refused.value.reason == "key_reused"


async def test_a_label_is_taken_back_as_often_as_one_asks(carrier: HttpCarrier) -> None:
    parcel = await label(carrier)
    canceled = await carrier.cancel(carrier_id=parcel.id)
    assert canceled.events[-1].state is TrackingState.CANCELED
    assert await carrier.cancel(carrier_id=parcel.id) == canceled


async def test_a_parcel_that_the_carrier_has_is_not_taken_back(carrier: HttpCarrier) -> None:
    parcel = await label(carrier)
    desk = f"{carrier.base_url}/shipments/{parcel.id}/moves"
    assert (await carrier.client.post(desk, data={"move": "next"})).status_code == 303
    with pytest.raises(AlreadyMoving):
        await carrier.cancel(carrier_id=parcel.id)


async def test_where_the_carrier_does_not_go_is_final(carrier: HttpCarrier) -> None:
    with pytest.raises(AddressNotServed):
        await label(carrier, typed="tok_refuse")


@pytest.mark.parametrize("token", ["tok_error", "tok_hang"])
async def test_an_unknown_outcome_becomes_known_by_our_own_id(
    carrier: HttpCarrier, token: str
) -> None:
    wanted = sending(line2=token)
    with pytest.raises(CarrierUnavailable):
        await carrier.create(sending=wanted, notice_url=NOTICE_URL)
    found = await carrier.find(parcel_id=wanted.parcel_id)
    assert found is not None
    assert await carrier.create(sending=wanted, notice_url=NOTICE_URL) == found


async def test_a_parcel_never_labeled_is_not_found(carrier: HttpCarrier) -> None:
    assert await carrier.find(parcel_id=ParcelId(new_id())) is None


async def test_a_wrong_api_key_is_final(carrier: HttpCarrier) -> None:
    stranger = HttpCarrier(client=carrier.client, base_url=carrier.base_url, api_key="another")
    with pytest.raises(CarrierRefused, match="401"):
        await stranger.find(parcel_id=ParcelId(new_id()))


def answering(response: httpx.Response) -> HttpCarrier:
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: response))
    return HttpCarrier(client=client, base_url="http://carrier", api_key="key")


EVENT: dict[str, object] = {
    "number": 1,
    "state": "labeled",
    "at": "2026-11-23T09:00:00+00:00",
    "place": "Paris",
}


def told(**changes: object) -> dict[str, object]:
    return {
        "id": "shp_1",
        "key": "k",
        "tracking_number": "PT12345678903",
        "tracking_url": "http://carrier/track/PT12345678903",
        "events": [EVENT],
    } | changes


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, text="<html>maintenance</html>"),
        httpx.Response(200, json=told(events=[])),
        httpx.Response(200, json=told(events=[EVENT | {"state": "dancing"}])),
        httpx.Response(200, json=told(events=[EVENT | {"number": 0}])),
        httpx.Response(200, json=told(events=[EVENT | {"at": "2026-11-23T09:00:00"}])),
        httpx.Response(200, json=told(tracking_number="PT 1")),
        httpx.Response(200, json=told(tracking_url="javascript:alert(1)")),
        httpx.Response(200, text="[" * 200_000),
        httpx.Response(200, content=b" " * 2_000_000),
        httpx.Response(302, headers={"location": "http://elsewhere/"}),
        httpx.Response(204),
    ],
)
async def test_an_answer_outside_the_contract_leaves_the_outcome_unknown(
    response: httpx.Response,
) -> None:
    with pytest.raises(CarrierAnswerUnreadable):
        await label(answering(response))


async def test_a_label_that_is_no_pdf_is_not_printed() -> None:
    with pytest.raises(CarrierAnswerUnreadable):
        await answering(httpx.Response(200, text="<html>")).label(carrier_id="shp_1")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_a_tired_carrier_is_asked_again(status: int) -> None:
    with pytest.raises(CarrierUnavailable):
        await label(answering(httpx.Response(status)))


async def test_an_id_from_outside_never_chooses_another_address() -> None:
    with pytest.raises(CarrierAnswerUnreadable):
        await answering(httpx.Response(200)).cancel(carrier_id="../../admin")


# Notices

NOTICE: dict[str, object] = {
    "type": "shipment.labeled",
    "timestamp": "2026-11-23T09:00:00+00:00",
    "data": {"key": str(UUID(int=7)), "tracking_number": "PT12345678903", "event": EVENT},
}


def signed(body: bytes, *, secret: str = CARRIER_SECRET) -> dict[str, str]:
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(NOW.timestamp())),
        "Webhook-Signature": Webhook(secret).sign("msg_1", NOW, body.decode()),
    }


def verify(given: dict[str, object], *, secret: str = CARRIER_SECRET) -> Notice:
    body = json.dumps(given).encode()
    return verify_notice(headers=signed(body, secret=secret), body=body, secret=SECRET, now=NOW)


def test_a_notice_signed_by_the_carrier_is_believed() -> None:
    assert verify(NOTICE) == Notice(
        id="msg_1",
        sent_at=NOW,
        parcel_id=ParcelId(UUID(int=7)),
        tracking_number="PT12345678903",
        event=TrackingEvent(number=1, state=TrackingState.LABELED, at=NOW, place="Paris"),
    )


def test_the_payment_provider_does_not_speak_for_the_carrier() -> None:
    with pytest.raises(NoticeForged):
        verify(NOTICE, secret=NOTICE_SECRET)


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "shipment.delivered"},
        {"data": {"key": "k", "tracking_number": "PT12345678903", "event": EVENT}},
        {"data": {"key": str(UUID(int=7)), "tracking_number": "", "event": EVENT}},
        {"data": None},
    ],
)
def test_a_signed_notice_that_makes_no_sense_is_unreadable(changes: dict[str, object]) -> None:
    with pytest.raises(NoticeUnreadable):
        verify(NOTICE | changes)


def test_a_notice_without_a_signature_is_refused() -> None:
    with pytest.raises(NoticeRejected):
        verify_notice(headers={}, body=json.dumps(NOTICE).encode(), secret=SECRET, now=NOW)
