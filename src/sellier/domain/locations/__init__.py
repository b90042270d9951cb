"""Locations: boutiques and warehouses, their hours and time zones. Knows no seller and no stock."""
