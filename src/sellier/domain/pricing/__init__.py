"""Pricing: what a SKU costs in a market, now and before. Knows no stock and no cart."""
