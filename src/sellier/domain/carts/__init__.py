"""Carts: what a visitor means to buy, and checkout, which turns it into a paid order."""
