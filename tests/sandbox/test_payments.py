import socket
import time
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

import httpx
import pytest

from sellier.sandbox.server import PortTaken, create_app, serve
from tests.sandbox.fixtures import (
    API_KEY,
    SHOP,
    free_port,
    in_process,
    running_sandbox,
    sandbox_settings,
)

BODY: dict[str, object] = {
    "amount_minor": 500,
    "currency": "EUR",
    "reference": "M-1",
    "return_url": f"{SHOP}/return",
    "notice_url": f"{SHOP}/payments/notices",
}


@pytest.fixture
async def shop() -> AsyncGenerator[httpx.AsyncClient, None]:
    settings = sandbox_settings()
    async with httpx.AsyncClient(
        transport=in_process(settings),
        base_url=settings.public_url,
        headers={"authorization": f"Bearer {API_KEY}"},
    ) as client:
        yield client


async def create(
    shop: httpx.AsyncClient, changes: Mapping[str, object] | None = None, *, key: str = "k"
) -> httpx.Response:
    return await shop.post(
        "/v1/payments", json=BODY | dict(changes or {}), headers={"idempotency-key": key}
    )


async def test_the_same_key_and_body_is_the_same_payment(shop: httpx.AsyncClient) -> None:
    first, again = await create(shop), await create(shop)
    assert first.json() == again.json()
    assert len((await shop.get("/v1/payments")).json()["items"]) == 1


async def test_the_same_key_with_another_body_is_refused(shop: httpx.AsyncClient) -> None:
    await create(shop)
    answer = await create(shop, {"amount_minor": 501})
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_minor": 0},
        {"amount_minor": -1},
        {"amount_minor": 10**13},
        {"amount_minor": True},
        {"currency": "euro"},
        {"reference": ""},
        {"reference": "x" * 65},
        {"surprise": 1},
    ],
)
async def test_what_makes_no_sense_is_refused(
    shop: httpx.AsyncClient, changes: dict[str, object]
) -> None:
    assert (await create(shop, changes)).status_code == 400
    assert (await shop.get("/v1/payments")).json()["items"] == []


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b'"x"', b"[" * 10_000, b" " * 70_000, b"\xff"])
async def test_a_broken_body_is_refused(shop: httpx.AsyncClient, body: bytes) -> None:
    answer = await shop.post(
        "/v1/payments",
        content=body,
        headers={"idempotency-key": "k", "content-type": "application/json"},
    )
    assert answer.status_code in {400, 413}


@pytest.mark.parametrize("key", ["", "é", "x" * 65, "a\tb"])
async def test_a_payment_needs_a_plain_key(shop: httpx.AsyncClient, key: str) -> None:
    answer = await shop.post("/v1/payments", json=BODY, headers={b"idempotency-key": key.encode()})
    assert answer.status_code == 400


async def test_an_unknown_token_is_refused(shop: httpx.AsyncClient) -> None:
    assert (await create(shop, {"token": "tok_gold"})).json()["code"] == "token_unknown"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer another", API_KEY, "Bearer é"])
async def test_nothing_is_told_without_the_key(shop: httpx.AsyncClient, header: str) -> None:
    for path in ("/v1/payments", "/v1/payments/x"):
        answer = await shop.get(path, headers={b"authorization": header.encode()})
        assert answer.status_code == 401
        assert API_KEY not in answer.text


async def test_the_list_has_pages(shop: httpx.AsyncClient) -> None:
    made = [(await create(shop, key=str(i))).json() for i in range(3)]
    first = (await shop.get("/v1/payments?limit=2")).json()
    assert first["items"] == made[:2]
    rest = (await shop.get(f"/v1/payments?limit=2&after={first['next']}")).json()
    assert rest == {"items": made[2:], "next": None}
    assert (await shop.get("/v1/payments?limit=501")).status_code == 400


async def test_a_key_of_another_operation_is_refused(shop: httpx.AsyncClient) -> None:
    payment = (await create(shop, {"token": "tok_approve"})).json()
    path, headers = f"/v1/payments/{payment['id']}", {"idempotency-key": "op"}
    taken = await shop.post(f"{path}/capture", json={"amount_minor": 100}, headers=headers)
    assert taken.json()["captured_minor"] == 100
    other = await shop.post(f"{path}/refund", json={"amount_minor": 100}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


async def test_a_slow_answer_is_still_the_answer(shop: httpx.AsyncClient) -> None:
    answer = await create(shop, {"token": "tok_slow"})
    assert answer.json()["state"] == "authorized"
    assert answer.elapsed.total_seconds() >= 0.3


@pytest.mark.parametrize(
    "changes",
    [
        {"notice_secret": ""},
        {"notice_secret": "whsec_"},
        {"api_key": ""},
        {"allowed_origins": ("http://127.0.0.1:8000/",)},
        {"allowed_origins": ("*",)},
    ],
)
def test_the_sandbox_does_not_start_with_a_door_open(changes: dict[str, object]) -> None:
    with pytest.raises(Exception, match=r".+"):
        create_app(sandbox_settings(**changes))


def test_payments_outlive_a_restart(tmp_path: Path) -> None:
    headers = {"authorization": f"Bearer {API_KEY}", "idempotency-key": "k"}
    with running_sandbox(tmp_path) as sandbox:
        made = httpx.post(f"{sandbox.url}/v1/payments", json=BODY, headers=headers).json()
    with running_sandbox(tmp_path, port=sandbox.port) as sandbox:
        again = httpx.post(f"{sandbox.url}/v1/payments", json=BODY, headers=headers).json()
    assert again == made


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)):
            serve(
                home=tmp_path,
                port=free_port(),
                smtp_port=port,
                settings=sandbox_settings(),
            )


def test_a_request_that_hangs_does_not_keep_the_sandbox_from_stopping(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as sandbox:
        headers = {"authorization": f"Bearer {API_KEY}", "idempotency-key": "k"}
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(
                f"{sandbox.url}/v1/payments",
                json=BODY | {"token": "tok_hang"},
                headers=headers,
                timeout=0.2,
            )
        begun = time.monotonic()
    assert time.monotonic() - begun < 5
