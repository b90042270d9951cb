"""Identity: staff, their roles, and how they sign in. Customers are not staff."""
