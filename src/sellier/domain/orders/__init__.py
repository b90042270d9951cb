"""Orders: what was bought, where each line is in its life, and the work at each location.

An order's status is derived from its payment and its lines; it is never stored.
"""
