"""Hold what an order needs, find it elsewhere when a location falls out, and say by which rules."""

from sellier.domain.promising.service.hold import hold, record, resource
from sellier.domain.promising.service.rule_sets import activate, save

__all__ = ["activate", "hold", "record", "resource", "save"]
