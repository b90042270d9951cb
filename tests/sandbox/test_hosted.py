import html
import re
from collections.abc import AsyncGenerator
from uuid import uuid4

import httpx
import pytest

from sellier.sandbox import rules
from sellier.sandbox.pages import WORDS
from sellier.sandbox.values import Card
from tests.sandbox.fixtures import API_KEY, SHOP, in_process, sandbox_settings

NUMBERS = {card: number for number, card in rules.CARDS.items()}
BEARER = {"authorization": f"Bearer {API_KEY}"}


@pytest.fixture
async def browser() -> AsyncGenerator[httpx.AsyncClient, None]:
    settings = sandbox_settings()
    async with httpx.AsyncClient(
        transport=in_process(settings), base_url=settings.public_url
    ) as client:
        yield client


async def open_payment(browser: httpx.AsyncClient, **changes: object) -> dict[str, str]:
    body: dict[str, object] = {
        "amount_minor": 1_234_50,
        "currency": "EUR",
        "reference": "M-2026-000042",
        "return_url": f"{SHOP}/fr/return?step=2",
        "notice_url": f"{SHOP}/payments/notices",
    }
    answer = await browser.post(
        "/v1/payments",
        json=body | changes,
        headers={**BEARER, "idempotency-key": str(uuid4())},
    )
    assert answer.status_code == 200, answer.text
    payment: dict[str, str] = answer.json()
    return payment


async def state_of(browser: httpx.AsyncClient, payment: dict[str, str]) -> tuple[str, str | None]:
    told = (await browser.get(f"/v1/payments/{payment['id']}", headers=BEARER)).json()
    return told["state"], told["reason"]


def typed(card: Card) -> dict[str, str]:
    return {"number": rules.spaced(NUMBERS[card]), "expiry": "12 / 40", "code": "123"}


@pytest.mark.parametrize(
    ("card", "outcome"),
    [
        (Card.APPROVED, ("authorized", None)),
        (Card.NO_FUNDS, ("refused", "insufficient_funds")),
        (Card.STOLEN, ("refused", "stolen_card")),
        (Card.LATE_NOTICE, ("authorized", None)),
        (Card.TRIPLE_NOTICE, ("authorized", None)),
    ],
)
async def test_each_card_decides_and_sends_the_customer_back(
    browser: httpx.AsyncClient, card: Card, outcome: tuple[str, str | None]
) -> None:
    payment = await open_payment(browser)
    answer = await browser.post(f"/pay/{payment['id']}", data=typed(card))
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{SHOP}/fr/return?step=2&payment={payment['key']}"
    assert await state_of(browser, payment) == outcome


async def test_the_second_step_asks_for_a_code(browser: httpx.AsyncClient) -> None:
    payment = await open_payment(browser)
    asked = await browser.post(f"/pay/{payment['id']}?lang=fr", data=typed(Card.SECOND_STEP))
    assert asked.headers["location"] == f"/pay/{payment['id']}?lang=fr"
    page = await browser.get(asked.headers["location"])
    assert "Confirmez auprès de votre banque" in page.text

    wrong = await browser.post(f"/pay/{payment['id']}/confirmation", data={"code": "0000"})
    assert wrong.status_code == 422
    assert await state_of(browser, payment) == ("requires_action", None)
    right = await browser.post(f"/pay/{payment['id']}/confirmation", data={"code": "2468"})
    assert right.status_code == 303
    assert await state_of(browser, payment) == ("authorized", None)


async def test_three_wrong_codes_refuse_the_payment(browser: httpx.AsyncClient) -> None:
    payment = await open_payment(browser)
    await browser.post(f"/pay/{payment['id']}", data=typed(Card.SECOND_STEP))
    for status in (422, 422, 303):
        answer = await browser.post(f"/pay/{payment['id']}/confirmation", data={"code": "0000"})
        assert answer.status_code == status
    assert await state_of(browser, payment) == ("refused", "authentication_failed")


async def test_the_second_step_cannot_be_skipped_or_forged(browser: httpx.AsyncClient) -> None:
    payment = await open_payment(browser)
    early = await browser.post(f"/pay/{payment['id']}/confirmation", data={"code": "2468"})
    assert early.headers["location"].startswith("/pay/")
    await browser.post(f"/pay/{payment['id']}", data=typed(Card.SECOND_STEP))
    await browser.post(f"/pay/{payment['id']}", data=typed(Card.APPROVED))
    assert await state_of(browser, payment) == ("requires_action", None)


