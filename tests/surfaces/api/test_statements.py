"""How often a sale goes to the database: the number may fall, it does not creep up."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from tests.surfaces.api import make
from tests.surfaces.api.make import SKU, Api

Sessions = async_sessionmaker[AsyncSession]


@contextmanager
def counted(sessions: Sessions) -> Iterator[list[str]]:
    """Collect the statements that leave through these sessions."""
    engine = sessions.kw["bind"].sync_engine
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


async def test_a_sale_takes_no_more_statements_than_it_did(api: Api, sessions: Sessions) -> None:
    await make.cart(api)  # channels are read once a minute, not once a sale
    cart = await make.cart(api)

    with counted(sessions) as piece:
        await api.get("/products/ECLUSE-RED")
    with counted(sessions) as added:
        await cart.api.post(f"/carts/{cart.id}/lines", {"sku": SKU})
    with counted(sessions) as ordered:
        placed = await cart.check_out(version=cart.version + 1)

    assert placed.json()["status"] == "confirmed"
    assert len(piece) == 1
    assert len(added) <= 11
    assert len(ordered) <= 35
