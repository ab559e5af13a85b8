"""Ratings that others made."""