async def test_canceling_leads_back_to_the_shop(browser: httpx.AsyncClient) -> None:
    payment = await open_payment(browser)
    answer = await browser.post(f"/pay/{payment['id']}/cancellation")
    assert answer.headers["location"].endswith(f"payment={payment['key']}")
    assert await state_of(browser, payment) == ("voided", "canceled_by_customer")


async def test_a_second_click_changes_nothing(browser: httpx.AsyncClient) -> None:
    payment = await open_payment(browser)
    await browser.post(f"/pay/{payment['id']}", data=typed(Card.NO_FUNDS))
    for path in ("", "/cancellation"):
        again = await browser.post(f"/pay/{payment['id']}{path}", data=typed(Card.APPROVED))
        assert again.status_code in {303, 400}
    assert await state_of(browser, payment) == ("refused", "insufficient_funds")
    page = await browser.get(f"/pay/{payment['id']}?lang=en")
    assert "The payment was refused" in page.text


async def test_a_number_that_is_no_test_card_is_not_shown_again(
    browser: httpx.AsyncClient,
) -> None:
    payment = await open_payment(browser)
    answer = await browser.post(
        f"/pay/{payment['id']}?lang=en",
        data={"number": "5999 1234 5678 9012", "expiry": "13/40", "code": "987"},
    )
    assert answer.status_code == 422
    assert "5999" not in answer.text
    assert 'value="987"' not in answer.text
    assert answer.text.count('class="fault"') == 2
    assert await state_of(browser, payment) == ("requires_action", None)


async def test_a_form_from_another_site_is_refused(browser: httpx.AsyncClient) -> None:
    payment = await open_payment(browser)
    answer = await browser.post(
        f"/pay/{payment['id']}",
        data=typed(Card.APPROVED),
        headers={"sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 403
    assert await state_of(browser, payment) == ("requires_action", None)


async def test_an_unknown_field_or_payment_is_refused(browser: httpx.AsyncClient) -> None:
    payment = await open_payment(browser)
    extra = await browser.post(
        f"/pay/{payment['id']}", data=typed(Card.APPROVED) | {"amount_minor": "1"}
    )
    assert extra.status_code == 400
    assert (await browser.get("/pay/pay_unknown")).status_code == 404
    assert (await browser.get(f"/pay/{payment['id']}?card=gold")).status_code == 400


@pytest.mark.parametrize("reference", ["<script>alert(1)</script>", '"><img src=x onerror=a()>'])
async def test_a_hostile_reference_is_only_text(browser: httpx.AsyncClient, reference: str) -> None:
    payment = await open_payment(browser, reference=reference)
    for path in (f"/pay/{payment['id']}", "/"):
        page = await browser.get(path)
        assert reference not in page.text
        assert html.escape(reference, quote=False) in page.text.replace("&#34;", '"')


@pytest.mark.parametrize("path", ["", "?card=approved", "?lang=fr"])
async def test_the_page_loads_and_runs_nothing(browser: httpx.AsyncClient, path: str) -> None:
    payment = await open_payment(browser)
    page = await browser.get(f"/pay/{payment['id']}{path}")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert f"form-action 'self' {SHOP}" in policy
    assert "script" not in page.text
    assert "unsafe" not in policy
    assert not re.search(r"(src|href)=\"https?://", page.text)
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["content-type"].startswith("text/html")
    (nonce,) = set(re.findall(r'nonce="([^"]+)"', page.text))
    assert f"'nonce-{nonce}'" in policy


async def test_the_page_speaks_the_language_asked_for(browser: httpx.AsyncClient) -> None:
    payment = await open_payment(browser)
    french = await browser.get(f"/pay/{payment['id']}?lang=fr")
    assert "1\u202f234,50\u00a0€" in french.text
    assert '<html lang="fr">' in french.text
    english = await browser.get(f"/pay/{payment['id']}?lang=en")
    assert "€1,234.50" in english.text
    preferred = await browser.get(f"/pay/{payment['id']}", headers={"accept-language": "fr-CA"})
    assert '<html lang="fr">' in preferred.text


def test_both_languages_say_everything() -> None:
    assert WORDS["fr"].keys() == WORDS["en"].keys()
    assert all(WORDS["fr"].values())
    assert all(WORDS["en"].values())


def test_french_is_set_as_french_is() -> None:
    for text in WORDS["fr"].values():
        assert not re.search(r"[^\u00a0\u202f][:;!?»]", text), text
        assert "'" not in text
        assert "« " not in text


async def test_another_host_name_is_refused(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/", headers={"host": "attacker.example"})
    assert answer.status_code == 400
