from sellier.kernel.errors import Conflict, Invalid, NotFound
from sellier.kernel.ids import LocationId, Sku


class OutOfStock(Conflict):
    """Fewer units are available than were asked for, at one location or in all."""

    code = "stock.out_of_stock"

    def __init__(self, *, sku: Sku, quantity: int, location_id: LocationId | None = None) -> None:
        super().__init__(
            f"{quantity} of {sku} are no longer available.",
            sku=sku,
            quantity=quantity,
            location_id=location_id,
        )
        self.sku = sku


class NotThere(Conflict):
    """Units that would leave a condition are not in it, or are promised or lent to others."""

    code = "stock.not_there"

    def __init__(
        self, *, sku: Sku, quantity: int, condition: str, free: int, promised: int, lent: int = 0
    ) -> None:
        kept = f"; {promised} more are promised to orders" if promised else ""
        kept += f"; {lent} are lent to the other channels" if lent else ""
        super().__init__(
            f"Only {free} {condition.replace('_', ' ')} units of {sku} are free here{kept}.",
            sku=sku,
            quantity=quantity,
            condition=condition,
            free=free,
            promised=promised,
            lent=lent,
        )


class MovementAbsurd(Invalid):
    """A movement makes no sense: no units, too many, or a way that its cause does not go."""

    code = "stock.movement_absurd"


class LoanAbsurd(Invalid):
    """A location lends nothing, too much at once, or less than no units."""

    code = "stock.loan_absurd"


class UnknownPlace(Invalid):
    """A movement names a SKU or a location that there is not."""

    code = "stock.unknown_place"


class LocationClosed(Conflict):
    """A location that is closed counts nothing and receives nothing."""

    code = "stock.location_closed"

    def __init__(self, *, location: str) -> None:
        super().__init__(
            f"{location} is closed: it counts and receives nothing. Open it again first, or have "
            "it done at another place.",
            location=location,
        )


class SourceReused(Conflict):
    """Something else has this source: a source explains one thing."""

    code = "stock.source_reused"


class NotAllocated(Conflict):
    """Units that somebody would give up or ship are not allocated to this line, here."""

    code = "stock.not_allocated"

    def __init__(self, *, sku: Sku, quantity: int) -> None:
        super().__init__(
            f"{quantity} of {sku} are not kept for this order here. Look at the order again.",
            sku=sku,
            quantity=quantity,
        )


class PaperNotFound(NotFound):
    """There is no such transfer, count or purchase order, or not for whoever asks."""

    code = "stock.paper_not_found"


class PaperChanged(Conflict):
    """Somebody changed a transfer, count or purchase order since it was looked at."""

    code = "stock.paper_changed"


class PaperTransitionRefused(Conflict):
    """The state of a transfer, count or purchase order does not allow this event."""

    code = "stock.paper_transition_refused"


class LinesAbsurd(Invalid):
    """Lines of a paper make no sense: none, too many, or numbers that nobody can pack."""

    code = "stock.lines_absurd"


class NotOnPaper(Invalid):
    """A SKU is not among the lines of a transfer, count or purchase order."""

    code = "stock.not_on_paper"


class SamePlace(Invalid):
    """A transfer leads to the place that it leaves from."""

    code = "stock.same_place"


class CountUnfinished(Conflict):
    """A count is handed in though pieces of its list were not counted."""

    code = "stock.count_unfinished"


class CountStale(Conflict):
    """Units were counted again since: applying both counts would set them wrong."""

    code = "stock.count_stale"


class ReferenceTaken(Conflict):
    """Another purchase order has this reference."""

    code = "stock.reference_taken"
