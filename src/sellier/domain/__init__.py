"""The business, one folder a module; each uses only the modules below it."""
