"""The one door to tantivy: fields, folder, writing, searching, facets."""
