"""A study folder becomes results.json."""
