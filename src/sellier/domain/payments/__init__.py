"""Payments: intents, what the provider answered, and the notices it sends. Knows no order lines."""
