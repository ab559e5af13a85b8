"""Calls to language models: the one door, limits and prices."""
