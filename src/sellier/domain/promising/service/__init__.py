"""Hold what an order needs, find it elsewhere when a location falls out, and say by which rules."""

from sellier.domain.promising.service.crowd import keep_for_carts
from sellier.domain.promising.service.hold import hold, record, record_kept, resource
from sellier.domain.promising.service.rule_sets import activate, save

__all__ = ["activate", "hold", "keep_for_carts", "record", "record_kept", "resource", "save"]
