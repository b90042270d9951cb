"""What a process read lately and need not read again: shops, shelves, calendars."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from litestar.datastructures import State

# What is kept changes a few times a day; each process asks for it once a minute.
KEPT: Final = timedelta(minutes=1)

Value = TypeVar("Value")


async def kept(
    state: State, name: str, *, now: datetime, read: Callable[[], Awaitable[Value]]
) -> Value:
    """Return what was read in the last minute, or read it. Lives as long as the application.

    Nothing is asked for again at once: what a shop begins with may come any moment.
    """
    found: tuple[datetime, Value] | None = state.get(name)
    if found is None or not found[1] or not found[0] <= now < found[0] + KEPT:
        found = now, await read()
        state[name] = found
    return found[1]
