"""What leaves for the database, however it is sent: by a session, or as a batch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

Sent = list[tuple[str, Any]]


@contextmanager
def recorded(engine: AsyncEngine) -> Iterator[Sent]:
    """Collect statements with their values, and where transactions begin and end."""
    sent: Sent = []

    class Recording(psycopg.AsyncCursor[Any]):
        async def execute(self, query: Any, params: Any = None, **kwargs: Any) -> Any:
            sent.append((str(query), params))
            return await super().execute(query, params, **kwargs)

    def listen_in(connection: Any, *_rest: object) -> None:
        connection.driver_connection.cursor_factory = Recording

    def hang_up(connection: Any, *_rest: object) -> None:
        connection.driver_connection.cursor_factory = psycopg.AsyncCursor

    def mark(word: str) -> Callable[..., Any]:
        return lambda _connection: sent.append((word, None))

    heard: list[tuple[str, Callable[..., Any]]] = [
        ("checkout", listen_in),
        ("reset", hang_up),
        *((word.lower(), mark(word)) for word in ("BEGIN", "COMMIT", "ROLLBACK")),
    ]
    for name, listener in heard:
        event.listen(engine.sync_engine, name, listener)
    try:
        yield sent
    finally:
        for name, listener in heard:
            event.remove(engine.sync_engine, name, listener)
