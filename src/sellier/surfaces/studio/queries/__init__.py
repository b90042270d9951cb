"""Reads of the studio that join several modules, by what a screen shows."""
