"""What the API turns down before the domain is asked, each with a code of its own."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from litestar import Response

from sellier.infra import web
from sellier.infra.web import Problem, Visitor
from sellier.kernel.errors import Conflict, Invalid, NotFound


class Malformed(Exception):
    """The request is not what the document says; `errors` names the places."""

    code: ClassVar[str] = "api.malformed"
    status: ClassVar[int] = 400

    def __init__(self, message: str, *, errors: Sequence[dict[str, str]] = ()) -> None:
        super().__init__(message)
        self.errors = list(errors)


class BodyUnreadable(Malformed):
    """The body is no JSON."""

    code = "api.body_unreadable"


class BodyInvalid(Malformed):
    """The body is JSON, but a member is missing, unknown, or of another type."""

    code = "api.body_invalid"


class QueryUnknown(Malformed):
    """The query string has a parameter that this address does not know."""

    code = "api.query_unknown"


class KeyMissing(Malformed):
    """A change was asked for without an `Idempotency-Key`."""

    code = "idempotency.key_missing"


class KeyMalformed(Malformed):
    """The `Idempotency-Key` is not 1 to 255 visible ASCII characters."""

    code = "idempotency.key_malformed"


class NotJson(Malformed):
    """The body says that it is something else than `application/json`."""

    code = "api.not_json"
    status = 415


class SecretMissing(Malformed):
    """The address belongs to someone, and the request does not say who asks."""

    code = "api.secret_missing"
    status = 401


class CartUnknown(NotFound):
    """No such cart, or not the caller's: the two are told alike."""

    code: ClassVar[str] = "api.cart_not_found"


class LineUnknown(NotFound):
    """The cart has no such line."""

    code: ClassVar[str] = "api.line_not_found"


class OrderUnknown(NotFound):
    """No such order, or not the caller's: the two are told alike."""

    code: ClassVar[str] = "api.order_not_found"


class ReturnUnknown(NotFound):
    """No such return of this order."""

    code: ClassVar[str] = "api.return_not_found"


class PieceUnknown(NotFound):
    """No such piece, or none that this channel sells in this market."""

    code: ClassVar[str] = "api.product_not_found"


class PlaceUnknown(NotFound):
    """No location has this code."""

    code: ClassVar[str] = "api.location_not_found"


class ChannelUnknown(Invalid):
    """No channel has this code."""

    code: ClassVar[str] = "api.channel_unknown"


class MarketUnknown(Invalid):
    """The channel does not sell in this market."""

    code: ClassVar[str] = "api.market_unknown"


class MomentFar(Invalid):
    """A promise was asked for a moment that is past or too far ahead."""

    code: ClassVar[str] = "api.moment_far"


class ForeignReturn(Invalid):
    """The customer would be sent back to another site than ours."""

    code: ClassVar[str] = "api.return_url_foreign"


class CartSpent(Conflict):
    """The cart was paid for. Open a new one."""

    code: ClassVar[str] = "api.cart_spent"


class NotPayable(Conflict):
    """The order is canceled, so nothing can be paid. Its cart can be checked out again."""

    code: ClassVar[str] = "api.order_not_payable"


def malformed(request: Visitor, error: Malformed) -> Response[Any]:
    """Answer a request that the document does not allow."""
    details = {"errors": error.errors} if error.errors else {}
    problem = Problem(status=error.status, code=error.code, message=str(error), details=details)
    answer = web.answer(request, problem)
    if isinstance(error, SecretMissing):
        answer.headers["www-authenticate"] = 'Bearer realm="sellier"'
    return answer


HANDLERS: Final[dict[Any, Any]] = {Malformed: malformed}
