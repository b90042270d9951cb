"""Every change to carriers. Callers open the transaction; nothing here commits."""
