"""The pages for shoppers: list, piece, cart, checkout, order. Owns no facts."""
