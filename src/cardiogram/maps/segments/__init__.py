"""Segments of a map: names and profiles."""
