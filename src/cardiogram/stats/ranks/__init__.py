"""Rank correlations: associations, partial, dependent, and how far one author moves them."""
