"""Pure search decisions: the values passed around and the understanding of a person's words."""
