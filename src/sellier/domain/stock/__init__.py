"""Stock: what we have, where, and for whom it is kept.

Owns stock positions, movements, reservations and allocations. Does not decide where an order
ships from: that is `promising`.
"""
