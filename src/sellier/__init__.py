"""Sellier: one catalog, one search, one stock and one order book for a group of maisons."""
