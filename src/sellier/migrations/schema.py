"""The whole schema as the models say it: what migrations must add up to."""

from typing import Any

from sqlalchemy import MetaData

import sellier.domain.carriers.models
import sellier.domain.carts.models
import sellier.domain.catalog.models
import sellier.domain.closures.models
import sellier.domain.identity.models
import sellier.domain.locations.models
import sellier.domain.orders.models
import sellier.domain.organization.models
import sellier.domain.payments.models
import sellier.domain.pricing.models
import sellier.domain.promising.models
import sellier.domain.returns.models
import sellier.domain.search.models
import sellier.domain.stock.models
import sellier.domain.webhooks.models
import sellier.infra.health
import sellier.infra.idempotency
import sellier.infra.outbox  # noqa: F401  each import puts its tables into the metadata
from sellier.infra.db import Base

METADATA: MetaData = Base.metadata


def is_ours(_object: Any, name: str | None, _type: str, _reflected: bool, _to: Any) -> bool:  # noqa: FBT001  Alembic's signature
    """Leave out the tables that procrastinate keeps for itself, and the parts of the ledger."""
    return not (name or "").startswith(("procrastinate", "stock_movement_part"))
