"""Units of a SKU in great demand, kept for a cart before it is ordered."""

from typing import Final

from litestar import put
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from sellier.domain.carts import service as carts
from sellier.domain.carts.errors import CartNotFound
from sellier.infra.web import Now, Visitor
from sellier.kernel.ids import CartId, Sku, row_id
from sellier.surfaces.api import calls, forms
from sellier.surfaces.api.answers import ReservationAnswer
from sellier.surfaces.api.forms import ReservationForm
from sellier.surfaces.api.problems import CartUnknown

Counter = NamedDependency[SkipValidation[carts.Counter]]
_NONE: Final = "There is no such cart."


@put(
    "/carts/{cart_id:str}/reservation",
    operation_id="reserveForCart",
    tags=["Carts"],
    summary="Keep units of a piece in great demand",
    opt={
        "form": ReservationForm,
        "answer": ReservationAnswer,
        "problems": (400, 401, 404, 409, 413, 415, 422, 503),
        "has_secret": True,
    },
)
async def reserve(
    *, request: Visitor, counter: Counter, now: Now, cart_id: FromPath[str]
) -> ReservationAnswer:
    """Keep units for the cart for ten minutes, or hear at once that they are gone.

    For pieces that the house has said are in great demand (409 `carts.not_hot` for any other);
    what is kept is the cart's when it is ordered. Asking again changes nothing, so that this
    change needs no key.
    """
    secret = calls.shown(calls.secret_of(request))
    form = forms.read(await request.body(), ReservationForm)
    found = row_id("cart", cart_id)
    if found is None:
        raise CartUnknown(_NONE)
    sku = Sku(form.sku)
    ask = carts.Ask(cart_id=CartId(found), secret=secret, quantity=form.quantity, now=now)
    try:
        kept = await counter.ask(sku, ask)
    except CartNotFound:
        raise CartUnknown(_NONE) from None
    return ReservationAnswer(sku=sku, quantity=kept.quantity, expires_at=kept.expires_at)
