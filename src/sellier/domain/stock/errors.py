from sellier.kernel.errors import Conflict
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
