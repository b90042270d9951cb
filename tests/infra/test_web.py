from datetime import datetime

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.app import create_app
from sellier.infra import health
from sellier.infra.settings import Settings
from sellier.infra.web import Db, Now
from sellier.kernel.errors import Conflict

Sessions = async_sessionmaker[AsyncSession]


class Torn(Conflict):
    code = "test.torn"


@get("/refuse")
async def refuse() -> None:
    raise Torn("The thread is torn.", thread="red")


@get("/crash")
async def crash() -> None:
    raise RuntimeError("secret /path and SELECT")


@post("/api/write")
async def write(db: Db, now: Now) -> str:
    await health.beat(db, process="test", now=now)
    return "done"


@pytest.fixture
async def client(sessions: Sessions, settings: Settings, noon: datetime) -> AsyncClient:
    app = create_app(
        settings=settings,
        sessions=sessions,
        clock=lambda: noon,
        routers=[Router("/", route_handlers=[refuse, crash, write])],
    )
    transport = ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    return AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")


async def test_a_ready_process_has_written_a_row(client: AsyncClient) -> None:
    assert (await client.get("/health/ready")).json() == {"status": "ready"}


async def test_programs_get_problem_details(client: AsyncClient) -> None:
    answer = await client.get("/refuse", headers={"accept": "application/json"})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["code"] == "test.torn"
    assert body["thread"] == "red"
    assert body["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/refuse", "/crash", "/nowhere"])
async def test_people_get_a_page_that_helps(client: AsyncClient, path: str) -> None:
    answer = await client.get(path, headers={"accept": "text/html", "accept-language": "fr"})
    assert answer.headers["content-type"].startswith("text/html")
    assert 'lang="fr"' in answer.text
    assert "SELECT" not in answer.text


async def test_a_bug_tells_nothing_of_its_insides(client: AsyncClient) -> None:
    answer = await client.get("/crash", headers={"accept": "application/json"})
    assert answer.status_code == 500
    assert "secret" not in answer.text


async def test_every_answer_carries_its_own_nonce_and_the_security_headers(
    client: AsyncClient,
) -> None:
    first, second = [await client.get("/nowhere") for _ in range(2)]
    for name in ("x-content-type-options", "referrer-policy", "content-security-policy"):
        assert first.headers[name]
    policy = first.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "object-src 'none'" in policy
    assert policy != second.headers["content-security-policy"]
    assert first.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127x0x0x1"])
async def test_a_host_name_that_is_not_ours_is_turned_away(client: AsyncClient, host: str) -> None:
    answer = await client.get("/health/live", headers={"host": host})
    assert answer.status_code == 421


async def test_a_forwarded_host_changes_nothing(client: AsyncClient) -> None:
    answer = await client.get("/nowhere", headers={"x-forwarded-host": "evil.example"})
    assert "evil.example" not in answer.text


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}]
)
async def test_a_form_of_another_site_changes_nothing(
    client: AsyncClient, headers: dict[str, str]
) -> None:
    answer = await client.post("/api/write", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["code"] == "web.foreign_origin"


async def test_a_form_without_its_token_changes_nothing(client: AsyncClient) -> None:
    answer = await client.post("/refuse", data={"a": "b"})
    assert answer.status_code in (403, 405)


async def test_a_body_too_large_is_refused(client: AsyncClient) -> None:
    answer = await client.post("/api/write", content=b"x" * 300_000)
    assert answer.status_code in (201, 413)
