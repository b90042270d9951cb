"""Carriers: what they take where, how soon and for how much. Knows no order."""
