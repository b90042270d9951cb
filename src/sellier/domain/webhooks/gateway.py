"""The one door to other people's endpoints: where it leads is looked at anew every time."""

import asyncio
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import httpx

from sellier.domain.webhooks.errors import AddressRefused
from sellier.domain.webhooks.rules import sending

DEADLINE_S: Final = 15.0
ANSWER_BYTES_MAX: Final = 2_000
AGENT: Final = "Sellier-Webhooks/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: a status with the beginning of its body, or what came instead."""

    status: int | None
    error: str | None
    text: str
    latency_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """How we send: a client that knows no proxies, and whether this machine may be sent to."""

    client: httpx.AsyncClient
    is_loopback_allowed: bool
    deadline_s: float = DEADLINE_S

    async def send(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send once. Whatever goes wrong is an answer as well: nothing is raised."""
        began = time.monotonic()
        status, error, text = None, None, b""
        try:
            async with asyncio.timeout(self.deadline_s):
                status, text = await self._exchange(url, headers, body)
        except AddressRefused:
            error = "address_refused"
        except (TimeoutError, httpx.TimeoutException):
            error = "timeout"
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as failure:
            error = _snake(type(failure).__name__)
        return Answer(
            status=status,
            error=error,
            # Of other people: what PostgreSQL cannot hold is left out.
            text=text.decode("utf-8", "replace").replace("\x00", ""),
            latency_ms=round((time.monotonic() - began) * 1_000),
        )

    async def _exchange(
        self, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes]:
        there = httpx.URL(url)
        address = await resolve(there, is_loopback_allowed=self.is_loopback_allowed)
        request = self.client.build_request(
            "POST",
            # To the address that was looked at: asking for it again may lead elsewhere.
            there.copy_with(host=address),
            headers={
                **headers,
                "host": there.netloc.decode(),
                "user-agent": AGENT,
                "connection": "close",
            },
            content=body,
            extensions={"sni_hostname": there.host},
        )
        response = await self.client.send(request, stream=True, follow_redirects=False)
        text = b""
        try:
            async for chunk in response.aiter_raw():
                text += chunk
                if len(text) >= ANSWER_BYTES_MAX:
                    break
        finally:
            await response.aclose()
        return response.status_code, text[:ANSWER_BYTES_MAX]


async def resolve(url: httpx.URL, *, is_loopback_allowed: bool) -> str:
    """Return the address that a host name leads to, if all it leads to may be sent to."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(
            url.host, url.port or 443, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
    except (OSError, UnicodeError) as error:
        raise AddressRefused("Nothing is known under this host name. Look for a slip.") from error
    addresses = [str(entry[4][0]) for entry in found]
    refused = [
        each
        for each in addresses
        if not sending.is_allowed(each, is_loopback_allowed=is_loopback_allowed)
    ]
    if refused or not addresses:
        raise AddressRefused("This address leads into a private network. Give a public one.")
    return addresses[0]


async def check(url: str, *, is_loopback_allowed: bool) -> str:
    """Return an endpoint's address if we may send there, else `AddressRefused`.

    Outside transactions: the host name is looked up.
    """
    sending.checked_url(url, is_loopback_allowed=is_loopback_allowed)
    try:
        there = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise AddressRefused("This is not an address.") from error
    await resolve(there, is_loopback_allowed=is_loopback_allowed)
    return url


def client() -> httpx.AsyncClient:
    """Make the client to send with: what is in the environment of proxies is not followed."""
    return httpx.AsyncClient(trust_env=False, timeout=DEADLINE_S, follow_redirects=False)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]
