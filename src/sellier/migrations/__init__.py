"""The schema as one straight line of changes."""
