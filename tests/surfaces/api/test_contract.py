"""Whatever the document allows, and what it does not: nothing crashes, nothing undocumented.

Requests are made from the document itself and sent to the application in this very process.
`SELLIER_CONTRACT_EXAMPLES` asks for more of them than a commit waits for.
"""

import os
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from sellier.surfaces.api import openapi
from sellier.surfaces.api.router import ENDPOINTS
from tests.surfaces.api import make
from tests.surfaces.api.make import SKU, Api

EXAMPLES = int(os.environ.get("SELLIER_CONTRACT_EXAMPLES", "8"))
SCHEMA = schemathesis.openapi.from_dict(openapi.document())
CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
CASES = [
    (handler.operation_id, mode)
    for handler in ENDPOINTS
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    # Any text is a location's code: there is no wrong one to make up.
    if (handler.operation_id, mode) != ("getLocation", GenerationMode.NEGATIVE)
]
BOUNDS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Ids and secrets that exist, so that requests come further than the door."""

    path: dict[str, str]
    secrets: dict[str, str]


@pytest.fixture
async def known(api: Api) -> Known:
    bought, cart = await make.cart(api), await make.cart(api)
    placed = (await bought.check_out(payment={})).json()
    line = (await cart.api.get(f"/carts/{cart.id}")).json()["lines"][0]["id"]
    return Known(
        path={
            "cart_id": cart.id,
            "line_id": line,
            "order_id": placed["id"],
            "style_color_code": "ECLUSE-RED",
        },
        secrets={"cart": cart.api.secret, "order": placed["secret"]},
    )


def _aimed(request: dict[str, Any], *, case: Any, known: Known) -> dict[str, Any]:
    """Send a made-up request to what exists, as its owner."""
    path = case.operation.path
    for name, value in known.path.items():
        path = path.replace(f"{{{name}}}", value)
    aimed = {**request, "url": f"http://127.0.0.1:8000{path}"}
    owner = "order" if "order_id" in case.operation.path else "cart"
    aimed["headers"] = {**request["headers"], "Authorization": f"Bearer {known.secrets[owner]}"}
    body = aimed.get("json")
    if isinstance(body, dict) and isinstance(body.get("sku"), str):
        aimed["json"] = {**body, "sku": SKU}
    return aimed


@BOUNDS
@given(data=st.data())
@pytest.mark.parametrize(("name", "mode"), CASES)
async def test_no_request_crashes_and_no_answer_is_undocumented(
    api: Api, known: Known, *, name: str, mode: GenerationMode, data: st.DataObject
) -> None:
    operation = SCHEMA.find_operation_by_id(name)
    case = data.draw(operation.as_strategy(generation_mode=mode))
    request = case.as_transport_kwargs(base_url="http://127.0.0.1:8000")
    if "{" in case.operation.path and data.draw(st.booleans()):
        request = _aimed(request, case=case, known=known)

    answer = await api.client.request(**_sendable(request))

    assert answer.status_code < 500, answer.text
    case.validate_response(answer, checks=CHECKS)


def _sendable(request: dict[str, Any]) -> dict[str, Any]:
    """Turn what is meant for another client into what ours takes."""
    headers = [
        (name.encode(), str(value).encode("latin-1", "replace"))
        for name, value in request["headers"].items()
        if name not in ("Connection", "Accept-Encoding")
    ]
    wanted: dict[str, Any] = {
        key: request[key] for key in ("method", "url", "params", "json") if key in request
    }
    return {**wanted, "headers": headers, **_content(request)}


def _content(request: dict[str, Any]) -> dict[str, Any]:
    body = request.get("data")
    return {"content": body} if isinstance(body, bytes | str) else {}
