"""Other people's ids: every address that belongs to someone, for everyone it does not belong to."""

from dataclasses import dataclass

import pytest

from sellier.kernel.ids import new_id, public_id
from sellier.surfaces.api.router import ENDPOINTS
from tests.surfaces.api import make
from tests.surfaces.api.make import ADDRESS, SKU, Api


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An address with an owner; `{}` is the place of the id."""

    method: str
    path: str
    of: str
    body: dict[str, object] | None = None


CHECKOUT: dict[str, object] = {
    "version": 2,
    "email": "eve@customer.example",
    "address": ADDRESS,
    "payment": {"token": "tok_approve"},
}
BACK: dict[str, object] = {
    "way": "post",
    "lines": [{"line": "line_a", "quantity": 1, "reason": "too_small"}],
}
ROUTES = [
    Route(method="GET", path="/carts/{}", of="cart"),
    Route(method="POST", path="/carts/{}/lines", of="cart", body={"sku": SKU}),
    Route(method="PUT", path="/carts/{}/lines/line_a", of="cart", body={"quantity": 1}),
    Route(method="DELETE", path="/carts/{}/lines/line_a", of="cart"),
    Route(method="PUT", path="/carts/{}/reservation", of="cart", body={"sku": SKU}),
    Route(method="POST", path="/carts/{}/checkout", of="cart", body=CHECKOUT),
    Route(method="GET", path="/orders/{}", of="ord"),
    Route(method="POST", path="/orders/{}/payment", of="ord", body={}),
    Route(method="POST", path="/orders/{}/returns", of="ord", body=BACK),
    Route(method="GET", path="/orders/{}/returns", of="ord"),
    Route(method="GET", path="/orders/{}/returns/ret_a", of="ord"),
]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
async def test_what_belongs_to_others_is_told_like_what_does_not_exist(
    api: Api, route: Route
) -> None:
    theirs, mine = await make.cart(api), await make.cart(api)
    placed = (await theirs.check_out()).json()
    ids = {"cart": theirs.id, "ord": placed["id"]}
    foreign = route.path.format(ids[route.of])
    unknown = route.path.format(public_id(route.of, new_id()))
    broken = route.path.format("nothing")
    secrets = [mine.api.secret, "guessed", ids[route.of]]
    if route.of == "ord":
        secrets.append(theirs.api.secret)  # a cart's secret opens no order
    else:
        secrets.append(placed["secret"])

    answers = [
        await api.holding(secret).change(route.method, path, route.body)
        for secret in secrets
        for path in (foreign, unknown, broken)
    ]

    assert {answer.status_code for answer in answers} == {404}
    told = {(answer.json()["code"], answer.json()["detail"]) for answer in answers}
    assert len(told) == 1
    nobody = await api.change(route.method, foreign, route.body)
    assert (nobody.status_code, nobody.json()["code"]) == (401, "api.secret_missing")
    assert nobody.headers["www-authenticate"].startswith("Bearer")


async def test_every_address_with_an_owner_is_in_the_matrix() -> None:
    owned = {
        (method, path)
        for handler in ENDPOINTS
        for path in handler.paths
        for method in handler.http_methods
        if "has_secret" in handler.opt
    }
    names = {"cart": "{cart_id:str}", "ord": "{order_id:str}"}
    tried = {
        (
            route.method,
            route.path.format(names[route.of])
            .replace("line_a", "{line_id:str}")
            .replace("ret_a", "{return_id:str}"),
        )
        for route in ROUTES
    }
    assert owned == tried


async def test_an_order_opens_to_the_key_of_its_link(api: Api) -> None:
    cart = await make.cart(api)
    placed = (await cart.check_out()).json()

    found = await api.holding(placed["secret"]).get(f"/orders/{placed['id']}")

    assert found.status_code == 200
