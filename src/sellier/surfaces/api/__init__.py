"""The public API: search, pieces, places, carts and orders as JSON, for programs."""
