"""Checks and builds of our own; `make` runs them."""
