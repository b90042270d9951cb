"""Catalog: products, style-colors, variants, their texts and pictures, categories and listings.

Knows no price and no stock.
"""
