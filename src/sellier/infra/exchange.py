"""One question to a service outside, with a limit on everything it can cost, and its answer."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, TypeVar

import httpx
import msgspec

DEADLINE_S: Final = 10.0
ANSWER_BYTES_MAX: Final = 1024 * 1024
RETRYABLE: Final = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
DONE: Final = frozenset({HTTPStatus.OK, HTTPStatus.CREATED})

Shape = TypeVar("Shape", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """How a module names what can go wrong: outcomes that stay unknown, and a final no."""

    unavailable: Callable[[str], Exception]  # no answer to trust: ask again with the same key
    unreadable: Callable[[str], Exception]  # an answer outside the contract: unknown as well
    refused: Callable[[str, str], Exception]  # final; the second word is the reason's code


class _Problem(msgspec.Struct, frozen=True, kw_only=True):
    code: str = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A service outside, known by an address and a key. The client is shared by all of them."""

    client: httpx.AsyncClient
    base_url: str
    api_key: str = field(repr=False)
    failures: Failures
    deadline_s: float = DEADLINE_S

    def __post_init__(self) -> None:
        if not self.api_key:
            raise ValueError("A service outside knows us by an API key.")

    async def ask(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        body: Mapping[str, object] | None = None,
        accept: str = "application/json",
    ) -> bytes:
        """Ask once and return the answer's bytes; whatever else happens is one of `failures`."""
        headers = {"authorization": f"Bearer {self.api_key}", "accept": accept}
        request = self._request(method, path, headers=headers, key=key, body=body)
        try:
            # httpx limits each step; a service that drips bytes needs a limit on the whole.
            async with asyncio.timeout(self.deadline_s):
                status, answer = await self._exchange(request)
        except (httpx.HTTPError, TimeoutError) as error:
            raise self.failures.unavailable(f"No answer: {type(error).__name__}.") from error
        return self._accepted(status, answer)

    def read(self, answer: bytes, shape: type[Shape]) -> Shape:
        """Return the answer in the shape that the contract gives it."""
        try:
            return msgspec.json.decode(answer, type=shape)
        except (msgspec.DecodeError, RecursionError) as error:
            raise self.failures.unreadable("The answer is not what the contract says.") from error

    def part(self, name: str) -> str:
        """Return an id as part of an address: one with a slash must not choose another address."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,200}", name):
            raise self.failures.unreadable("An id from outside has a strange form.")
        return name

    def _request(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str],
        key: str | None,
        body: Mapping[str, object] | None,
    ) -> httpx.Request:
        if key is not None:
            headers["idempotency-key"] = key
        content = None
        if body is not None:
            content = msgspec.json.encode(body)
            headers["content-type"] = "application/json"
        url = f"{self.base_url}{path}"
        return self.client.build_request(method, url, headers=headers, content=content)

    async def _exchange(self, request: httpx.Request) -> tuple[int, bytes]:
        response = await self.client.send(request, stream=True, follow_redirects=False)
        try:
            answer = b""
            async for chunk in response.aiter_bytes():
                answer += chunk
                if len(answer) > ANSWER_BYTES_MAX:
                    raise self.failures.unreadable("The answer is too long.")
        finally:
            await response.aclose()
        return response.status_code, answer

    def _accepted(self, status: int, answer: bytes) -> bytes:
        """Sort statuses: done, unknown and worth asking again, or final."""
        says = f"The answer was {status}."
        if status in RETRYABLE or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise self.failures.unavailable(says)
        if status >= HTTPStatus.BAD_REQUEST:
            raise self.failures.refused(says, _reason(answer))
        if status not in DONE:
            raise self.failures.unreadable(says)
        return answer


def _reason(answer: bytes) -> str:
    try:
        return msgspec.json.decode(answer, type=_Problem).code
    except (msgspec.DecodeError, RecursionError):
        return "unknown"
