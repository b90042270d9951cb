"""The studio: what the order desk and merchandisers see at a desk. Reads everything, by right."""
