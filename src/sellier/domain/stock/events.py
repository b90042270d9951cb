from dataclasses import dataclass
from typing import ClassVar

from sellier.infra.outbox import Event
from sellier.kernel.ids import Sku, TransferId


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionsChanged(Event):
    """Units of these SKUs (500 at most) came, went, were reserved or given back somewhere."""

    name: ClassVar[str] = "stock.positions_changed"

    skus: tuple[Sku, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRequested(Event):
    """A location is asked to send units to another."""

    name: ClassVar[str] = "stock.transfer_requested"

    transfer_id: TransferId


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferSent(Event):
    """The units of a transfer left; they are in transit."""

    name: ClassVar[str] = "stock.transfer_sent"

    transfer_id: TransferId


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferPartlyReceived(Event):
    """Some units of a transfer arrived."""

    name: ClassVar[str] = "stock.transfer_partly_received"

    transfer_id: TransferId


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferReceived(Event):
    """A transfer is over: its units arrived, or are lost."""

    name: ClassVar[str] = "stock.transfer_received"

    transfer_id: TransferId


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferCanceled(Event):
    """A transfer does not leave."""

    name: ClassVar[str] = "stock.transfer_canceled"

    transfer_id: TransferId
