"""Search: the index, what words mean, facets and ranking. Owns no facts of its own."""
