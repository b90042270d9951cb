"""Porteo, a carrier that does not exist: labels, tracking, and the troubles parcels have."""
