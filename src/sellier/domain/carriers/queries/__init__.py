"""Reads of carriers that other modules ask for."""
