import asyncio
import json
import sqlite3
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sellier.sandbox import notices
from sellier.sandbox.carrier import book, label, rules
from sellier.sandbox.carrier.values import Move, Shipment, State
from sellier.sandbox.errors import AlreadyMoving, MoveForbidden, ShipmentUnknown
from sellier.sandbox.store import Store
from sellier.sandbox.values import Sender
from tests.sandbox.fixtures import CARRIER_KEY, SHOP, in_process, sandbox_settings
from tests.sandbox.make import ADDRESS, BODY, address, new_shipment

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SETTINGS = sandbox_settings(pickup_s=30, step_s=10)


@pytest.fixture
def store() -> Store:
    return Store(None)


@pytest.fixture
async def shop() -> AsyncGenerator[httpx.AsyncClient, None]:
    settings = sandbox_settings()
    async with httpx.AsyncClient(
        transport=in_process(settings),
        base_url=f"{settings.public_url}/carrier",
        headers={"authorization": f"Bearer {CARRIER_KEY}"},
    ) as client:
        yield client


async def create(
    shop: httpx.AsyncClient, changes: Mapping[str, object] | None = None, *, key: str = "k"
) -> httpx.Response:
    body = BODY | dict(changes or {})
    return await shop.post("/v1/shipments", json=body, headers={"idempotency-key": key})


def labeled(store: Store, *, token: str | None = None, key: str = "k") -> Shipment:
    asked = new_shipment(token=token)
    shipment, _ = book.create(store, key=key, asked=asked, settings=SETTINGS, now=NOW)
    return shipment


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def travel(store: Store, *, until_s: int = 200) -> Sequence[tuple[int, str]]:
    """Let the clock run and say what happened when."""
    for second in range(0, until_s, 5):
        book.move_due(store, settings=SETTINGS, now=at(second))
    (shipment,) = book.recent(store)
    return [(int((scan.at - NOW).total_seconds()), scan.state.value) for scan in shipment.scans]


# The API


async def test_the_same_key_and_body_is_the_same_shipment(shop: httpx.AsyncClient) -> None:
    first, again = await create(shop), await create(shop)
    assert first.json() == again.json()
    assert first.json()["state"] == "labeled"
    found = (await shop.get("/v1/shipments", params={"key": "k"})).json()["items"]
    assert found == [first.json()]
    assert (await shop.get(f"/v1/shipments/{first.json()['id']}")).json() == first.json()


async def test_the_same_key_with_another_body_is_refused(shop: httpx.AsyncClient) -> None:
    await create(shop)
    answer = await create(shop, {"weight_g": 1_241})
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")


async def test_the_key_of_the_payment_provider_does_not_open_the_carrier() -> None:
    settings = sandbox_settings()
    async with httpx.AsyncClient(transport=in_process(settings)) as client:
        url = f"{settings.public_url}/carrier/v1/shipments?key=k"
        for key in (settings.api_key, ""):
            answer = await client.get(url, headers={"authorization": f"Bearer {key}"})
            assert answer.status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"weight_g": 0},
        {"weight_g": 30_001},
        {"weight_g": 1.5},
        {"service": "teleport"},
        {"to": ADDRESS | {"lines": []}},
        {"to": ADDRESS | {"country": "fr"}},
        {"to": ADDRESS | {"name": ""}},
        {"surprise": True},
        {"notice_url": "http://127.0.0.1:8000.example.org/"},
        {"token": "tok_unheard_of"},
    ],
)
async def test_a_wish_that_makes_no_sense_is_refused(
    shop: httpx.AsyncClient, changes: dict[str, object]
) -> None:
    answer = await create(shop, changes)
    assert answer.status_code in {400, 422}
    assert (await shop.get("/v1/shipments", params={"key": "k"})).json()["items"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"token": "tok_refuse"},
        {"to": ADDRESS | {"lines": ["12, rue des Tanneurs", "TOK_REFUSE"]}},
        {"to": ADDRESS | {"country": "AQ"}},
    ],
)
async def test_an_address_can_be_refused_by_token_by_what_is_typed_and_by_country(
    shop: httpx.AsyncClient, changes: dict[str, object]
) -> None:
    answer = await create(shop, changes)
    assert (answer.status_code, answer.json()["code"]) == (422, "address_refused")


async def test_a_slow_a_broken_and_a_hanging_answer_have_labeled_the_parcel(
    shop: httpx.AsyncClient,
) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    assert (await create(shop, {"token": "tok_slow"}, key="slow")).status_code == 200
    assert loop.time() - begun >= 0.3
    assert (await create(shop, {"token": "tok_error"}, key="broken")).status_code == 500
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await create(shop, {"token": "tok_hang"}, key="hanging")
    for key in ("slow", "broken", "hanging"):
        items = (await shop.get("/v1/shipments", params={"key": key})).json()["items"]
        assert [item["key"] for item in items] == [key]
    # Asked again, the same question gets its answer.
    assert (await create(shop, {"token": "tok_error"}, key="broken")).status_code == 200


