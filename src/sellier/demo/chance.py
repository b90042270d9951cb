"""Chance that is the same on every machine: one generator a thing, seeded by its name."""

from random import Random


def chance(*seeds: object) -> Random:
    """Return the generator of one thing, so that adding a piece never changes the others."""
    return Random("/".join(str(seed) for seed in seeds))  # noqa: S311 -- a demo, not a secret
