import json
from collections.abc import AsyncGenerator, Generator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import pytest
from standardwebhooks import Webhook

from sellier.domain.payments.errors import (
    ProviderAnswerUnreadable,
    ProviderRefused,
    ProviderUnavailable,
)
from sellier.domain.payments.gateway import (
    HttpPaymentProvider,
    PaymentProvider,
    ProviderPayment,
    verify_notice,
)
from sellier.domain.payments.rules import ProviderState, matches
from sellier.infra.notices import NoticeSecret, NoticeUnreadable
from sellier.kernel.money import Money
from tests.sandbox.fixtures import (
    API_KEY,
    NOTICE_SECRET,
    SHOP,
    in_process,
    running_sandbox,
    sandbox_settings,
)

AMOUNT = Money(1_250_00, "EUR")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET = NoticeSecret(NOTICE_SECRET)


@pytest.fixture(scope="module")
def socket_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str, None, None]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox.url


@pytest.fixture(params=["in process", "over a socket"])
async def provider(request: pytest.FixtureRequest) -> AsyncGenerator[HttpPaymentProvider, None]:
    """The contract holds wherever the provider runs, so every test here runs twice."""
    if request.param == "in process":
        given = sandbox_settings()
        transport: httpx.AsyncBaseTransport = in_process(given)
        url = given.public_url
    else:
        transport, url = httpx.AsyncHTTPTransport(), request.getfixturevalue("socket_url")
    async with httpx.AsyncClient(transport=transport) as client:
        yield HttpPaymentProvider(client=client, base_url=url, api_key=API_KEY, deadline_s=1.0)


async def open_payment(
    provider: PaymentProvider,
    *,
    payment_id: UUID | None = None,
    amount: Money = AMOUNT,
    token: str | None = None,
    return_url: str = f"{SHOP}/fr/return",
) -> ProviderPayment:
    return await provider.create(
        payment_id=payment_id or uuid4(),
        amount=amount,
        reference="M-2026-000042",
        return_url=return_url,
        notice_url=f"{SHOP}/api/v1/payment-notices",
        token=token,
    )


async def test_a_payment_without_a_token_waits_at_the_hosted_page(
    provider: HttpPaymentProvider,
) -> None:
    payment = await open_payment(provider)
    assert payment.state is ProviderState.REQUIRES_ACTION
    assert payment.hosted_url is not None
    assert payment.hosted_url.endswith(f"/pay/{payment.id}")


async def test_asking_twice_with_the_same_key_opens_one_payment(
    provider: HttpPaymentProvider,
) -> None:
    payment_id = uuid4()
    first = await open_payment(provider, payment_id=payment_id, token="tok_approve")
    again = await open_payment(provider, payment_id=payment_id, token="tok_approve")
    assert first == again
    assert matches(first, payment_id=payment_id, amount=AMOUNT)


async def test_the_same_key_with_another_amount_is_refused(provider: HttpPaymentProvider) -> None:
    payment_id = uuid4()
    await open_payment(provider, payment_id=payment_id)
    with pytest.raises(ProviderRefused) as refused:
        await open_payment(provider, payment_id=payment_id, amount=Money(1, "EUR"))
    assert refused.value.reason == "key_reused"


async def test_a_refused_card_is_an_answer_not_an_error(provider: HttpPaymentProvider) -> None:
    payment = await open_payment(provider, token="tok_refuse")
    assert payment.state is ProviderState.REFUSED
    assert payment.reason == "insufficient_funds"


async def test_money_is_captured_in_parts_and_given_back_in_parts(
    provider: HttpPaymentProvider,
) -> None:
    payment = await open_payment(provider, token="tok_approve")
    first, rest = Money(1_000_00, "EUR"), Money(250_00, "EUR")

    await provider.capture(provider_id=payment.id, key=f"{payment.key}:1", amount=first)
    replayed = await provider.capture(provider_id=payment.id, key=f"{payment.key}:1", amount=first)
    assert replayed.captured == first
    captured = await provider.capture(provider_id=payment.id, key=f"{payment.key}:2", amount=rest)
    assert captured.captured == AMOUNT
    refunded = await provider.refund(provider_id=payment.id, key=f"{payment.key}:3", amount=rest)
    assert refunded.refunded == rest

    with pytest.raises(ProviderRefused, match="422"):
        await provider.refund(provider_id=payment.id, key=f"{payment.key}:4", amount=AMOUNT)
    with pytest.raises(ProviderRefused, match="409"):
        await provider.void(provider_id=payment.id, key=f"{payment.key}:5")


async def test_a_voided_payment_takes_no_money_any_more(provider: HttpPaymentProvider) -> None:
    payment = await open_payment(provider)
    voided = await provider.void(provider_id=payment.id, key=f"{payment.key}:void")
    assert voided.state is ProviderState.VOIDED
    assert await provider.void(provider_id=payment.id, key=f"{payment.key}:void") == voided
    with pytest.raises(ProviderRefused) as refused:
        await provider.capture(provider_id=payment.id, key=f"{payment.key}:1", amount=AMOUNT)
    assert refused.value.reason == "state_forbids"


@pytest.mark.parametrize("token", ["tok_error", "tok_hang"])
async def test_an_unknown_outcome_becomes_known_by_asking_with_our_id(
    provider: HttpPaymentProvider, token: str
) -> None:
    payment_id = uuid4()
    impatient = HttpPaymentProvider(
        client=provider.client,
        base_url=provider.base_url,
        api_key=provider.api_key,
        deadline_s=0.3,
    )
    assert await provider.find(payment_id=payment_id) is None
    with pytest.raises(ProviderUnavailable) as unknown:
        await open_payment(impatient, payment_id=payment_id, token=token)
    assert unknown.value.is_retryable
    found = await provider.find(payment_id=payment_id)
    assert found is not None
    assert found.state is ProviderState.AUTHORIZED
    assert await open_payment(provider, payment_id=payment_id, token=token) == found


