"""What must always be true, as queries: of the books, of what is told, and of time."""
