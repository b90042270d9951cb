"""The world outside, simulated as real services: a payment provider, a carrier, a mail catcher."""
