"""Draws of whole authors, and what a draw does to a statistic."""
