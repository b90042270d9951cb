"""Hold what an order needs, and find it elsewhere when a location falls out."""

from sellier.domain.promising.service.hold import hold, resource

__all__ = ["hold", "resource"]
