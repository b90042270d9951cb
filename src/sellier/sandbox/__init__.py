"""The world outside, simulated as real services: a payment provider and a mail catcher."""
