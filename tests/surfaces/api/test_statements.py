"""How often a sale goes to the database: the number may fall, it does not creep up."""

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from tests.recording import recorded
from tests.surfaces.api import make
from tests.surfaces.api.make import SKU, Api
from tests.surfaces.counting import counted

Sessions = async_sessionmaker[AsyncSession]


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
    assert len(added) <= 8
    # The last of them keep why the sources were chosen, and the first step of the work.
    assert len(ordered) <= 29


async def test_a_sale_ends_no_transaction_with_rollback(api: Api, sessions: Sessions) -> None:
    """After a ROLLBACK the driver forgets every statement that it had prepared."""
    with recorded(sessions.kw["bind"]) as sent:
        cart = await make.cart(api)
        await cart.check_out(version=cart.version)
        await api.get("/products/ECLUSE-RED")

    assert ("COMMIT", None) in sent
    assert ("ROLLBACK", None) not in sent
