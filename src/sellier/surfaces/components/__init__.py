"""The macros and layouts that every surface draws its pages with; templates only, no Python."""
