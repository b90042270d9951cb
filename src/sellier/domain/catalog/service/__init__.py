"""Every change to the catalog, split by verb."""
