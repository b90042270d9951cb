"""Every change to locations. Callers open the transaction; nothing here commits."""
