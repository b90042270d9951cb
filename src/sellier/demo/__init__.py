"""The demo group: invented maisons, boutiques, pieces and texts, made by code. Owns no table."""