@pytest.mark.parametrize("token", ["tok_wrong_amount", "tok_wrong_currency"])
async def test_another_amount_or_currency_than_asked_does_not_match(
    provider: HttpPaymentProvider, token: str
) -> None:
    payment_id = uuid4()
    payment = await open_payment(provider, payment_id=payment_id, token=token)
    assert payment.state is ProviderState.AUTHORIZED
    assert not matches(payment, payment_id=payment_id, amount=AMOUNT)
    assert not matches(payment, payment_id=uuid4(), amount=payment.amount)


async def test_the_book_is_read_page_by_page(provider: HttpPaymentProvider) -> None:
    opened = [await open_payment(provider, token="tok_approve") for _ in range(3)]
    page = await provider.page(after=opened[0].id)
    assert page.payments == tuple(opened[1:])
    assert page.after is None


async def test_a_wrong_api_key_is_final(provider: HttpPaymentProvider) -> None:
    stranger = HttpPaymentProvider(
        client=provider.client, base_url=provider.base_url, api_key="another"
    )
    with pytest.raises(ProviderRefused, match="401"):
        await stranger.find(payment_id=uuid4())


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000.example.org/",
        "http://127.0.0.1:8000@example.org/",
        "https://127.0.0.1:8000/",
        "http://127.0.0.1:8001/",
        "javascript:alert(1)",
        "//127.0.0.1:8000/",
        "http://127.0.0.1:8000\\@example.org/",
        "http://127.0.0.1:8000/\nx",
    ],
)
async def test_the_customer_is_sent_only_to_an_allowed_origin(
    provider: HttpPaymentProvider, url: str
) -> None:
    with pytest.raises(ProviderRefused) as refused:
        await open_payment(provider, return_url=url)
    assert refused.value.reason == "address_forbidden"


def answering(response: httpx.Response) -> HttpPaymentProvider:
    transport = httpx.MockTransport(lambda _: response)
    client = httpx.AsyncClient(transport=transport)
    return HttpPaymentProvider(client=client, base_url="http://provider", api_key="key")


def told(**changes: object) -> dict[str, object]:
    return {
        "id": "pay_1",
        "key": "k",
        "state": "authorized",
        "amount_minor": 1,
        "captured_minor": 0,
        "refunded_minor": 0,
        "currency": "EUR",
        "hosted_url": None,
        "reason": None,
    } | changes


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, text="<html>maintenance</html>"),
        httpx.Response(200, json=told(state="dancing")),
        httpx.Response(200, json=told(amount_minor=-1)),
        httpx.Response(200, json=told(amount_minor=1.5)),
        httpx.Response(200, json=told(currency="euro")),
        httpx.Response(200, json=told(hosted_url="javascript:alert(1)")),
        httpx.Response(200, text="[" * 200_000),
        httpx.Response(200, content=b" " * 2_000_000),
        httpx.Response(302, headers={"location": "http://elsewhere/"}),
        httpx.Response(204),
    ],
)
async def test_an_answer_outside_the_contract_leaves_the_outcome_unknown(
    response: httpx.Response,
) -> None:
    with pytest.raises(ProviderAnswerUnreadable):
        await open_payment(answering(response))


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_a_tired_provider_is_asked_again(status: int) -> None:
    with pytest.raises(ProviderUnavailable):
        await open_payment(answering(httpx.Response(status)))


async def test_a_provider_that_is_away_is_unavailable() -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        provider = HttpPaymentProvider(client=client, base_url="http://127.0.0.1:1", api_key="key")
        with pytest.raises(ProviderUnavailable):
            await open_payment(provider)


async def test_a_provider_id_never_chooses_another_address() -> None:
    with pytest.raises(ProviderAnswerUnreadable):
        await answering(httpx.Response(200)).void(provider_id="../../admin", key="k")


def test_a_provider_without_a_key_does_not_come_into_being() -> None:
    with pytest.raises(ValueError, match="API key"):
        HttpPaymentProvider(client=httpx.AsyncClient(), base_url="http://provider", api_key="")


# Notices


def signed(body: bytes) -> dict[str, str]:
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(NOW.timestamp())),
        "Webhook-Signature": Webhook(NOTICE_SECRET).sign("msg_1", NOW, body.decode()),
    }


BODY = json.dumps({"type": "payment.authorized", "data": told(key=str(UUID(int=7)))}).encode()


def test_a_notice_signed_by_the_provider_is_believed() -> None:
    notice = verify_notice(headers=signed(BODY), body=BODY, secret=SECRET, now=NOW)
    assert notice.id == "msg_1"
    assert notice.type == "payment.authorized"
    assert notice.sent_at == NOW
    assert matches(notice.payment, payment_id=UUID(int=7), amount=Money(1, "EUR"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"{}",
        json.dumps({"type": "payment.authorized", "data": told(amount_minor="1")}).encode(),
        json.dumps({"type": "x", "data": told(hosted_url="javascript:alert(1)")}).encode(),
    ],
)
def test_a_signed_notice_that_makes_no_sense_is_unreadable(body: bytes) -> None:
    with pytest.raises(NoticeUnreadable):
        verify_notice(headers=signed(body), body=body, secret=SECRET, now=NOW)


def test_the_key_does_not_show_in_a_log() -> None:
    provider = HttpPaymentProvider(
        client=httpx.AsyncClient(), base_url="http://provider", api_key="key_secret"
    )
    assert "key_secret" not in repr(provider)
