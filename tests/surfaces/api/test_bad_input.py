"""What is refused before anything happens, and how it is told."""

import json
from typing import Any

import pytest

from tests.surfaces.api import make
from tests.surfaces.api.make import ADDRESS, SKU, Api


async def _send(cart: make.Cart, path: str, body: bytes, *, kind: str = "application/json") -> Any:
    return await cart.api.client.post(
        f"/api/v1/carts/{cart.id}{path}",
        content=body,
        headers={
            "content-type": kind,
            "idempotency-key": "k",
            "authorization": f"Bearer {cart.api.secret}",
        },
    )


LINES: list[tuple[bytes, int, str]] = [
    (b'{"sku": "A", "quantity": "1"}', 400, "api.body_invalid"),
    (b'{"sku": "A", "quantity": 1.0}', 400, "api.body_invalid"),
    (b'{"sku": "A", "quantity": 1e3}', 400, "api.body_invalid"),
    (b'{"sku": "A", "quantity": true}', 400, "api.body_invalid"),
    (b'{"sku": "A", "quantity": null}', 400, "api.body_invalid"),
    (b'{"sku": "A", "quantity": 0}', 400, "api.body_invalid"),
    (b'{"sku": "A", "quantity": -1}', 400, "api.body_invalid"),
    (b'{"sku": "A", "quantity": 100}', 400, "api.body_invalid"),
    (b'{"sku": "A", "quantity": 99999999999999999999999}', 400, "api.body_invalid"),
    (b'{"sku": "A", "price": 1}', 400, "api.body_invalid"),
    (b'{"sku": 7}', 400, "api.body_invalid"),
    (b'{"sku": ""}', 400, "api.body_invalid"),
    (b'{"sku": "A\\u0000"}', 400, "api.body_invalid"),
    (b'{"sku": "A\\n"}', 400, "api.body_invalid"),
    (b"[]", 400, "api.body_invalid"),
    (b"null", 400, "api.body_invalid"),
    (b"{}", 400, "api.body_invalid"),
    (b"", 400, "api.body_invalid"),
    (b'{"sku": "A"', 400, "api.body_unreadable"),
    (b'{"sku": NaN}', 400, "api.body_unreadable"),
    (b"\xff\xfe", 400, "api.body_unreadable"),
    (b'{"sku": "\xff"}', 400, "api.body_unreadable"),
    (b"[" * 60_000, 400, "api.body_invalid"),
    (b'{"x":' * 10_000, 400, "api.body_invalid"),
    (b'{"sku": "' + b"A" * 70_000 + b'"}', 413, "http.request_entity_too_large"),
]


@pytest.mark.parametrize(("body", "status", "code"), LINES, ids=lambda v: str(v)[:40])
async def test_a_body_that_is_wrong_is_refused(
    api: Api, *, body: bytes, status: int, code: str
) -> None:
    cart = await make.cart(api)

    answer = await _send(cart, "/lines", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert (await cart.api.get(f"/carts/{cart.id}")).json()["units"] == 1


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/xml"]
)
async def test_another_kind_of_body_is_refused(api: Api, kind: str) -> None:
    cart = await make.cart(api)

    answer = await _send(cart, "/lines", b'{"sku": "A"}', kind=kind)

    assert (answer.status_code, answer.json()["code"]) == (415, "api.not_json")


@pytest.mark.parametrize(
    "change",
    [
        {"total": 1},
        {"version": "2"},
        {"email": "nobody"},
        {"email": "a@b.c\r\nBcc: d@e.f"},
        {"language": "de"},
        {"payment": {"token": "tok approve"}},
        {"payment": {"amount_minor": 1}},
        {"address": {**ADDRESS, "name": "A\u0000"}},
        {"address": {**ADDRESS, "country": "fr"}},
        {"address": {**ADDRESS, "city": "x" * 61}},
        {"address": None},
        {"return_url": "javascript:alert(1)"},
    ],
    ids=str,
)
async def test_a_checkout_that_is_wrong_is_refused(api: Api, change: dict[str, Any]) -> None:
    cart = await make.cart(api)

    answer = await _send(cart, "/checkout", json.dumps(cart.order(**change)).encode())

    assert (answer.status_code, answer.json()["code"]) == (400, "api.body_invalid")


async def test_another_country_is_refused(api: Api) -> None:
    cart = await make.cart(api)

    answer = await cart.check_out(address={**ADDRESS, "country": "JP"})

    assert (answer.status_code, answer.json()["code"]) == (422, "carts.cannot_deliver")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nothing", 404, "http.not_found"),
        ("/products/UNKNOWN", 404, "api.product_not_found"),
        ("/products/%00", 404, "api.product_not_found"),
        ("/products/ECLUSE-RED?lang=de", 400, "http.bad_request"),
        ("/products/ECLUSE-RED?market=JP", 422, "api.market_unknown"),
        ("/products/ECLUSE-RED?channel=x", 422, "api.channel_unknown"),
        ("/products/ECLUSE-RED?debug=1", 400, "api.query_unknown"),
        ("/locations?limit=101", 400, "http.bad_request"),
        ("/locations?limit=x", 400, "http.bad_request"),
        ("/locations?offset=-1", 400, "http.bad_request"),
        ("/locations?country=fr", 400, "http.bad_request"),
        ("/locations/nowhere", 404, "api.location_not_found"),
        ("/availability", 400, "http.bad_request"),
        ("/availability?" + "&".join(f"sku={n}" for n in range(51)), 400, "http.bad_request"),
    ],
)
async def test_an_address_that_is_wrong_is_told(
    api: Api, *, path: str, status: int, code: str
) -> None:
    answer = await api.client.get(f"/api/v1{path}")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert "http://" not in answer.json()["detail"]


async def test_a_method_that_is_wrong_is_told_with_those_that_are_right(api: Api) -> None:
    answer = await api.client.delete("/api/v1/carts")

    assert (answer.status_code, answer.json()["code"]) == (405, "http.method_not_allowed")
    assert "POST" in answer.headers["allow"]


async def test_unknown_skus_are_nowhere(api: Api) -> None:
    answer = await api.client.get("/api/v1/availability", params={"sku": [SKU, "x", "a\0b"]})

    assert [one["units"] for one in answer.json()["availability"]] == [5, 0, 0]
