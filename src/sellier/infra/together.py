"""Together: what many ask for at the same moment is done once for all of them.

Where each would wait for the one before, as buyers of one piece do, they wait for one round:
whoever asks while a round runs is in the next. A round is as long for a hundred as for one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key")
Ask = TypeVar("Ask")
Answer = TypeVar("Answer")


class Together(Generic[Key, Ask, Answer]):
    """Rounds of work, one at a time for each key.

    `do` answers in the order of what it was asked; an exception among its answers is raised for who
    asked, and one that it raises for all. Whoever is gone meanwhile is done for all the same.
    """

    def __init__(
        self,
        do: Callable[[Key, Sequence[Ask]], Awaitable[Sequence[Answer | Exception]]],
        *,
        at_most: int,
    ) -> None:
        self._do = do
        self._at_most = at_most
        self._waiting: dict[Key, list[tuple[Ask, asyncio.Future[Answer]]]] = {}
        self._rounds: dict[Key, asyncio.Task[None]] = {}

    async def ask(self, key: Key, asked: Ask) -> Answer:
        """Have it done with whatever else is asked for under the same key."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append((asked, answer))
        if key not in self._rounds:
            self._rounds[key] = asyncio.create_task(self._run(key))
        return await answer

    async def _run(self, key: Key) -> None:
        while waiting := self._waiting.pop(key, None):
            now, later = waiting[: self._at_most], waiting[self._at_most :]
            if later:
                self._waiting[key] = later
            for (_, future), told in zip(now, await self._answers(key, now), strict=True):
                if future.done():
                    continue
                if isinstance(told, Exception):
                    future.set_exception(told)
                else:
                    future.set_result(told)
        del self._rounds[key]

    async def _answers(
        self, key: Key, asked: Sequence[tuple[Ask, asyncio.Future[Answer]]]
    ) -> Sequence[Answer | Exception]:
        try:
            return await self._do(key, [one for one, _ in asked])
        except Exception as error:  # noqa: BLE001  each who asked raises it, and it is told there
            return [error] * len(asked)
