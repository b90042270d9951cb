"""Webhooks out: which events others hear of, to whom they go, and every try to bring them there."""