async def test_a_label_is_a_pdf_and_always_the_same_one(shop: httpx.AsyncClient) -> None:
    shipment = (await create(shop)).json()
    path = f"/v1/shipments/{shipment['id']}/label"
    first, again = await shop.get(path), await shop.get(path)
    assert first.headers["content-type"] == "application/pdf"
    assert first.content.startswith(b"%PDF-")
    assert first.content == again.content
    assert len(first.content) < 60_000


async def test_a_shipment_that_was_not_picked_up_is_canceled_once(
    shop: httpx.AsyncClient,
) -> None:
    shipment = (await create(shop)).json()
    path = f"/v1/shipments/{shipment['id']}/cancellation"
    first, again = await shop.post(path), await shop.post(path)
    assert first.json() == again.json()
    assert [event["state"] for event in first.json()["events"]] == ["labeled", "canceled"]


# What happens to a shipment


def test_a_parcel_is_delivered_a_minute_after_its_label(store: Store) -> None:
    labeled(store)
    assert travel(store) == [
        (0, "labeled"),
        (30, "picked_up"),
        (40, "in_transit"),
        (50, "out_for_delivery"),
        (60, "delivered"),
    ]


@pytest.mark.parametrize(
    ("token", "ends"),
    [
        ("tok_attempt", ["failed_attempt", "out_for_delivery", "delivered"]),
        ("tok_return", ["failed_attempt", "returned"]),
        ("tok_lost", ["in_transit", "lost"]),
        ("tok_still", ["labeled"]),
    ],
)
def test_a_token_decides_how_a_journey_ends(store: Store, token: str, ends: list[str]) -> None:
    labeled(store, token=token)
    assert [state for _, state in travel(store)][-len(ends) :] == ends


def test_without_steps_nothing_moves_by_itself(store: Store) -> None:
    settings = sandbox_settings(pickup_s=0, step_s=0)
    asked = new_shipment()
    shipment, _ = book.create(store, key="k", asked=asked, settings=settings, now=NOW)
    assert shipment.next_at is None
    assert book.move_due(store, settings=settings, now=at(9_999)) == 0


def test_a_shipment_on_its_way_cannot_be_canceled(store: Store) -> None:
    shipment = labeled(store)
    travel(store, until_s=35)
    with pytest.raises(AlreadyMoving):
        book.cancel(store, shipment_id=shipment.id, settings=SETTINGS, now=at(40))
    assert book.get(store, shipment_id=shipment.id).state is State.PICKED_UP


def test_a_canceled_shipment_goes_nowhere(store: Store) -> None:
    shipment = labeled(store)
    book.cancel(store, shipment_id=shipment.id, settings=SETTINGS, now=at(1))
    assert [state for _, state in travel(store)] == ["labeled", "canceled"]
    with pytest.raises(MoveForbidden):
        move(store, shipment, Move.NEXT)


def move(store: Store, shipment: Shipment, made: Move) -> State:
    return book.move(store, shipment_id=shipment.id, made=made, settings=SETTINGS, now=at(1)).state


def test_by_hand_a_parcel_is_lost_found_and_sent_back(store: Store) -> None:
    shipment = labeled(store)
    with pytest.raises(MoveForbidden):
        move(store, shipment, Move.LOSE)
    made = [Move.NEXT, Move.LOSE, Move.NEXT, Move.NEXT, Move.FAIL, Move.SEND_BACK]
    assert [move(store, shipment, each) for each in made] == [
        State.PICKED_UP,
        State.LOST,
        State.IN_TRANSIT,
        State.OUT_FOR_DELIVERY,
        State.FAILED_ATTEMPT,
        State.RETURNED,
    ]
    assert rules.moves(State.RETURNED) == []
    assert book.move_due(store, settings=SETTINGS, now=at(9_999)) == 0


async def test_shipments_move_by_themselves(store: Store) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    settings = sandbox_settings(pickup_s=0.05, step_s=0.02)
    moving = asyncio.create_task(
        book.keep_moving(store, settings=settings, clock=lambda: at(loop.time() - begun))
    )
    await asyncio.sleep(0.01)
    asked = new_shipment()
    book.create(store, key="k", asked=asked, settings=settings, now=at(loop.time() - begun))
    async with asyncio.timeout(5):
        changed = store.news()
        while book.recent(store)[0].state is not State.DELIVERED:
            await changed.wait()
            changed.clear()
    moving.cancel()
    await asyncio.wait([moving])


# Notices


async def heard(store: Store, *, until_s: int = 200) -> Sequence[dict[str, object]]:
    """Let the clock run and say what the shop is told, in the order it arrives."""
    told: list[dict[str, object]] = []

    def shop(request: httpx.Request) -> httpx.Response:
        told.append(json.loads(request.content) | {"id": request.headers["webhook-id"]})
        return httpx.Response(204)

    async with httpx.AsyncClient(transport=httpx.MockTransport(shop)) as client:
        for second in range(until_s):
            book.move_due(store, settings=SETTINGS, now=at(second))
            await notices.deliver_due(store, client=client, settings=SETTINGS, now=at(second))
    return told


