"""Reads of the boutique app that join several modules, by what a screen shows."""
