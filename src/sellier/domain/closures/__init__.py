"""Closures of boutiques: what they had to do is planned anew together, carried out, and mirrored.

Owns closures, what became of every unit, and what customers chose. That a location is closed is
said by the location itself.
"""
