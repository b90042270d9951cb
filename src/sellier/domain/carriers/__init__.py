"""Carriers: what they take where and for how much, what they tell of parcels. Knows no order."""
