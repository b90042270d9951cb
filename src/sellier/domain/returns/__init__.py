"""Pieces that come back: announced, received, inspected, settled.

An axis of its own: it reads what was delivered, and changes no order. Stock and payments are told
what came back and what is owed for it.
"""
