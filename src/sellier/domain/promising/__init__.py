"""Promising: which location serves which line. Decides; `stock` takes the units."""
