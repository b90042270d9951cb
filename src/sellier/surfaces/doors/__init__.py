"""The doors of the staff surfaces: signing in and out, and who may pass. Knows no page behind."""
