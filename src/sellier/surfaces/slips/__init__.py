"""Papers of the back room as PDF: what lies in a parcel, and what to fetch from the shelves."""
