"""The document: complete, true, committed, and shown."""

import re
from typing import Any

import msgspec
import pytest
from tools import openapi as tool

from sellier.infra import templates
from sellier.infra.settings import Settings
from sellier.surfaces.api import examples, openapi, webhooks
from sellier.surfaces.api.documentation import endpoints, paragraphs
from sellier.surfaces.api.router import ENDPOINTS
from tests.surfaces.api.make import Api


def test_the_committed_document_is_what_the_code_says() -> None:
    assert tool.FILE.read_bytes() == openapi.written()


@pytest.mark.parametrize("handler", ENDPOINTS, ids=lambda handler: handler.operation_id)
def test_an_example_is_an_example_of_its_shape(handler: Any) -> None:
    answer = examples.ANSWERS[handler.operation_id]
    made = msgspec.convert(answer, handler.opt["answer"], strict=True)
    assert set(msgspec.to_builtins(made)) == set(answer)
    if "form" in handler.opt:
        msgspec.convert(examples.REQUESTS[handler.operation_id], handler.opt["form"], strict=True)


def test_every_operation_has_a_name_of_its_own_and_every_reference_leads_somewhere() -> None:
    told = openapi.document()
    names = [one["operationId"] for path in told["paths"].values() for one in path.values()]
    assert len(names) == len(set(names)) == len(ENDPOINTS)
    for reference in set(re.findall(rb'"\$ref": "#/([^"]+)"', openapi.written())):
        found: Any = told
        for step in reference.decode().split("/"):
            found = found[step]
        assert found


def test_every_change_asks_for_a_key() -> None:
    for path in openapi.document()["paths"].values():
        for method, operation in path.items():
            keys = [one for one in operation["parameters"] if "Idempotency" in one.get("$ref", "")]
            # A promise is a question whose basket needs a body; it changes nothing. A reservation
            # is the same however often it is asked for.
            has_none = operation["operationId"] in {"promise", "reserveForCart"}
            is_change = method != "get" and not has_none
            assert len(keys) == is_change


def test_the_page_tells_of_every_operation_with_what_it_takes() -> None:
    shown = {endpoint.id: endpoint for endpoint in endpoints("http://shop.example")}
    assert set(shown) == {handler.operation_id for handler in ENDPOINTS}
    checkout = shown["checkOut"]
    assert "address.postal_code" in {member.name for member in checkout.body}
    assert "Idempotency-Key" in checkout.curl
    assert "payment.hosted_url" in {member.name for member in checkout.answer}


def test_everything_the_document_says_has_its_french() -> None:
    shown = endpoints("http://shop.example")
    said = {*paragraphs(openapi.DESCRIPTION)}
    for endpoint in shown:
        members = (*endpoint.members, *endpoint.body, *endpoint.answer)
        said |= {endpoint.tag, endpoint.summary, *endpoint.about}
        said |= {member.about for member in members if member.about}
        said |= {member.place for member in members if member.place != "body"}
        said |= {outcome.about for outcome in endpoint.outcomes}
    said.add(webhooks.ABOUT)
    for event in webhooks.events():
        said |= {event.title, event.says, *(member.says for member in event.members)}
    assert sorted(said - templates.read_texts(templates.SURFACES / "api").keys()) == []


@pytest.mark.parametrize(("lang", "title"), [("fr", "API de Sellier"), ("en", "The API of")])
async def test_the_document_is_shown_in_both_languages(
    api: Api, settings: Settings, *, lang: str, title: str
) -> None:
    page = await api.client.get("/api/docs", params={"lang": lang})
    file = await api.client.get("/api/openapi.json")

    assert page.status_code == 200
    assert title in page.text
    assert f"{settings.url}/api/v1/search" in page.text
    assert file.content == openapi.written()