def numbers(told: Sequence[dict[str, object]]) -> Sequence[int]:
    return [each["data"]["event"]["number"] for each in told]  # type: ignore[index]  # JSON


async def test_every_event_is_told_in_order(store: Store) -> None:
    labeled(store)
    told = await heard(store)
    assert numbers(told) == [1, 2, 3, 4, 5]
    assert told[-1]["type"] == "shipment.delivered"


async def test_notices_come_twice_when_asked_for(store: Store) -> None:
    labeled(store, token="tok_twice")
    told = await heard(store)
    assert numbers(told) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert len({each["id"] for each in told}) == 5


async def test_notices_overtake_each_other_when_asked_to(store: Store) -> None:
    labeled(store, token="tok_shuffled")
    told = numbers(await heard(store))
    assert sorted(told) == [1, 2, 3, 4, 5]
    assert told.index(4) < told.index(3)


def test_a_crash_between_event_and_notice_is_impossible(store: Store) -> None:
    with store.transaction() as db:
        db.execute("ALTER TABLE notice RENAME TO lost")
    with pytest.raises(sqlite3.OperationalError):
        labeled(store)
    assert book.recent(store) == []


def test_an_older_file_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sqlite"
    old = sqlite3.connect(path)
    old.executescript(
        "CREATE TABLE notice (seq INTEGER PRIMARY KEY, id TEXT, payment_id TEXT, type TEXT,"
        " url TEXT, body TEXT, copies INTEGER, attempts INTEGER, due_at REAL, state TEXT,"
        " last_answer TEXT);"
        "INSERT INTO notice VALUES (1, 'msg_1', 'pay_1', 'payment.refused', 'u', '{}', 1, 0, 0,"
        " 'waiting', NULL);"
    )
    old.close()
    for _ in range(2):
        store = Store(path)
        (notice,) = notices.recent(store)
        assert (notice.about, notice.sender) == ("pay_1", Sender.PAYMENTS)
        store.close()


# Pages


async def test_a_person_decides_at_the_desk_what_happens(shop: httpx.AsyncClient) -> None:
    shipment = (await create(shop)).json()
    page = (await shop.get("", params={"lang": "fr"})).text
    assert "Événement suivant" in page
    assert rules.spaced(shipment["tracking_number"]) in page
    moves = f"/shipments/{shipment['id']}/moves"
    answer = await shop.post(f"{moves}?lang=fr", data={"move": "next"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/carrier?lang=fr")
    assert (await shop.post(moves, data={"move": "fail"})).status_code == 409
    assert (await shop.post(moves, data={"move": "vanish"})).status_code == 400
    foreign = {"sec-fetch-site": "cross-site"}
    assert (await shop.post(moves, data={"move": "next"}, headers=foreign)).status_code == 403
    now = (await shop.get(f"/v1/shipments/{shipment['id']}")).json()
    assert now["state"] == "picked_up"
    label_page = await shop.get(f"/shipments/{shipment['id']}/label")
    assert label_page.content.startswith(b"%PDF-")


async def test_anyone_with_the_number_sees_where_a_parcel_is_and_not_for_whom(
    shop: httpx.AsyncClient,
) -> None:
    shipment = (await create(shop)).json()
    answer = await shop.get(shipment["tracking_url"], params={"lang": "fr"})
    assert answer.status_code == 200
    assert "Votre colis est annoncé" in answer.text
    assert "Maréchal" not in answer.text
    assert "Tanneurs" not in answer.text
    unknown = shipment["tracking_url"][:-1] + "X"
    assert (await shop.get(unknown)).status_code == 404


def test_a_number_that_nobody_gave_is_unknown(store: Store) -> None:
    with pytest.raises(ShipmentUnknown):
        book.by_number(store, number="PT00000000000")


# Labels and numbers


@given(st.text("0123456789", min_size=10, max_size=10), st.integers(0, 8))
def test_two_neighbors_swapped_are_another_number(digits: str, place: int) -> None:
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    zero_and_nine = {digits[place], digits[place + 1]} == {"0", "9"}  # what this check misses
    if swapped != digits and not zero_and_nine:
        assert rules.tracking_number(digits)[-1] != rules.tracking_number(swapped)[-1]


@given(st.text(max_size=60))
def test_whatever_the_name_a_printer_can_write_it(name: str) -> None:
    rules.printable(name).encode("cp1252")


def test_letters_keep_what_can_be_kept() -> None:
    assert rules.printable("Łukasz Žižková, Œuvre d'été") == "Lukasz Žižková, Œuvre d'été"
    assert rules.printable("Nguyễn 東京") == "Nguyen .."


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=1, max_size=100), st.text(max_size=100), st.text(max_size=16))
def test_whatever_the_address_there_is_a_label(name: str, line: str, code: str) -> None:
    store = Store(None)
    to = address(name=name, lines=(line, line, line), postal_code=code, city=name)
    asked = new_shipment(token="tok_usual", to=to)
    shipment, _ = book.create(store, key="k", asked=asked, settings=SETTINGS, now=NOW)
    assert label.label(shipment, public_url=SHOP).startswith(b"%PDF-")
